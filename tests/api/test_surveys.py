"""Surveys with sealed ballots: launched, answered, counted, and forgotten."""

import os
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from api.kernel.schema.global_ids import decode_id
from domain.kernel.identity import TenantId
from domain.surveys import SurveyAudience, use_cases
from domain.surveys.use_cases import CLOSE, COUNT, DESTROY_KEY
from domain.surveys.wording import explain
from persistence.unit_of_work.ballot_keys import HasBallotKeys, get_ballot_keys
from tests.api.company import Company
from tests.factories.actors import NOW, TODAY
from tests.factories.surveys import run_tasks_of

pytestmark = pytest.mark.anyio

LAUNCHED = """survey { id status version invitedCount responseCount viewerCan questions {
  id kind choices { id } } }"""
SURVEY = """query($id: ID!) { survey(by: { id: $id }) {
  status version invitedCount responseCount viewerCan viewerInvitation { hasResponded }
  questions { position results { totalCount nodes {
      scope organization { name } answerCount mean score shares { label share } } }
    comments { nodes { id text } } } } }"""
TASKS = """{ viewer { tasks(where: { kind: { eq: SURVEY } }) { nodes {
  dueOn subject { ... on Survey { id } } } } } }"""
QUESTIONS = [
    {"kind": "RATING", "text": "I know what is expected of me.", "isRequired": True},
    {"kind": "RECOMMENDATION", "text": "Would you recommend us?"},
    {
        "kind": "CHOICE",
        "text": "Where do you work?",
        "choices": [{"label": "Here"}, {"label": "Away"}],
    },
    {"kind": "COMMENT", "text": "What should change?"},
]
SECRET = "The lifts in the old dock frighten me."


class Asked:
    """A company of which all people are asked."""

    def __init__(self, company: Company, writing: asyncpg.Pool, owner: asyncpg.Connection) -> None:
        self.company, self.writing, self.owner = company, writing, owner
        self.id, self.questions = "", list[Any]()

    async def launch(self, who: str = "hr", **more: Any) -> Any:
        input = {"title": "Pulse", "closesOn": TODAY.isoformat(), "questions": QUESTIONS, **more}
        payload = await self.company.mutate(who, "surveyLaunch", LAUNCHED, **input)
        if payload["survey"]:
            self.id, self.questions = payload["survey"]["id"], payload["survey"]["questions"]
        return payload

    async def answer(self, who: str, rating: int, comment: str | None = None) -> Any:
        rated, recommended, chosen, told = self.questions
        answers = [
            {"questionId": rated["id"], "number": rating},
            {"questionId": recommended["id"], "number": 2 * rating},
            {"questionId": chosen["id"], "choiceId": chosen["choices"][0]["id"]},
        ]
        answers += [{"questionId": told["id"], "comment": comment}] if comment else []
        return await self.respond(who, answers)

    async def respond(self, who: str, answers: list[Any]) -> Any:
        selection = "survey { version viewerInvitation { hasResponded } }"
        return await self.company.mutate(
            who, "surveyRespond", selection, surveyId=self.id, answers=answers
        )

    async def see(self, who: str) -> Any:
        return (await self.company.query(who, SURVEY, id=self.id))["survey"]

    async def run(self, *kinds: str) -> None:
        id = decode_id(self.id, "survey")
        await run_tasks_of(self.writing, self.company.tenant_id, NOW, id, *kinds)

    async def close(self) -> None:
        payload = await self.company.mutate("hr", "surveyClose", "survey { status }", id=self.id)
        assert payload == {"survey": {"status": "CLOSED"}, "errors": []}
        await self.run()

    async def fetch(self, table: str, column: str = "t::text") -> list[Any]:
        """Return a column of all rows of a table in the tenant."""
        async with self.owner.transaction():
            await self.owner.execute(f"SET LOCAL app.tenant_id = '{self.company.tenant_id}'")
            sql = f"SELECT {column} FROM {table} t WHERE tenant_id = $1"
            return [row[0] for row in await self.owner.fetch(sql, self.company.tenant_id)]

    async def count_rows(self, table: str) -> int:
        """Count the rows of the launched survey."""
        ids = await self.fetch(table, "survey_id")
        return ids.count(decode_id(self.id, "survey"))

    async def list_titles(self) -> set[str]:
        return {*await self.fetch("surveys", "title")}

    async def list_due_days(self, who: str) -> list[str]:
        """Return the days by which a person has to answer the launched survey."""
        tasks = (await self.company.query(who, TASKS))["viewer"]["tasks"]["nodes"]
        return [each["dueOn"] for each in tasks if each["subject"]["id"] == self.id]


