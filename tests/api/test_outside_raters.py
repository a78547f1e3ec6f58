"""Raters without an account: their links, what those tell, and what becomes of their answers."""

from typing import Any

import asyncpg
import pytest

from api.kernel.schema.global_ids import decode_id
from api.respond.link_tokens import LinkTokens
from domain.feedback import ResponseLink, build_respondent_actor
from domain.feedback_programs import RaterAnswer, RaterForm, RaterResponse, respond_by_link
from domain.kernel.errors import Invalid
from persistence.respondent_work import respondent_work
from tests.api.company import Company
from tests.api.program_raters import Asked
from tests.factories.actors import NOW

pytestmark = pytest.mark.anyio

CUSTOMERS = ("Ada at a customer", "Ben at a customer", "Cem at a customer")
FIVE = (*CUSTOMERS, "Dea at a supplier", "Eli at a supplier")
MADE = "feedbackProgram { version } links { lastDay made { raterId name path } }"
NAMED = """query($id: ID!) { feedbackProgram(by: { id: $id }) {
  raters { nodes { id name person { name } group shownAs } } viewerCan
  answers(first: 100) { nodes { id group author { name } authorName text } } } }"""


class Outside(Asked):
    """A company in which customers are asked about Peer, too."""

    async def launch_with(self, *names: str, **more: Any) -> Any:
        outside = [{"name": each} for each in names]
        return await self.launch(externalRaters=outside, leastExternal=3, **more)

    async def make_links(self, who: str = "hr", **more: Any) -> Any:
        return await self.company.mutate(who, "feedbackProgramMakeLinks", MADE, id=self.id, **more)

    async def list_links(self) -> dict[str, ResponseLink]:
        made = (await self.make_links())["links"]["made"]
        return {each["name"]: read_link(each["path"]) for each in made}

    async def send(self, link: ResponseLink, response: RaterResponse | None) -> RaterForm | None:
        async with respondent_work(
            self.writing, link.tenant_id, build_respondent_actor, now=NOW, request_id="-"
        ) as work:
            assert work is not None
            return await respond_by_link(work, link, response)

    async def rate(self, link: ResponseLink, level: int, text: str | None = None) -> Any:
        rated = [RaterAnswer(key, level) for key in ("delivers", "listens")]
        told = [RaterAnswer("more", text=text)] if text else []
        return await self.send(link, RaterResponse([*rated, *told]))

    async def look(self, who: str) -> Any:
        return (await self.company.query(who, NAMED, id=self.id))["feedbackProgram"]


def read_link(path: str) -> ResponseLink:
    parsed = LinkTokens("another secret").parse(path.removeprefix("respond/"))
    assert parsed is not None
    return parsed.link


@pytest.fixture
def asked(company: Company, writing: asyncpg.Pool, owner: asyncpg.Connection) -> Outside:
    return Outside(company, writing, owner)


async def test_customers_rate_by_links_and_have_a_figure_of_their_own(asked: Outside) -> None:
    launched = await asked.launch_with(*FIVE)
    assert launched["errors"] == []
    assert (
        launched["feedbackProgram"]["invitedCount"],
        launched["feedbackProgram"]["viewerCan"],
    ) == (*(11, ["MAKE_LINKS", "CLOSE", "CANCEL"]),)
    assert (
        "3 peers, 5 reports, 5 others, or 3 people outside"
        in (launched["feedbackProgram"]["explanation"])
    )
    shown = {each["name"]: each for each in (await asked.look("hr"))["raters"]["nodes"]}
    assert {name: shown[name]["shownAs"] for name in FIVE} == dict.fromkeys(FIVE, "EXTERNAL")
    assert shown[FIVE[0]]["person"] is None
    for who in ("mara", "peer", "boss"):  # raters see themselves only, and no name of a customer
        assert [each["name"] for each in (await asked.look(who))["raters"]["nodes"]] == [None], who
    links = await asked.list_links()
    assert list(links) == [*FIVE]
    for name, level in zip(FIVE, (1, 3, 3, 3, 3), strict=True):
        await asked.rate(links[name], level)
    for who in asked.peers[:4]:
        await asked.answer(who, 2)
    await asked.answer("peer", 2)
    await asked.close()
    assert await asked.list_results("peer") == {
        "SELF": (1, "2", None),
        "PEER": (3, "2", "0"),
        "EXTERNAL": (3, "2", "0"),  # 2.6 of five of five, in steps of 1 and not at an end
        "ALL": (None, "2", "0"),
    }
    assert await asked.count_rows("feedback_program_raters") == 0
    assert await asked.send(links[FIVE[0]], None) is None
    assert not any(CUSTOMERS[0] in each for each in await asked.fetch("journal"))


