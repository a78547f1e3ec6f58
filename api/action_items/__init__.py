"""Action items in the graph."""

from api.action_items.action_item import ActionItem
from api.action_items.editing import action_item_create, action_item_edit

__all__ = ["ActionItem", "action_item_create", "action_item_edit"]
