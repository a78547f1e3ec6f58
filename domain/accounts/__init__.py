"""Accounts and groups as identity providers describe them, over verbs of people and teams."""

from domain.accounts.external_ids import SOURCE
from domain.accounts.groups import GroupChanges, change_group, create_group
from domain.accounts.users import Account, change, create, link, remove, revive

__all__ = [
    "SOURCE",
    "Account",
    "GroupChanges",
    "change",
    "change_group",
    "create",
    "create_group",
    "link",
    "remove",
    "revive",
]
