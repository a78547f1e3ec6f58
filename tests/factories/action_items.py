"""Action items for tests."""

from datetime import timedelta
from typing import Any

from domain.action_items import ActionItem, ActionItemStatus
from domain.kernel.identity import PersonId
from domain.people import Person
from tests.factories.actors import TODAY


def an_action_item(
    owner: Person, creator: Person, title: str = "Call the carrier", **more: Any
) -> ActionItem:
    """Build an action item that is due in a week."""
    return ActionItem(
        tenant_id=owner.tenant_id,
        title=title,
        owner_id=PersonId(owner.id),
        creator_id=PersonId(creator.id),
        due_on=TODAY + timedelta(days=7),
        **more,
    )


def some_action_items(owner: Person, creator: Person) -> dict[str, ActionItem]:
    """Build one that is open, and one that is done."""
    done = ActionItemStatus.COMPLETED
    return {
        "asked": an_action_item(owner, creator),
        "done": an_action_item(owner, creator, "Write it down", status=done, note="In the wiki."),
    }
