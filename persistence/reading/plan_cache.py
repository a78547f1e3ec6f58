"""Plans: compiled statements, and the facts that a statement was compiled under.

Two words decide what is cached. What is *bound* travels as a parameter; what is *known* was looked
at while compiling, and makes the plan good only for runs that agree on it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, literal_column
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.types import TypeEngine

from persistence.kernel.caching import LruCache
from persistence.reading.selection import Field, ReadRequest

MAX_PLANS_PER_FIELD = 50


class ParameterSource(Protocol):
    """Something that a run supplies; hashable, so that it is bound or known only once."""

    def __call__(self, request: ReadRequest, /) -> Any: ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class SingleArgumentSource:
    """A source that looks at one argument of a field and at nothing else of a run."""

    field: Field
    argument: str


@dataclass(frozen=True)
class Plan:
    """One statement, and where each of its parameters comes from, in order."""

    sql: str
    sources: tuple[ParameterSource, ...]

    def resolve_parameters(self, request: ReadRequest) -> list[Any]:
        """The parameters of one run. Raises a Refusal where the run's input is unusable."""
        return [source(request) for source in self.sources]


@dataclass
class PlanBuilder:
    """A plan in the making: what it binds, and what it knows."""

    request: ReadRequest
    parameters: dict[tuple[ParameterSource, str], ColumnElement[Any]] = field(default_factory=dict)
    specializations: dict[ParameterSource, Any] = field(default_factory=dict)

    def bind(self, source: ParameterSource, type_: TypeEngine[Any]) -> ColumnElement[Any]:
        """Send what the source supplies as a parameter.

        What is unusable in the run at hand is refused here, before more is written in vain.
        """
        type_name = get_type_name(type_)
        found = self.parameters.get((source, type_name))
        if found is None:
            source(self.request)
            found = literal_column(f"${len(self.parameters)}::{type_name}", type_)
            self.parameters[source, type_name] = found
        return found

    def specialize_on(self, source: ParameterSource) -> Any:
        """Look at what the source supplies; only runs that agree share this plan."""
        if source not in self.specializations:
            self.specializations[source] = source(self.request)
        return self.specializations[source]

    def build_plan(self, statement: Select[Any]) -> Plan:
        """Write the statement out; the parameters that are made use of are numbered anew."""
        sources = [source for source, _ in self.parameters]
        used: dict[int, int] = {}

        def renumber(found: re.Match[str]) -> str:
            return f"${used.setdefault(int(found[1]), len(used) + 1)}::"

        sql = _PARAMETER_PATTERN.sub(renumber, render_sql(statement))
        return Plan(sql, tuple(sources[n] for n in used))


class PlanCache:
    """The plans of one field of one document, one for each combination of the facts looked at."""

    def __init__(
        self,
        build_statement: Callable[[PlanBuilder], Select[Any]],
        builder_type: type[PlanBuilder] = PlanBuilder,
    ) -> None:
        self._build_statement = build_statement
        self._builder_type = builder_type
        self._specialization_sources: tuple[ParameterSource, ...] = ()
        self._plans: LruCache[tuple[Any, ...], Plan] = LruCache(MAX_PLANS_PER_FIELD)

    def get_or_build(self, request: ReadRequest) -> Plan:
        """The plan for this run, compiled at most once for each combination of facts."""
        return self.get(request) or self.add(request, *self.build(request))

    def get(self, request: ReadRequest) -> Plan | None:
        """The plan for this run, if it has been compiled."""
        key = tuple(fact(request) for fact in self._specialization_sources)
        return self._plans.get(key)

    def build(self, request: ReadRequest) -> tuple[PlanBuilder, Plan]:
        """A plan for this run; changes nothing, so that any thread may write it."""
        draft = self._builder_type(request)
        return draft, draft.build_plan(self._build_statement(draft))

    def add(self, request: ReadRequest, builder: PlanBuilder, plan: Plan) -> Plan:
        """Keep a plan that was written, for all runs that agree on what it knows."""
        self._extend_key(builder)
        self._plans.put(tuple(fact(request) for fact in self._specialization_sources), plan)
        return plan

    def _extend_key(self, builder: PlanBuilder) -> None:
        """A fact not looked at before splits every older plan's key, so those start over."""
        new = tuple(
            fact
            for fact in builder.specializations
            if fact not in self._specialization_sources and _can_vary(fact)
        )
        if new:
            self._specialization_sources += new
            self._plans.clear()


def _can_vary(source: ParameterSource) -> bool:
    """Whether it may be different in another run of the same document."""
    return not isinstance(source, SingleArgumentSource) or source.field.can_vary(source.argument)


def render_sql(statement: Select[Any]) -> str:
    """The text of a statement, with the constants of declarations in it."""
    return str(statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))


@lru_cache(maxsize=1_000)
def get_type_name(type_: TypeEngine[Any]) -> str:
    """What PostgreSQL calls a type."""
    return type_.compile(_DIALECT)


_PARAMETER_PATTERN = re.compile(r"\$(\d+)::")
_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]
