"""Mutations of action items."""

from datetime import date
from uuid import UUID

import strawberry

from api.action_items.action_item import ActionItem
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    provided_fields,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from domain import action_items
from domain.kernel.unit_of_work import Work


@input_type(creates=ActionItem)
class ActionItemCreateInput:
    """Input of `actionItemCreate`."""

    owner_id: UUID | None = input_field(
        "The person who has to do it. Default: the viewer.", id_prefix="person"
    )
    due_on: date | None = input_field(
        "The day by which it should be done; not in the past. Default: five working days after"
        " today, by the work calendar of the owner's location."
    )
    kpi_id: UUID | None = input_field("The KPI that it is about. Default: none.", id_prefix="kpi")
    goal_id: UUID | None = input_field(
        "The goal that it is about. Default: none.", id_prefix="goal"
    )
    alert_id: UUID | None = input_field(
        "The alert because of which it is done; then it is about the KPI of the alert."
        " Default: none.",
        id_prefix="alert",
    )
    review_id: UUID | None = input_field(
        "The KPI review that it came out of. Default: none.", id_prefix="kpireview"
    )


@input_type(edits=ActionItem)
class ActionItemEditInput:
    """Input of `actionItemEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the ActionItem.", id_prefix="action")
    owner_id: strawberry.Maybe[UUID] = input_field(
        "The person who has to do it.", id_prefix="person"
    )
    expected_version: int | None = expected_version_field()


@mutation(ActionItem)
async def action_item_create(work: Work, input: ActionItemCreateInput) -> action_items.ActionItem:
    """Ask a person to do something by a day. It is among their tasks until it is closed."""
    return await action_items.create(
        work,
        owner_id=input.owner_id,
        kpi_id=input.kpi_id,
        goal_id=input.goal_id,
        alert_id=input.alert_id,
        review_id=input.review_id,
        **given_values(input, action_items.ActionItem),
    )


@mutation(ActionItem)
async def action_item_edit(work: Work, input: ActionItemEditInput) -> action_items.ActionItem:
    """Change an open action item: what it is, by when, and who has to do it."""
    details = given_values(input, action_items.ActionItem) | provided_fields(input, "owner_id")
    return await action_items.edit(
        work, input.id, expected_version=input.expected_version, **details
    )


action_item_complete = verb(
    ActionItem,
    action_items.ActionItem.COMPLETE,
    "Close an open action item as done.",
    note=input_field("What came out."),
)
action_item_cancel = verb(
    ActionItem,
    action_items.ActionItem.CANCEL,
    "Close an open action item that will not be done. Its owner may refuse it in this way.",
    note=input_field("Why it will not be done."),
)
action_item_reopen = verb(
    ActionItem,
    action_items.ActionItem.REOPEN,
    "Let a closed action item be done again.",
)
