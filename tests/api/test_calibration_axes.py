"""Boxes of any two attributes: what they show of each row, and who may read an axis."""

from typing import Any

import asyncpg

from domain.reviews.packets import ReviewPacketStatus
from tests.api.company import Company, _save
from tests.api.test_calibration import SESSION, codes
from tests.factories.goals import a_goal
from tests.factories.review_cycles import a_review_cycle
from tests.factories.reviews import a_packet

READ = """query($id: ID!) { calibrationSession(by: { id: $id }) {
  subjects { person { name } horizontalRating verticalRating }
  box { unplaced horizontalLabels verticalLabels cells { horizontal vertical count } } } }"""
AXES = """calibrationSession { id horizontalAttribute horizontalKey horizontalBounds
  horizontalLabels verticalAttribute box { horizontalScale { name } } }"""


async def draft(company: Company, **axes: Any) -> Any:
    """Draft a session that Ruler and Former lead, in which Boss is a member."""
    leaders = [company.encode_id("person", each) for each in ("ruler", "former")]
    return await company.mutate(
        *("hr", "calibrationSessionCreate", AXES),
        name="Box",
        heldOn="2026-09-01",
        cycleId=company.encode_id("reviewcycle", "decided"),
        facilitatorIds=leaders,
        memberIds=[company.encode_id("person", "boss")],
        **axes,
    )


async def open_box(company: Company, **axes: Any) -> str:
    """Open a session with these axes; return its id."""
    id: str = (await draft(company, **axes))["calibrationSession"]["id"]
    await company.mutate("ruler", "calibrationSessionOpen", SESSION, id=id)
    return id


async def read(company: Company, who: str, id: str) -> Any:
    """Return the box, and the cells of the rows by name; they have the same name if hidden."""
    found = (await company.query(who, READ, id=id))["calibrationSession"]
    cells = {
        each["person"] and each["person"]["name"].split()[0]: (
            each["horizontalRating"],
            each["verticalRating"],
        )
        for each in found["subjects"]
    }
    return found["box"], cells


async def test_an_axis_of_the_person_is_read_with_names_and_tenure_by_hr(
    company: Company, owner: asyncpg.Connection
) -> None:
    async with owner.transaction():
        await owner.execute(f"SET LOCAL app.tenant_id = '{company.tenant_id}'")
        for who, day in (("peer", "2025-09-01"), ("lead", "2026-09-02")):
            sql = "UPDATE people SET hired_on = $2::text::date WHERE id = $1"
            await owner.execute(sql, company.people[who].id, day)
    id = await open_box(
        company,
        horizontalAttribute="TENURE_MONTHS",
        horizontalBounds=["12", 36],
        verticalAttribute="POSITION_LEVEL",
        verticalLabels=["L0", "l1"],
    )
    box, cells = await read(company, "hr", id)
    assert cells == {"Mara": (3, None), "Peer": (2, 2), "Lead": (None, None)}
    assert box == {
        "unplaced": 2,
        "horizontalLabels": ["below 12", "12 to below 36", "36 or more"],
        "verticalLabels": ["L0", "l1"],
        "cells": [{"horizontal": 2, "vertical": 2, "count": 1}],
    }
    assert await read(company, "boss", id) == (None, {None: (None, None)})
    facilitated = await read(company, "former", id)
    assert facilitated == (None, {"Mara": (None, None), "Peer": (None, 2), "Lead": (None, None)})
    await company.mutate("ruler", "calibrationSessionShowNames", SESSION, id=id)
    assert await read(company, "boss", id) == facilitated


async def test_a_box_of_goals_and_the_previous_level_follows_the_names(
    company: Company, writing: asyncpg.Pool
) -> None:
    people, scale = company.people, company.rating_scales["published"]
    earlier = a_review_cycle(company.review_templates["published"], name="Last year")
    shared = a_packet(people["mara"], people["boss"], ReviewPacketStatus.SHARED, scale)
    shared.cycle_id, shared.level = earlier.id, 3
    shared.starts_on = shared.last_day = earlier.starts_on.replace(year=2025)
    goals = [a_goal(people["mara"], status=each) for each in ("achieved", "missed")]  # type: ignore[arg-type]
    for each in goals:
        each.due_on = company.calibrations.cycles["decided"].last_day
    await _save(writing, company.tenant_id, [earlier], [shared, *goals])
    id = await open_box(
        company,
        horizontalAttribute="GOALS_ACHIEVED",
        horizontalBounds=["50.5"],
        verticalAttribute="PREVIOUS_LEVEL",
    )
    assert await read(company, "boss", id) == (None, {None: (None, None)})
    await company.mutate("ruler", "calibrationSessionShowNames", SESSION, id=id)
    box, cells = await read(company, "boss", id)
    assert cells == {"Mara": (1, 3), "Peer": (None, None), "Lead": (None, None)}
    assert box == {
        "unplaced": 2,
        "horizontalLabels": ["below 50.5", "50.5 or more"],
        "verticalLabels": ["Below", "Meets", "Above"],
        "cells": [{"horizontal": 1, "vertical": 3, "count": 1}],
    }


async def test_an_axis_of_the_review_is_read_before_names(company: Company) -> None:
    id = await open_box(
        company,
        horizontalAttribute="SCORE",
        horizontalBounds=[2],
        verticalAttribute="PROPOSED_LEVEL",
    )
    box, _ = await read(company, "boss", id)
    assert box == {
        "unplaced": 3,
        "horizontalLabels": ["below 2", "2 or more"],
        "verticalLabels": ["Below", "Meets", "Above"],
        "cells": [],
    }


async def test_a_field_of_an_axis_replaces_the_axis(company: Company) -> None:
    faulty = await draft(
        company,
        horizontalAttribute="TENURE_MONTHS",
        horizontalBounds=["3", "3"],
        verticalAttribute="POSITION_LEVEL",
        verticalLabels=["a", "A"],
    )
    assert [(each["code"], each["field"]) for each in faulty["errors"]] == [
        ("OUT_OF_RANGE", ["horizontalBounds", "1"]),
        ("NOT_UNIQUE", ["verticalLabels", "1"]),
    ]
    bands = {"horizontalAttribute": "SCORE", "horizontalBounds": [2]}
    made = (await draft(company, **bands))["calibrationSession"]
    same = {"verticalAttribute": "SCORE", "verticalBounds": [4]}
    payload = await company.mutate("hr", "calibrationSessionEdit", AXES, id=made["id"], **same)
    assert [(each["code"], each["field"]) for each in payload["errors"]] == [
        ("NOT_UNIQUE", ["verticalAttribute"])
    ]
    alone = {"horizontalBounds": [3]}
    assert codes(await company.mutate("hr", "calibrationSessionEdit", AXES, id=made["id"], **alone))
    given = {"horizontalAttribute": "PROPOSED_LEVEL"}
    edited = await company.mutate("hr", "calibrationSessionEdit", AXES, id=made["id"], **given)
    assert edited["calibrationSession"] == {
        "id": made["id"],
        "horizontalAttribute": "PROPOSED_LEVEL",
        "horizontalKey": None,
        "horizontalBounds": [],
        "horizontalLabels": [],
        "verticalAttribute": None,
        "box": {"horizontalScale": {"name": "published points"}},
    }
