"""Aggregates: things with an identity inside one tenant, which record what happened to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar
from uuid import UUID

from domain.kernel.access import NOBODY, OwnerAttributes, Rule
from domain.kernel.actions import Action
from domain.kernel.identity import TenantId, generate_id


@dataclass(frozen=True)
class DomainEvent:
    """What happened to an aggregate, in the past tense; the journal adds who, when and what."""

    action: str
    effective_on: date | None = None


@dataclass(kw_only=True, eq=False)
class Aggregate:
    """The root of a consistency boundary.

    `PLACE` says whose it is, `SEE` who may know of it, `GUARDED` which attributes ask for more than
    that, `PLANS` who may know what is to come for it, `HISTORY` who may read its journal, `ACTIONS`
    what may be done to it, and `SEARCH` which attributes it is found by.
    """

    NAME: ClassVar[str]
    OWNER_ATTRIBUTES: ClassVar[OwnerAttributes] = OwnerAttributes()
    SEE: ClassVar[Rule] = NOBODY
    GUARDED: ClassVar[Mapping[str, Rule]] = {}
    SEE_PLANNED: ClassVar[Rule] = NOBODY
    SEE_HISTORY: ClassVar[Rule] = NOBODY
    ACTIONS: ClassVar[tuple[Action, ...]] = ()
    SEARCH_ATTRIBUTES: ClassVar[tuple[str, ...]] = ()

    tenant_id: TenantId
    id: UUID = field(default_factory=generate_id)
    version: int = 1
    events: list[DomainEvent] = field(default_factory=list, repr=False)

    def record_event(self, action: str, effective_on: date | None = None) -> None:
        """Note what happened, for the journal to write down in the same transaction."""
        self.events.append(DomainEvent(action, effective_on))

    def update_attributes(
        self, action: str, values: Mapping[str, object], effective_on: date | None = None
    ) -> None:
        """Set these attributes, and record the action if one of them was different before."""
        different = {name: new for name, new in values.items() if getattr(self, name) != new}
        for name, new in different.items():
            setattr(self, name, new)
        if different:
            self.record_event(action, effective_on)


@dataclass(kw_only=True, eq=False)
class Part:
    """A thing that lives and dies with its aggregate, and is changed only through it."""

    NAME: ClassVar[str]
    SEE: ClassVar[Rule] = NOBODY
    GUARDED: ClassVar[Mapping[str, Rule]] = {}

    tenant_id: TenantId
    id: UUID = field(default_factory=generate_id)
