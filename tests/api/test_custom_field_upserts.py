"""Custom values in rows of other systems: what changes, what is refused, owners and undoing."""

from typing import Any

import pytest

from tests.api.company import Company
from tests.api.test_custom_fields import FIELDS, VALUES, define, show, show_errors
from tests.api.test_field_owners import declare, show_warnings
from tests.api.test_sync_runs import finish, person, start
from tests.api.undone_runs import UNDO, team, unit

pytestmark = pytest.mark.anyio

PAYLOAD = f"""outcomes people {{ id version {VALUES} }} warnings {{ index code field }}
    differences {{ field before after }}"""
COST, HOURS = {"key": "cost_center", "text": "C-1"}, {"key": "hours", "number": "38.50"}
STORED = {"cost_center": {"text": "C-1"}, "hours": {"number": "38.5"}}


async def send(company: Company, *values: Any, who: str = "hr", **more: Any) -> Any:
    """Send a row of Ada with these values."""
    row = person("Ada", more.pop("source", "hris"), customValues=list(values))
    return await company.mutate(who, "peopleUpsert", PAYLOAD, rows=[row], **more)


def show_values(payload: Any) -> dict[str, Any]:
    return show(payload["people"][0]["customValues"])


async def test_a_row_changes_the_values_that_it_names(company: Company) -> None:
    await define(company, **FIELDS)
    made = await send(company, COST, HOURS)
    assert (made["outcomes"], show_values(made)) == (["CREATED"], STORED)
    version = made["people"][0]["version"]
    for same in (
        (COST, HOURS),
        (HOURS | {"number": "38.5"},),
        ({"key": "shirt", "options": None},),
    ):
        again = await send(company, *same)
        assert (again["outcomes"], again["people"][0]["version"]) == (["UNCHANGED"], version)
    tried = await send(company, COST | {"text": "C-2"}, HOURS, dryRun=True)
    changed = await send(company, COST | {"text": "C-2"}, HOURS)
    assert tried["differences"] == changed["differences"]
    assert changed["differences"] == [
        {
            "field": "customValues",
            "before": {"cost_center": {"text": "C-1"}},
            "after": {"cost_center": {"text": "C-2"}},
        }
    ]
    removed = await send(company, COST | {"text": None})
    assert show_values(removed) == {"hours": STORED["hours"]}


async def test_a_row_with_faults_names_them_and_changes_nothing(company: Company) -> None:
    required = FIELDS["cost_center"] | {"isRequired": True}
    await define(company, **FIELDS | {"cost_center": required})
    assert (await send(company))["outcomes"] == ["CREATED"]  # a row need not know the field
    await send(company, COST, HOURS)
    refused = await send(
        company,
        COST | {"text": None},
        HOURS | {"number": "61"},
        {"key": "shirt", "text": "l"},
        {"key": "unknown", "text": "x"},
    )
    assert (refused["outcomes"], show_errors(refused)) == (
        ["REJECTED"],
        [
            ("OUT_OF_RANGE", "rows.0.customValues.1.number"),
            ("INVALID_FORMAT", "rows.0.customValues.2.text"),
            ("REFERENCE_NOT_FOUND", "rows.0.customValues.3.key"),
            ("REQUIRED", "rows.0.customValues.0"),
        ],
    )
    two = await send(company, COST | {"number": "1"})
    assert show_errors(two) == [("INVALID_FORMAT", "rows.0.customValues.0.number")]
    # A sender who may not see a value gets the same refusal whatever it is.
    await send(company, {"key": "on_call", "boolean": True})
    guesses = [
        await send(company, {"key": "on_call", "boolean": each}, who="admin")
        for each in (True, False)
    ]
    assert guesses[0] == guesses[1]
    assert guesses[0]["outcomes"] == ["REJECTED"]
    assert show_values(await send(company, COST)) == STORED | {"on_call": {"boolean": True}}


async def test_owners_and_undone_runs_know_custom_values(company: Company) -> None:
    await define(company, **FIELDS)
    await send(company, COST, HOURS)
    run = await start(company, kind="DELTA")
    changed = await send(
        company, COST | {"text": None}, HOURS | {"number": "20"}, syncRunId=run["id"]
    )
    assert show_values(changed) == {"hours": {"number": "20"}}
    await finish(company, run)
    undone = await company.mutate("hr", "syncRunUndo", UNDO, id=run["id"])
    assert (undone["errors"], undone["undo"]["conflicts"]) == ([], [])
    assert show_values(await send(company)) == STORED
    await declare(company, {"field": "PERSON_CUSTOM_VALUES", "source": "hris"})
    id = (await send(company))["people"][0]["id"]
    rows = [
        {"id": id, "externalReference": {"source": "payroll", "id": "7"}, "customValues": each}
        for each in ([COST], [COST | {"text": "C-2"}])
    ]
    sent = [await company.mutate("hr", "peopleUpsert", PAYLOAD, rows=[each]) for each in rows]
    assert [show_warnings(each) for each in sent] == [[], [(0, "FIELD_OWNED", "customValues")]]
    assert show_values(sent[1]) == STORED


async def test_rows_of_teams_have_values_too(company: Company) -> None:
    await define(company, theme={"objectType": "TEAM", "type": "TEXT", "label": "Theme"})
    fields = "outcomes organizations { id }"
    await company.mutate("ruler", "organizationsUpsert", fields, rows=[unit("OPS2")])
    row = team("Night", "OPS2", customValues=[{"key": "theme", "text": "Growth"}])
    fields = f"outcomes teams {{ {VALUES} }}"
    sent = [await company.mutate("ruler", "teamsUpsert", fields, rows=[row]) for _ in range(2)]
    assert [each["outcomes"] for each in sent] == [["CREATED"], ["UNCHANGED"]]
    assert show(sent[1]["teams"][0]["customValues"]) == {"theme": {"text": "Growth"}}


async def test_rows_of_goals_have_values_too(company: Company) -> None:
    await define(company, theme={"objectType": "GOAL", "type": "TEXT", "label": "Theme"})
    row = {
        "externalReference": {"source": "okr", "id": "G1"},
        "title": "Ship",
        "dueOn": "2026-12-31",
        "ownerPerson": {"id": company.encode_id("person", "mara")},
        "customValues": [{"key": "theme", "text": "Growth"}],
    }
    fields = f"outcomes goals {{ {VALUES} }}"
    sent = [await company.mutate("hr", "goalsUpsert", fields, rows=[row]) for _ in range(2)]
    assert [each["outcomes"] for each in sent] == [["CREATED"], ["UNCHANGED"]]
    row["customValues"] = [{"key": "theme", "text": None}]
    changed = await company.mutate("hr", "goalsUpsert", fields, rows=[row])
    assert (changed["outcomes"], changed["goals"][0]["customValues"]) == (["UPDATED"], [])
