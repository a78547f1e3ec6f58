"""Rating scales in the graph: their revisions, their levels and the conversion between them."""

from typing import Any

import pytest

from tests.api.company import Company

LEVELS = [
    {"label": "Below", "value": "1"},
    {"label": "Meets", "value": "3", "description": "Does what was agreed."},
    {"label": "Above", "value": "5"},
]
SHOWN = "ratingScale { id name revision status levels { position label value } viewerCan }"


async def create(company: Company, who: str = "hr", **input: Any) -> Any:
    given = {"name": "Five points", "levels": LEVELS} | input
    return await company.mutate(who, "ratingScaleCreate", SHOWN, **given)


async def do(company: Company, verb: str, id: str, who: str = "hr", **input: Any) -> Any:
    return await company.mutate(who, f"ratingScale{verb}", SHOWN, id=id, **input)


async def see(company: Company, who: str, id: str, selection: str = "status") -> Any:
    query = f"query($id: ID!) {{ ratingScale(by: {{id: $id}}) {{ {selection} }} }}"
    return (await company.query(who, query, id=id))["ratingScale"]


async def publish_new(company: Company, **input: Any) -> str:
    id: str = (await create(company, **input))["ratingScale"]["id"]
    assert (await do(company, "Publish", id))["errors"] == []
    return id


async def test_a_draft_is_for_hr_until_it_is_published(company: Company) -> None:
    made = await create(company)
    assert made["errors"] == []
    scale = made["ratingScale"]
    assert scale | {"id": ""} == {
        "id": "",
        "name": "Five points",
        "revision": 1,
        "status": "DRAFT",
        "levels": [
            {"position": 1, "label": "Below", "value": "1"},
            {"position": 2, "label": "Meets", "value": "3"},
            {"position": 3, "label": "Above", "value": "5"},
        ],
        "viewerCan": ["EDIT", "PUBLISH", "DISCARD"],
    }
    for who in ("mara", "boss", "admin", "nobody", "hr_ops"):
        assert await see(company, who, scale["id"]) is None
        found = await company.query(who, "{ ratingScales { totalCount nodes { id } } }")
        assert scale["id"] not in [each["id"] for each in found["ratingScales"]["nodes"]]
    published = await do(company, "Publish", scale["id"])
    assert published["ratingScale"]["viewerCan"] == ["REVISE", "ARCHIVE"]
    for who in ("mara", "boss", "admin", "nobody", "hr_ops"):
        assert await see(company, who, scale["id"]) == {"status": "PUBLISHED"}


async def test_a_published_scale_never_changes_and_a_new_revision_replaces_it(
    company: Company,
) -> None:
    first = await publish_new(company)
    refused = await do(company, "Edit", first, name="Other")
    assert [each["code"] for each in refused["errors"]] == ["STATE_CONFLICT"]

    draft = (await do(company, "Revise", first))["ratingScale"]
    assert (draft["revision"], draft["status"], draft["id"] != first) == (2, "DRAFT", True)
    again = await do(company, "Revise", first)
    assert [each["message"] for each in again["errors"]] == [
        "There is a draft of it already. Edit, publish or discard that."
    ]
    assert await see(company, "hr", first, "viewerCan") == {"viewerCan": ["ARCHIVE"]}

    edited = await do(
        company, "Edit", draft["id"], levels=[*LEVELS, {"label": "Top", "value": "6"}]
    )
    assert [each["label"] for each in edited["ratingScale"]["levels"]] == [
        *("Below", "Meets", "Above", "Top"),
    ]
    await do(company, "Publish", draft["id"])
    old = await see(
        company,
        "mara",
        first,
        "status levels { label } revisions(orderBy: [{ field: REVISION, direction: DESC }])"
        " { nodes { revision status } }",
    )
    assert old == {
        "status": "ARCHIVED",
        "levels": [{"label": each["label"]} for each in LEVELS],
        "revisions": {
            "nodes": [
                {"revision": 2, "status": "PUBLISHED"},
                {"revision": 1, "status": "ARCHIVED"},
            ]
        },
    }


