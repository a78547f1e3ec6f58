"""The database of a command: the configured one, or the embedded PostgreSQL."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from api.database_settings import DatabaseSettings, is_database_name
from api.settings import Settings
from domain.kernel.errors import NotFound
from persistence.embedded import EmbeddedPostgres, EmbeddedPostgresError, find_running_server

HOME = "home"
"""The name of the database with the directory of all tenants."""


@dataclass(frozen=True)
class Database:
    """The URLs of one database. Without the owner's it can be served, but not migrated.

    The home database also has the `others`, by their names.
    """

    serving_url: str
    owner_url: str | None = None
    others: "Mapping[str, Database]" = field(default_factory=dict)
    name: str = HOME
    given_platform_url: str | None = None

    @property
    def required_owner_url(self) -> str:
        """Return the owner's URL. Raises EmbeddedPostgresError if it is not configured."""
        if self.owner_url is None:
            variable = "DATABASE_URL" if self.name == HOME else _get_variable(self.name)
            raise EmbeddedPostgresError(
                "This command needs the owner of the schema.", f"Set {variable}."
            )
        return self.owner_url

    @property
    def platform_url(self) -> str | None:
        """Return the URL of the role that writes the directory, if it is known."""
        return self.given_platform_url or _derive_platform_url(self.owner_url)

    @property
    def required_platform_url(self) -> str:
        """Return the platform's URL. Raises EmbeddedPostgresError if it is not configured."""
        if self.platform_url is None:
            raise EmbeddedPostgresError(
                "This command needs the role of the platform.",
                "Set TRELLIS_PLATFORM_URL, or DATABASE_URL."
                if self.name == HOME
                else f"Set TRELLIS_DATABASES__{self.name.upper()}__PLATFORM_URL.",
            )
        return self.platform_url

    @property
    def all(self) -> "Mapping[str, Database]":
        """The home database and the others, by their names."""
        return {HOME: self, **self.others}

    def find(self, name: str | None) -> "Database":
        """Return the database with this name; None is the home database. Raises NotFound."""
        found = self.all.get(name or HOME)
        if found is None:
            raise NotFound(_describe_unknown(str(name), self.all), "database")
        return found


def _describe_unknown(name: str, known: Iterable[str]) -> str:
    names = ", ".join(known)
    if not is_database_name(name):
        return f"No database can be named {name}. Choose one of: {names}."
    variable = _get_variable(name)
    return f"The database {name} is not configured. Set {variable}, or choose one of: {names}."


def _get_variable(name: str) -> str:
    return f"TRELLIS_DATABASES__{name.upper()}__DATABASE_URL"


def get_platform_url(urls: DatabaseSettings | Settings) -> str | None:
    """Return the configured URL of the platform's role; else one derived from the owner's."""
    if urls.platform_url:
        return urls.platform_url.get_secret_value()
    return _derive_platform_url(
        (urls.database_url and urls.database_url.get_secret_value()) or None
    )


def _derive_platform_url(owner_url: str | None) -> str | None:
    if not owner_url:
        return None
    from persistence.kernel.pools import PLATFORM_ROLE, derive_role_url  # imports SQLAlchemy

    return derive_role_url(owner_url, PLATFORM_ROLE)


def get_embedded_home(settings: Settings) -> Path:
    """Return the directory of the embedded PostgreSQL."""
    return settings.directory / "postgres"


def get_configured_database(settings: Settings) -> Database | None:
    """Return the database that the environment configures, if any, with the others."""
    if not (settings.serving_url or settings.database_url):
        return None
    return replace(_build_database(settings), others=get_other_databases(settings))


def get_other_databases(settings: Settings) -> Mapping[str, Database]:
    """Return the configured databases beside the home database, by their names."""
    return {
        name: replace(_build_database(each), name=name) for name, each in settings.databases.items()
    }


def _build_database(urls: DatabaseSettings | Settings) -> Database:
    owner = urls.database_url and urls.database_url.get_secret_value()
    serving = urls.serving_url and urls.serving_url.get_secret_value()
    if not serving:
        from persistence.kernel.pools import derive_serving_url  # imports SQLAlchemy

        serving = derive_serving_url(owner or "")
    return Database(serving, owner or None, given_platform_url=get_platform_url(urls))


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """Yield the configured database or the running embedded one; else start the embedded one.

    An embedded PostgreSQL that this starts, it also stops.
    """
    configured = get_configured_database(settings)
    if configured:
        yield configured
        return
    others = get_other_databases(settings)
    running_database = find_running_server(get_embedded_home(settings))
    if running_database:
        yield Database(running_database.serving, running_database.owner, others)
        return
    with EmbeddedPostgres(get_embedded_home(settings)) as embedded:
        yield Database(embedded.serving, embedded.owner, others)
