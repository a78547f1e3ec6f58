"""Aggregates: objects with an identity inside one tenant that record their events."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from domain.kernel.access import NOBODY, OwnerAttributes, Rule
from domain.kernel.actions import Action
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.errors import Invalid
from domain.kernel.faults import raise_faults
from domain.kernel.fields import check_fields
from domain.kernel.identity import TenantId, generate_id


@dataclass(frozen=True)
class DomainEvent:
    """An event of an aggregate, in the past tense. The journal adds actor, time and changes.

    `details` are facts for its readers, shown like changes: a day, a number or a text each.
    With `keeps_version`, version and time of the last change stay if only parts change: those who
    may not see the event would see them change together with something else.
    With `hides_actor`, the entry names no person: it follows from a change of something else, and
    its readers may not know who made that one.
    """

    action: str
    effective_on: date | None = None
    reason: str | None = None
    related_ids: Mapping[str, UUID] = field(default_factory=dict)
    keeps_version: bool = False
    hides_actor: bool = False
    details: Mapping[str, str | int] = field(default_factory=dict)


DEFAULT_EVENTS = ("created", "changed", "removed")
"""The journal's events of an aggregate that was stored although its verbs recorded none."""


_KINDS: dict[str, type["Aggregate"]] = {}
_PART_KINDS: dict[str, type["Part"]] = {}


@dataclass(kw_only=True, eq=False)
class Aggregate:
    """The root of a consistency boundary.

    `OWNER_ATTRIBUTES` name its owner, `SEE` guards its existence, `GUARDED` the attributes with a
    stricter rule. `DISCLOSED` returns what everyone may know of such a value today. Values of
    `UNIQUE` attributes are compared in the whole tenant. `SEE_PLANNED` guards its future changes,
    `SEE_HISTORY` its journal. `ACTIONS` lists its verbs, `EVENTS` what its verbs record,
    `SEARCH_ATTRIBUTES` what full-text search covers.
    `GUARDED_EVENTS` names, for an event that stands for a guarded fact, the guarded attribute: who
    may not see the attribute does not see the event's entries either. `PLANNED_EVENTS` are those
    whose entries are shown from their effective day on, and earlier only under `SEE_PLANNED`.
    `EVENT_TASKS` are what workers do after an event.
    `KNOWN_FACTS` are attributes that rules compare and that everyone may read who sees the object:
    explanations of access hide all others from everybody but the person whom they compare.
    With `KEEPS_REDIRECTS`, a merge removes one of two aggregates, and its id leads to the other.
    Where `MOVES_CURSOR` is false, the tenant's `changeCursor` does not tell when one was changed.
    `LABEL` is the noun in messages, where it is not the NAME.
    """

    NAME: ClassVar[str]
    LABEL: ClassVar[str] = ""
    OWNER_ATTRIBUTES: ClassVar[OwnerAttributes] = OwnerAttributes()
    SEE: ClassVar[Rule] = NOBODY
    GUARDED: ClassVar[Mapping[str, Rule]] = {}
    KNOWN_FACTS: ClassVar[frozenset[str]] = frozenset()
    DISCLOSED: ClassVar[Mapping[str, Callable[[Any, date], Any]]] = {}
    UNIQUE: ClassVar[tuple[str, ...]] = ()
    SEE_PLANNED: ClassVar[Rule] = NOBODY
    SEE_HISTORY: ClassVar[Rule] = NOBODY
    ACTIONS: ClassVar[tuple[Action, ...]] = ()
    EVENTS: ClassVar[tuple[str, ...]] = ()
    GUARDED_EVENTS: ClassVar[Mapping[str, str]] = {}
    PLANNED_EVENTS: ClassVar[tuple[str, ...]] = ()
    EVENT_TASKS: ClassVar[Mapping[str, BackgroundTask]] = {}
    SEARCH_ATTRIBUTES: ClassVar[tuple[str, ...]] = ()
    KEEPS_REDIRECTS: ClassVar[bool] = False
    MOVES_CURSOR: ClassVar[bool] = True

    def __init_subclass__(cls) -> None:
        """Make the class known by its NAME; one that extends another takes its place."""
        super().__init_subclass__()
        if hasattr(cls, "NAME"):
            _KINDS[cls.NAME] = cls

    tenant_id: TenantId
    id: UUID = field(default_factory=generate_id)
    version: int = 1
    events: list[DomainEvent] = field(default_factory=list, repr=False)

    @classmethod
    def can_be_deleted(cls) -> bool:
        """Whether one of its actions, or a merge, deletes the aggregate."""
        return cls.KEEPS_REDIRECTS or any(each.deletes for each in cls.ACTIONS)

    def record_event(
        self,
        action: str,
        effective_on: date | None = None,
        reason: str | None = None,
        *,
        keeps_version: bool = False,
        hides_actor: bool = False,
        details: Mapping[str, str | int] | None = None,
        **related_ids: UUID,
    ) -> None:
        """Record an event; the unit of work writes it to the journal in the same transaction.

        `related_ids` are ids of other aggregates, which its entry names: `kpi_id` is that of a KPI,
        and a name that is no NAME stands for an aggregate of this class.
        Raises ValueError for an event that the class does not declare.
        """
        if action not in self.EVENTS:
            raise ValueError(f"{type(self).__name__} declares no event {action}. Add it to EVENTS.")
        self.events.append(
            DomainEvent(
                action,
                effective_on,
                reason,
                related_ids,
                keeps_version=keeps_version,
                hides_actor=hides_actor,
                details=details or {},
            )
        )

    def refresh(self, today: date) -> None:
        """Set values that repeat dated facts to those of today. Called when it is loaded."""

    def update_attributes(
        self, action: str, values: Mapping[str, object], effective_on: date | None = None
    ) -> None:
        """Set attributes, and record the action if one of them changes."""
        if set_attributes(self, values):
            self.record_event(action, effective_on)

    def edit(self, **details: Any) -> None:
        """Change editable attributes. Raises Invalid or LimitExceeded; then nothing is set."""
        self.edit_attributes("edited", details)

    def edit_attributes(self, action: str, values: Mapping[str, Any]) -> None:
        """Check values by the rules of their attributes, set them, and record the action.

        Raises Invalid or LimitExceeded; then nothing is set.
        """
        changes = check_fields(type(self), values)
        self.check_attributes(changes)
        self.update_attributes(action, changes)

    def check_attributes(self, changes: Mapping[str, Any]) -> None:
        """Check rules between attributes, as they will be after the changes. Raises Invalid."""
        raise_faults(self.find_value_conflicts({**vars(self), **changes}))

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:  # noqa: ARG003 - for concepts to override
        """Yield what is wrong between values of attributes, each at its field.

        Some values may be absent: those of an input that are not given, or that are wrong alone.
        """
        yield from ()


