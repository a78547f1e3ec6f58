"""Feedback programs: launched, answered, counted by mode, and read by those who may."""

import asyncpg
import pytest

from api.kernel.schema.global_ids import decode_id
from persistence.unit_of_work.ballot_keys import get_ballot_keys
from tests.api.company import Company
from tests.api.program_raters import Asked
from tests.factories.actors import TODAY
from tests.factories.feedback_programs import CLOSE, COUNT, DESTROY_KEY

pytestmark = pytest.mark.anyio

SECRET = "The lifts in the old dock frighten me."


@pytest.fixture
def asked(company: Company, writing: asyncpg.Pool, owner: asyncpg.Connection) -> Asked:
    return Asked(company, writing, owner)


async def test_a_program_is_launched_answered_counted_and_forgotten(asked: Asked) -> None:
    launched = await asked.launch()
    assert launched["errors"] == []
    program = launched["feedbackProgram"]
    assert program["viewerCan"] == ["CLOSE", "CANCEL"]
    assert program["invitedCount"] == len(asked.peers)
    raters = {
        each["person"]["name"].split()[0]: (each["group"], each["shownAs"], each["hasResponded"])
        for each in program["raters"]["nodes"]
    }
    assert raters["Peer"] == ("SELF", "SELF", None)
    assert raters["Boss"] == ("MANAGER", "MANAGER", None)
    assert raters["Mara"] == ("PEER", "PEER", None)
    assert await asked.list_due_days("mara") == [TODAY.isoformat()]
    for who, level in zip(asked.peers[:5], (3, 3, 2, 2, 3), strict=True):
        answered = await asked.answer(who, level)
        assert answered == {
            "feedbackProgram": {"version": 1, "viewerRater": {"hasResponded": True}},
            "errors": [],
        }
    await asked.answer("peer", 2)
    await asked.answer("boss", 3)
    assert await asked.list_due_days("mara") == []
    before = await asked.see("hr")
    assert (before["responseCount"], before["results"]["totalCount"]) == (None, 0)
    await asked.close()
    seen = await asked.see("peer")
    assert (seen["status"], seen["invitedCount"], seen["responseCount"]) == ("PUBLISHED", 6, 3)
    assert seen["viewerRater"] is None
    # Five peers of six have 2.6. Shown as three or more, in steps of 1: nobody learns how many.
    expected = {
        "SELF": (1, "2", None),
        "MANAGER": (1, "3", "1"),
        "PEER": (3, "2", "0"),
        "ALL": (None, "2.5", "0.5"),
    }
    assert await asked.list_results("peer") == expected
    assert await asked.list_results("peer", "delivery") == {
        group: (None, mean, gap) for group, (_, mean, gap) in expected.items()
    }
    assert await asked.count_rows("feedback_program_raters") == 0


async def test_nothing_in_the_database_tells_who_answered_what(asked: Asked) -> None:
    await asked.launch()
    for who in asked.peers:
        await asked.answer(who, 3, SECRET if who == "mara" else "Nothing.")
    assert not any(await asked.fetch("feedback_program_raters", "ballot"))
    answered = await asked.fetch("feedback_program_raters", "has_responded")
    assert answered.count(True) == len(asked.peers)
    id = decode_id(asked.id, "feedbackprogram")
    for table in ("journal", "feedback_program_raters", "todos", "background_tasks"):
        assert not any("lifts" in each for each in await asked.fetch(table)), table
    assert not any("lifts" in each for each in await asked.fetch("idempotency_keys"))
    events = f"(SELECT * FROM journal WHERE entity_id = '{id}')"
    assert await asked.fetch(events, "action") == ["launched"]
    await asked.close()
    assert not get_ballot_keys(asked.company.tenant_id).find_path(id).exists()
    results = "SELECT tenant_id, xmin::text AS commit FROM feedback_program_results"
    written = f"({results} WHERE feedback_program_id = '{id}')"
    assert len({*await asked.fetch(written, "commit")}) == 1
    # Six raters are too few for texts without a name.
    answers = f"(SELECT * FROM feedback_program_answers WHERE feedback_program_id = '{id}')"
    assert await asked.fetch(answers) == []


