"""Aggregates: things with an identity inside one tenant, which record what happened to them."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar
from uuid import UUID

from domain.kernel.access import NOBODY, Rule
from domain.kernel.actions import Action
from domain.kernel.identity import TenantId, new_id


@dataclass(frozen=True)
class Happened:
    """Something that happened to an aggregate, in the past tense; the journal adds who, when and what changed."""

    action: str
    effective_on: date | None = None


@dataclass(kw_only=True, eq=False)
class Aggregate:
    """The root of a consistency boundary. `SEE` says who may know of it, `HISTORY` who may read its journal."""

    NAME: ClassVar[str]
    SEE: ClassVar[Rule] = NOBODY
    HISTORY: ClassVar[Rule] = NOBODY
    ACTIONS: ClassVar[tuple[Action, ...]] = ()

    tenant_id: TenantId
    id: UUID = field(default_factory=new_id)
    version: int = 1
    happened: list[Happened] = field(default_factory=list, repr=False)

    def record(self, action: str, effective_on: date | None = None) -> None:
        """Note what happened, for the journal to write down in the same transaction."""
        self.happened.append(Happened(action, effective_on))
