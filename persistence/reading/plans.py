"""Plans: compiled statements, and the facts that a statement was compiled under.

Two words decide what is cached. What is *bound* travels as a parameter; what is *known* was looked
at while compiling, and makes the plan good only for runs that agree on it.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, bindparam
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.types import TypeEngine

from persistence.reading.selection import Field, Run

VARIANTS_KEPT = 50


class Source(Protocol):
    """Something that a run supplies; hashable, so that it is bound or known only once."""

    def __call__(self, run: Run, /) -> Any: ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class Constant:
    """A constant of a declaration, which SQLAlchemy sends as a parameter like any other."""

    value: Any

    def __call__(self, _: Run) -> Any:
        """The same for every run."""
        return self.value


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
        """Send what the source supplies as a parameter."""
        key = (source, repr(type_))
        if key not in self.bound:
            self.bound[key] = bindparam(f"v{len(self.bound)}", type_=type_)
        return self.bound[key]

    def know(self, source: Source) -> Any:
        """Look at what the source supplies; only runs that agree share this plan."""
        if source not in self.known:
            self.known[source] = source(self.run)
        return self.known[source]

    def finish(self, statement: Select[Any]) -> Plan:
        """Write the statement out for asyncpg."""
        compiled = statement.compile(dialect=DIALECT)
        sources = {parameter.key: source for (source, _), parameter in self.bound.items()}
        names: Sequence[str] = compiled.positiontup or ()
        constants = compiled.params
        return Plan(
            str(compiled),
            tuple(sources.get(name) or Constant(constants[name]) for name in names),
        )


class Plans:
    """The plans of one field of one document, one for each combination of the facts looked at."""

    def __init__(self, compile_: Callable[[Draft], Select[Any]], kind: type[Draft] = Draft) -> None:
        self._compile = compile_
        self._kind = kind
        self._facts: tuple[Source, ...] = ()
        self._plans: OrderedDict[tuple[Any, ...], Plan] = OrderedDict()

    def plan(self, run: Run) -> Plan:
        """The plan for this run, compiled at most once for each combination of facts."""
        return self.known(run) or self._made(run)

    def known(self, run: Run) -> Plan | None:
        """The plan for this run, if it has been compiled."""
        key = tuple(fact(run) for fact in self._facts)
        found = self._plans.get(key)
        if found is not None:
            self._plans.move_to_end(key)
        return found

    def _made(self, run: Run) -> Plan:
        draft = self._kind(run)
        plan = draft.finish(self._compile(draft))
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
    field: Field | None = getattr(fact, "field", None)
    return field is None or not field.is_settled


DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]