async def test_an_anonymous_program_shows_texts_of_ten_without_authors_and_groups(
    asked: Asked,
) -> None:
    asked.peers = (*asked.peers, "hr_far", "chief", "hr", "nobody", "ruler")
    await asked.launch(externalRaters=[{"name": "Buyer at a customer"}])
    for who in asked.peers[:10]:  # of the twelve who are asked
        await asked.answer(who, 3, SECRET if who == "mara" else None)
    await asked.answer("boss", 3, "Plan more.")
    await asked.close()
    assert (await asked.see("peer"))["responseCount"] == 10
    assert await asked.list_texts("peer") == [
        ("ALL", None, SECRET),
        ("MANAGER", "Boss Okafor", "Plan more."),
    ]
    assert await asked.fetch("feedback_program_answers", "author_id IS NULL") != []


async def test_a_confidential_program_shows_texts_by_group_and_hides_their_authors(
    asked: Asked,
) -> None:
    await asked.launch(mode="CONFIDENTIAL", audience="SUBJECT_AND_MANAGER")
    for who in asked.peers[:3]:
        await asked.answer(who, 2, f"By {who}.")
    await asked.close()
    for who in ("peer", "boss", "chief"):
        texts = await asked.list_texts(who)
        assert texts == [("PEER", None, f"By {each}.") for each in ("former", "lead", "mara")], who
    assert await asked.see("admin") is not None  # as a rater
    assert await asked.list_texts("admin") == []
    answers = (await asked.see("peer"))["answers"]["nodes"]
    text = next(each for each in answers if each["text"] == "By lead.")
    reveal = {"answerId": text["id"], "reason": "The person has complained."}
    revealed = await asked.company.mutate(
        "hr", "feedbackProgramRevealAuthor", "person { name }", **reveal
    )
    assert revealed == {"person": {"name": "Lead Okafor"}, "errors": []}
    log = """{ auditLog(where: { action: { eq: FEEDBACK_AUTHOR_REVEALED } }) { nodes {
        actor { name } entity } } }"""
    assert (await asked.company.query("ruler", log))["auditLog"]["nodes"] == [
        {"actor": {"name": "Hr Okafor"}, "entity": "MEMBER"}
    ]
    for who, code in (("peer", "NOT_PERMITTED"), ("boss", "NOT_PERMITTED"), ("admin", "NOT_FOUND")):
        refused = await asked.company.mutate(
            who, "feedbackProgramRevealAuthor", "person { name }", **reveal
        )
        assert [each["code"] for each in refused["errors"]] == [code], who


async def test_an_identified_program_shows_everything_with_names(asked: Asked) -> None:
    launched = await asked.launch(
        mode="IDENTIFIED", raters=asked.name(boss="MANAGER", mara="PEER", lead="PEER")
    )
    assert "names of their authors" in launched["feedbackProgram"]["explanation"]
    await asked.answer("mara", 3, "Good.")
    await asked.answer("lead", 2)
    await asked.close()
    assert await asked.list_results("peer") == {
        "PEER": (2, "2.5", None),
        "ALL": (None, "2.5", None),
    }
    assert await asked.list_texts("peer") == [("PEER", "Mara Okafor", "Good.")]
    ratings = (await asked.see("peer"))["answers"]["nodes"]
    assert sorted(each["rating"] for each in ratings if each["rating"]) == [2, 2, 3, 3]


async def test_an_aggregated_program_asks_for_no_texts(asked: Asked) -> None:
    refused = await asked.launch(mode="AGGREGATED")
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("INVALID", ["templateId"])
    ]


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("SUBJECT", {"peer"}),
        ("SUBJECT_AND_MANAGER", {"peer", "boss", "chief"}),
        ("SUBJECT_MANAGER_AND_HR", {"peer", "boss", "chief", "hr", "ruler", "hr_ops"}),
    ],
)
async def test_results_are_read_by_the_audience_and_by_nobody_else(
    asked: Asked, audience: str, readers: set[str]
) -> None:
    await asked.launch(audience=audience, raters=asked.name(boss="MANAGER"))
    everybody = ("mara", "boss", "chief", "peer", "hr", "ruler", "hr_ops", "hr_far", "admin")
    await asked.answer("boss", 3, "Plan more.")
    for who in everybody:
        seen = await asked.see(who)
        if who in ("hr", "ruler", "hr_ops"):
            assert seen["raters"]["totalCount"] == 1, who
            assert seen["raters"]["nodes"] == [{"hasResponded": None}], who
        assert (seen is not None) is (who in ("boss", "hr", "ruler", "hr_ops")), who
    await asked.close()
    for who in everybody:
        seen = await asked.see(who)
        found = bool(seen and seen["results"]["totalCount"] and seen["answers"]["totalCount"])
        assert found is (who in readers), who