async def test_a_link_tells_nobody_whether_it_was_used(asked: Outside) -> None:
    await asked.launch_with(*CUSTOMERS)
    links = await asked.list_links()
    link = links[CUSTOMERS[0]]
    before = await asked.send(link, None)
    assert before is not None
    assert (before.respondent, before.person) == (CUSTOMERS[0], "Peer Okafor")
    assert [(each.key, len(each.levels)) for each in before.questions] == [
        *(("delivers", 3), ("listens", 3), ("more", 0)),
    ]
    for level in (1, 3):
        assert await asked.rate(link, level, "Reads what I send.") == before
    assert await asked.send(link, None) == before
    sealed = [*filter(None, await asked.fetch("feedback_program_raters", "has_responded"))]
    assert len(sealed) == 1
    for _ in range(2):
        assert await asked.send(link, RaterResponse(None)) == before
    assert not any(await asked.fetch("feedback_program_raters", "has_responded"))
    events = f"(SELECT * FROM journal WHERE entity_id = '{decode_id(asked.id, 'feedbackprogram')}')"
    assert await asked.fetch(events, "action") == ["launched", "links_made"]
    for table in ("journal", "todos", "background_tasks", "idempotency_keys"):
        assert not any("Reads what" in each for each in await asked.fetch(table)), table


@pytest.mark.parametrize(
    ("mode", "group", "shown", "revealed"),
    [
        ("IDENTIFIED", "EXTERNAL", CUSTOMERS[0], None),
        ("CONFIDENTIAL", "OTHER", None, CUSTOMERS[0]),
    ],
)
async def test_the_mode_says_who_learns_the_name_of_somebody_outside(
    asked: Outside, mode: str, group: str, shown: str | None, revealed: str | None
) -> None:
    await asked.launch_with(*FIVE[:3], mode=mode, leastOthers=3, audience="SUBJECT_AND_MANAGER")
    for name, link in (await asked.list_links()).items():
        await asked.rate(link, 2, f"By {name}.")
    for who in asked.peers:
        await asked.answer(who, 2, "Inside.")
    await asked.close()
    answers = (await asked.look("peer"))["answers"]["nodes"]
    text = next(each for each in answers if each["text"] == f"By {CUSTOMERS[0]}.")
    assert (text["authorName"], text["author"]) == (shown, None)
    if mode == "IDENTIFIED":
        assert text["group"] == group
        return
    look = {"answerId": text["id"], "reason": "The person has complained."}
    selection = "person { name } author { name }"
    found = await asked.company.mutate("hr", "feedbackProgramRevealAuthor", selection, **look)
    assert found == {"person": None, "author": {"name": revealed}, "errors": []}
    for who in ("peer", "boss"):
        refused = await asked.company.mutate(who, "feedbackProgramRevealAuthor", selection, **look)
        assert [each["code"] for each in refused["errors"]] == ["NOT_PERMITTED"], who
        assert refused["author"] is None


async def test_an_anonymous_program_keeps_no_name_of_anybody_outside(asked: Outside) -> None:
    asked.peers = (*asked.peers, "chief")
    await asked.launch_with(*FIVE)
    for name, link in (await asked.list_links()).items():
        await asked.rate(link, 2, f"Said by {name[:3]}.")
    for who in asked.peers[:-1]:  # eleven of twelve answer
        await asked.answer(who, 2, "Inside.")
    await asked.close()
    assert ("ALL", None, "Said by Ada.") in await asked.list_texts("peer")
    kept = await asked.fetch("feedback_program_answers", "author_name")
    assert kept
    assert not any(kept)
    assert not any("at a customer" in each for each in await asked.fetch("feedback_programs"))


