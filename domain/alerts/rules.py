"""The aggregate of a rule: what raises an alert about a KPI, and whom it asks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.alerts import policy
from domain.alerts.enums import THRESHOLDS, WITHOUT_WINDOW, AlertCondition
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import EDITABLE, ExactNumber, WholeNumber
from domain.kernel.identity import PersonId
from domain.kpis import Kpi, build_evaluation
from domain.kpis.dimensions import KpiDimensionMember

MAX_RULES = 30
"""The most rules of one KPI."""


@dataclass(kw_only=True, eq=False)
class AlertRule(Aggregate):
    """What raises an alert about a KPI, after `periods` bad periods in a row, and what ends it.

    With `within_periods`, the bad ones are counted among that many of the last periods. SIGNAL may
    compare values with the previous year, for KPIs with seasons. An alert ends after
    `release_periods` good periods in a row. A value that is no longer beyond `threshold` is good
    only from `release_threshold` on. Without a recipient, the owner of the KPI is asked. Who does
    not answer within `days_to_answer` working days is followed by the manager, up to
    `escalation_levels` times. With a dimension, it looks at each of its members that is not
    archived instead of the total, or at one member only.
    """

    NAME = "alert_rule"
    LABEL = "alert rule"
    SEE = policy.SEE
    SEE_HISTORY = policy.SEE_HISTORY
    KNOWN_FACTS = frozenset({"kpi_id", "member_id"})
    CREATE: ClassVar = Action("create", policy.EDIT)
    EDIT: ClassVar = Action("edit", policy.EDIT)
    DELETE: ClassVar = Action("delete", policy.EDIT, deletes=True)
    ACTIONS = (EDIT, DELETE)
    EVENTS = ("created", "edited", "deleted")

    kpi_id: UUID
    condition: AlertCondition
    threshold: Annotated[Decimal | None, ExactNumber(), EDITABLE] = None
    release_threshold: Annotated[Decimal | None, ExactNumber(), EDITABLE] = None
    periods: Annotated[int, WholeNumber("The number of periods", 1, 24), EDITABLE] = 1
    within_periods: Annotated[int | None, WholeNumber("The number of periods", 2, 24), EDITABLE] = (
        None
    )
    by_previous_year: Annotated[bool, EDITABLE] = False
    release_periods: Annotated[int, WholeNumber("The number of periods", 1, 24), EDITABLE] = 1
    dimension_id: UUID | None = None
    member_id: UUID | None = None
    recipient_id: PersonId | None = None
    days_to_answer: Annotated[int, WholeNumber("The number of working days", 1, 60), EDITABLE] = 3
    escalation_levels: Annotated[int, WholeNumber("The number of levels", 0, 5), EDITABLE] = 1

    kpi: ClassVar[Kpi | None] = None
    kpi_dimension_member: ClassVar[KpiDimensionMember | None] = None
    """The KPI and the member, loaded for its access rules."""

    def attach(self, kpi: Kpi, member: KpiDimensionMember | None = None) -> None:
        """Give it the KPI, and the member of a slice, that its access rules ask about."""
        vars(self).update(kpi=kpi, kpi_dimension_member=member)
        if member is not None:
            vars(member)["kpi"] = kpi

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield what does not fit the condition, each at its field."""
        condition = values.get("condition")
        if condition is None:
            return
        if "threshold" in values:
            yield from _find_threshold_conflicts(condition, values)
        yield from _find_period_conflicts(condition, values)
        if values.get("by_previous_year") and condition is not AlertCondition.SIGNAL:
            message = "Only SIGNAL compares values with the previous year. Choose false."
            yield Invalid(message, "byPreviousYear")

    def list_tasks(self) -> Iterator[BackgroundTask]:
        """Yield what a worker has to do when it has changed."""
        yield build_evaluation(self.kpi_id)


def _find_threshold_conflicts(
    condition: AlertCondition, values: Mapping[str, Any]
) -> Iterator[Invalid]:
    threshold, release = values["threshold"], values.get("release_threshold")
    if condition in THRESHOLDS:
        if threshold is None:
            message = "This condition needs a value to compare with. Fill it in."
            yield Invalid(message, "threshold", code=Code.REQUIRED)
        elif release is not None and _is_beyond(condition, release, threshold):
            message = "Values this bad raise the alert. Choose a better value to end it."
            yield Invalid(message, "releaseThreshold", code=Code.OUT_OF_RANGE)
        return
    for name, given in (("threshold", threshold), ("releaseThreshold", release)):
        if given is not None:
            yield Invalid("Only ABOVE and BELOW compare with a value. Remove it.", name)


def _find_period_conflicts(
    condition: AlertCondition, values: Mapping[str, Any]
) -> Iterator[Invalid]:
    periods, within = values.get("periods", 1), values.get("within_periods")
    if condition is AlertCondition.OVERDUE and periods != 1:
        message = "An overdue value raises an alert at once. Choose 1 period."
        yield Invalid(message, "periods", code=Code.OUT_OF_RANGE)
    if within is None:
        return
    if condition in WITHOUT_WINDOW:
        yield Invalid("This condition counts periods in a row. Remove it.", "withinPeriods")
    elif periods is not None and within < periods:
        message = "Bad periods are counted among more periods. Choose a higher number."
        yield Invalid(message, "withinPeriods", code=Code.OUT_OF_RANGE)


def _is_beyond(condition: AlertCondition, value: Decimal, threshold: Decimal) -> bool:
    return value > threshold if condition is AlertCondition.ABOVE else value < threshold
