"""The clocks of a tenant: two numbers that order its changes, and tell what is still current.

The journal's clock counts the entries of the journal, without gaps. The clock of rights counts the
changes that may alter who may do what. Each number is the last that was given.

A unit of work advances the clocks in its last statement, after it has all its other locks. The row
stays locked until the commit. So numbers become visible in their order, and a writer that waits for
a clock holds nothing that the writer before it still needs.
"""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Column

from persistence.kernel.mapping.write_statement import WritePhase, WriteStatement
from persistence.kernel.schema.tables import EnumText, link_table


class Clock(StrEnum):
    """The clocks of a tenant, in the order in which they are locked."""

    RIGHTS = "rights"
    JOURNAL = "journal"


tenant_clocks = link_table(
    "tenant_clocks",
    Column("clock", EnumText(Clock), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("frozen_at", BigInteger),
    CheckConstraint("frozen_at IS NULL OR number = frozen_at", name="frozen"),
    key=("clock",),
)
"""A row for each clock. Reads look at that of rights, which is apart from the journal's: while a
long transaction runs, PostgreSQL keeps every version of a row, and each look-up passes them all.

While the tenant moves to another database, `frozen_at` is the number of the journal's clock. Then
the clock cannot be advanced, so nothing can be changed."""

ADVANCE_CLOCKS = WriteStatement(
    WritePhase.CLOCK,
    """
    INSERT INTO tenant_clocks (tenant_id, clock, number)
    {values}
    ON CONFLICT (tenant_id, clock)
    DO UPDATE SET number = tenant_clocks.number + excluded.number
    RETURNING tenant_id, clock, number""",
    (("clock", "text"), ("steps", "bigint")),
    ("$1::uuid", "r.clock", "r.steps"),
)
"""The first change of a tenant creates its clocks."""


def select_number(clock: Clock, tenant: str) -> str:
    """Return SQL for the number of a clock; null for a tenant that has never been changed.

    `tenant` is SQL for the tenant's id, such as a parameter.
    """
    return f"SELECT number FROM tenant_clocks WHERE tenant_id = {tenant} AND clock = '{clock}'"
