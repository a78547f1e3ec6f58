"""The same documents answered by the engine and by graphql-core over plain rows."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest
from graphql import GraphQLNonNull, GraphQLSchema
from sqlalchemy import and_

from api.kernel.execution.engine import Engine
from api.schema import get_schema, render_sdl
from persistence.reading import connections, filters, ordering
from persistence.reading.compile_context import CompileContext
from tests.reads.dataset import World
from tests.reads.differential import Duel
from tests.reads.engine_fixture import an_engine
from tests.reads.oracle.executor import Oracle

QUESTIONS = int(os.environ.get("TRELLIS_DIFFERENTIAL", "312"))
SEED = int(os.environ.get("TRELLIS_DIFFERENTIAL_SEED", "1"))
CALLERS = [
    ("northwind", "employee"),
    ("northwind", "manager"),
    ("northwind", "lead"),
    ("northwind", "hr"),
    ("northwind", "hr-narrow"),
    ("northwind", "admin"),
    ("northwind", "analyst"),
    ("northwind", "partner"),
    ("northwind", "buddy-narrow"),
    ("northwind", "nobody"),
    ("lagoon", "admin"),
    ("lagoon", "hr"),
]
EACH = -(-QUESTIONS // len(CALLERS))
PROMISED = {
    "Goal": ("owner", "parent", "lastCheckIn"),
    "Person": ("organization", "manager"),
    "CheckIn": ("author", "goal"),
    "Membership": ("person",),
    "RoleAssignment": ("role", "organization"),
    "Team": ("parent",),
    "JournalEntry": ("actor", "subject"),
}
"""Links that are hidden or missing at times, as a schema would promise them that knew no better."""


@pytest.mark.anyio
@pytest.mark.parametrize(("tenant", "subject"), CALLERS)
async def test_the_engine_answers_what_graphql_core_answers_over_plain_rows(
    tenant: str, subject: str, engine: Engine, oracle: Oracle, tenants: dict[str, World]
) -> None:
    seed = SEED * 1000 + CALLERS.index((tenant, subject))
    apart = await Duel(engine, oracle, tenants, tenant, subject, seed).differences(EACH)
    assert not apart, "\n\n".join(apart)


@pytest.mark.anyio
@pytest.mark.parametrize(("tenant", "subject"), [("northwind", "employee"), ("lagoon", "partner")])
async def test_a_broken_promise_takes_away_what_graphql_core_takes_away(
    tenant: str, subject: str, pool: asyncpg.Pool, tenants: dict[str, World]
) -> None:
    strict = Oracle(render_sdl())
    with promising(strict.schema), promising(get_schema()._schema):
        duel = Duel(an_engine(pool), strict, tenants, tenant, subject, SEED * 1000 + 500)
        apart = await duel.differences(max(EACH, 20))
    assert not apart, "\n\n".join(apart)
    assert duel.errors


@contextmanager
def promising(graph: GraphQLSchema) -> Iterator[None]:
    """Let these fields be not null for a while."""
    fields: list[Any] = [
        graph.type_map[type_].fields[name]  # type: ignore[attr-defined]
        for type_, names in PROMISED.items()
        for name in names
    ]
    for field in fields:
        field.type = GraphQLNonNull(field.type)
    try:
        yield
    finally:
        for field in fields:
            field.type = field.type.of_type


def _blind(monkeypatch: pytest.MonkeyPatch) -> None:
    def match(self: CompileContext, _: Any, row: Any, *conditions: Any, **__: Any) -> Any:
        return and_(row.c.tenant_id == self.facts.tenant(), *conditions)

    monkeypatch.setattr(CompileContext, "build_row_condition", match)


def _unfiltered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "_extract_shape", lambda _: ())


def _ascending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordering.SortKey, "build_order_by", lambda self, **_: self.sql.asc())


def _inclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections._ConnectionCompiler, "_build_cursor_conditions", lambda _: [])


def _unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CompileContext, "guard_value", lambda _, __, ___, sql: sql)


@pytest.mark.anyio
@pytest.mark.parametrize("broken", [_blind, _unfiltered, _ascending, _inclusive, _unguarded])
async def test_the_comparison_notices_a_compiler_that_is_broken(
    broken: Any,
    monkeypatch: pytest.MonkeyPatch,
    pool: asyncpg.Pool,
    oracle: Oracle,
    tenants: dict[str, World],
) -> None:
    broken(monkeypatch)
    duel = Duel(an_engine(pool), oracle, tenants, "northwind", "employee", SEED * 1000)
    assert await duel.differences(200, enough=1)
