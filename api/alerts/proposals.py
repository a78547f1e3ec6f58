"""The graph types of the goal that an alert proposes."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from api.kernel.schema.declarations import list_of, one, part, value
from persistence.alerts.proposals import MAX_KEY_RESULTS, PROPOSED_GOAL, PROPOSED_KEY_RESULT

if TYPE_CHECKING:
    from api.kpis import Kpi


@part(PROPOSED_KEY_RESULT)
class ProposedKeyResult:
    """A driver that is behind its target, as a proposed key result.

    To let the key result follow the driver, send the driver's id as `kpiId`.
    """

    title: str = value("The name of the driver.")
    start_value: Decimal = value("The value of its newest period.")
    target_value: Decimal = value("Its target in that period.")
    kpi: "Kpi | None" = one("The driver.")


@part(PROPOSED_GOAL)
class ProposedGoal:
    """A proposal for `goalCreate`. Nothing is created by itself: people decide."""

    title: str = value("The title, in English.")
    due_on: date = value("The day 91 days after today.")
    key_results: list[ProposedKeyResult] = list_of(
        "The leading drivers of the KPI that are amber or red and that the viewer sees, by name; at"
        f" most {MAX_KEY_RESULTS}. Empty when there are none. Those with a range as their target,"
        " or one for a fiscal year, are left out."
    )
