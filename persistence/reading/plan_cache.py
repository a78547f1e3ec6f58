"""Plans: compiled statements and their cache.

A value of a request is used in one of two ways. A bound value is sent as a parameter. Where a plan
is specialized on a value, the form of its SQL depends on it, and only requests with an equal value
share the plan.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, literal_column
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.types import TypeEngine

from domain.kernel.errors import Refusal
from persistence.kernel.caching import LruCache
from persistence.reading.selection import Field, ReadRequest

MAX_PLANS_PER_FIELD = 50

_REFUSED_FIELD = "refused_field"
"""The attribute of a refusal that holds the field whose argument is at fault."""


class ParameterSource(Protocol):
    """A function from a request to a value; hashable, so that equal sources are used once."""

    def __call__(self, request: ReadRequest, /) -> Any: ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class SingleArgumentSource:
    """A source that depends on one argument of a field and on nothing else in a request."""

    field: Field
    argument: str


@dataclass(frozen=True)
class Plan:
    """One statement and the sources of its parameters, in order."""

    sql: str
    sources: tuple[ParameterSource, ...]

    def resolve_parameters(self, request: ReadRequest) -> list[Any]:
        """Return the parameters of one request. Raises a Refusal for invalid arguments."""
        try:
            return [source(request) for source in self.sources]
        except Refusal:
            for source in self.sources:  # the one that refuses raises again, with its field
                _evaluate(source, request)
            raise


@dataclass
class PlanBuilder:
    """The parameters and specializations of a plan, collected while it is compiled."""

    request: ReadRequest
    parameters: dict[tuple[ParameterSource, str], ColumnElement[Any]] = field(default_factory=dict)
    specializations: dict[ParameterSource, Any] = field(default_factory=dict)

    def bind(self, source: ParameterSource, type_: TypeEngine[Any]) -> ColumnElement[Any]:
        """Return the parameter that holds the source's value.

        The value of the current request is validated at once, so an invalid argument stops the
        compilation early. Raises a Refusal.
        """
        type_name = get_type_name(type_)
        parameter = self.parameters.get((source, type_name))
        if parameter is None:
            _evaluate(source, self.request)
            parameter = literal_column(f"${len(self.parameters)}::{type_name}", type_)
            self.parameters[source, type_name] = parameter
        return parameter

    def specialize_on(self, source: ParameterSource) -> Any:
        """Return the source's value; only requests with an equal value share this plan."""
        if source not in self.specializations:
            self.specializations[source] = _evaluate(source, self.request)
        return self.specializations[source]

    def build_plan(self, statement: Select[Any]) -> Plan:
        """Render the statement and number the parameters that it uses, in their order of use."""
        sources = [source for source, _ in self.parameters]
        used: dict[int, int] = {}

        def renumber(match: re.Match[str]) -> str:
            return f"${used.setdefault(int(match[1]), len(used) + 1)}::"

        sql = _PARAMETER_PATTERN.sub(renumber, render_sql(statement))
        return Plan(sql, tuple(sources[n] for n in used))


class PlanCache:
    """The plans of one field of a document, by the values that they are specialized on."""

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
        """Return the plan for this request; build and store it if there is none."""
        return self.get(request) or self.add(request, *self.build(request))

    def get(self, request: ReadRequest) -> Plan | None:
        """Return the plan for this request, or None if it has not been built."""
        return self._plans.get(self._build_key(request))

    def build(self, request: ReadRequest) -> tuple[PlanBuilder, Plan]:
        """Build a plan for this request. Changes nothing in the cache, so any thread may do it."""
        builder = self._builder_type(request)
        return builder, builder.build_plan(self._build_statement(builder))

    def add(self, request: ReadRequest, builder: PlanBuilder, plan: Plan) -> Plan:
        """Store a plan for all requests with the same specialization, and return it."""
        self._extend_key(builder)
        self._plans.put(self._build_key(request), plan)
        return plan

    def _build_key(self, request: ReadRequest) -> tuple[Any, ...]:
        return tuple(_evaluate(source, request) for source in self._specialization_sources)

    def _extend_key(self, builder: PlanBuilder) -> None:
        """Add new sources to the key, and drop the older plans, whose keys lack them."""
        new = tuple(
            source
            for source in builder.specializations
            if source not in self._specialization_sources and _can_vary(source)
        )
        if new:
            self._specialization_sources += new
            self._plans.clear()


def _evaluate(source: ParameterSource, request: ReadRequest) -> Any:
    """Return the source's value. A refusal remembers the field whose argument is at fault."""
    try:
        return source(request)
    except Refusal as refusal:
        vars(refusal).setdefault(_REFUSED_FIELD, _find_field(source))
        raise


def check_arguments(field: Field, request: ReadRequest) -> None:
    """Raise the refusal of the field's arguments, if any. It remembers the field."""
    try:
        field.arguments(request)
    except Refusal as refusal:
        vars(refusal).setdefault(_REFUSED_FIELD, field)
        raise


def _find_field(source: Any) -> Field | None:
    """Return the field whose arguments a source reads, also through another source."""
    for inner in (getattr(source, name, None) for name in ("field", "argument", "source")):
        if isinstance(inner, Field):
            return inner
        if callable(inner):
            return _find_field(inner)
    return None


def find_refused_path(error: Exception, field: Field) -> tuple[str, ...]:
    """Return the response keys from a field to the one below it whose argument was refused."""
    refused = vars(error).get(_REFUSED_FIELD)
    pending: list[tuple[Field, tuple[str, ...]]] = [(field, ())]
    while refused is not None and pending:
        each, path = pending.pop()
        if each is refused:
            return path
        for fields in each.selection.fields_by_type.values() if each.selection else ():
            pending += [(inner, (*path, inner.response_key)) for inner in fields]
    return ()


def _can_vary(source: ParameterSource) -> bool:
    """Return whether the value may differ between requests of the same document."""
    return not isinstance(source, SingleArgumentSource) or source.field.can_vary(source.argument)


def render_sql(statement: Select[Any]) -> str:
    """Return the SQL text of a statement, with the constants of declarations inside."""
    return str(statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))


@lru_cache(maxsize=1_000)
def get_type_name(type_: TypeEngine[Any]) -> str:
    """Return PostgreSQL's name of a type."""
    return type_.compile(_DIALECT)


_PARAMETER_PATTERN = re.compile(r"\$(\d+)::")
_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]
