"""Custom fields of people: who reads and writes their values, and what a value may be."""

from typing import Any

import pytest

from tests.api.company import Company

pytestmark = pytest.mark.anyio

VALUES = "customValues { key text number boolean date options { key label } field { label } }"
READ = f"query($id: ID!) {{ person(by: {{id: $id}}) {{ {VALUES} }} }}"
HISTORY = """query($id: ID!) { person(by: {id: $id}) {
    history { nodes { action changes { field before after } } } } }"""
OPTIONS = [{"key": "s", "label": "Small"}, {"key": "l", "label": "Large"}]
FIELDS: dict[str, dict[str, Any]] = {
    "cost_center": {"type": "TEXT", "label": "Cost center", "maxLength": 6},
    "hours": {"type": "NUMBER", "label": "Hours", "least": "0.5", "most": "60"},
    "shirt": {"type": "CHOICE", "label": "Shirt", "options": OPTIONS},
    "badge_until": {"type": "DATE", "label": "Badge until", "readers": "MANAGERS"},
    "on_call": {"type": "BOOLEAN", "label": "On call", "readers": "HR", "writers": "HR"},
}
GIVEN: list[dict[str, Any]] = [
    {"key": "on_call", "boolean": False},
    {"key": "cost_center", "text": " C-17 "},
    {"key": "hours", "number": "38.50"},
    {"key": "shirt", "options": ["l"]},
    {"key": "badge_until", "date": "2027-01-31"},
]


async def define(company: Company, **fields: dict[str, Any]) -> dict[str, str]:
    """Define fields of people, and return their ids by key."""
    ids = {}
    for key, details in fields.items():
        payload = await company.mutate(
            "ruler",
            "customFieldCreate",
            "customField { id }",
            **{"objectType": "PERSON", "key": key, **details},
        )
        assert payload["errors"] == []
        ids[key] = payload["customField"]["id"]
    return ids


async def write(company: Company, who: str, *values: dict[str, Any], of: str = "mara") -> Any:
    id = company.encode_id("person", of)
    fields = f"person {{ {VALUES} }}"
    return await company.mutate(who, "personEdit", fields, id=id, customValues=list(values))


async def read(company: Company, who: str, of: str = "mara") -> dict[str, Any]:
    """Return the values that somebody reads, by key, without what is null or empty."""
    found = (await company.query(who, READ, id=company.encode_id("person", of)))["person"]
    return show(found["customValues"])


def show(values: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        each.pop("key"): {
            name: value
            for name, value in each.items()
            if value not in (None, []) and name != "field"
        }
        for each in values
    }


def show_errors(payload: Any) -> list[tuple[str, str]]:
    return [(each["code"], ".".join(each["field"])) for each in payload["errors"]]


async def test_each_reads_the_values_that_are_for_them(company: Company) -> None:
    await define(company, **FIELDS)
    written = await write(company, "hr", *GIVEN)
    assert written["errors"] == []
    everybody = {
        "cost_center": {"text": "C-17"},
        "hours": {"number": "38.5"},
        "shirt": {"options": [{"key": "l", "label": "Large"}]},
    }
    managers = everybody | {"badge_until": {"date": "2027-01-31"}}
    hr = managers | {"on_call": {"boolean": False}}
    assert show(written["person"]["customValues"]) == hr
    for who, expected in {
        **dict.fromkeys(("hr", "hr_ops"), hr),
        **dict.fromkeys(("mara", "boss", "chief"), managers),
        **dict.fromkeys(("peer", "former", "hr_far", "admin", "analyst"), everybody),
    }.items():
        assert await read(company, who) == expected, who


async def test_fields_are_listed_with_what_a_form_needs(company: Company) -> None:
    await define(company, **FIELDS)
    query = """{ customFields(where: {objectType: {eq: PERSON}, status: {eq: ACTIVE}}) { nodes {
        key label type readers writers isRequired maxLength least most maxChoices status
        options { key label isArchived } } } }"""
    found = (await company.query("analyst", query))["customFields"]
    assert [each["key"] for each in found["nodes"]] == ["size", *FIELDS]
    by_key = {each["key"]: each for each in found["nodes"]}
    usual = {
        "readers": "EVERYBODY",
        "writers": "EDITORS",
        "isRequired": False,
        "status": "ACTIVE",
        "maxLength": None,
        "least": None,
        "most": None,
        "maxChoices": 1,
        "options": [],
    }
    assert by_key["hours"] == usual | FIELDS["hours"] | {"key": "hours"}
    assert by_key["on_call"] == usual | FIELDS["on_call"] | {"key": "on_call"}
    options = [each | {"isArchived": False} for each in OPTIONS]
    assert by_key["shirt"] == usual | FIELDS["shirt"] | {"key": "shirt", "options": options}