async def test_who_is_hr_and_the_person_gets_no_more_than_any_person(asked: Asked) -> None:
    asked.subject = "ruler"
    own = await asked.launch("ruler", raters=asked.name(chief=None))
    assert [each["code"] for each in own["errors"]] == ["NOT_PERMITTED"]
    raters = asked.name(ruler="SELF", **dict.fromkeys(asked.peers, "PEER"))
    assert (await asked.launch("hr", raters=raters))["errors"] == []
    seen = await asked.see("ruler")
    assert (seen["raters"]["totalCount"], seen["invitedCount"], seen["viewerCan"]) == (
        1,
        None,
        ["RESPOND"],
    )
    for verb in ("feedbackProgramClose", "feedbackProgramCancel"):
        refused = await asked.company.mutate("ruler", verb, "feedbackProgram { id }", id=asked.id)
        assert [each["code"] for each in refused["errors"]] == ["NOT_PERMITTED"], verb


async def test_relationships_are_those_of_the_line_and_the_teams_on_the_day_of_the_launch(
    asked: Asked,
) -> None:
    asked.subject = "mara"
    proposed = await asked.company.mutate(
        "hr",
        "feedbackProgramPropose",
        "person { name } proposal { raters { personId group } }",
        subjectId=asked.company.encode_id("person", "mara"),
    )
    expected = [("mara", "SELF"), ("boss", "MANAGER"), ("lead", "PEER"), ("peer", "PEER")]
    found = {each["personId"]: each["group"] for each in proposed["proposal"]["raters"]}
    assert found == {asked.company.encode_id("person", who): group for who, group in expected}
    for who in ("mara", "boss", "admin", "hr_far"):
        refused = await asked.company.mutate(
            who,
            "feedbackProgramPropose",
            "person { name }",
            subjectId=asked.company.encode_id("person", "mara"),
        )
        assert [each["code"] for each in refused["errors"]] == ["NOT_PERMITTED"], who


async def test_groups_that_are_too_small_are_put_together_before_anybody_answers(
    asked: Asked,
) -> None:
    groups = dict.fromkeys(("mara", "lead"), "REPORT") | dict.fromkeys(asked.peers[2:], "PEER")
    launched = await asked.launch(raters=asked.name(**groups), leastReports=3)
    shown = {each["shownAs"] for each in launched["feedbackProgram"]["raters"]["nodes"]}
    # Neither two reports nor four peers could be shown alone.
    assert (launched["errors"], shown) == ([], {"OTHER"})


async def test_too_few_raters_are_refused(asked: Asked) -> None:
    refused = await asked.launch(raters=asked.name(mara="PEER", lead="PEER", former="PEER"))
    assert [each["field"] for each in refused["errors"]] == [["raters"]]
    alone = await asked.launch(raters=asked.name(peer="SELF"))
    assert [each["field"] for each in alone["errors"]] == [["raters"]]
    assert await asked.fetch("feedback_programs", "title") == ["From all sides"] * 3


async def test_all_faults_of_a_launch_are_reported_together(asked: Asked) -> None:
    refused = await asked.launch(
        closesOn="2030-01-01",
        templateId=asked.company.encode_id("reviewtemplate", "published"),
        raters=asked.name(mara="SELF", lead="MANAGER", alumna="PEER", boss="ALL"),
    )
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("OUT_OF_RANGE", ["closesOn"]),
        ("INVALID", ["templateId"]),
        ("INVALID", ["templateId"]),
        ("INVALID", ["raters", "0", "group"]),
        ("INVALID", ["raters", "1", "group"]),
        ("INVALID", ["raters", "2", "personId"]),
        ("INVALID", ["raters", "3", "group"]),
    ]


