"""Packets of a cycle: opened after the launch, and cancelled for those who leave it."""

from datetime import UTC, datetime
from typing import Any

import asyncpg

from domain.reviews.cycles import OPEN_TASK
from tests.api.company import Company
from tests.api.test_review_cycle_launch import do, exclude_all_without_manager, run_task

NOW = datetime(2026, 7, 1, tzinfo=UTC)
PACKETS = """query($id: ID!) { reviewCycle(by: { id: $id }) { packets { nodes {
  status dueOn subject { name } manager { name } scale { name }
  reviews { nodes { direction status dueOn writer { name } } } } } } }"""
TASKS = "{ viewer { tasks(where: { kind: { eq: REVIEW } }) { totalCount } } }"


async def read_packets(company: Company) -> dict[str, Any]:
    """Return the packets of the cycle by the first name of the person."""
    id = company.encode_id("reviewcycle", "whole")
    found = await company.query("hr", PACKETS, id=id)
    nodes = found["reviewCycle"]["packets"]["nodes"]
    return {each["subject"]["name"].split()[0]: each for each in nodes}


async def count_tasks(company: Company, who: str) -> int:
    tasks = (await company.query(who, TASKS))["viewer"]["tasks"]
    return int(tasks["totalCount"])


async def launch(company: Company, writing: asyncpg.Pool) -> None:
    scale = company.encode_id("ratingscale", "published")
    await exclude_all_without_manager(company, scaleId=scale)
    await do(company, "reviewCycleLaunch", "reviewCycle { status }")
    await run_task(writing, company, OPEN_TASK, NOW)


async def test_a_launch_opens_a_packet_with_its_forms_for_everybody_once(
    company: Company, writing: asyncpg.Pool
) -> None:
    before = await count_tasks(company, "mara")
    await launch(company, writing)
    await run_task(writing, company, OPEN_TASK, NOW)  # a second run opens none
    packets = await read_packets(company)
    assert sorted(packets) == ["Boss", "Mara", "Peer"]
    scale = {"name": company.rating_scales["published"].name}
    forms = sorted(packets["Mara"]["reviews"].pop("nodes"), key=lambda each: each["direction"])
    assert packets["Mara"] == {
        "status": "COLLECTING",
        "dueOn": "2026-08-15",
        "subject": {"name": "Mara Okafor"},
        "manager": {"name": "Boss Okafor"},
        "scale": scale,
        "reviews": {},
    }
    assert forms == [
        {
            "direction": "MANAGER",
            "status": "NOT_STARTED",
            "dueOn": "2026-08-15",
            "writer": {"name": "Boss Okafor"},
        },
        {
            "direction": "SELF",
            "status": "NOT_STARTED",
            "dueOn": "2026-07-15",
            "writer": {"name": "Mara Okafor"},
        },
    ]
    assert await count_tasks(company, "mara") == before + 1


async def test_who_is_removed_loses_the_packet_and_gets_a_new_one_on_the_way_back(
    company: Company, writing: asyncpg.Pool
) -> None:
    await launch(company, writing)
    mara = {"personId": company.encode_id("person", "mara"), "reason": "On trial."}
    tasks = await count_tasks(company, "mara")
    await do(company, "reviewCycleRemoveParticipant", "reviewCycle { id }", **mara)
    await run_task(writing, company, OPEN_TASK, NOW)
    assert (await read_packets(company))["Mara"]["status"] == "CANCELLED"
    assert await count_tasks(company, "mara") == tasks - 1
    await do(company, "reviewCycleAddParticipant", "reviewCycle { id }", **mara)
    await run_task(writing, company, OPEN_TASK, NOW)
    assert await count_tasks(company, "mara") == tasks


async def test_a_cancelled_cycle_cancels_its_packets(
    company: Company, writing: asyncpg.Pool
) -> None:
    await launch(company, writing)
    await do(company, "reviewCycleCancel", "reviewCycle { id }", reason="The company is sold.")
    await run_task(writing, company, OPEN_TASK, NOW)
    packets = await read_packets(company)
    assert {each["status"] for each in packets.values()} == {"CANCELLED"}
    forms = [form for each in packets.values() for form in each["reviews"]["nodes"]]
    assert {each["status"] for each in forms} == {"CANCELLED"}


async def test_the_scale_of_a_cycle_is_a_published_one(company: Company) -> None:
    id = company.encode_id("reviewcycle", "whole")
    for name, code in (("draft", "INVALID"), ("published", None)):
        scale = company.encode_id("ratingscale", name)
        payload = await company.mutate(
            "hr", "reviewCycleEdit", "reviewCycle { scale { name } }", id=id, scaleId=scale
        )
        assert [each["code"] for each in payload["errors"]] == ([code] if code else [])


async def test_a_draft_keeps_the_scale_and_the_templates_that_were_archived_since(
    company: Company,
) -> None:
    cycle = company.encode_id("reviewcycle", "whole")
    scale, template = (
        company.encode_id(kind, "published") for kind in ("ratingscale", "reviewtemplate")
    )
    await do(company, "reviewCycleEdit", "reviewCycle { id }", scaleId=scale)
    for verb, id in (("ratingScaleArchive", scale), ("reviewTemplateArchive", template)):
        noun = verb.removesuffix("Archive")
        archived = await company.mutate("hr", verb, f"{noun} {{ status }}", id=id)
        assert archived["errors"] == []
    directions = [{"direction": "SELF", "templateId": template}]
    phases = [{"kind": "SELF", "startsOn": "2026-07-01", "lastDay": "2026-07-15"}]
    edited = await company.mutate(
        *("hr", "reviewCycleEdit", "reviewCycle { directions { direction } }"),
        id=cycle,
        scaleId=scale,
        directions=directions,
        phases=phases,
    )
    assert edited == {"reviewCycle": {"directions": [{"direction": "SELF"}]}, "errors": []}