async def test_a_discarded_draft_is_gone_and_its_number_is_given_again(company: Company) -> None:
    first = await publish_new(company)
    draft = (await do(company, "Revise", first))["ratingScale"]["id"]
    selection = "deletedRatingScaleId"
    gone = await company.mutate("hr", "ratingScaleDiscard", selection, id=draft)
    assert gone == {"deletedRatingScaleId": draft, "errors": []}
    assert await see(company, "hr", draft) is None
    assert (await do(company, "Revise", first))["ratingScale"]["revision"] == 2


async def test_an_archived_scale_can_be_revised(company: Company) -> None:
    first = await publish_new(company)
    assert (await do(company, "Archive", first))["ratingScale"]["viewerCan"] == ["REVISE"]
    assert (await do(company, "Revise", first))["ratingScale"]["revision"] == 2


@pytest.mark.parametrize(
    ("levels", "faults"),
    [
        (LEVELS[:1], [("OUT_OF_RANGE", ["levels"])]),
        (
            [LEVELS[0], LEVELS[1] | {"label": "BELOW"}, LEVELS[2] | {"value": "1"}],
            [
                ("NOT_UNIQUE", ["levels", "1", "label"]),
                ("NOT_UNIQUE", ["levels", "2", "value"]),
            ],
        ),
        (
            [LEVELS[1], LEVELS[0], LEVELS[2]],
            [("OUT_OF_RANGE", ["levels", "1", "value"])],
        ),
    ],
)
async def test_levels_are_ordered_and_differ(
    company: Company, levels: Any, faults: list[tuple[str, list[str]]]
) -> None:
    payload = await create(company, levels=levels)
    assert payload["ratingScale"] is None
    assert [(each["code"], each["field"]) for each in payload["errors"]] == faults


async def test_values_may_fall_where_one_is_the_best(company: Company) -> None:
    grades = [{"label": str(each), "value": str(each)} for each in (6, 5, 4, 3, 2, 1)]
    assert (await create(company, levels=grades))["errors"] == []


async def test_values_are_converted_with_the_formula_that_is_stated(company: Company) -> None:
    five = await publish_new(company)
    grades = [{"label": str(each), "value": str(each)} for each in (6, 5, 4, 3, 2, 1)]
    german = await publish_new(company, name="Grades", levels=grades)
    selection = (
        "conversion(toId: $to, value: $value) { formula convertedValue target { name }"
        " levels { level { label } convertedValue } }"
    )
    query = (
        "query($id: ID!, $to: ID!, $value: Decimal) {"
        f" ratingScale(by: {{id: $id}}) {{ {selection} }} }}"
    )
    variables = {"id": five, "to": german, "value": "3.4"}
    found = await company.query("mara", query, **variables)
    assert found["ratingScale"]["conversion"] == {
        "formula": "6 + (value - 1) * (1 - 6) / (5 - 1)",
        "convertedValue": "3",
        "target": {"name": "Grades"},
        "levels": [
            {"level": {"label": "Below"}, "convertedValue": "6"},
            {"level": {"label": "Meets"}, "convertedValue": "3.5"},
            {"level": {"label": "Above"}, "convertedValue": "1"},
        ],
    }
    back = await company.query("mara", query, id=german, to=five)
    conversion = back["ratingScale"]["conversion"]
    assert conversion["convertedValue"] is None
    assert [each["convertedValue"] for each in conversion["levels"]] == [
        *("1", "1.8", "2.6", "3.4", "4.2", "5"),
    ]


async def test_nothing_is_converted_to_a_scale_that_is_hidden(company: Company) -> None:
    five = await publish_new(company)
    draft = (await create(company, name="Hidden"))["ratingScale"]["id"]
    query = (
        "query($id: ID!, $to: ID!) { ratingScale(by: {id: $id})"
        " { conversion(toId: $to) { formula } } }"
    )
    seen = await company.query("hr", query, id=five, to=draft)
    assert seen["ratingScale"]["conversion"] is not None
    hidden = await company.query("mara", query, id=five, to=draft)
    assert hidden == {"ratingScale": {"conversion": None}}


async def test_who_reads_the_history_of_a_scale(company: Company) -> None:
    id = await publish_new(company)
    selection = "history { nodes { action } }"
    found = await see(company, "hr", id, selection)
    assert [each["action"] for each in found["history"]["nodes"]] == ["PUBLISHED", "CREATED"]
    for who in ("mara", "admin", "analyst"):
        assert await see(company, who, id, selection) == {"history": None}
