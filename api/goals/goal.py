"""A goal, with its key results and check-ins."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import (
    Connection,
    argument,
    graph_enum,
    list_of,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.global_ids import encode_id
from api.kernel.schema.subscriptions import subscription
from domain import goals
from domain.goals import Confidence, Direction, GoalStatus, OwnerKind, Visibility
from persistence.change_feed import FeedEntry
from persistence.goals import CHECK_IN, CHECK_IN_VALUE, GOAL, KEY_RESULT
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.organizations import Organization
    from api.people import Person
    from api.teams import Team

graph_enum(
    GoalStatus,
    "How far along its life a goal is.",
    draft="In the making; only those who may change it know of it.",
    active="Under way.",
    achieved="Reached.",
    missed="Not reached.",
    abandoned="Given up.",
)
graph_enum(
    Visibility,
    "Whom a goal is shared with, beside those who may change it and the people named on it.",
    public="Everyone in the tenant.",
    organization="The owner's organization and all below it.",
    reporting_chain="Those above the owner in the primary line.",
    private="Nobody else.",
)
graph_enum(
    OwnerKind,
    "What sort of thing owns a goal.",
    person="A person.",
    team="A team.",
    organization="An organization.",
)
graph_enum(
    Direction,
    "Which way is better.",
    increase="More is better.",
    decrease="Less is better.",
)
graph_enum(
    Confidence,
    "How somebody thinks that a goal will end.",
    on_track="It will be reached.",
    at_risk="It may not be reached.",
    off_track="It will not be reached unless something changes.",
)

GoalOwner = Annotated[
    "Person | Team | Organization",
    strawberry.union("GoalOwner", description="Who may own a goal."),
]


@part(
    KEY_RESULT,
    where=("title", "start_value", "target_value", "current_value", "unit", "direction"),
    order_by=("position", "title"),
)
class KeyResult:
    """A figure that says how far a goal is."""

    title: str = value("What is measured.")
    start_value: Decimal = value("Where it started.")
    target_value: Decimal = value("Where it should end.")
    current_value: Decimal = value("Where it is.")
    unit: str | None = value("What it is measured in.")
    direction: Direction = value("Which way is better.")
    position: int = value("Its place among the goal's key results, counted from 0.")
    progress: float | None = value("How much of the way is done, from 0 to 1.")
    goal: "Goal | None" = one("The goal that it measures.")


@part(CHECK_IN_VALUE)
class CheckInValue:
    """What a key result was at when somebody checked in."""

    value: Decimal = value("The value at that time.")
    key_result: KeyResult | None = one("What was measured.")


@part(
    CHECK_IN,
    where=("confidence", "note", "recorded_at", "author"),
    order_by=("recorded_at",),
)
class CheckIn:
    """What somebody said about a goal on a day, with every figure as it then stood."""

    confidence: Confidence = value("How the author thinks that it will end.")
    note: str | None = value("What the author says.")
    recorded_at: datetime = value("When it was said.")
    author: "Person | None" = one("Who said it; null where the viewer may not know them.")
    goal: "Goal | None" = one("The goal that it is about.")
    values: list[CheckInValue] = list_of("What each key result was at.")


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
    ),
    order_by=("title", "status", "starts_on", "due_on", "closed_at", "created_at", "updated_at"),
)
class Goal:
    """What a person, a team or an organization means to reach, by when and why."""

    title: str = value("The goal in one line.")
    description: str | None = value("What it is about.")
    purpose: str | None = value("Why it matters.")
    visibility: Visibility = value("Whom it is shared with.")
    starts_on: date = value("The first day on which somebody works towards it.")
    due_on: date = value("The last day on which it can be reached in time.")
    status: GoalStatus = value("How far along its life it is.")
    closing_note: str | None = value("What was said when it was closed.")
    closed_at: datetime | None = value("When it was closed; null while it is open.")
    progress: float | None = value("The mean of its key results' progress, from 0 to 1.")
    owner_kind: OwnerKind = value("What sort of thing owns it.")
    owner: GoalOwner | None = one("Who intends to reach it; null where the viewer may not know.")
    parent: "Goal | None" = one("The goal that it serves.")
    children: Connection["Goal"] = many("The goals that serve it.")
    key_results: Connection[KeyResult] = many("The figures by which one will know, in their order.")
    check_ins: Connection[CheckIn] = many("What was said about it so far, newest first.")
    last_check_in: CheckIn | None = one("The newest check-in; null while there is none.")
    viewers: Connection["Person"] = many("The people named on it, who see it once it has begun.")


@queries(ROOT)
class GoalQueries:
    """Questions about goals."""

    goal: Goal | None = one("One goal.", id=argument(strawberry.ID, "Its id.", is_required=True))
    goals: Connection[Goal] = many("The goals that the viewer may see.")


def _select_goal_id(entry: FeedEntry, arguments: Mapping[str, Any]) -> UUID | None:
    if entry.entity != goals.Goal.NAME:
        return None
    requested_id = arguments.get("id")
    return (
        entry.entity_id if requested_id in (None, encode_id(GOAL.prefix, entry.entity_id)) else None
    )


goal_changed = subscription(
    "goal_changed",
    Goal,
    "A goal whenever something happened to it, as it then is; for each that the viewer may see.",
    _select_goal_id,
    id=argument(strawberry.ID, "Only this goal; all of them unless said."),
)
