"""Every concept that is kept, imported once: for migrations, start-up checks and the mapping."""

from persistence import goals, members, organizations, people, teams, tenants
from persistence.kernel.schema.tables import metadata

__all__ = [
    "closures",
    "goals",
    "journal",
    "keys",
    "members",
    "metadata",
    "organizations",
    "people",
    "teams",
    "tenants",
    "words",
]
