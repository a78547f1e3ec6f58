"""The graph types of a goal, its key results and its check-ins."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from api.custom_fields import CustomValue, custom_values_field
from api.external_references import ExternalReferenceInput
from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    list_of,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.subscriptions import change_subscription
from domain.goals import (
    Confidence,
    Direction,
    GoalStatus,
    KeyResultBasis,
    OwnerKind,
    Visibility,
)
from persistence.goals import CHECK_IN, CHECK_IN_VALUE, GOAL, GOAL_REFERENCE, KEY_RESULT
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.action_items import ActionItem
    from api.feedback import Feedback, FeedbackRequest
    from api.kpis import Kpi
    from api.organizations import Organization
    from api.people import Person
    from api.teams import Team

graph_enum(
    GoalStatus,
    "The state of a goal.",
    draft="Not started. Only people who may edit the goal see it.",
    active="In progress: it takes check-ins.",
    achieved="Closed as achieved.",
    missed="Closed as not achieved.",
    abandoned="Closed because it was given up.",
)
graph_enum(
    Visibility,
    "Who may see a goal once it is active, beside its editors and the people in `viewers`.",
    public="Everyone in the tenant who may read goals.",
    organization="The people of the owner's organization and of all units below it.",
    reporting_chain="The managers above the owner in the primary reporting line.",
    private="Nobody else: only the owner and the people in `viewers`.",
)
graph_enum(
    OwnerKind,
    "The type of the owner of a goal.",
    person="The owner is a `Person`.",
    team="The owner is a `Team`.",
    organization="The owner is an `Organization`.",
)
graph_enum(
    Direction,
    "The direction in which a key result improves.",
    increase="Higher values are better.",
    decrease="Lower values are better.",
)
graph_enum(
    KeyResultBasis,
    "Which values of its KPI a key result follows.",
    latest="The value of the newest measured period that ends in the time of the goal.",
    sum="The sum of all measured periods that lie in the time of the goal as a whole. Of a ratio,"
    " numerators and denominators are added up first. Only for KPIs whose values are summed over"
    " time.",
)
graph_enum(
    Confidence,
    "The author's forecast for a goal.",
    on_track="The goal will be achieved.",
    at_risk="The goal may be missed.",
    off_track="The goal will be missed unless something changes.",
)

GoalOwner = Annotated[
    "Person | Team | Organization",
    strawberry.union(
        "GoalOwner", description="The owner of a goal: a person, a team or an organization."
    ),
]


@part(
    KEY_RESULT,
    where=("title", "start_value", "target_value", "current_value", "unit", "direction", "kpi"),
    order_by=("position", "title"),
)
class KeyResult:
    """A measurement of a goal: a start value, a target value and the current value."""

    title: str = value("What is measured, in one line.")
    start_value: Decimal = value("The value at the start.")
    target_value: Decimal = value("The value to reach.")
    current_value: Decimal = value(
        "The latest value, entered with a check-in or with the key result. With a KPI, the value"
        " that follows from its measurements; the start value while there are none. It stays when"
        " the goal is closed, the KPI is removed, or the KPI is not shown to everyone any more."
    )
    unit: str | None = value(
        "The unit of the values, such as `EUR` or `%`. Null when there is none."
    )
    direction: Direction = value("Whether higher or lower values are better.")
    position: int = value("The place among the goal's key results, from 0.")
    progress: float = value(
        "The share of the way from the start value to the target value. At most 1, also beyond the"
        " target. At least 0, also when the value got worse than at the start. If both"
        " are equal: 1 while the target is met, else 0."
    )
    goal: "Goal | None" = one("The goal. Null when the viewer may not see it.")
    kpi: "Kpi | None" = one(
        "The KPI that the current value follows. Null when there is none or the viewer may not see"
        " it."
    )
    kpi_basis: KeyResultBasis | None = value(
        "Which values of the KPI the current value follows. Null when it follows no KPI."
    )
    is_published: bool | None = value(
        "Whether the current value goes on following the KPI when not everyone may see the KPI:"
        " somebody who may edit the KPI decided so. Null when it follows no KPI."
    )


@part(CHECK_IN_VALUE)
class CheckInValue:
    """The value of one key result at a check-in."""

    is_reported: bool = value(
        "Whether the author reported the value. If not, it is the value that the key result had by"
        " earlier check-ins when this one was recorded. The reported value with the latest"
        " `effectiveOn`, then `recordedAt`, is the current value of the key result. Corrected"
        " check-ins do not count."
    )
    value: Decimal = value(
        "The value on the day of `effectiveOn`, as known when the check-in was recorded."
    )
    key_result: KeyResult | None = one("The key result. Null when the viewer may not see it.")


@part(
    CHECK_IN,
    where=("confidence", "note", "effective_on", "recorded_at", "is_corrected", "author"),
    order_by=("effective_on", "recorded_at"),
)
class CheckIn:
    """A progress report on a goal, with the value of every key result at that time."""

    confidence: Confidence = value("The author's forecast.")
    note: str | None = value("The author's comment. Null when there is none.")
    effective_on: date = value("The day that the check-in is about.")
    recorded_at: datetime = value("When the check-in was recorded.")
    corrects: "CheckIn | None" = one(
        "The check-in that this one replaces. Null when it replaces none."
    )
    corrected_by: "CheckIn | None" = one(
        "The check-in that replaces this one, which then does not count any more. Null while it"
        " counts."
    )
    is_corrected: bool = value("Whether another check-in replaces this one.")
    reason: str | None = value("Why the check-in replaces another one. Null when it replaces none.")
    author: "Person | None" = one("The author. Null when the viewer may not see the person.")
    goal: "Goal | None" = one("The goal. Null when the viewer may not see it.")
    values: list[CheckInValue] = list_of(
        "The value of each key result at that time. Key results whose value is not known are left"
        " out."
    )


@part(GOAL_REFERENCE)
class GoalReference:
    """The id that another system uses for a goal."""

    source: str = value("The other system, such as `okr-tool`.")
    external_id: str = value("The id in that system.")


@node(
    GOAL,
    where=(
        "id",
        "title",
        "description",
        "visibility",
        "status",
        "starts_on",
        "due_on",
        "closed_at",
        "progress",
        "owner_kind",
        "created_at",
        "updated_at",
        "owner",
        "parent",
        "children",
        "key_results",
        "check_ins",
        "last_check_in",
        "custom_values",
    ),
    order_by=(
        *("title", "status", "starts_on", "due_on", "closed_at", "created_at", "updated_at"),
        "custom_values",
    ),
)
class Goal:
    """An objective of a person, a team or an organization, with an optional set of key results."""

    title: str = value("The goal in one line.")
    description: str | None = value("A longer description. Null when there is none.")
    purpose: str | None = value("Why the goal matters. Null when nothing was entered.")
    visibility: Visibility = value(
        "Who may see the goal once it is active. Only the owner, or a lead of the owning team, may"
        " let more people see it. If an organization owns it, or a person who has left: everyone"
        " who may edit it."
    )
    starts_on: date = value("The first day of work on the goal.")
    due_on: date = value("The deadline: the last day on which the goal can be achieved in time.")
    status: GoalStatus = value("The state of the goal.")
    closing_note: str | None = value(
        "The note given when the goal was closed. Null when there is none."
    )
    closed_at: datetime | None = value("When the goal was closed. Null while it is open.")
    progress: float | None = value(
        "The mean of the key results' progress, from 0 to 1. Null without key results."
    )
    owner_kind: OwnerKind = value("The type of the owner.")
    owner: GoalOwner | None = one("The owner. Null when the viewer may not see it.")
    parent: "Goal | None" = one(
        "The goal this goal contributes to. Null when there is none or the viewer may not see it."
    )
    children: Connection["Goal"] = many("The goals that contribute to this goal.", usual_size=5)
    key_results: Connection[KeyResult] = many("The key results, ordered by position.", usual_size=5)
    check_ins: Connection[CheckIn] = many(
        "The check-ins, those about the latest day first. Corrected ones are among them."
    )
    last_check_in: CheckIn | None = one(
        "The check-in about the latest day that is not corrected. Null while there is none."
    )
    custom_values: list[CustomValue] = custom_values_field("goal")
    kpis: Connection["Kpi"] = many("The KPIs that support the goal.", usual_size=3)
    action_items: Connection["ActionItem"] = many(
        "Action items about the goal that the viewer may see.", usual_size=3
    )
    feedback: Connection["Feedback"] = many(
        "Feedback about the goal that the viewer may see.", usual_size=3
    )
    feedback_requests: Connection["FeedbackRequest"] = many(
        "Requests for feedback about the goal that the viewer may see.", usual_size=3
    )
    references: list[GoalReference] | None = list_of(
        "The ids of the goal in other systems. Null when the viewer may not see them."
    )
    viewers: Connection["Person"] = many(
        "People who may see the goal once it is active, whatever its visibility.", usual_size=3
    )


@input_type(one_of=True)
class GoalBy:
    """Identifies a goal by exactly one of these."""

    id: UUID | None = input_field("The goal's id.")
    external: ExternalReferenceInput | None = input_field(
        "The id in another system. Only goals whose references the viewer may see are found."
    )


@queries(ROOT)
class GoalQueries:
    """Root fields of goals."""

    goal: Goal | None = look_up(
        "A goal. Null when there is none, or when the viewer may not see it.",
        "GoalBy",
        "How the goal is identified.",
    )
    goals: Connection[Goal] = many("All goals that the viewer may see.")


goal_changed = change_subscription(Goal)
