"""The roles that every new tenant gets."""

from dataclasses import dataclass

from domain.kernel.permissions import Grant, Permission


@dataclass(frozen=True)
class BuiltInRole:
    """A role that every new tenant gets, with its permissions over everyone."""

    key: str
    name: str
    description: str
    permissions: tuple[Permission, ...]


TENANT_ADMIN = "tenant_admin"


BUILT_IN_ROLES = (
    BuiltInRole(
        TENANT_ADMIN,
        "Tenant admin",
        "Runs the tenant: directory, members, roles and settings; no employment facts.",
        (
            Permission.AUDIT_READ,
            Permission.DIRECTORY_READ,
            Permission.GOALS_READ,
            Permission.ISSUERS_MANAGE,
            Permission.KPIS_READ,
            Permission.MEMBERS_MANAGE,
            Permission.MEMBERS_READ,
            Permission.ORGANIZATIONS_MANAGE,
            Permission.PEOPLE_ERASE,
            Permission.PEOPLE_MANAGE,
            Permission.PEOPLE_MERGE,
            Permission.ROLES_MANAGE,
            Permission.SETTINGS_MANAGE,
            Permission.SETTINGS_READ,
            Permission.TEAMS_MANAGE,
        ),
    ),
    BuiltInRole(
        "hr",
        "HR",
        "Looks after people, employment, KPIs, reviews, surveys and goals that are not private.",
        (
            Permission.AUDIT_READ,
            Permission.DIRECTORY_READ,
            Permission.EMPLOYMENT_MANAGE,
            Permission.EMPLOYMENT_READ,
            Permission.FEEDBACK_READ_AUTHORS,
            Permission.GOALS_MANAGE,
            Permission.GOALS_READ,
            Permission.KPIS_MANAGE,
            Permission.KPIS_READ,
            Permission.KPIS_RECORD,
            Permission.MEMBERS_READ,
            Permission.ORGANIZATIONS_MANAGE,
            Permission.PEOPLE_CORRECT,
            Permission.PEOPLE_ERASE,
            Permission.PEOPLE_EXPORT,
            Permission.PEOPLE_HOLD,
            Permission.PEOPLE_MANAGE,
            Permission.PEOPLE_MERGE,
            Permission.REVIEWS_MANAGE,
            Permission.SETTINGS_READ,
            Permission.SURVEYS_MANAGE,
            Permission.TEAMS_MANAGE,
        ),
    ),
    BuiltInRole(
        "employee",
        "Employee",
        "Reads the directory and public goals; manages what is their own.",
        (Permission.DIRECTORY_READ, Permission.GOALS_READ),
    ),
    BuiltInRole(
        "analyst",
        "Analyst",
        "Reads the directory, public goals and KPIs in order to count and compare them.",
        (Permission.DIRECTORY_READ, Permission.GOALS_READ, Permission.KPIS_READ),
    ),
    BuiltInRole(
        "integration", "Integration", "A service client; the tenant says what it may do.", ()
    ),
)
"""The built-in roles of a new tenant, with their permissions."""


REQUIRED_ADMIN_GRANTS = frozenset(
    Grant(each)
    for each in (Permission.MEMBERS_MANAGE, Permission.MEMBERS_READ, Permission.ROLES_MANAGE)
)
"""Grants that the tenant admin cannot lose; without them nobody could grant anything again."""
