"""A goal: what a person, a team or an organization means to reach, by when and why."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.goals import visibility
from domain.goals.check_ins import CheckIn
from domain.goals.key_results import KeyResult
from domain.goals.visibility import GoalStatus, Visibility
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import OrganizationId, PersonId, TeamId

DRAFT, ACTIVE = GoalStatus.DRAFT, GoalStatus.ACTIVE
CLOSED = (GoalStatus.ACHIEVED, GoalStatus.MISSED, GoalStatus.ABANDONED)


class OwnerKind(StrEnum):
    """What sort of thing owns a goal."""

    PERSON = "person"
    TEAM = "team"
    ORGANIZATION = "organization"


@dataclass(frozen=True)
class Owner:
    """Whose a goal is."""

    kind: OwnerKind
    id: UUID


@dataclass(kw_only=True, eq=False)
class Goal(Aggregate):
    """Something to reach. Exactly one of the three owner ids is set, and `owner_kind` says which."""

    NAME = "goal"
    PLACE = visibility.PLACE
    SEE = visibility.SEE
    HISTORY = visibility.HISTORY
    CREATE: ClassVar = Action("create", visibility.EDIT)
    EDIT: ClassVar = Action("edit", visibility.EDIT, DRAFT, ACTIVE)
    ALIGN: ClassVar = Action("align", visibility.EDIT, DRAFT, ACTIVE)
    ACTIVATE: ClassVar = Action("activate", visibility.EDIT, DRAFT)
    DISCARD: ClassVar = Action("discard", visibility.EDIT, DRAFT)
    CHECK_IN: ClassVar = Action("check_in", visibility.EDIT, ACTIVE)
    ACHIEVE: ClassVar = Action("achieve", visibility.EDIT, ACTIVE)
    MISS: ClassVar = Action("miss", visibility.EDIT, ACTIVE)
    ABANDON: ClassVar = Action("abandon", visibility.EDIT, ACTIVE)
    REOPEN: ClassVar = Action("reopen", visibility.EDIT, *CLOSED)
    ACTIONS = (EDIT, ALIGN, ACTIVATE, DISCARD, CHECK_IN, ACHIEVE, MISS, ABANDON, REOPEN)
    SEARCH = ("title",)

    owner_kind: OwnerKind
    owner_person_id: PersonId | None = None
    owner_team_id: TeamId | None = None
    owner_organization_id: OrganizationId | None = None
    title: str
    description: str | None = None
    purpose: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    starts_on: date
    due_on: date
    status: GoalStatus = GoalStatus.DRAFT
    closing_note: str | None = None
    closed_at: datetime | None = None
    parent_id: UUID | None = None
    key_results: list[KeyResult] = field(default_factory=list)
    check_ins: list[CheckIn] = field(default_factory=list)
    viewer_ids: set[PersonId] = field(default_factory=set)