async def test_a_person_has_one_open_program(asked: Asked) -> None:
    assert (await asked.launch())["errors"] == []
    refused = await asked.launch("hr_ops")
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("NOT_UNIQUE", ["subjectId"])
    ]
    await asked.close()
    assert (await asked.launch("hr_ops"))["errors"] == []


async def test_all_faults_of_an_answer_are_reported_together(asked: Asked) -> None:
    await asked.launch()
    refused = await asked.respond(
        "mara",
        [
            {"questionKey": "delivers", "level": 4},
            {"questionKey": "listens", "text": "Well."},
            {"questionKey": "more"},
            {"questionKey": "other", "level": 1},
        ],
    )
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("OUT_OF_RANGE", ["answers", "0", "level"]),
        ("INVALID", ["answers", "1", "text"]),
        ("REQUIRED", ["answers", "2", "text"]),
        ("REFERENCE_NOT_FOUND", ["answers", "3", "questionKey"]),
    ]
    empty = await asked.respond("mara", [])
    assert [each["field"] for each in empty["errors"]] == [["answers"]]
    assert (await asked.see("mara"))["viewerRater"]["hasResponded"] is False


async def test_an_answer_can_be_replaced_and_taken_back(asked: Asked) -> None:
    await asked.launch()
    for level in (1, 3):
        await asked.answer("mara", level)
    await asked.answer("lead", 3)
    taken = await asked.company.mutate(
        "lead",
        "feedbackProgramWithdrawResponse",
        "feedbackProgram { viewerCan viewerRater { hasResponded } }",
        programId=asked.id,
    )
    assert taken["feedbackProgram"] == {
        "viewerCan": ["RESPOND"],
        "viewerRater": {"hasResponded": False},
    }
    for who in ("former", "hr_ops"):
        await asked.answer(who, 3)
    await asked.close()
    assert (await asked.list_results("peer"))["PEER"] == (3, "2", None)


async def test_below_the_least_number_nothing_is_published(asked: Asked) -> None:
    await asked.launch()
    for who in ("mara", "lead"):
        await asked.answer(who, 3, SECRET)
    await asked.close()
    seen = await asked.see("peer")
    assert (seen["status"], seen["responseCount"]) == ("PUBLISHED", None)
    assert (seen["results"]["totalCount"], seen["answers"]["totalCount"]) == (0, 0)


async def test_a_cancelled_program_destroys_its_answers_unread(asked: Asked) -> None:
    await asked.launch()
    for who in asked.peers:
        await asked.answer(who, 3)
    cancelled = await asked.company.mutate(
        "hr", "feedbackProgramCancel", "feedbackProgram { status viewerCan }", id=asked.id
    )
    assert cancelled["feedbackProgram"] == {"status": "CANCELLED", "viewerCan": []}
    await asked.run()
    assert await asked.count_rows("feedback_program_raters") == 0
    assert await asked.count_rows("feedback_program_results") == 0
    assert (
        not get_ballot_keys(asked.company.tenant_id)
        .find_path(decode_id(asked.id, "feedbackprogram"))
        .exists()
    )


async def test_a_program_closes_after_its_day_and_is_counted_once(asked: Asked) -> None:
    await asked.launch()
    for who in asked.peers:
        await asked.answer(who, 3)
    await asked.run(CLOSE, CLOSE, COUNT, COUNT, DESTROY_KEY, DESTROY_KEY)
    assert (await asked.see("peer"))["status"] == "PUBLISHED"
    assert await asked.count_rows("feedback_program_results") == 6
    late = await asked.answer("mara", 1)
    assert [each["code"] for each in late["errors"]] == ["STATE_CONFLICT"]


async def test_who_was_not_asked_learns_nothing(asked: Asked) -> None:
    await asked.launch()
    for who in ("nobody", "hr_far", "chief"):
        assert await asked.see(who) is None, who
        refused = await asked.answer(who, 3)
        assert [each["code"] for each in refused["errors"]] == ["REFERENCE_NOT_FOUND"], who
    refused = await asked.answer("hr", 3)
    assert [each["code"] for each in refused["errors"]] == ["NOT_PERMITTED"]
