"""An embedded PostgreSQL server, for trying Trellis, for tests and for small installations.

Its files are under one directory, it listens on a Unix socket only, and it ends together with the
process that started it. With `DATABASE_URL` set it is not used.
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
