"""The aggregate of a KPI, with its definitions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, set_attributes
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.faults import raise_faults
from domain.kernel.fields import (
    EDITABLE,
    MaxItems,
    MultiLine,
    WholeNumber,
    check_fields,
    check_required,
    editable_fields,
    name_rule,
    new_values,
)
from domain.kernel.identity import OrganizationId, PersonId, TeamId, TenantId
from domain.kernel.lifecycle import Lifecycle
from domain.kpis import policy
from domain.kpis.definitions import REASON, KpiDefinition, find_definition, list_in_order
from domain.kpis.enums import KpiFrequency, KpiScopeKind, KpiStatus, KpiVisibility
from domain.kpis.scopes import KpiScope

ACTIVE, ARCHIVED = KpiStatus.ACTIVE, KpiStatus.ARCHIVED
LIFECYCLE = Lifecycle[KpiStatus]({ACTIVE: frozenset({ARCHIVED}), ARCHIVED: frozenset({ACTIVE})})
MAX_DEFINITIONS = 100


@dataclass(kw_only=True, eq=False)
class Kpi(Aggregate):
    """A measure of an organization or a team. Of its two scope ids one is set.

    `purpose_id` is the goal that it supports. A value is due `due_after_days` days after the
    last day of its period; one of an irregular KPI is never due.
    """

    NAME = "kpi"
    LABEL = "KPI"
    OWNER_ATTRIBUTES = policy.OWNER_ATTRIBUTES
    SEE = policy.SEE
    SEE_HISTORY = policy.SEE_HISTORY
    CREATE: ClassVar = Action("create", policy.MANAGE)
    EDIT: ClassVar = Action("edit", policy.EDIT, ACTIVE)
    REDEFINE: ClassVar = Action("redefine", policy.EDIT, ACTIVE)
    ARCHIVE: ClassVar = Action("archive", policy.EDIT, ACTIVE)
    RESTORE: ClassVar = Action("restore", policy.EDIT, ARCHIVED)
    ACTIONS = (EDIT, REDEFINE, ARCHIVE, RESTORE)
    EVENTS = ("created", "edited", "redefined", "archived", "restored")
    SEARCH_ATTRIBUTES = ("name",)

    scope_kind: KpiScopeKind
    organization_id: OrganizationId | None = None
    team_id: TeamId | None = None
    name: Annotated[str, name_rule("The name"), EDITABLE]
    description: Annotated[str | None, MultiLine("The description"), EDITABLE] = None
    purpose_id: UUID | None = None
    owner_id: PersonId
    visibility: Annotated[KpiVisibility, EDITABLE] = KpiVisibility.TENANT
    frequency: KpiFrequency
    due_after_days: Annotated[int, WholeNumber("The number of days", 0, 366), EDITABLE] = 7
    status: KpiStatus = ACTIVE
    definitions: list[KpiDefinition] = field(default_factory=list)
    viewer_ids: Annotated[set[PersonId], MaxItems("A KPI", "viewers", 100), EDITABLE] = field(
        default_factory=set
    )

    @classmethod
    def create(
        cls,
        tenant_id: TenantId,
        scope: KpiScope,
        *,
        owner_id: UUID,
        frequency: KpiFrequency,
        purpose_id: UUID | None = None,
        **details: Any,
    ) -> "Kpi":
        """Return a new KPI without a definition. Raises Invalid and LimitExceeded."""
        kpi = cls(
            tenant_id=tenant_id,
            **scope.to_attributes(),
            owner_id=PersonId(owner_id),
            frequency=frequency,
            purpose_id=purpose_id,
            **new_values(cls, details),
        )
        kpi.record_event("created")
        return kpi

    def define(
        self,
        details: Mapping[str, Any],
        starts_on: date,
        *path: str | int,
        at: datetime,
        input_ids: Mapping[str, UUID] | None = None,
    ) -> KpiDefinition:
        """Add the first definition; `path` leads the paths of errors. Raises Invalid."""
        values = check_fields(KpiDefinition, details, *path)
        definition = self._add_definition(starts_on, at, values)
        definition.set_inputs(input_ids or {})
        _check_conflicts(vars(definition), *path)
        return definition

    def redefine(
        self,
        changes: Mapping[str, Any],
        starts_on: date,
        reason: Annotated[str, REASON],
        *,
        at: datetime,
        input_ids: Mapping[str, UUID] | None = None,
    ) -> KpiDefinition:
        """Change the definition from a day on, until the next one begins, and return it.

        What is left out stays as it is on that day. A definition that begins on this very
        day is corrected instead. Raises Invalid and LimitExceeded.
        """
        values = check_fields(KpiDefinition, changes)
        current = self._get_definition(starts_on)
        values = {name: getattr(current, name) for name in DEFINED} | values
        _check_conflicts(values)
        values |= {"reason": check_required(REASON, reason, "reason")}
        ids = current.input_ids if input_ids is None else input_ids
        is_same = all(getattr(current, name) == values[name] for name in DEFINED)
        if is_same and ids == current.input_ids:
            return current
        if current.starts_on == starts_on:
            set_attributes(current, values | {"recorded_at": at})
            definition = current
        else:
            definition = self._add_definition(starts_on, at, values)
        definition.set_inputs(ids)
        self.record_event("redefined", effective_on=starts_on, reason=values["reason"])
        return definition

    def archive(self) -> None:
        """Put the KPI out of use; its values stay. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, ARCHIVED)
        self.record_event("archived")

    def restore(self) -> None:
        """Use an archived KPI again. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, ACTIVE)
        self.record_event("restored")

    def _get_definition(self, day: date) -> KpiDefinition:
        """Return the definition to change from a day on. Raises Invalid with OUT_OF_RANGE."""
        first = list_in_order(self.definitions)[0]
        if day < first.starts_on:
            raise Invalid(
                f"The first definition begins on {first.starts_on}, and holds for all earlier days."
                " Choose that day or a later one.",
                "startsOn",
                code=Code.OUT_OF_RANGE,
            )
        return find_definition(self.definitions, day)

    def _add_definition(
        self, starts_on: date, at: datetime, values: Mapping[str, Any]
    ) -> KpiDefinition:
        if len(self.definitions) >= MAX_DEFINITIONS:
            message = f"A KPI has at most {MAX_DEFINITIONS} definitions. Create a new KPI."
            raise LimitExceeded(message)
        definition = KpiDefinition(
            tenant_id=self.tenant_id, kpi_id=self.id, starts_on=starts_on, recorded_at=at, **values
        )
        self.definitions.append(definition)
        return definition


DEFINED = editable_fields(KpiDefinition)
"""The names of what a definition says."""


def _check_conflicts(values: Mapping[str, Any], *path: str | int) -> None:
    raise_faults(
        Invalid(str(each), *path, *each.field, code=each.code)
        for each in KpiDefinition.find_value_conflicts(values)
    )
