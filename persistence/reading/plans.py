"""Plans: compiled statements, and the facts that a statement was compiled under.

Two words decide what is cached. What is *bound* travels as a parameter; what is *known* was looked
at while compiling, and makes the plan good only for runs that agree on it.
"""

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, literal_column
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.types import TypeEngine

from persistence.reading.selection import Field, Run

VARIANTS_KEPT = 50


class Source(Protocol):
    """Something that a run supplies; hashable, so that it is bound or known only once."""

    def __call__(self, run: Run, /) -> Any: ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class OfArgument:
    """A source that looks at one argument of a field and at nothing else of a run."""

    field: Field
    argument: str


@dataclass(frozen=True)
class Plan:
    """One statement, and where each of its parameters comes from, in order."""

    sql: str
    sources: tuple[Source, ...]

    def values(self, run: Run) -> list[Any]:
        """The parameters of one run. Raises a Refusal where the run's input is unusable."""
        return [source(run) for source in self.sources]


@dataclass
class Draft:
    """A plan in the making: what it binds, and what it knows."""

    run: Run
    bound: dict[tuple[Source, str], ColumnElement[Any]] = field(default_factory=dict)
    known: dict[Source, Any] = field(default_factory=dict)

    def bind(self, source: Source, type_: TypeEngine[Any]) -> ColumnElement[Any]:
        """Send what the source supplies as a parameter.

        What is unusable in the run at hand is refused here, before more is written in vain.
        """
        named = name_of(type_)
        found = self.bound.get((source, named))
        if found is None:
            source(self.run)
            found = literal_column(f"${len(self.bound)}::{named}", type_)
            self.bound[source, named] = found
        return found

    def know(self, source: Source) -> Any:
        """Look at what the source supplies; only runs that agree share this plan."""
        if source not in self.known:
            self.known[source] = source(self.run)
        return self.known[source]

    def finish(self, statement: Select[Any]) -> Plan:
        """Write the statement out; the parameters that are made use of are numbered anew."""
        sources = [source for source, _ in self.bound]
        used: dict[int, int] = {}

        def numbered(found: re.Match[str]) -> str:
            return f"${used.setdefault(int(found[1]), len(used) + 1)}::"

        sql = _PARAMETER.sub(numbered, written(statement))
        return Plan(sql, tuple(sources[n] for n in used))


class Plans:
    """The plans of one field of one document, one for each combination of the facts looked at."""

    def __init__(self, compile_: Callable[[Draft], Select[Any]], kind: type[Draft] = Draft) -> None:
        self._compile = compile_
        self._kind = kind
        self._facts: tuple[Source, ...] = ()
        self._plans: OrderedDict[tuple[Any, ...], Plan] = OrderedDict()

    def plan(self, run: Run) -> Plan:
        """The plan for this run, compiled at most once for each combination of facts."""
        return self.known(run) or self.keep(run, *self.written(run))

    def known(self, run: Run) -> Plan | None:
        """The plan for this run, if it has been compiled."""
        key = tuple(fact(run) for fact in self._facts)
        found = self._plans.get(key)
        if found is not None:
            self._plans.move_to_end(key)
        return found

    def written(self, run: Run) -> tuple[Draft, Plan]:
        """A plan for this run; changes nothing, so that any thread may write it."""
        draft = self._kind(run)
        return draft, draft.finish(self._compile(draft))

    def keep(self, run: Run, draft: Draft, plan: Plan) -> Plan:
        """Keep a plan that was written, for all runs that agree on what it knows."""
        self._learn(draft)
        self._plans[tuple(fact(run) for fact in self._facts)] = plan
        while len(self._plans) > VARIANTS_KEPT:
            self._plans.popitem(last=False)
        return plan

    def _learn(self, draft: Draft) -> None:
        """A fact not looked at before splits every older plan's key, so those start over."""
        new = tuple(fact for fact in draft.known if fact not in self._facts and _varies(fact))
        if new:
            self._facts += new
            self._plans.clear()


def _varies(fact: Source) -> bool:
    """Whether it may be different in another run of the same document."""
    return not isinstance(fact, OfArgument) or fact.field.varies(fact.argument)


def written(statement: Select[Any]) -> str:
    """The text of a statement, with the constants of declarations in it."""
    return str(statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))


@lru_cache(maxsize=1_000)
def name_of(type_: TypeEngine[Any]) -> str:
    """What PostgreSQL calls a type."""
    return type_.compile(_DIALECT)


_PARAMETER = re.compile(r"\$(\d+)::")
_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]