@dataclass(kw_only=True, eq=False)
class Part:
    """An object that belongs to one aggregate and is changed only by it."""

    NAME: ClassVar[str]
    SEE: ClassVar[Rule] = NOBODY
    GUARDED: ClassVar[Mapping[str, Rule]] = {}
    KNOWN_FACTS: ClassVar[frozenset[str]] = frozenset()
    FIXED: ClassVar[frozenset[str]] = frozenset()
    """The attributes that never change, so that records are written without them."""
    VERSION: ClassVar[str | None] = None
    """The attribute of a record that counts its changes, which a change compares."""

    tenant_id: TenantId
    id: UUID = field(default_factory=generate_id)

    def __init_subclass__(cls) -> None:
        """Make the class known by its NAME."""
        if hasattr(cls, "NAME"):
            _PART_KINDS[cls.NAME] = cls

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:  # noqa: ARG003 - for concepts to override
        """Yield what is wrong between values of attributes, as for an aggregate."""
        yield from ()


P = TypeVar("P", bound=Part)


def evolve(part: Part, kind: type[P], values: Mapping[str, Any]) -> P:
    """Return a part of a kind with the attributes of another one, and these values instead.

    It is for sets of parts: a tenth of the time of `dataclasses.replace`. Names are not checked.
    """
    evolved = object.__new__(kind)
    vars(evolved).update(vars(part))
    vars(evolved).update(values)
    return evolved


def get_kind(name: str) -> type[Aggregate]:
    """Return the aggregate class of this NAME, for a concept that must not be imported.

    Raises KeyError.
    """
    return _KINDS[name]


def get_part_kind(name: str) -> type[Part]:
    """Return the class of parts of this NAME. Raises KeyError."""
    return _PART_KINDS[name]


def find_kind(name: str) -> type[Aggregate] | None:
    """Return the aggregate class of this NAME, or None."""
    return _KINDS.get(name)


def list_silent_kinds() -> list[str]:
    """Return the NAMEs of the aggregates that do not move the tenant's `changeCursor`."""
    return sorted(name for name, kind in _KINDS.items() if not kind.MOVES_CURSOR)


def set_attributes(entity: object, values: Mapping[str, object]) -> bool:
    """Set attributes, and return whether one of them changes."""
    changed = {name: new for name, new in values.items() if getattr(entity, name) != new}
    for name, new in changed.items():
        setattr(entity, name, new)
    return bool(changed)
