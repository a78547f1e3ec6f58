"""Roles: named sets of grants. Tenants may change the built-in ones and add their own."""

from domain.roles.built_in_roles import BUILT_IN_ROLES, TENANT_ADMIN
from domain.roles.model import Role, RoleGrant
from domain.roles.use_cases import create, create_built_in_roles, replace_grants

__all__ = [
    "BUILT_IN_ROLES",
    "TENANT_ADMIN",
    "Role",
    "RoleGrant",
    "create",
    "create_built_in_roles",
    "replace_grants",
]
