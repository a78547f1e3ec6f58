"""Action items: what one person asks another to do by a day."""

from domain.action_items.model import ACTION_NOTE, ActionItem, ActionItemStatus
from domain.action_items.use_cases import create, edit

__all__ = ["ACTION_NOTE", "ActionItem", "ActionItemStatus", "create", "edit"]
