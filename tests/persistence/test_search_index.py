"""The search index follows changes of the searched columns."""

import pytest

from domain.goals import Goal
from domain.kernel.identity import TenantId
from persistence.kernel.search_index import tokenize
from tests.conftest import OpenWork, SaveAggregates
from tests.factories.actors import an_admin
from tests.factories.goals import a_goal
from tests.factories.people import a_person


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Zoë O'Brien-Łukasz", {"zoe", "o", "brien", "łukasz"}),
        ("STRASSE Straße", {"strasse"}),
        ("Ångström ﬁne", {"angstrom", "fine"}),
        ("İstanbul", {"istanbul"}),
        ("محمّد عليّ", {"محمد", "علي"}),
        ("हिन्दी", {"हनद"}),
        ("山田 太郎", {"山田", "太郎"}),
        ("mara.okafor@meridian.example", {"mara", "okafor", "meridian", "example"}),
        ("  —  🚚 ", set()),
        ("x" * 100, {"x" * 64}),
    ],
)
def test_words_have_neither_case_nor_accents(text: str, words: set[str]) -> None:
    assert tokenize(text) == words


@pytest.mark.anyio
async def test_the_index_follows_a_change_and_a_removal(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id, work_email="mara@x.example")
    goal = a_goal(mara, "Fewer LATE parcels")
    await keep(mara, goal)

    async def found(entity: str) -> list[str]:
        async with work(an_admin(tenant_id)) as open:
            rows = await (await open.get_connection()).fetch(
                "SELECT word FROM words WHERE entity = $1 ORDER BY word", entity
            )
        return [row["word"] for row in rows]

    assert await found("person") == ["example", "mara", "okafor", "x"]
    assert await found("goal") == ["fewer", "late", "parcels"]
    async with work(an_admin(tenant_id)) as open:
        (await open.get(Goal, goal.id, to=Goal.EDIT)).title = "No late parcels"
    assert await found("goal") == ["late", "no", "parcels"]
    async with work(an_admin(tenant_id)) as open:
        await open.remove(await open.get(Goal, goal.id, to=Goal.EDIT))
    assert await found("goal") == []


@pytest.mark.anyio
async def test_a_word_that_is_indexed_already_is_no_conflict(
    keep: SaveAggregates, work: OpenWork, tenant_id: TenantId
) -> None:
    mara = a_person(tenant_id)
    goal = a_goal(mara, "Late parcels")
    await keep(mara, goal)
    known = "INSERT INTO words (tenant_id, entity, word, entity_id) VALUES ($1, 'goal', 'no', $2)"

    async with work(an_admin(tenant_id)) as open:
        await (await open.get_connection()).execute(known, tenant_id, goal.id)
        (await open.get(Goal, goal.id, to=Goal.EDIT)).title = "No late parcels"

    async with work(an_admin(tenant_id)) as open:
        assert (await open.get(Goal, goal.id, to=Goal.EDIT)).title == "No late parcels"
