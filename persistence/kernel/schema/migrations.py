"""Running the migrations with Alembic."""

import asyncio
import sysconfig
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from alembic import command
from persistence.kernel.schema.database_role import DatabaseNotReady, ensure_roles

_CHECKOUT = Path(__file__).resolve().parents[3]
_INSTALLED = Path(sysconfig.get_path("data")) / "share" / "trellis"

# The folder is no package: it would shadow the library of its name. A wheel installs it as data.
MIGRATIONS_DIRECTORY = next(
    (
        each / "alembic"
        for each in (_CHECKOUT, _INSTALLED)
        if (each / "alembic" / "env.py").exists()
    ),
    _INSTALLED / "alembic",
)


def migrate(
    owner_url: str,
    revision: str = "head",
    *,
    password: str | None = None,
    platform_password: str | None = None,
) -> None:
    """Create or update the roles that serve, and migrate the schema to a revision.

    Must not be called inside an event loop. Without a password, that of the serving role and that
    of the platform's are derived from the owner's.
    """
    asyncio.run(ensure_roles(owner_url, password, platform_password))
    command.upgrade(build_alembic_config(owner_url), revision)


def get_expected_revision() -> str:
    """Return the newest revision, which this program needs. Raises DatabaseNotReady."""
    head = ScriptDirectory.from_config(build_alembic_config()).get_current_head()
    if head is None:
        raise DatabaseNotReady(
            f"There are no migrations in {MIGRATIONS_DIRECTORY}. Install Trellis completely."
        )
    return head


def build_alembic_config(owner_url: str | None = None) -> Config:
    """Build Alembic's configuration: where the migrations are, and the database to migrate."""
    config = Config()
    config.attributes["url"] = owner_url
    config.set_main_option("script_location", str(MIGRATIONS_DIRECTORY))
    config.set_main_option("path_separator", "os")
    return config
