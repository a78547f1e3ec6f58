"""The engine and graphql-core over plain rows give the same answers to random queries."""

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
from tests.reads.dataset import TenantDataset
from tests.reads.differential import DifferentialRun
from tests.reads.engine_fixture import an_engine
from tests.reads.oracle.executor import Oracle

QUERY_COUNT = int(os.environ.get("TRELLIS_DIFFERENTIAL", "312"))
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
QUERIES_PER_CALLER = -(-QUERY_COUNT // len(CALLERS))
NON_NULL_FIELDS = {
    "Goal": ("owner", "parent", "lastCheckIn"),
    "Person": ("organization", "manager"),
    "CheckIn": ("author", "goal"),
    "Membership": ("person",),
    "RoleAssignment": ("role", "organization"),
    "Team": ("parent",),
    "JournalEntry": ("actor", "subject"),
}
"""Relations that are sometimes hidden or missing, declared non-null as a naive schema would."""


@pytest.mark.anyio
@pytest.mark.parametrize(("tenant", "subject"), CALLERS)
async def test_the_engine_answers_what_graphql_core_answers_over_plain_rows(
    tenant: str, subject: str, engine: Engine, oracle: Oracle, tenants: dict[str, TenantDataset]
) -> None:
    seed = SEED * 1000 + CALLERS.index((tenant, subject))
    apart = await DifferentialRun(engine, oracle, tenants, tenant, subject, seed).run(
        QUERIES_PER_CALLER
    )
    assert not apart, "\n\n".join(apart)


@pytest.mark.anyio
@pytest.mark.parametrize(("tenant", "subject"), [("northwind", "employee"), ("lagoon", "partner")])
async def test_a_non_null_violation_propagates_as_in_graphql_core(
    tenant: str, subject: str, pool: asyncpg.Pool, tenants: dict[str, TenantDataset]
) -> None:
    strict = Oracle(render_sdl())
    with make_fields_non_null(strict.schema), make_fields_non_null(get_schema()._schema):
        duel = DifferentialRun(an_engine(pool), strict, tenants, tenant, subject, SEED * 1000 + 500)
        apart = await duel.run(max(QUERIES_PER_CALLER, 20))
        for seed in range(duel.seed + 1, duel.seed + 21):  # until a drawn query has one
            duel.seed = seed
            if not duel.error_count:
                apart += await duel.run(20)
    assert not apart, "\n\n".join(apart)
    assert duel.error_count


@contextmanager
def make_fields_non_null(graph: GraphQLSchema) -> Iterator[None]:
    """Declare these fields non-null inside the block."""
    fields: list[Any] = [
        graph.type_map[type_].fields[name]  # type: ignore[attr-defined]
        for type_, names in NON_NULL_FIELDS.items()
        for name in names
    ]
    for field in fields:
        field.type = GraphQLNonNull(field.type)
    try:
        yield
    finally:
        for field in fields:
            field.type = field.type.of_type


def _remove_access_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    def match(self: CompileContext, _: Any, row: Any, *conditions: Any, **__: Any) -> Any:
        return and_(row.c.tenant_id == self.facts.tenant(), *conditions)

    monkeypatch.setattr(CompileContext, "build_row_condition", match)


def _remove_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "_extract_shape", lambda _: ())


def _force_ascending_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordering.SortKey, "build_order_by", lambda self, **_: self.sql.asc())


def _include_cursor_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections._ConnectionCompiler, "_build_cursor_conditions", lambda _: [])


def _remove_field_guards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CompileContext, "guard_value", lambda _, __, ___, sql: sql)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "broken",
    [
        _remove_access_rules,
        _remove_filters,
        _force_ascending_order,
        _include_cursor_row,
        _remove_field_guards,
    ],
)
async def test_the_comparison_notices_a_compiler_that_is_broken(
    broken: Any,
    monkeypatch: pytest.MonkeyPatch,
    pool: asyncpg.Pool,
    oracle: Oracle,
    tenants: dict[str, TenantDataset],
) -> None:
    broken(monkeypatch)
    duel = DifferentialRun(an_engine(pool), oracle, tenants, "northwind", "employee", SEED * 1000)
    assert await duel.run(200, enough=1)
