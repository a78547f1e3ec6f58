"""The graph type of an action item."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    look_up,
    many,
    node,
    one,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.subscriptions import change_subscription
from domain.action_items import ActionItemStatus
from persistence.action_items import ACTION_ITEM
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.alerts import Alert
    from api.goals import Goal
    from api.kpi_reviews import KpiReview
    from api.kpis import Kpi
    from api.people import Person

graph_enum(
    ActionItemStatus,
    "Whether an action item has to be done.",
    open="It has to be done.",
    completed="It is done.",
    cancelled="It will not be done; `note` says why.",
)


@node(
    ACTION_ITEM,
    where=(
        "id",
        "title",
        "description",
        "due_on",
        "status",
        "created_at",
        "updated_at",
        "owner",
        "creator",
        "kpi",
        "goal",
        "alert",
    ),
    order_by=("title", "due_on", "status", "created_at", "updated_at"),
)
class ActionItem:
    """What one person asks another to do by a day. Both and the owner's managers see it."""

    title: str = value("What has to be done.")
    description: str | None = value("Details. Null when there are none.")
    due_on: date = value("The day by which it should be done.")
    status: ActionItemStatus = value("Whether it has to be done.")
    note: str | None = value(
        "What came out, or why it was cancelled. Null while it is open, or when nothing was"
        " entered."
    )
    owner: "Person | None" = one(
        "The person who has to do it. Null when the viewer may not see them."
    )
    creator: "Person | None" = one(
        "The person who asks for it. Null when Trellis itself does, or when the viewer may not see"
        " them."
    )
    kpi: "Kpi | None" = one(
        "The KPI that it is about. Null when there is none or the viewer may not see it."
    )
    goal: "Goal | None" = one(
        "The goal that it is about. Null when there is none or the viewer may not see it."
    )
    alert: "Alert | None" = one(
        "The alert because of which it is done. Null when there is none or the viewer may not see"
        " it."
    )
    review: "KpiReview | None" = one(
        "The KPI review that it came out of. Null when there is none or the viewer may not see it."
    )


@input_type(one_of=True)
class ActionItemBy:
    """Identifies an action item by exactly one of these."""

    id: UUID | None = input_field("The action item's id.")


@queries(ROOT)
class ActionItemQueries:
    """Root fields of action items."""

    action_item: ActionItem | None = look_up(
        "An action item. Null when there is none, or when the viewer may not see it.",
        "ActionItemBy",
        "How the action item is identified.",
    )
    action_items: Connection[ActionItem] = many("All action items that the viewer may see.")


action_item_changed = change_subscription(ActionItem)
