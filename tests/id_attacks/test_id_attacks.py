"""No id of another tenant reads or changes anything; it is answered like an unknown id."""

import asyncpg
import pytest
from graphql import build_schema

from api.schema import get_schema
from tests.factories.row_hashes import hash_tables
from tests.id_attacks.attack import run_attacks
from tests.id_attacks.targets import UnknownIdKind, find_targets, list_id_inputs
from tests.reads.dataset import TenantDataset
from tests.reads.engine_fixture import an_engine

pytestmark = pytest.mark.anyio


def test_every_place_that_takes_an_id_is_attacked() -> None:
    graph = get_schema()._schema
    assert list_id_inputs(graph) <= {each.leaf for each in find_targets(graph)}


def test_a_new_argument_that_nobody_can_make_ids_for_fails_the_build() -> None:
    graph = build_schema(
        "type Query {goal(id: ID!, mentorRef: ID): Goal} type Goal {id: ID!} "
        "type Mutation {a: Int} type Subscription {a: Int}"
    )
    with pytest.raises(UnknownIdKind, match="mentorRef"):
        list(find_targets(graph))


async def test_foreign_and_hidden_ids_are_answered_like_unknown_ones(
    owner: asyncpg.Connection,
    pool: asyncpg.Pool,
    writing: asyncpg.Pool,
    marked: dict[str, TenantDataset],
) -> None:
    async with owner.transaction(readonly=True):
        before = await hash_tables(owner, marked["birch"].tenant_id)

    found = await run_attacks(
        an_engine(pool, limits=None, write_pool=writing),
        marked,
        list(find_targets(get_schema()._schema)),
        share=4,
    )

    assert found.failures == []
    assert found.total >= 2_500
    assert found.retry_count < found.total / 100
    async with owner.transaction(readonly=True):
        assert await hash_tables(owner, marked["birch"].tenant_id) == before
