"""The aggregate of a rule: what raises an alert about a KPI, and whom it asks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.alerts import policy
from domain.alerts.enums import THRESHOLDS, AlertCondition
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import EDITABLE, ExactNumber, WholeNumber
from domain.kernel.identity import PersonId
from domain.kpis import Kpi, build_evaluation

MAX_RULES = 10
"""The most rules of one KPI."""


@dataclass(kw_only=True, eq=False)
class AlertRule(Aggregate):
    """What raises an alert about a KPI, after `periods` bad periods in a row, and what ends it.

    An alert ends after `release_periods` good ones in a row. A value that is no longer beyond
    `threshold` is good only from `release_threshold` on. Without a recipient, the owner of the KPI
    is asked. Who does not answer within `days_to_answer` working days is followed by the manager,
    up to `escalation_levels` times.
    """

    NAME = "alert_rule"
    LABEL = "alert rule"
    SEE = policy.SEE
    SEE_HISTORY = policy.SEE_HISTORY
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
    release_periods: Annotated[int, WholeNumber("The number of periods", 1, 24), EDITABLE] = 1
    recipient_id: PersonId | None = None
    days_to_answer: Annotated[int, WholeNumber("The number of working days", 1, 60), EDITABLE] = 3
    escalation_levels: Annotated[int, WholeNumber("The number of levels", 0, 5), EDITABLE] = 1

    kpi: ClassVar[Kpi | None] = None
    """The KPI, loaded for its access rules."""

    def attach(self, kpi: Kpi) -> None:
        """Give it the KPI that its access rules ask about."""
        vars(self)["kpi"] = kpi

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield what does not fit the condition, each at its field."""
        condition, threshold = values.get("condition"), values.get("threshold")
        if condition is None or "threshold" not in values:
            return
        release = values.get("release_threshold")
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
                message = "Only ABOVE and BELOW compare with a value. Remove it."
                yield Invalid(message, name)
        if condition is AlertCondition.OVERDUE and values.get("periods", 1) != 1:
            message = "An overdue value raises an alert at once. Choose 1 period."
            yield Invalid(message, "periods", code=Code.OUT_OF_RANGE)

    def list_tasks(self) -> Iterator[BackgroundTask]:
        """Yield what a worker has to do when it has changed."""
        yield build_evaluation(self.kpi_id)


def _is_beyond(condition: AlertCondition, value: Decimal, threshold: Decimal) -> bool:
    return value > threshold if condition is AlertCondition.ABOVE else value < threshold
