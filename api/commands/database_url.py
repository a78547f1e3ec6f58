"""Which database this process talks to: the one that was named, or one of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.settings import Settings
from persistence.embedded import EmbeddedPostgres, EmbeddedPostgresError, find_running_server


@dataclass(frozen=True)
class Database:
    """The addresses of one database; without the owner's, it can be served and not changed."""

    serving_url: str
    owner_url: str | None = None

    @property
    def required_owner_url(self) -> str:
        """The owner's address. Raises Unavailable where only the serving role's is known."""
        if self.owner_url is None:
            raise EmbeddedPostgresError("This takes the owner of the schema.", "Set DATABASE_URL.")
        return self.owner_url


def get_embedded_home(settings: Settings) -> Path:
    """Where the embedded PostgreSQL lives."""
    return settings.directory / "postgres"


def get_configured_database(settings: Settings) -> Database | None:
    """The database that the environment names, if it names one."""
    owner = settings.database_url and settings.database_url.get_secret_value()
    serving = settings.serving_url and settings.serving_url.get_secret_value()
    if serving:
        return Database(serving, owner or None)
    if owner:
        from persistence.kernel.pools import derive_serving_url  # noqa: PLC0415 - brings SQLAlchemy

        return Database(derive_serving_url(owner), owner)
    return None


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database to work on: named, or running here already, or started while this lasts."""
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
