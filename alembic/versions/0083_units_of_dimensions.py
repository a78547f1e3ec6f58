"""Members of dimensions of KPIs may be units."""

from uuid import UUID

from alembic import op

revision = "0083"
down_revision = "0082"

CONSTRAINT = "fk_kpi_dimension_members_unit_id"
INDEX = "ix_kpi_dimension_members_unit_id"


def upgrade() -> None:
    """Add the columns. Dimensions that exist go on with the members of their lists."""
    op.execute(
        "ALTER TABLE kpi_dimensions ADD COLUMN members_from TEXT NOT NULL DEFAULT 'list'"
        " CONSTRAINT ck_kpi_dimensions_members_from"
        " CHECK (members_from IN ('list', 'units', 'confined_units'))"
    )
    op.execute("ALTER TABLE kpi_dimension_members ADD COLUMN unit_id UUID")
    op.execute(
        f"ALTER TABLE kpi_dimension_members ADD CONSTRAINT {CONSTRAINT} FOREIGN KEY"
        " (tenant_id, unit_id) REFERENCES organizations (tenant_id, id) NOT VALID"
    )
    with op.get_context().autocommit_block():
        # The new column is empty; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute(f"ALTER TABLE kpi_dimension_members VALIDATE CONSTRAINT {CONSTRAINT}")
        op.execute("RESET app.tenant_id")
        op.execute("SET statement_timeout = 0")
        op.execute("SET lock_timeout = 0")
        op.execute(
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX} ON kpi_dimension_members"
            " (tenant_id, unit_id) WHERE unit_id IS NOT NULL"
        )
        op.execute("SET statement_timeout = '60s'")
        op.execute("SET lock_timeout = '2s'")


def downgrade() -> None:
    """Remove the columns. Members that are units stay in the lists of their dimensions."""
    op.execute("ALTER TABLE kpi_dimension_members DROP COLUMN unit_id")
    op.execute("ALTER TABLE kpi_dimensions DROP COLUMN members_from")
