"""Requests for feedback: who may ask whom, the tasks that they are, answers and refusals."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import asyncpg

from domain.feedback import EXPIRY
from domain.feedback.asking import expire
from domain.kernel.background_tasks import build_system_actor
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.api.test_feedback import GIVEN, list_read

TASKS = """{ viewer { tasks(where: { kind: { eq: FEEDBACK_REQUEST } }) { totalCount nodes {
    dueOn subject { ... on FeedbackRequest { message questions subject { name } asker { name } } }
} } } }"""
ASKED = """feedbackRequest { id dueOn status reason audience questions viewerCan
    respondent { name } answers { nodes { text author { name } } } }"""


async def ask(company: Company, who: str, respondent: str, about: str = "", **more: Any) -> Any:
    input = {"respondentId": company.encode_id("person", respondent), "audience": "SUBJECT"}
    if about:
        input["personId"] = company.encode_id("person", about)
    return await company.mutate(who, "feedbackRequest", ASKED, **input | more)


async def list_tasks(company: Company, who: str) -> list[tuple[str, str, str]]:
    nodes = (await company.query(who, TASKS))["viewer"]["tasks"]["nodes"]
    names = [(each["subject"]["asker"], each["subject"]["subject"]) for each in nodes]
    days = [each["dueOn"] for each in nodes]
    return [
        (asker["name"].split()[0], subject["name"].split()[0], day)
        for (asker, subject), day in zip(names, days, strict=True)
    ]


async def test_a_request_is_a_task_until_it_is_answered(company: Company) -> None:
    made = await ask(company, "mara", "lead", questions=["What?", "How?"], message="Please")
    assert made["errors"] == []
    asked = made["feedbackRequest"]
    assert (asked["status"], asked["dueOn"]) == ("OPEN", "2026-06-29")
    due = "2026-06-29"
    assert await list_tasks(company, "lead") == [
        ("Ruler", "Ruler", "2026-06-22"),
        ("Mara", "Mara", due),
    ]
    told = {"requestId": asked["id"], "text": "Ask more."}
    payload = await company.mutate("lead", "feedbackGive", GIVEN, **told)
    assert payload["errors"] == []
    assert payload["feedback"]["audience"] == "SUBJECT"
    assert await list_tasks(company, "lead") == [("Ruler", "Ruler", "2026-06-22")]
    query = f'{{ feedbackRequest(by: {{ id: "{asked["id"]}" }}) {{ {ASKED[17:-1]} }} }}'
    found = (await company.query("mara", query))["feedbackRequest"]
    assert (found["status"], found["viewerCan"]) == ("ANSWERED", [])
    answer = {"text": "Ask more.", "author": {"name": "Lead Okafor"}}
    assert found["answers"]["nodes"] == [answer]
    for stranger in ("boss", "hr", "admin", "peer"):
        assert (await company.query(stranger, query))["feedbackRequest"] is None
    gone = {"id": payload["feedback"]["id"]}
    await company.mutate("lead", "feedbackWithdraw", "deletedFeedbackId", **gone)
    assert ("Mara", "Mara", due) in await list_tasks(company, "lead")


async def test_a_request_copies_the_questions_of_a_published_template(company: Company) -> None:
    template = await make_template(company, "What should I keep?", "What should\nI change?")
    refused = await ask(company, "mara", "lead", templateId=template)
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("REFERENCE_NOT_FOUND", ["templateId"])  # drafts are for HR
    ]
    await company.mutate("hr", "reviewTemplatePublish", "reviewTemplate { id }", id=template)
    refused = await ask(company, "mara", "lead", templateId=template, questions=["Own?"])
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("INVALID", ["questions"])
    ]
    made = await ask(company, "mara", "lead", templateId=template)
    assert made["errors"] == []
    assert made["feedbackRequest"]["questions"] == ["What should I keep?", "What should I change?"]
    await company.mutate("hr", "reviewTemplateArchive", "reviewTemplate { id }", id=template)
    id = made["feedbackRequest"]["id"]
    read = f'{{ feedbackRequest(by: {{ id: "{id}" }}) {{ template {{ name status }} questions }} }}'
    for who in ("mara", "lead"):
        assert (await company.query(who, read))["feedbackRequest"] == {
            "template": {"name": "After a project", "status": "ARCHIVED"},
            "questions": ["What should I keep?", "What should I change?"],
        }, who
    late = await ask(company, "mara", "peer", templateId=template)
    assert [each["field"] for each in late["errors"]] == [["templateId"]]


async def test_a_template_with_other_questions_is_refused_with_all_faults(company: Company) -> None:
    others = {"kind": "BOOLEAN", "audience": "MANAGER"}
    template = await make_template(company, *(f"Question {n}?" for n in range(11)), **others)
    await company.mutate("hr", "reviewTemplatePublish", "reviewTemplate { id }", id=template)
    listed = "{ feedbackRequests { totalCount } }"
    before = await company.query("mara", listed)
    refused = await ask(company, "mara", "lead", templateId=template, dueOn="2001-01-01")
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("OUT_OF_RANGE", ["dueOn"]),
        *(("INVALID", ["templateId"]), ("INVALID", ["templateId"])),
        ("LIMIT_EXCEEDED", ["templateId"]),
    ]
    assert await company.query("mara", listed) == before


async def make_template(company: Company, *questions: str, **more: str) -> str:
    section = {
        "key": "all",
        "title": "All",
        "questions": [
            {"key": f"q{place}", "kind": "TEXT", "text": each, **more}
            for place, each in enumerate(questions)
        ],
    }
    made = await company.mutate(
        *("hr", "reviewTemplateCreate", "reviewTemplate { id }"),
        name="After a project",
        sections=[section],
    )
    assert made["errors"] == []
    id: str = made["reviewTemplate"]["id"]
    return id


async def test_a_manager_asks_about_somebody_below_and_the_person_does_not_learn_of_it(
    company: Company,
) -> None:
    listed = "{ feedbackRequests { totalCount nodes { asker { name } } } }"
    before = await company.query("mara", listed)
    made = await ask(company, "boss", "lead", "mara", audience="MANAGER")
    assert made["errors"] == []
    told = {"requestId": made["feedbackRequest"]["id"], "text": "She could lead."}
    for audience, code in (("SUBJECT", "INVALID"), ("PUBLIC", "INVALID")):
        payload = await company.mutate("lead", "feedbackGive", GIVEN, audience=audience, **told)
        assert [each["code"] for each in payload["errors"]] == [code]
    payload = await company.mutate("lead", "feedbackGive", GIVEN, **told)
    assert payload["feedback"]["audience"] == "MANAGER"
    assert await company.query("mara", listed) == before
    assert ("IDENTIFIED", "MANAGER") not in await list_read(company, "mara")


async def test_nobody_asks_about_others_or_those_who_may_not_answer(company: Company) -> None:
    for who, respondent, about, more, expected in (
        ("lead", "peer", "mara", {}, [("NOT_PERMITTED", None)]),
        ("hr", "peer", "mara", {"audience": "MANAGER"}, [("NOT_PERMITTED", None)]),
        ("mara", "mara", "", {}, [("INVALID", ["respondentId"])]),
        ("boss", "mara", "mara", {"audience": "MANAGER"}, [("INVALID", ["respondentId"])]),
        ("boss", "peer", "mara", {}, [("INVALID", ["audience"])]),
        ("mara", "alumna", "", {}, [("INVALID", ["respondentId"])]),
        ("mara", "lead", "", {"audience": "MANAGER"}, [("INVALID", ["audience"])]),
        ("mara", "lead", "", {"dueOn": "2026-06-14"}, [("OUT_OF_RANGE", ["dueOn"])]),
        ("mara", "lead", "", {"questions": ["?"] * 11}, [("LIMIT_EXCEEDED", ["questions"])]),
    ):
        errors = (await ask(company, who, respondent, about, **more))["errors"]
        assert [(each["code"], each["field"] or None) for each in errors] == expected
    assert await list_tasks(company, "lead") == [("Ruler", "Ruler", "2026-06-22")]


async def test_a_person_is_not_flooded_and_closed_requests_count(company: Company) -> None:
    for _ in range(5):
        made = await ask(company, "mara", "lead")
        assert made["errors"] == []
        id = made["feedbackRequest"]["id"]
        await company.mutate("lead", "feedbackDecline", ASKED, id=id, reason="No time")
    (error,) = (await ask(company, "mara", "lead"))["errors"]
    assert (error["code"], error["field"]) == ("LIMIT_EXCEEDED", ["respondentId"])
    company.graph.now += timedelta(days=15)
    assert (await ask(company, "mara", "lead"))["errors"] == []


async def test_the_asker_reads_why_a_request_is_declined(company: Company) -> None:
    asked = company.encode_id("feedbackrequest", "of_mara")
    payload = await company.mutate("peer", "feedbackDecline", ASKED, id=asked, reason="No time")
    assert payload["feedbackRequest"]["status"] == "DECLINED"
    query = f'{{ feedbackRequest(by: {{ id: "{asked}" }}) {{ status reason }} }}'
    found = (await company.query("mara", query))["feedbackRequest"]
    assert found == {"status": "DECLINED", "reason": "No time"}
    told = {"requestId": asked, "text": "After all"}
    payload = await company.mutate("peer", "feedbackGive", GIVEN, **told)
    assert [each["code"] for each in payload["errors"]] == ["STATE_CONFLICT"]


async def test_a_request_expires_two_weeks_after_its_day(
    company: Company, writing: asyncpg.Pool
) -> None:
    asked = company.feedback_requests["of_mara"]
    for days, status in ((20, "OPEN"), (21, "EXPIRED"), (22, "EXPIRED")):
        now = company.graph.now + timedelta(days=days)
        actor = build_system_actor(company.tenant_id, now.date(), EXPIRY)
        async with unit.work(writing, actor, now=now) as begun:
            await expire(begun, request_id=str(asked.id))
        query = "{ feedbackRequests(where: { id: { eq: $id } }) { nodes { status } } }"
        found = await company.query(
            "mara",
            f"query($id: ID!) {query}",
            id=company.encode_id("feedbackrequest", "of_mara"),
        )
        assert found["feedbackRequests"]["nodes"] == [{"status": status}]
    assert ("Mara", "Mara", "2026-06-22") not in await list_tasks(company, "peer")


async def test_a_request_expires_when_its_day_ends_in_the_zone_of_the_tenant(
    company: Company, writing: asyncpg.Pool
) -> None:
    # At midnight in UTC the task would find that it is too early, and run again at once.
    edited = await company.mutate(
        "admin", "tenantEdit", "tenant { id }", timeZone="America/Los_Angeles"
    )
    assert edited["errors"] == []
    asked = company.feedback_requests["of_mara"]
    now = company.graph.now
    actor = build_system_actor(company.tenant_id, now.date(), EXPIRY)
    async with unit.work(writing, actor, now=now) as begun:
        await expire(begun, request_id=str(asked.id))
        (task,) = begun._tasks
    midnight = datetime.combine(asked.expires_on, time(7), UTC)
    assert task.not_before == midnight
