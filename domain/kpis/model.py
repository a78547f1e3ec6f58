"""The aggregate of a KPI, with its definitions."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.kernel.access import Rule
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, DomainEvent, set_attributes
from domain.kernel.background_tasks import BackgroundTask
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
from domain.kernel.labels import Labels
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.periods import ONE_DAY
from domain.kpis import policy
from domain.kpis.analysis.baselines import MAX_BASELINES, KpiBaseline
from domain.kpis.definitions import (
    NO_TEMPLATE,
    REASON,
    KpiDefinition,
    find_definition,
    list_in_order,
)
from domain.kpis.enums import (
    KpiFrequency,
    KpiInfluence,
    KpiScopeKind,
    KpiState,
    KpiVisibility,
)
from domain.kpis.evaluation import build_evaluation
from domain.kpis.own_data.measures import complete_definition, find_kpi_conflicts
from domain.kpis.own_data.tasks import build_measuring
from domain.kpis.scopes import KpiScope
from domain.kpis.targets.setting import complete_target
from domain.kpis.targets.slices import SliceTargets
from domain.kpis.targets.target import REASON as TARGET_REASON
from domain.kpis.targets.target import KpiTarget, find_target

ACTIVE, ARCHIVED = KpiState.ACTIVE, KpiState.ARCHIVED
LIFECYCLE = Lifecycle[KpiState]({ACTIVE: frozenset({ARCHIVED}), ARCHIVED: frozenset({ACTIVE})})
MAX_DEFINITIONS = 100
MAX_TARGETS = 300


def _start_from(state: KpiState, name: str, rule: Rule = policy.EDIT) -> Action:
    return Action(name, rule, state, state_attribute="state")


@dataclass(kw_only=True, eq=False)
class Kpi(Aggregate):
    """A measure of an organization or a team. Of its two scope ids one is set.

    `purpose_id` is the goal that it supports, `parent_id` the KPI that it drives. A value is due
    `due_after_days` days after the last day of its period, or so many working days of the owner;
    one of an irregular KPI is never due.
    """

    NAME = "kpi"
    LABEL = "KPI"
    OWNER_ATTRIBUTES = policy.OWNER_ATTRIBUTES
    SEE = policy.SEE
    SEE_HISTORY = policy.SEE_HISTORY
    KNOWN_FACTS = policy.KNOWN_FACTS
    CREATE: ClassVar = Action("create", policy.MANAGE)
    EDIT: ClassVar = _start_from(ACTIVE, "edit")
    REDEFINE: ClassVar = _start_from(ACTIVE, "redefine")
    RECORD: ClassVar = _start_from(ACTIVE, "record_measurements", policy.RECORD)
    RESTATE: ClassVar = _start_from(ACTIVE, "restate_measurement", policy.RECORD)
    WITHDRAW: ClassVar = _start_from(ACTIVE, "withdraw_measurement", policy.RECORD)
    SET_TARGET: ClassVar = _start_from(ACTIVE, "set_target")
    END_TARGET: ClassVar = _start_from(ACTIVE, "end_target")
    SET_DIMENSION: ClassVar = _start_from(ACTIVE, "set_dimension")
    REMOVE_DIMENSION: ClassVar = _start_from(ACTIVE, "remove_dimension")
    RESET_BASELINE: ClassVar = _start_from(ACTIVE, "reset_baseline")
    REMOVE_BASELINE: ClassVar = _start_from(ACTIVE, "remove_baseline")
    IMPORT_BENCHMARKS: ClassVar = _start_from(ACTIVE, "import_benchmarks")
    MARK_SEEN: ClassVar = _start_from(ACTIVE, "mark_seen", policy.SEE)
    ARCHIVE: ClassVar = _start_from(ACTIVE, "archive")
    RESTORE: ClassVar = _start_from(ARCHIVED, "restore")
    ACTIONS = (
        *(EDIT, REDEFINE, RECORD, RESTATE, WITHDRAW),
        *(SET_TARGET, END_TARGET, SET_DIMENSION, REMOVE_DIMENSION),
        *(RESET_BASELINE, REMOVE_BASELINE, IMPORT_BENCHMARKS, MARK_SEEN, ARCHIVE, RESTORE),
    )
    EVENTS = (
        *("created", "edited", "redefined", "measured"),
        *("measurement_restated", "measurement_withdrawn"),
        *("target_set", "target_ended", "dimension_set", "members_added", "dimension_removed"),
        *("baseline_reset", "baseline_removed", "benchmarks_imported", "suppression_changed"),
        *("archived", "restored", "published"),
    )
    SEARCH_ATTRIBUTES = ("name",)

    scope_kind: KpiScopeKind
    organization_id: OrganizationId | None = None
    team_id: TeamId | None = None
    name: Annotated[str, name_rule("The name"), EDITABLE]
    description: Annotated[str | None, MultiLine("The description"), EDITABLE] = None
    purpose_id: UUID | None = None
    parent_id: UUID | None = None
    influence: Annotated[KpiInfluence | None, EDITABLE] = None
    groups: Annotated[tuple[str, ...], Labels("A KPI", "groups", 10, "The group"), EDITABLE] = ()
    owner_id: PersonId
    visibility: Annotated[KpiVisibility, EDITABLE] = KpiVisibility.TENANT
    frequency: KpiFrequency
    due_after_days: Annotated[int, WholeNumber("The number of days", 0, 366), EDITABLE] = 7
    due_in_working_days: Annotated[bool, EDITABLE] = False
    describes_people: Annotated[bool, EDITABLE] = False
    state: KpiState = ACTIVE
    definitions: list[KpiDefinition] = field(default_factory=list)
    targets: list[KpiTarget] = field(default_factory=list)
    baselines: list[KpiBaseline] = field(default_factory=list)
    viewer_ids: Annotated[set[PersonId], MaxItems("A KPI", "viewers", 100), EDITABLE] = field(
        default_factory=set
    )
    recorder_ids: Annotated[set[PersonId], MaxItems("A KPI", "recorders", 100), EDITABLE] = field(
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
        parent_id: UUID | None = None,
        **details: Any,
    ) -> "Kpi":
        """Return a new KPI without a definition. Raises Invalid and LimitExceeded."""
        kpi = cls(
            tenant_id=tenant_id,
            **scope.to_attributes(),
            owner_id=PersonId(owner_id),
            frequency=frequency,
            purpose_id=purpose_id,
            parent_id=parent_id,
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
        values = check_fields(KpiDefinition, complete_definition(details), *path)
        definition = self._add_definition(starts_on, at, values)
        definition.set_inputs(input_ids or {})
        self._check_definition(vars(definition), *path)
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
        values = check_fields(KpiDefinition, complete_definition(changes))
        current = self._get_definition(starts_on)
        values = {name: getattr(current, name) for name in DEFINED} | values
        self._check_definition(values)
        values |= {"reason": check_required(REASON, reason, "reason")}
        ids = current.input_ids if input_ids is None else input_ids
        is_same = all(getattr(current, name) == values[name] for name in DEFINED)
        if is_same and ids == current.input_ids:
            return current
        keeps_template = all(getattr(current, name) == values[name] for name in CALCULATED)
        template = current.template if keeps_template else NO_TEMPLATE
        if current.starts_on == starts_on:
            set_attributes(current, values | {"recorded_at": at})
            definition = current
        else:
            definition = self._add_definition(starts_on, at, values)
        definition.set_inputs(ids)
        definition.set_template(*template)
        self.record_event("redefined", effective_on=starts_on, reason=values["reason"])
        return definition

    def set_target(
        self,
        details: Mapping[str, Any],
        starts_on: date,
        tolerance_percent: int,
        reason: str | None = None,
        *,
        at: datetime,
        of: SliceTargets | None = None,
    ) -> KpiTarget:
        """Set what values should be from a day on, until the next target begins, and return it.

        A target that begins on this very day is corrected instead. `of` is the slice that it is
        about. Raises Invalid and LimitExceeded.
        """
        targets = self.targets if of is None else of.targets
        definition = find_definition(self.definitions, starts_on)
        values = complete_target(details, definition, tolerance_percent)
        values |= {"ends_on": None, "reason": TARGET_REASON.check(reason, "reason")}
        target = next((each for each in targets if each.starts_on == starts_on), None)
        if target is None:
            if len(targets) >= MAX_TARGETS:
                raise LimitExceeded(f"A KPI has at most {MAX_TARGETS} targets. Create a new KPI.")
            target = KpiTarget(
                tenant_id=self.tenant_id,
                kpi_id=self.id,
                member_id=of.member.id if of else None,
                starts_on=starts_on,
                recorded_at=at,
                **values,
            )
            targets.append(target)
        elif set_attributes(target, values):
            target.recorded_at = at
        else:
            return target
        self._record_target("target_set", starts_on, values["reason"], of)
        return target

    def end_target(
        self,
        ends_on: date,
        reason: Annotated[str, TARGET_REASON],
        *,
        at: datetime,
        of: SliceTargets | None = None,
    ) -> KpiTarget:
        """End the target that holds on the day before, until the next one begins. Raises Invalid.

        `ends_on` is the first day without a target.
        """
        reason = check_required(TARGET_REASON, reason, "reason")
        target = find_target(self.targets if of is None else of.targets, ends_on - ONE_DAY)
        if target is None:
            message = "No target holds on this day. Choose the last day of one that does."
            raise Invalid(message, "lastDay", code=Code.OUT_OF_RANGE)
        if set_attributes(target, {"ends_on": ends_on}):
            set_attributes(target, {"reason": reason, "recorded_at": at})
            self._record_target("target_ended", ends_on, reason, of)
        return target

    def _record_target(
        self, event: str, day: date, reason: str | None, of: SliceTargets | None
    ) -> None:
        """Record a change of a target. The history says no more of that of a confined member."""
        if of is not None and of.member.is_confined:
            self.record_event(event)
        else:
            details = {"dimension": of.dimension, "member": of.member.code} if of else {}
            self.record_event(event, effective_on=day, reason=reason, details=details)

    def reset_baseline(self, starts_on: date, reason: str, *, at: datetime) -> None:
        """Compute natural limits anew from a period on. Raises LimitExceeded.

        `starts_on` is the first day of the period. A baseline of that day gets the new reason.
        """
        baseline = next((each for each in self.baselines if each.starts_on == starts_on), None)
        if baseline is None:
            if len(self.baselines) >= MAX_BASELINES:
                message = f"A KPI has at most {MAX_BASELINES} baselines. Remove one first."
                raise LimitExceeded(message)
            baseline = KpiBaseline(
                tenant_id=self.tenant_id,
                kpi_id=self.id,
                starts_on=starts_on,
                reason=reason,
                recorded_at=at,
            )
            self.baselines.append(baseline)
        elif set_attributes(baseline, {"reason": reason}):
            baseline.recorded_at = at
        else:
            return
        self.record_event("baseline_reset", effective_on=starts_on, reason=reason)

    def remove_baseline(self, baseline: KpiBaseline, reason: str) -> None:
        """Undo a reset: the limits before it go on."""
        self.baselines.remove(baseline)
        self.record_event("baseline_removed", effective_on=baseline.starts_on, reason=reason)

    def record_measured(self, days: Collection[date]) -> None:
        """Record that values were stored, of periods that begin on these days.

        `days` has only what everyone who sees the KPI may see; it may be empty.
        """
        self.events.append(build_measured(days))

    def record_members_added(self, dimension: str, count: int) -> None:
        """Record that values of unknown members made these."""
        details: dict[str, str | int] = {"dimension": dimension, "members": count}
        self.record_event("members_added", keeps_version=True, details=details)

    def record_benchmarks(self, count: int) -> None:
        """Record that so many benchmarks were added or corrected."""
        details: dict[str, str | int] = {"benchmarks": count}
        self.record_event("benchmarks_imported", keeps_version=True, details=details)

    def archive(self) -> None:
        """Put the KPI out of use; its values stay. Raises StateConflict."""
        self.state = LIFECYCLE.transition(self.state, ARCHIVED)
        self.record_event("archived")

    def restore(self) -> None:
        """Use an archived KPI again. Raises StateConflict."""
        self.state = LIFECYCLE.transition(self.state, ACTIVE)
        self.record_event("restored")

    @property
    def is_measured_by_trellis(self) -> bool:
        """Whether one of the definitions has a measure of Trellis's own data."""
        return any(each.measure is not None for each in self.definitions)

    def list_tasks(self) -> Iterator[BackgroundTask]:
        """Yield what a worker has to do when the KPI or its values have changed."""
        yield build_evaluation(self.id)
        begins = any(each.action in ("created", "restored") for each in self.events)
        if begins and self.is_measured_by_trellis:
            yield build_measuring(self.id)

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

    def _check_definition(self, values: Mapping[str, Any], *path: str | int) -> None:
        """Raise the conflicts of a definition. What Trellis measures is always about people."""
        faults = [*KpiDefinition.find_value_conflicts(values)]
        if values.get("measure") is not None:
            self.describes_people = True
            is_of_team = self.team_id is not None
            faults += find_kpi_conflicts(values["measure"], self.frequency, is_of_team=is_of_team)
        raise_faults(Invalid(str(each), *path, *each.field, code=each.code) for each in faults)

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


def build_measured(days: Collection[date], *, hides_actor: bool = False) -> DomainEvent:
    """Return the event of stored values, of periods that begin on these days; see above."""
    details = dict[str, str | int]()
    if days:
        details = {"first_day": str(min(days)), "last_day": str(max(days))}
        details |= {"measurements": len(days)}
    return DomainEvent("measured", keeps_version=True, hides_actor=hides_actor, details=details)


DEFINED = editable_fields(KpiDefinition)
"""The names of what a definition says."""

CALCULATED = ("formula", "unit", "form", "time_aggregation")
"""What a definition has from its template. If one of these changes, it is no longer that of it."""