async def test_a_write_changes_the_values_it_names_and_null_removes_one(company: Company) -> None:
    await define(company, **FIELDS)
    await write(company, "hr", *GIVEN)
    changed = await write(
        company, "hr", {"key": "hours", "number": "20"}, {"key": "shirt", "options": None}
    )
    assert changed["errors"] == []
    left = {
        "cost_center": {"text": "C-17"},
        "hours": {"number": "20"},
        "badge_until": {"date": "2027-01-31"},
        "on_call": {"boolean": False},
    }
    assert await read(company, "hr") == left
    nothing = await write(company, "hr", {"key": "hours", "number": "20.00"})
    assert (nothing["errors"], await read(company, "hr")) == ([], left)
    entries = await company.query("admin", HISTORY, id=company.encode_id("person", "mara"))
    latest, first = entries["person"]["history"]["nodes"][:2]
    assert latest == {
        "action": "EDITED",
        "changes": [
            {
                "field": "customValues",
                "before": {"hours": {"number": "38.5"}, "shirt": {"options": ["l"]}},
                "after": {"hours": {"number": "20"}},
            }
        ],
    }
    # Who may not read a value does not learn of it from the history.
    assert [each["field"] for each in first["changes"]] == ["customValues"]
    own = await company.query("mara", HISTORY, id=company.encode_id("person", "mara"))
    assert [each["field"] for each in own["person"]["history"]["nodes"][1]["changes"]] == [
        "customValues",
        "customValuesOfManagers",
    ]


async def test_a_write_with_faults_names_all_of_them_and_changes_nothing(company: Company) -> None:
    await define(company, **FIELDS)
    payload = await write(
        company,
        "hr",
        {"key": "cost_center", "text": "C-170000"},
        {"key": "hours", "number": "60.01"},
        {"key": "shirt", "options": ["l", "s"]},
        {"key": "badge_until", "text": "2027-01-31"},
        {"key": "on_call"},
        {"key": "unknown", "text": "x"},
    )
    assert show_errors(payload) == [
        ("TOO_LONG", "customValues.0.text"),
        ("OUT_OF_RANGE", "customValues.1.number"),
        ("LIMIT_EXCEEDED", "customValues.2.options"),
        ("INVALID_FORMAT", "customValues.3.text"),
        ("REQUIRED", "customValues.4.boolean"),
        ("REFERENCE_NOT_FOUND", "customValues.5.key"),
    ]
    assert payload["errors"][3]["message"] == "Badge until is a day. Give it in `date`."
    twice = await write(
        company, "hr", {"key": "hours", "number": "1"}, {"key": "hours", "number": None}
    )
    assert show_errors(twice) == [("NOT_UNIQUE", "customValues.1")]
    unknown = await write(company, "hr", {"key": "shirt", "options": ["x"]})
    assert show_errors(unknown) == [("REFERENCE_NOT_FOUND", "customValues.0.options.0")]
    assert await read(company, "hr") == {}


async def test_nobody_writes_what_they_may_not_read_or_what_is_for_hr(company: Company) -> None:
    fields = {each: FIELDS[each] for each in ("cost_center", "badge_until", "on_call")}
    hr_writes = {"label": "Rank", "type": "NUMBER", "writers": "HR"}
    await define(company, **fields, rank=hr_writes)
    await write(company, "hr", *GIVEN[:2], GIVEN[4], {"key": "rank", "number": "1"})
    before = await read(company, "hr")
    for value in (
        {"key": "badge_until", "date": None},
        {"key": "on_call", "boolean": True},
        {"key": "rank", "number": "2"},
    ):
        payload = await write(company, "admin", {"key": "cost_center", "text": "X"}, value)
        assert show_errors(payload) == [("NOT_PERMITTED", "customValues.1.key")]
    assert await read(company, "hr") == before
    assert (await write(company, "admin", {"key": "cost_center", "text": "X"}))["errors"] == []
    # What the editor did not see is still there.
    assert await read(company, "hr") == before | {"cost_center": {"text": "X"}}