@pytest.fixture
def asked(company: Company, writing: asyncpg.Pool, owner: asyncpg.Connection) -> Asked:
    return Asked(company, writing, owner)


async def test_a_survey_is_launched_answered_counted_and_forgotten(asked: Asked) -> None:
    launched = await asked.launch(audience="EVERYONE")
    assert launched["errors"] == []
    assert launched["survey"]["viewerCan"] == ["RESPOND", "CLOSE", "CANCEL"]
    people = ["mara", "boss", "chief", "peer", "lead", "hr", "hr_ops", "hr_far", "admin", "analyst"]
    assert launched["survey"]["invitedCount"] >= len(people)
    assert await asked.list_due_days("mara") == [TODAY.isoformat()]
    promised = "query($id: ID!) { survey(by: { id: $id }) { threshold explanation } }"
    shown = (await asked.company.query("mara", promised, id=asked.id))["survey"]
    assert shown["explanation"] == explain(SurveyAudience.EVERYONE, shown["threshold"])
    for number, who in enumerate(people):
        payload = await asked.answer(who, 5 if number % 2 else 3, SECRET if who == "mara" else None)
        assert payload == {
            "survey": {"version": 1, "viewerInvitation": {"hasResponded": True}},
            "errors": [],
        }
    assert await asked.list_due_days("mara") == []
    before = await asked.see("hr")
    assert before["responseCount"] is None
    assert [each["results"]["totalCount"] for each in before["questions"]] == [0, 0, 0, 0]
    await asked.close()
    for who in ("hr", "mara"):
        seen = await asked.see(who)
        assert (seen["status"], seen["responseCount"], seen["viewerInvitation"]) == (
            "PUBLISHED",
            10,
            None,
        )
        overall = [
            next(each for each in question["results"]["nodes"] if each["scope"] == "OVERALL")
            for question in seen["questions"][:3]
        ]
        assert overall[0] == {
            "scope": "OVERALL",
            "organization": None,
            "answerCount": 10,
            "mean": "4",
            "score": None,
            "shares": [
                {"label": "1", "share": "0"},
                {"label": "2", "share": "0"},
                {"label": "3", "share": "0.5"},
                {"label": "4", "share": "0"},
                {"label": "5", "share": "0.5"},
            ],
        }
        assert overall[1]["score"] == "0"
        shares = [each["share"] for each in overall[2]["shares"]]
        assert shares == ["0.5", "0"], "Ten equal answers look like nine against one."
        comments = [each["text"] for each in seen["questions"][3]["comments"]["nodes"]]
        assert comments == ([SECRET] if who == "hr" else [])
    assert await asked.count_rows("survey_invitations") == 0


async def test_nothing_in_the_database_tells_who_answered_what(asked: Asked) -> None:
    await asked.launch(threshold=3)
    for who in ("mara", "boss", "chief"):
        await asked.answer(who, 4, SECRET if who == "mara" else "Nothing.")
    assert not any(await asked.fetch("survey_invitations", "ballot"))
    assert (await asked.fetch("survey_invitations", "has_responded")).count(True) == 3
    events = f"(SELECT * FROM journal WHERE entity_id = '{decode_id(asked.id, 'survey')}')"
    for table in (
        "journal",
        "survey_invitations",
        "ballot_batches",
        "todos",
        "background_tasks",
        "idempotency_keys",
    ):
        assert not any("lifts" in each for each in await asked.fetch(table)), table
    assert await asked.fetch(events, "action") == ["launched"]
    await asked.close()
    key = get_ballot_keys(asked.company.tenant_id).find_path(decode_id(asked.id, "survey"))
    assert not key.exists()
    assert len({*await asked.fetch("survey_results", "xmin::text")}) == 1


