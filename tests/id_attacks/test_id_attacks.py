"""No id of another tenant opens or changes anything, or even sounds different from chance."""

import asyncpg
import pytest
from graphql import build_schema

from api.schema import get_schema
from tests.id_attacks.attack import an_engine, attack_all, row_hashes
from tests.id_attacks.targets import NoGenerator, all_leaves, targets
from tests.reads.dataset import World

pytestmark = pytest.mark.anyio


def test_every_place_that_takes_an_id_is_attacked() -> None:
    graph = get_schema()._schema
    assert all_leaves(graph) <= {each.leaf for each in targets(graph)}


def test_a_new_argument_that_nobody_can_make_ids_for_fails_the_build() -> None:
    graph = build_schema(
        "type Query {goal(id: ID!, mentorRef: ID): Goal} type Goal {id: ID!} "
        "type Mutation {a: Int} type Subscription {a: Int}"
    )
    with pytest.raises(NoGenerator, match="mentorRef"):
        list(targets(graph))


async def test_foreign_and_hidden_ids_are_as_good_as_none(
    owner: asyncpg.Connection, pool: asyncpg.Pool, writing: asyncpg.Pool, marked: dict[str, World]
) -> None:
    before = await row_hashes(owner, marked["birch"].tenant_id)

    found = await attack_all(an_engine(pool, writing), marked, list(targets(get_schema()._schema)))

    assert found.wrong == []
    assert found.total >= 10_000
    assert found.repeated < found.total / 100
    assert await row_hashes(owner, marked["birch"].tenant_id) == before