async def test_a_required_field_needs_a_value_where_custom_values_are_written(
    company: Company,
) -> None:
    ids = await define(
        company,
        cost_center=FIELDS["cost_center"] | {"isRequired": True},
        on_call=FIELDS["on_call"] | {"isRequired": True},
        hours=FIELDS["hours"],
    )
    missing = ("REQUIRED", "customValues")
    assert show_errors(await write(company, "hr", {"key": "hours", "number": "1"})) == [missing] * 2
    # Who may not write a field does not have to.
    assert show_errors(await write(company, "admin", {"key": "hours", "number": "1"})) == [missing]
    hired = await company.mutate("hr", "personHire", "person { id }", givenName="Ada")
    assert show_errors(hired) == [missing] * 2
    hired = await company.mutate(
        *("hr", "personHire", f"person {{ {VALUES} }}"),
        givenName="Ada",
        customValues=[{"key": "cost_center", "text": "A"}, {"key": "on_call", "boolean": True}],
    )
    assert show(hired["person"]["customValues"]) == {
        "cost_center": {"text": "A"},
        "on_call": {"boolean": True},
    }
    await company.mutate(
        "ruler", "customFieldEdit", "customField { id }", id=ids["on_call"], isRequired=False
    )
    await write(company, "hr", {"key": "cost_center", "text": "A"})
    removed = await write(company, "hr", {"key": "cost_center", "text": None})
    assert show_errors(removed) == [("REQUIRED", "customValues.0")]
    # An edit of something else needs none.
    id = company.encode_id("person", "boss")
    edited = await company.mutate("hr", "personEdit", "person { name }", id=id, name="Bo")
    assert (edited["errors"], edited["person"]) == ([], {"name": "Bo"})


async def test_archived_fields_and_options_keep_values_and_take_no_new_ones(
    company: Company,
) -> None:
    ids = await define(company, shirt=FIELDS["shirt"], hours=FIELDS["hours"])
    await write(company, "hr", GIVEN[2], GIVEN[3])
    edited = await company.mutate(
        *("ruler", "customFieldEdit", "customField { options { key label isArchived } }"),
        id=ids["shirt"],
        options=[{"key": "xl", "label": "Huge"}, {"key": "s", "label": "Tiny"}],
    )
    assert edited["customField"]["options"] == [
        {"key": "xl", "label": "Huge", "isArchived": False},
        {"key": "s", "label": "Tiny", "isArchived": False},
        {"key": "l", "label": "Large", "isArchived": True},
    ]
    await company.mutate("ruler", "customFieldArchive", "customField { id }", id=ids["hours"])
    assert show_errors(
        await write(
            company, "hr", {"key": "shirt", "options": ["l"]}, {"key": "hours", "number": None}
        )
    ) == [
        ("REFERENCE_NOT_FOUND", "customValues.0.options.0"),
        ("STATE_CONFLICT", "customValues.1.key"),
    ]
    kept = {"shirt": {"options": [{"key": "l", "label": "Large"}]}, "hours": {"number": "38.5"}}
    assert await read(company, "hr") == kept
    await company.mutate("ruler", "customFieldRestore", "customField { id }", id=ids["hours"])
    assert (await write(company, "hr", {"key": "hours", "number": None}))["errors"] == []
    del kept["hours"]
    assert await read(company, "hr") == kept


async def test_a_definition_with_faults_is_refused_with_all_of_them(company: Company) -> None:
    await define(company, shirt=FIELDS["shirt"])

    async def refuse(**details: Any) -> list[tuple[str, str]]:
        field = {"objectType": "PERSON", "key": "more", "label": "More", **details}
        return show_errors(
            await company.mutate("ruler", "customFieldCreate", "customField { id }", **field)
        )

    wrong = {"type": "DATE", "maxLength": 5, "least": "1", "options": OPTIONS}
    assert await refuse(**wrong) == [
        ("INVALID", "options"),
        ("INVALID", "maxLength"),
        ("INVALID", "least"),
    ]
    assert await refuse(type="CHOICE") == [("REQUIRED", "options")]
    assert await refuse(type="NUMBER", least="2", most="1") == [("OUT_OF_RANGE", "most")]
    assert await refuse(type="TEXT", key="shirt") == [("NOT_UNIQUE", "key")]
    assert await refuse(type="TEXT", key="Shirt") == [("INVALID_FORMAT", "key")]
    same = [OPTIONS[0], OPTIONS[0] | {"label": "Other"}]
    assert await refuse(type="CHOICE", options=same) == [("NOT_UNIQUE", "options.1.key")]
    found = await company.query("ruler", "{ customFields { nodes { key } } }")
    keys = [each["key"] for each in found["customFields"]["nodes"]]
    assert keys == ["size", "former", "shirt"]


async def test_a_merge_unites_the_values_and_those_of_the_person_who_stays_count(
    company: Company,
) -> None:
    await define(company, **FIELDS)
    await write(company, "hr", GIVEN[0], {"key": "hours", "number": "10"}, of="alumna")
    await write(company, "hr", *GIVEN[1:3], of="peer")
    merged = await company.mutate(
        *("hr", "personMerge", f"person {{ {VALUES} }}"),
        id=company.encode_id("person", "peer"),
        duplicateId=company.encode_id("person", "alumna"),
        reason="Same e-mail address",
    )
    assert show(merged["person"]["customValues"]) == {
        "cost_center": {"text": "C-17"},
        "hours": {"number": "38.5"},
        "on_call": {"boolean": False},
    }
