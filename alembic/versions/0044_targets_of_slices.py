"""Targets of slices: a target may be about a member of a dimension."""

from uuid import UUID

from alembic import op

revision = "0044"
down_revision = "0043"

STATEMENTS = (
    "ALTER TABLE kpi_targets ADD COLUMN member_id UUID",
    (
        "ALTER TABLE kpi_targets ADD CONSTRAINT fk_kpi_targets_member_id"
        " FOREIGN KEY(tenant_id, member_id)"
        " REFERENCES kpi_dimension_members (tenant_id, id) NOT VALID"
    ),
    (
        "CREATE INDEX ix_kpi_targets_member_id ON kpi_targets (tenant_id, member_id)"
        " WHERE member_id IS NOT NULL"
    ),
    "DROP INDEX uq_kpi_targets_kpi_id_starts_on",
    "CREATE INDEX ix_kpi_targets_kpi_id_starts_on ON kpi_targets (tenant_id, kpi_id, starts_on)",
    (
        "CREATE UNIQUE INDEX uq_kpi_targets_kpi_id_member_id_starts_on"
        " ON kpi_targets (tenant_id, kpi_id, member_id, starts_on) NULLS NOT DISTINCT"
    ),
)


def upgrade() -> None:
    """Add the member; the targets that exist are those of totals."""
    for each in STATEMENTS:
        op.execute(each)
    with op.get_context().autocommit_block():
        # The new column is empty; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute("ALTER TABLE kpi_targets VALIDATE CONSTRAINT fk_kpi_targets_member_id")
        op.execute("RESET app.tenant_id")


def downgrade() -> None:
    """Remove the targets of slices."""
    # Without a tenant, row-level security would be in the way; its force returns below.
    op.execute("ALTER TABLE kpi_targets NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM kpi_targets WHERE member_id IS NOT NULL")
    op.execute("ALTER TABLE kpi_targets FORCE ROW LEVEL SECURITY")
    op.execute("DROP INDEX uq_kpi_targets_kpi_id_member_id_starts_on")
    op.execute("DROP INDEX ix_kpi_targets_kpi_id_starts_on")
    op.execute(
        "CREATE UNIQUE INDEX uq_kpi_targets_kpi_id_starts_on"
        " ON kpi_targets (tenant_id, kpi_id, starts_on)"
    )
    op.execute("ALTER TABLE kpi_targets DROP COLUMN member_id")