async def test_an_answer_can_be_replaced_and_taken_back(asked: Asked) -> None:
    await asked.launch(threshold=3)
    for rating in (1, 4):
        await asked.answer("mara", rating)
    for who in ("boss", "chief", "peer"):
        await asked.answer(who, 4)
    taken = await asked.company.mutate(
        "peer",
        "surveyWithdrawResponse",
        "survey { viewerCan viewerInvitation { hasResponded } }",
        surveyId=asked.id,
    )
    assert taken["survey"] == {
        "viewerCan": ["RESPOND"],
        "viewerInvitation": {"hasResponded": False},
    }
    await asked.close()
    results = (await asked.see("hr"))["questions"][0]["results"]["nodes"]
    assert [(each["answerCount"], each["mean"]) for each in results] == [(3, "4")]


async def test_below_the_threshold_nothing_is_published(asked: Asked) -> None:
    await asked.launch()
    for who in ("mara", "boss", "chief", "peer"):
        await asked.answer(who, 4, SECRET)
    await asked.close()
    seen = await asked.see("hr")
    assert (seen["status"], seen["responseCount"]) == ("PUBLISHED", None)
    assert [each["results"]["totalCount"] for each in seen["questions"]] == [0, 0, 0, 0]
    assert seen["questions"][3]["comments"]["nodes"] == []
    assert await asked.count_rows("survey_comments") == 0


async def test_results_that_are_not_shared_are_for_those_who_manage_surveys(asked: Asked) -> None:
    await asked.launch(threshold=3)
    for who in ("mara", "boss", "chief"):
        await asked.answer(who, 4)
    await asked.close()
    for who, count in (("hr", 1), ("mara", 0), ("admin", 0), ("hr_ops", 0)):
        found = (await asked.see(who))["questions"][0]["results"]["totalCount"]
        assert found == count, who


async def test_a_cancelled_survey_destroys_its_answers_unread(asked: Asked) -> None:
    await asked.launch(threshold=3)
    for who in ("mara", "boss", "chief"):
        await asked.answer(who, 4)
    cancelled = await asked.company.mutate(
        "hr", "surveyCancel", "survey { status viewerCan }", id=asked.id
    )
    assert cancelled["survey"] == {"status": "CANCELLED", "viewerCan": []}
    await asked.run()
    assert await asked.count_rows("survey_invitations") == 0
    assert await asked.count_rows("survey_results") == 0
    key = get_ballot_keys(asked.company.tenant_id).find_path(decode_id(asked.id, "survey"))
    assert not key.exists()


async def test_a_survey_closes_after_its_day_and_is_counted_once(asked: Asked) -> None:
    await asked.launch(threshold=3)
    for who in ("mara", "boss", "chief"):
        await asked.answer(who, 4)
    await asked.run(CLOSE, CLOSE, COUNT, COUNT, DESTROY_KEY, DESTROY_KEY)
    assert (await asked.see("hr"))["status"] == "PUBLISHED"
    assert await asked.count_rows("survey_results") == 3
    late = await asked.answer("peer", 1)
    assert [each["code"] for each in late["errors"]] == ["STATE_CONFLICT"]


async def test_who_was_not_invited_cannot_answer(asked: Asked) -> None:
    ops = asked.company.encode_id("org", "ops")
    await asked.launch(organizationId=ops, threshold=3)
    refused = await asked.answer("hr", 5)
    assert [each["code"] for each in refused["errors"]] == ["NOT_PERMITTED"]
    assert (await asked.see("hr"))["viewerCan"] == ["CLOSE", "CANCEL"]
    assert await asked.see("chief") is None
    unseen = await asked.answer("chief", 5)
    assert [each["code"] for each in unseen["errors"]] == ["REFERENCE_NOT_FOUND"]