async def test_too_few_customers_join_the_others_before_anybody_answers(asked: Outside) -> None:
    groups = dict.fromkeys(("mara", "lead", "former", "admin"), "OTHER")
    await asked.launch_with(CUSTOMERS[0], raters=asked.name(**groups), leastOthers=3)
    shown = {each["shownAs"] for each in (await asked.look("hr"))["raters"]["nodes"]}
    assert shown == {"OTHER"}
    alone = await asked.launch_with(
        CUSTOMERS[0], subjectId=asked.company.encode_id("person", "mara")
    )
    assert alone["feedbackProgram"] is None


async def test_another_link_ends_the_earlier_one_and_keeps_the_answer(asked: Outside) -> None:
    await asked.launch_with(*FIVE)
    made = (await asked.make_links())["links"]["made"]
    old, rater = read_link(made[0]["path"]), made[0]["raterId"]
    await asked.rate(old, 3)
    for who, code in (
        ("mara", "NOT_PERMITTED"),
        ("admin", "NOT_PERMITTED"),
        ("nobody", "NOT_FOUND"),
    ):
        refused = await asked.make_links(who, raterIds=[rater])
        assert ([each["code"] for each in refused["errors"]], refused["links"]) == ([code], None), (
            who
        )
    assert await asked.send(old, None) is not None
    (again,) = (await asked.make_links())["errors"]
    assert again["code"] == "STATE_CONFLICT"
    people = (await asked.look("hr"))["raters"]["nodes"]
    insider = next(each["id"] for each in people if each["name"] is None)
    (fault,) = (await asked.make_links(raterIds=[insider]))["errors"]
    assert (fault["code"], fault["field"]) == ("REFERENCE_NOT_FOUND", ["raterIds", "0"])
    renewed = await asked.make_links(raterIds=[rater])
    new = read_link(renewed["links"]["made"][0]["path"])
    assert (await asked.send(old, None), await asked.rate(old, 1)) == (None, None)
    assert await asked.send(new, None) is not None
    sealed = [*filter(None, await asked.fetch("feedback_program_raters", "has_responded"))]
    assert len(sealed) == 1
    await asked.close()
    closed = await asked.make_links(raterIds=[rater])
    assert [each["code"] for each in closed["errors"]] == ["STATE_CONFLICT"]
    assert await asked.send(new, RaterResponse([])) is None


async def test_all_faults_of_names_and_answers_are_reported_together(asked: Outside) -> None:
    refused = await asked.launch_with(
        *("Ada", "ada", "x" * 201, " "),
        raters=asked.name(mara="EXTERNAL"),
    )
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("TOO_LONG", ["externalRaters", "2", "name"]),
        ("REQUIRED", ["externalRaters", "3", "name"]),
    ]
    refused = await asked.launch_with("Ada", "ada", raters=asked.name(mara="EXTERNAL"))
    assert [(each["code"], each["field"]) for each in refused["errors"]] == [
        ("INVALID", ["raters", "0", "group"]),
        ("NOT_UNIQUE", ["externalRaters", "1", "name"]),
    ]
    await asked.launch_with(*FIVE)
    link = (await asked.list_links())[FIVE[0]]
    answers = [RaterAnswer("delivers", 4), RaterAnswer("more"), RaterAnswer("other", 1)]
    with pytest.raises(Invalid) as found:
        await asked.send(link, RaterResponse(answers))
    assert [each.field for each in getattr(found.value, "faults", ())] == [
        ("answers", "0", "level"),
        ("answers", "1", "text"),
        ("answers", "2", "questionKey"),
    ]
    assert not any(await asked.fetch("feedback_program_raters", "has_responded"))
