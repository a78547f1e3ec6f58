"""Organizations: the units of a tenant, from the company down to the site, in one tree."""

from domain.organizations.model import (
    UNIT_IN_UNIT,
    Organization,
    OrganizationKind,
    OrganizationReference,
)
from domain.organizations.policy import PARENT_OWNER_ATTRIBUTES
from domain.organizations.use_cases import (
    UNIQUE_CODE,
    close,
    create,
    edit,
    ensure_not_over,
    ensure_open,
    get_to_close,
    hold_open,
    move,
    reference_place,
    reopen,
)

__all__ = [
    "PARENT_OWNER_ATTRIBUTES",
    "UNIQUE_CODE",
    "UNIT_IN_UNIT",
    "Organization",
    "OrganizationKind",
    "OrganizationReference",
    "close",
    "create",
    "edit",
    "ensure_not_over",
    "ensure_open",
    "get_to_close",
    "hold_open",
    "move",
    "reference_place",
    "reopen",
]