async def test_all_faults_of_an_answer_are_reported_together(asked: Asked) -> None:
    await asked.launch()
    rated, _, chosen, told = asked.questions
    other = {"questionId": asked.company.encode_id("org", "ops").replace("org", "surveyquestion")}
    answers = [
        {"questionId": rated["id"], "number": 6},
        {"questionId": chosen["id"], "comment": "Here"},
        {"questionId": told["id"]},
        {**other, "number": 1},
    ]
    refused = await asked.respond("mara", answers)
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("OUT_OF_RANGE", ["answers", "0", "number"]),
        ("INVALID", ["answers", "1", "comment"]),
        ("REQUIRED", ["answers", "2", "comment"]),
        ("REFERENCE_NOT_FOUND", ["answers", "3", "questionId"]),
    ]
    assert (await asked.see("mara"))["viewerInvitation"] == {"hasResponded": False}


async def test_all_faults_of_a_survey_are_reported_together(asked: Asked) -> None:
    refused = await asked.launch(
        closesOn="2030-01-01",
        questions=[
            {"kind": "CHOICE", "text": "Where?", "choices": [{"label": "Here"}]},
            {"kind": "RATING", "text": "How?", "choices": [{"label": "So"}]},
            {"kind": "COMMENT", "text": "What?", "isRequired": True},
        ],
    )
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("OUT_OF_RANGE", ["closesOn"]),
        ("INVALID", ["questions", "0", "choices"]),
        ("INVALID", ["questions", "1", "choices"]),
        ("INVALID", ["questions", "2", "isRequired"]),
    ]
    assert "Pulse" not in await asked.list_titles()


async def test_a_survey_of_too_few_people_is_refused(asked: Asked) -> None:
    refused = await asked.launch(threshold=100)
    assert [each["field"] for each in refused["errors"]] == [["organizationId"]]
    assert "Pulse" not in await asked.list_titles()


async def test_a_unit_has_a_limited_number_of_open_surveys(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_cases, "MAX_OPEN", 2)
    ops = asked.company.encode_id("org", "ops")
    found = [await asked.launch(organizationId=ops, threshold=3, title=f"Pulse {n}") for n in "12"]
    codes = [[error["code"] for error in each["errors"]] for each in found]
    assert codes == [[], ["LIMIT_EXCEEDED"]]
    assert "Pulse 2" not in await asked.list_titles()


async def test_only_those_who_manage_surveys_launch_one(asked: Asked) -> None:
    for who in ("mara", "boss", "admin", "hr_ops"):
        refused = await asked.launch(who)
        assert [each["code"] for each in refused["errors"]] == ["NOT_PERMITTED"], who
    assert "Pulse" not in await asked.list_titles()
    ops = asked.company.encode_id("org", "ops")
    assert (await asked.launch("hr_ops", organizationId=ops, threshold=3))["errors"] == []


async def test_old_keys_without_a_survey_are_destroyed_and_no_others(asked: Asked) -> None:
    await asked.launch(threshold=3)
    tenant_id, launched = asked.company.tenant_id, decode_id(asked.id, "survey")
    orphan, running, foreign = uuid4(), uuid4(), uuid4()
    keys, others = get_ballot_keys(tenant_id), get_ballot_keys(TenantId(uuid4()))
    for id in (orphan, running):
        keys.create(id)
    others.create(foreign)
    long_ago = (NOW - timedelta(days=400)).timestamp()
    for path in (*map(keys.find_path, (launched, orphan)), others.find_path(foreign)):
        os.utime(path, (long_ago, long_ago))
    await asked.launch(threshold=3, title="Another")
    await asked.close()
    assert [keys.find_path(each).exists() for each in (orphan, running, launched)] == [
        *(False, True, True),
    ]
    assert others.find_path(foreign).exists()


async def test_a_key_of_an_earlier_release_opens_the_ballots(asked: Asked) -> None:
    await asked.launch(threshold=3)
    for who in ("mara", "boss", "chief"):
        await asked.answer(who, 4)
    path = get_ballot_keys(asked.company.tenant_id).find_path(decode_id(asked.id, "survey"))
    former = path.rename(HasBallotKeys.folder / path.name)
    await asked.close()
    assert (await asked.see("hr"))["status"] == "PUBLISHED"
    assert not former.exists()
