"""The database of a command: the configured one, or the embedded PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.settings import Settings
from persistence.embedded import EmbeddedPostgres, EmbeddedPostgresError, find_running_server


@dataclass(frozen=True)
class Database:
    """The URLs of one database. Without the owner's it can be served, but not migrated."""

    serving_url: str
    owner_url: str | None = None

    @property
    def required_owner_url(self) -> str:
        """Return the owner's URL. Raises EmbeddedPostgresError if it is not configured."""
        if self.owner_url is None:
            raise EmbeddedPostgresError(
                "This command needs the owner of the schema.", "Set DATABASE_URL."
            )
        return self.owner_url


def get_embedded_home(settings: Settings) -> Path:
    """Return the directory of the embedded PostgreSQL."""
    return settings.directory / "postgres"


def get_configured_database(settings: Settings) -> Database | None:
    """Return the database that the environment configures, if any."""
    owner = settings.database_url and settings.database_url.get_secret_value()
    serving = settings.serving_url and settings.serving_url.get_secret_value()
    if serving:
        return Database(serving, owner or None)
    if owner:
        from persistence.kernel.pools import derive_serving_url  # imports SQLAlchemy

        return Database(derive_serving_url(owner), owner)
    return None


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Yield the configured database or the running embedded one; else start the embedded one.

    An embedded PostgreSQL that this starts, it also stops.
    """
    configured = get_configured_database(settings)
    if configured:
        yield configured
        return
    running_database = find_running_server(get_embedded_home(settings))
    if running_database:
        yield Database(running_database.serving, running_database.owner)
        return
    with EmbeddedPostgres(get_embedded_home(settings)) as embedded:
        yield Database(embedded.serving, embedded.owner)
