"""Criteria by position: from a template with career groups to the forms, which keep them."""

from typing import Any

import asyncpg

from domain.reviews.cycles import OPEN_TASK
from tests.api.company import Company
from tests.api.test_review_cycle_launch import do, exclude_all_without_manager, run_task
from tests.api.test_review_cycle_packets import NOW

LEADERS = {"key": "leaders", "name": "Leaders", "hasReports": True}
CLERKS = {"key": "clerks", "name": "Clerks", "levels": ["l1"], "hasReports": False}
PLAN = """plan { canLaunch careerGroups { key participantCount }
  conflicts { code isBlocking phase personId }
  participants { personId reviews { careerGroupKeys } } }"""
TEMPLATE = """reviewTemplate { id careerGroups { key name levels jobTitles hasReports
  organization { name } } sections { careerGroupKeys questions { key careerGroupKeys } } }"""
STATUS = """query($id: ID!) { reviewCycle(by: { id: $id }) {
  status participants { totalCount } } }"""
FORMS = """{ reviews(where: { direction: { eq: SELF } }) { nodes {
  id careerGroupKeys questions { key } writer { id } template { name } } } }"""


def rated(company: Company, key: str, *groups: str) -> dict[str, Any]:
    scale = company.encode_id("ratingscale", "published")
    return {
        "key": key,
        "kind": "RATING",
        "text": f"{key}?",
        "scaleId": scale,
        "careerGroupKeys": [*groups],
    }


async def make_template(company: Company) -> str:
    """Publish a template with a section for leaders and a question for clerks."""
    sections = [
        {"key": "work", "title": "Work", "questions": [rated(company, "parcels", "clerks")]},
        {
            "key": "people",
            "title": "People",
            "careerGroupKeys": ["leaders"],
            "questions": [rated(company, "leads"), rated(company, "plans")],
        },
    ]
    leaders = LEADERS | {"organizationId": company.encode_id("org", "hq")}
    made = await company.mutate(
        *("hr", "reviewTemplateCreate", TEMPLATE),
        name="By position",
        sections=sections,
        careerGroups=[leaders, CLERKS],
    )
    assert made["errors"] == []
    unit = {"name": company.units["hq"].name}  # the leader works in a unit below it
    assert made["reviewTemplate"]["careerGroups"] == [
        LEADERS | {"jobTitles": [], "levels": [], "organization": unit},
        CLERKS | {"jobTitles": [], "organization": None},
    ]
    assert made["reviewTemplate"]["sections"] == [
        {"careerGroupKeys": [], "questions": [{"key": "parcels", "careerGroupKeys": ["clerks"]}]},
        {
            "careerGroupKeys": ["leaders"],
            "questions": [{"key": key, "careerGroupKeys": []} for key in ("leads", "plans")],
        },
    ]
    id: str = made["reviewTemplate"]["id"]
    await company.mutate("hr", "reviewTemplatePublish", "reviewTemplate { id }", id=id)
    return id


async def read_forms(company: Company, who: str) -> Any:
    nodes = (await company.query(who, FORMS))["reviews"]["nodes"]
    own = company.encode_id("person", who)
    return [
        each
        for each in nodes
        if each["writer"] == {"id": own} and each["template"]["name"] == "By position"
    ]


async def set_level(company: Company, who: str, level: str) -> None:
    changed = await company.mutate(
        *("hr", "personChangeJob", "person { id }"),
        id=company.encode_id("person", who),
        level=level,
        effectiveOn="2026-01-01",
    )
    assert changed["errors"] == []


async def test_the_forms_of_a_cycle_ask_what_is_for_the_position_and_keep_it(
    company: Company, writing: asyncpg.Pool
) -> None:
    template = await make_template(company)
    directions = [{"direction": each, "templateId": template} for each in ("SELF", "MANAGER")]
    await exclude_all_without_manager(company, directions=directions)
    plan = (await do(company, "reviewCyclePlan", PLAN))["plan"]
    mara = company.encode_id("person", "mara")
    groups = {each["personId"]: each["reviews"] for each in plan["participants"]}
    assert [groups[company.encode_id("person", each)] for each in ("mara", "peer", "boss")] == [
        [{"careerGroupKeys": found}] * 2 for found in ([], ["clerks"], ["leaders"])
    ]
    assert plan["careerGroups"] == [
        {"key": "leaders", "participantCount": 1},
        {"key": "clerks", "participantCount": 1},
    ]
    assert plan["conflicts"] == [
        {"code": "NO_CRITERIA", "isBlocking": True, "phase": phase, "personId": mara}
        for phase in ("SELF", "MANAGER")
    ]
    id = company.encode_id("reviewcycle", "whole")
    refused = await company.mutate("hr", "reviewCycleLaunch", "reviewCycle { id }", id=id)
    assert [each["code"] for each in refused["errors"]] == ["STATE_CONFLICT"]
    status = await company.query("hr", STATUS, id=id)
    assert status["reviewCycle"] == {"status": "DRAFT", "participants": {"totalCount": 0}}

    await set_level(company, "mara", "L1")
    await do(company, "reviewCycleLaunch", "launch { addedCount }")
    await set_level(company, "peer", "L9")  # the plan counts, whatever changes after it
    await run_task(writing, company, OPEN_TASK, NOW)
    for who, held, keys in (
        ("mara", ["clerks"], ["parcels"]),
        ("peer", ["clerks"], ["parcels"]),
        ("boss", ["leaders"], ["leads", "plans"]),
    ):
        (form,) = await read_forms(company, who)
        found = form["careerGroupKeys"], [each["key"] for each in form["questions"]]
        assert found == (held, keys)

    (form,) = await read_forms(company, "mara")
    given = {"id": form["id"], "level": 1}
    for key in ("leads", "plans"):
        saved = await company.mutate(
            "mara", "reviewSaveAnswer", "review { id }", questionKey=key, **given
        )
        assert [each["field"] for each in saved["errors"]] == [["questionKey"]]
    missing = await company.mutate("mara", "reviewSubmit", "review { id }", id=form["id"])
    assert [each["field"] for each in missing["errors"]] == [["answers", "parcels"]]
    await company.mutate(
        "mara", "reviewSaveAnswer", "review { id }", questionKey="parcels", **given
    )
    done = await company.mutate("mara", "reviewSubmit", "review { status }", id=form["id"])
    assert done == {"review": {"status": "SUBMITTED"}, "errors": []}


async def test_a_packet_outside_of_a_cycle_takes_the_position_of_today(company: Company) -> None:
    template = await make_template(company)
    shown = "reviewPacket { reviews { nodes { direction } } }"
    given = {
        "startsOn": "2026-01-01",
        "lastDay": "2026-06-30",
        "dueOn": "2026-09-15",
        "managerId": company.encode_id("person", "chief"),
    }
    for who, fields in (("boss", []), ("mara", [["reviews", "0", "templateId"]])):
        id = company.encode_id("person", who)
        order = {"direction": "SELF", "writerId": id, "templateId": template}
        made = await company.mutate(
            *("hr", "reviewPacketCreate", shown), subjectId=id, reviews=[order], **given
        )
        assert [each["field"] for each in made["errors"]] == fields
    (form,) = await read_forms(company, "boss")
    assert [each["key"] for each in form["questions"]] == ["leads", "plans"]
