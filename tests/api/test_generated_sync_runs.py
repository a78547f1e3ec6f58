"""Generated sync runs: the undoing of any of them brings back the state from before."""

from random import Random
from typing import Any

import asyncpg
import pytest

from domain.sync_runs import undoing
from tests.api.company import Company
from tests.api.test_sync_runs import person, start
from tests.api.undone_runs import (
    goal,
    list_differences,
    read_state,
    refer,
    send,
    team,
    undo_all,
    unit,
)

pytestmark = pytest.mark.anyio


async def read_beside(company: Company, owner: asyncpg.Connection) -> list[Any]:
    """Return the versions of rows, and which references wait."""
    found = list[Any]()
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        for text in (
            "SELECT id, source_version FROM source_versions",
            "SELECT object_id, field, source, external_id, valid_from FROM pending_references",
            "SELECT object_id, field, source, external_id, valid_from FROM pending_goal_references",
        ):
            found += sorted(map(tuple, await owner.fetch(text)), key=str)
    return found


UNITS, TEAMS, GOALS, PEOPLE = (
    tuple(f"{letter}{n}" for n in range(count))
    for letter, count in (("U", 6), ("T", 4), ("G", 6), ("P", 10))
)
"""External ids. The last two of each are not known before the run."""


async def send_baseline(company: Company) -> None:
    """Store what is known before a run."""
    await send(
        company,
        "organizations",
        *(unit(each, parent=refer("U0")) for each in UNITS[1:-2]),
        unit("U0"),
    )
    await send(company, "teams", *(team(each, "U1") for each in TEAMS[:-2]))
    rows = [
        person(each, jobTitle="Clerk", employeeNumber=each, organization=refer(f"U{n % 3}"))
        | ({"manager": refer(f"P{n // 2}"), "sourceVersion": "1"} if n else {})
        for n, each in enumerate(PEOPLE[:-2])
    ]
    rows[6] |= {"lastDay": "2026-03-31"}
    rows[7] |= {"lastDay": "2026-08-31", "manager": refer("Nobody")}
    await send(company, "people", *rows)
    statuses = ({}, {"status": "ACTIVE"}, {"status": "MISSED", "closingNote": "Late"}, {})
    goals = [
        goal(each, ownerPerson=refer(f"P{n}"), **status)
        for (n, each), status in zip(enumerate(GOALS[:-2]), statuses, strict=True)
    ]
    goals[1] |= {"parent": refer("G0"), "sourceVersion": "1"}
    goals[3] |= {"parent": refer("Nothing")}
    await send(company, "goals", *goals)


def draw_call(random: Random) -> tuple[str, list[Any]]:
    """Draw the rows of one call. Some contradict what is stored and are rejected."""
    kind = random.choice(["organizations", "teams", "goals", "goals", *["people"] * 3])
    ids = {"organizations": UNITS, "teams": TEAMS, "goals": GOALS, "people": PEOPLE}[kind]
    chosen = random.sample(ids, random.randint(1, min(5, len(ids))))
    return kind, [DRAW[kind](random, each) for each in chosen]


def draw_unit(random: Random, id: str) -> dict[str, Any]:
    choices = [
        {"name": random.choice("abc")},
        {"code": random.choice(["X", "Y", id])},
        {"parent": refer(random.choice(UNITS))},
        {"endsOn": random.choice(["2026-09-30", "2026-06-14", None])},
        {"sourceVersion": random.choice("123")},
    ]
    return unit(id, **merge(random.sample(choices, 2)))


def draw_team(random: Random, id: str) -> dict[str, Any]:
    choices = [
        {"name": random.choice("abc"), "description": random.choice([None, "d"])},
        {"parent": refer(random.choice(TEAMS))},
        {"endsOn": random.choice(["2026-09-30", "2026-06-14", None])},
    ]
    return team(id, random.choice(UNITS), **merge(random.sample(choices, 2)))


def draw_goal(random: Random, id: str) -> dict[str, Any]:
    closed = {"status": random.choice(["ACHIEVED", "ABANDONED"]), "closingNote": "Done"}
    choices = [
        {"title": random.choice("abc"), "description": random.choice([None, "d"])},
        {"parent": random.choice([None, *(refer(each) for each in (*GOALS, "Unknown"))])},
        {"status": "ACTIVE"},
        random.choice([closed, {"status": "DRAFT"}]),
        {"ownerTeam": refer(random.choice(TEAMS))},
        {"sourceVersion": random.choice("123")},
    ]
    picked = merge(random.sample(choices, 2))
    if id in GOALS[-2:] and "ownerTeam" not in picked:
        picked |= {"ownerPerson": refer("P1")}
    return goal(id, **picked)


def draw_person(random: Random, id: str) -> dict[str, Any]:
    choices = [
        {"givenName": random.choice("abc"), "familyName": random.choice("xyz")},
        {"workEmail": random.choice(["a@hris.example", "b@hris.example", None])},
        {"employeeNumber": random.choice([*PEOPLE, None])},
        {"jobTitle": random.choice("abc"), "level": random.choice("123")},
        {"jobTitle": random.choice("abc"), "validFrom": "2026-09-01"},
        {"organization": refer(random.choice(UNITS)), "location": random.choice("abc")},
        {"manager": random.choice([None, *(refer(each) for each in (*PEOPLE, "Unknown"))])},
        {"lastDay": random.choice(["2026-05-31", "2026-07-31", None])},
        {"sourceVersion": random.choice("123")},
        *([{"hiredOn": "2026-06-15", "lastDay": None}] * 2 if id == "P6" else []),
    ]
    return person(id, **merge(random.sample(choices, 3)))


def merge(choices: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: value for each in choices for name, value in each.items()}


DRAW = {"organizations": draw_unit, "teams": draw_team, "goals": draw_goal, "people": draw_person}


@pytest.mark.parametrize("seed", range(4))
async def test_the_undoing_of_any_run_brings_back_the_state_from_before(
    company: Company, owner: asyncpg.Connection, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(seed)
    await send_baseline(company)
    before, beside = await read_state(company), await read_beside(company, owner)
    run = await start(company, "ruler", kind="DELTA")
    outcomes = list[str]()
    for _ in range(8):
        kind, rows = draw_call(random)
        outcomes += (await send(company, kind, *rows, run=run))["outcomes"]
    assert {"CREATED", "UPDATED", "REJECTED"} <= {*outcomes}
    assert list_differences(before, await read_state(company)) != []
    if seed % 2:
        monkeypatch.setattr(undoing, "MAX_UNDONE", 7)
    assert await undo_all(company, run) == []
    after = await read_state(company)
    assert list_differences(before, after) == []
    created = [each for id, each in after.items() if id not in before]
    assert [each["references"] for each in created] == [[]] * len(created)
    assert await read_beside(company, owner) == beside
