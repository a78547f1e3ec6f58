"""Copies of rows as they are stored, in another table: what a change replaces is not sent again."""

from functools import cache

from persistence.kernel.mapping.parameter_types import describe_type
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.mapping.write_statement import WritePhase, WriteStatement

SOURCE = "source_id"


@cache
def build_copy(source: type, kind: type, names: tuple[str, ...]) -> WriteStatement:
    """Return the insert of rows of a kind that have the values of stored rows of another one.

    Each row given has the id of the stored row, and its own values of the attributes `names`. It
    comes before updates and deletes, so it copies what these replace.
    """
    stored, table = MAPPINGS[source].table, MAPPINGS[kind].table
    columns = [each.name for each in table.columns]
    values = ", ".join(f"r.{each}" if each in names else f"it.{each}" for each in columns)
    given = [(each, describe_type(table.c[each])) for each in names]
    return WriteStatement(
        WritePhase.KEEP,
        f"INSERT INTO {table.name} ({', '.join(columns)}) SELECT {values}"
        f" FROM {stored.name} it, {{rows}} WHERE it.tenant_id = $1 AND it.id = r.{SOURCE}",
        ((SOURCE, describe_type(stored.c.id)), *given),
    )
