"""Which database this process talks to: the one that was named, or one of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from api.settings import Settings
from persistence.embedded import EmbeddedPostgres, Unavailable, running


@dataclass(frozen=True)
class Database:
    """The addresses of one database; without the owner's, it can be served and not changed."""

    serving: str
    owner: str | None = None

    @property
    def changing(self) -> str:
        """The owner's address. Raises Unavailable where only the serving role's is known."""
        if self.owner is None:
            raise Unavailable("This takes the owner of the schema.", "Set DATABASE_URL.")
        return self.owner


def home_of(settings: Settings) -> Path:
    """Where the embedded PostgreSQL lives."""
    return settings.directory / "postgres"


def named(settings: Settings) -> Database | None:
    """The database that the environment names, if it names one."""
    owner = settings.database_url and settings.database_url.get_secret_value()
    serving = settings.serving_url and settings.serving_url.get_secret_value()
    if serving:
        return Database(serving, owner or None)
    if owner:
        from persistence.kernel.engine import serving_url  # noqa: PLC0415 - brings SQLAlchemy

        return Database(serving_url(owner), owner)
    return None


@contextmanager
def database(settings: Settings) -> Iterator[Database]:
    """The database to work on: named, or running here already, or started while this lasts."""
    found = named(settings)
    if found:
        yield found
        return
    guest = running(home_of(settings))
    if guest:
        yield Database(guest.serving, guest.owner)
        return
    with EmbeddedPostgres(home_of(settings)) as own:
        yield Database(own.serving, own.owner)
