"""Every concept that is kept, imported once: for migrations, start-up checks and the mapping."""

from persistence import goals, journal, members, organizations, people, teams, tenants
from persistence.kernel import closures, words
from persistence.kernel.tables import metadata

__all__ = [
    "closures",
    "goals",
    "journal",
    "members",
    "metadata",
    "organizations",
    "people",
    "teams",
    "tenants",
    "words",
]
