"""Checks that what a unit of work has read is still so when it writes."""

from functools import cache

from persistence.kernel.mapping.parameter_types import describe_type
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.mapping.write_statement import WritePhase, WriteStatement


@cache
def build_check(kind: type) -> WriteStatement:
    """Return the part of a write that locks aggregates of a kind which have these versions.

    Nothing is written where one has another version by now. The locks last until the commit.
    """
    table = MAPPINGS[kind].table
    return WriteStatement(
        WritePhase.CHECK,
        f"SELECT it.id FROM {table.name} it, {{rows}} WHERE it.tenant_id = $1 AND it.id = r.id"
        " AND it.version = r.version FOR NO KEY UPDATE OF it",
        tuple((name, describe_type(table.c[name])) for name in ("id", "version")),
    )
