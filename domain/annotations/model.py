"""The aggregate of an annotation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.annotations import policy
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import EDITABLE, MultiLine, SingleLine, new_values
from domain.kernel.identity import OrganizationId, PersonId, TeamId, TenantId
from domain.kpis import Kpi
from domain.organizations import Organization
from domain.teams import Team

EVALUATE = "annotations.evaluate"
"""The kind of the task that follows each change: what is left out of baselines may have changed."""


class AnnotationScopeKind(StrEnum):
    """What an annotation is about."""

    TENANT = "tenant"
    ORGANIZATION = "organization"
    TEAM = "team"
    KPI = "kpi"


class AnnotationKind(StrEnum):
    """The kind of what happened."""

    INCIDENT = "incident"
    CHANGE = "change"
    MEASUREMENT = "measurement"
    OTHER = "other"


@dataclass(kw_only=True, eq=False)
class Annotation(Aggregate):
    """What happened from one day to another. Of its three ids at most one is set.

    Periods that it touches are left out of baselines with `is_excluded_from_baselines`.
    """

    NAME = "annotation"
    OWNER_ATTRIBUTES = policy.OWNER_ATTRIBUTES
    SEE = policy.SEE
    SEE_HISTORY = policy.SEE_HISTORY
    KNOWN_FACTS = frozenset({"kpi_id", "organization_id", "scope_kind", "team_id"})
    CREATE: ClassVar = Action("create", policy.MANAGE)
    EDIT: ClassVar = Action("edit", policy.MANAGE)
    DELETE: ClassVar = Action("delete", policy.MANAGE, deletes=True)
    ACTIONS = (EDIT, DELETE)
    EVENTS = ("created", "edited", "deleted")

    scope_kind: AnnotationScopeKind
    kpi_id: UUID | None = None
    organization_id: OrganizationId | None = None
    team_id: TeamId | None = None
    kind: Annotated[AnnotationKind, EDITABLE] = AnnotationKind.OTHER
    title: Annotated[str, SingleLine("The title", max_length=200), EDITABLE]
    text: Annotated[str | None, MultiLine("The text", max_length=4_000), EDITABLE] = None
    starts_on: Annotated[date, EDITABLE]
    last_day: Annotated[date, EDITABLE]
    is_excluded_from_baselines: Annotated[bool, EDITABLE] = False
    author_id: PersonId | None = None

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield that the last day lies before the first."""
        starts_on, last_day = values.get("starts_on"), values.get("last_day")
        if starts_on is not None and last_day is not None and last_day < starts_on:
            message = "The last day lies before the first. Choose a later one."
            yield Invalid(message, "lastDay", code=Code.OUT_OF_RANGE)

    def list_tasks(self) -> Iterator[BackgroundTask]:
        """Yield what a worker has to do when it has changed: one task for all annotations."""
        yield BackgroundTask(EVALUATE, key=EVALUATE)

    kpi: ClassVar[Kpi | None] = None
    organization: ClassVar[Organization | None] = None
    team: ClassVar[Team | None] = None
    """What the annotation is about, loaded for its access rules."""

    @classmethod
    def create(cls, tenant_id: TenantId, scope: Mapping[str, Any], **details: Any) -> "Annotation":
        """Return a new annotation; by default it ends on its first day. Raises Invalid."""
        details = {"last_day": details.get("starts_on"), **details}
        annotation = cls(tenant_id=tenant_id, **scope, **new_values(cls, details))
        annotation.check_attributes({})
        annotation.record_event("created")
        return annotation
