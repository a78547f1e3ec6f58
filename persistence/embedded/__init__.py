"""The PostgreSQL that Trellis brings along, for a first look, tests and small installations.

It lives under one directory, listens on a Unix socket only, and dies with the process that started
it. Whoever sets `DATABASE_URL` does without it.
"""

from persistence.embedded.database_urls import DatabaseUrls, find_running_server, get_superuser_url
from persistence.embedded.errors import EmbeddedPostgresError
from persistence.embedded.supervisor import EmbeddedPostgres

__all__ = [
    "DatabaseUrls",
    "EmbeddedPostgres",
    "EmbeddedPostgresError",
    "find_running_server",
    "get_superuser_url",
]
