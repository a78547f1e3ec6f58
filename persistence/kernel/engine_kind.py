"""The two kinds of PostgreSQL that Trellis runs on, and all in which they differ.

Citus is an extension that distributes tables over several servers. It sends a statement of one
tenant to the server that has the tenant's rows. Only what is about distribution itself asks for the
kind elsewhere: distributing tables, and checking their shards.
"""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import Any

EXTENSION = "citus"
IS_INSTALLED = f"SELECT EXISTS (SELECT FROM pg_extension WHERE extname = '{EXTENSION}')"


class EngineKind(Enum):
    """Whether a database is on one server, or distributed by Citus."""

    PLAIN = "plain"
    CITUS = "citus"

    @property
    def role_settings(self) -> Mapping[str, str]:
        """What both roles set in such a database, beside what they set in every database.

        Citus finds the server of a tenant while it plans. So it needs the values of parameters, and
        cannot use generic plans. `SET LOCAL` has to reach the server that has the rows.
        """
        return _CITUS_SETTINGS if self is EngineKind.CITUS else _NO_SETTINGS

    @property
    def can_write_and_enter(self) -> bool:
        """Whether a statement that writes can enter the tenant by itself.

        On Citus the row-level security of its parts does not see the setting of the outer query.
        Such a statement needs a transaction in the tenant.
        """
        return self is EngineKind.PLAIN

    def group_settings(self, statements: Sequence[str]) -> Sequence[str]:
        """Return statements among which is a `SET LOCAL`, grouped into messages to the server.

        Citus repeats the whole message of a `SET LOCAL` on the server that has the rows. A second
        BEGIN would log a warning there for each transaction.
        """
        return ("; ".join(statements),) if self is EngineKind.PLAIN else statements

    @property
    def combines_writes(self) -> bool:
        """Whether all parts of a write run as one statement."""
        return self is EngineKind.PLAIN


_SHARD_NUMBER = re.compile(r"_\d+$")
_NO_SETTINGS: Mapping[str, str] = MappingProxyType({})
_CITUS_SETTINGS: Mapping[str, str] = MappingProxyType(
    {"plan_cache_mode": "auto", "citus.propagate_set_commands": "local"}
)


def count_inserted(insert: str) -> str:
    """Return an INSERT … SELECT in the form that both kinds run. It returns the number of rows.

    Citus sends the rows of such a statement by COPY, which row-level security forbids, unless it
    has to return something.
    """
    return f"WITH inserted AS ({insert} RETURNING 1) SELECT count(*) FROM inserted"


def strip_shard(name: str) -> str:
    """Return the name of a table or a constraint without the number of its shard on Citus."""
    return _SHARD_NUMBER.sub("", name)


async def find_engine_kind(connection: Any) -> EngineKind:
    """Return the kind of a connection's database."""
    is_distributed = await connection.fetchval(IS_INSTALLED)
    return EngineKind.CITUS if is_distributed else EngineKind.PLAIN


def get_engine_kind(connection: Any) -> EngineKind:
    """Return the kind of an open connection's database.

    A connection that was lost has none. Its next statement raises an error.
    """
    kind: EngineKind = getattr(connection, "engine_kind", EngineKind.PLAIN)
    return kind
