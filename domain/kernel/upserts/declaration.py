"""The declaration of upserts of a concept: the fields of a row, and the verbs that apply them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Refusal
from domain.kernel.external_references import ReferencedAggregate
from domain.kernel.fields import field_specs, to_camel_case
from domain.kernel.periods import ONE_DAY
from domain.kernel.permissions import Permission
from domain.kernel.unique_claims import UniqueField
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts.records import PendingReference
from domain.kernel.upserts.rows import Row

Values = Mapping[str, Any]

Apply = Callable[[Work, Any, Values, Row], Awaitable[object]]
"""Applies given values of the fields of a change to an aggregate, by a use case."""


@dataclass(frozen=True)
class RowField:
    """A field of a row. `read` returns its value of an aggregate, for the day of the row.

    `entity` is the class whose attribute of this name has the rule of the values. `is_period_end`
    marks the day after a last day.
    `refers_to` is the class of the aggregates that it names. For a new object, a field that
    `is_required` must be given, or one of its `alternatives`. With `defers`, a row that names an
    unknown object is stored without it, and gets it when that object arrives, if the actor may do
    this action; the values of such a field hold from a day on. `read_timeline` returns all values
    that are recorded, by the day from which each holds, also after the object has ended; it is for
    fields with a day.
    `guards` are what an actor must be allowed to see a value of several attributes. `complete`
    returns what a value of a row means for an object, where it is only a part. The values of a
    field that `is_json` are kept as they are.
    """

    name: str
    read: Callable[[Any, Row], Any]
    entity: type | None = None
    is_required: bool = False
    alternatives: tuple[str, ...] = ()
    is_period_end: bool = False
    refers_to: type[Aggregate] | None = None
    defers: Action | None = None
    graph_name: str = ""
    read_timeline: Callable[[Any], Mapping[date, Any]] | None = None
    guards: tuple[Action, ...] = ()
    complete: Callable[[Any, Any, Row], Any] | None = None
    is_json: bool = False

    @cached_property
    def path(self) -> str:
        """The name of the field in inputs."""
        return self.graph_name or to_camel_case(self.name)

    @cached_property
    def check(self) -> Callable[..., Any] | None:
        """The function that returns a value in its stored form, where values have a rule."""
        spec = field_specs(self.entity)[self.name] if self.entity else None
        return spec.check if spec and not (spec.is_optional and spec.rule is None) else None

    def complete_for(self, row: Row, aggregate: Any, value: Any) -> Any:
        """Return what a value of a row means for an object."""
        return value if self.complete is None else self.complete(value, aggregate, row)

    def read_for(self, row: Row, aggregate: Any) -> Any:
        """Return the value that a row is compared with."""
        if row.undoes and row.valid_from is not None and self.read_timeline is not None:
            return find_value(self.read_timeline(aggregate), row.valid_from)
        return self.read(aggregate, row)

    def show(self, value: Any) -> Any:
        """Return a value as it is in inputs."""
        return value - ONE_DAY if self.is_period_end and value is not None else value


@dataclass(frozen=True)
class Change:
    """A verb of an existing object, and the fields that it takes. It gets those that differ.

    `undo` is the verb that gives the fields earlier values, where it is another one.
    """

    fields: tuple[str, ...]
    apply: Apply
    undo: Apply | None = None


@dataclass(frozen=True)
class RowKind:
    """The upserts of one concept.

    `create` makes a new object from the values of a row. `change_action` is permitted to everybody
    who may do at least one verb of a row. Nobody else learns anything about an object by a row, or
    leaves a trace of one. `creation_permissions` are those that a new object needs; who holds one
    of them nowhere does not learn which ids and values are taken. `parent` is the field that names
    an object of the same kind above it, and `tree` the name of the statement that loads all objects
    which a loop may lead through. `paths` maps fields that refusals of use cases name to those of a
    row. An object of a kind that `is_held_open` is not closed by others while rows refer to it.
    `pending` is the class of the records of fields that wait.

    For the undoing of what rows changed: `companions` are fields that no row has, which a verb of
    another field changes with it. Fields with a day that are `restorable` get the value from before
    also on past days.
    Fields that go `together` are undone together or not at all; `started_by` is that of them which
    brings the others, and `ended_by` the one that ends the object. `end` returns the values that
    end an object as if it had never been.
    """

    aggregate: type[ReferencedAggregate[Any]]
    change_action: Action
    creation_permissions: tuple[Permission, ...]
    fields: tuple[RowField, ...]
    create: Callable[[Work, Values, Row], Awaitable[Any]]
    changes: Sequence[Change]
    unique: tuple[UniqueField, ...] = ()
    parent: str = ""
    tree: str = ""
    paths: Mapping[str, str] = field(default_factory=dict)
    is_held_open: bool = False
    companions: tuple[RowField, ...] = ()
    restorable: frozenset[str] = frozenset()
    together: tuple[str, ...] = ()
    started_by: str = ""
    ended_by: str = ""
    end: Callable[[Any, date], Values] = lambda *_: {}
    pending: type[PendingReference] = PendingReference

    @cached_property
    def fields_by_name(self) -> Mapping[str, RowField]:
        """The fields by name, those that no row has among them."""
        return {each.name: each for each in (*self.fields, *self.companions)}

    @cached_property
    def references(self) -> tuple[RowField, ...]:
        """The fields that name other objects."""
        return tuple(each for each in self.fields_by_name.values() if each.refers_to)

    def locate(self, fault: Refusal, path: str) -> Refusal:
        """Return a fault of a use case at the field of the row that it is about."""
        first, *others = fault.field or (path,)
        referring = {f"{each.path}Id": each.path for each in self.fields if each.refers_to}
        fault.field = ({**referring, **self.paths}.get(first, first), *others)
        return fault


def attribute_field(name: str, entity: type | None = None, **options: Any) -> RowField:
    """Declare the field of an attribute of the same name; `entity` has its rule."""
    return RowField(name, lambda aggregate, _: getattr(aggregate, name), entity, **options)


def find_value(timeline: Mapping[date, Any], day: date) -> Any:
    """Return the value of a day; None before the first one."""
    started = [each for each in timeline if each <= day]
    return timeline[max(started)] if started else None
