"""KPIs drive other KPIs, and have groups."""

from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """Add the parent with its index, the influence and the groups."""
    op.execute("ALTER TABLE kpis ADD COLUMN parent_id UUID")
    op.execute(
        "ALTER TABLE kpis ADD COLUMN influence TEXT"
        " CONSTRAINT ck_kpis_influence CHECK (influence IN ('leading', 'lagging'))"
    )
    op.execute("ALTER TABLE kpis ADD COLUMN groups JSONB NOT NULL DEFAULT '[]'")
    # Without a tenant, row-level security would be in the way; its force returns below.
    op.execute("ALTER TABLE kpis NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "ALTER TABLE kpis ADD CONSTRAINT fk_kpis_parent_id FOREIGN KEY (tenant_id, parent_id)"
        " REFERENCES kpis (tenant_id, id)"
    )
    op.execute("ALTER TABLE kpis FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE INDEX ix_kpis_parent_id_name_sort_key_id"
        " ON kpis (tenant_id, parent_id, name_sort_key, id)"
    )


def downgrade() -> None:
    """Remove what this migration added."""
    for name in ("parent_id", "influence", "groups"):
        op.execute(f"ALTER TABLE kpis DROP COLUMN {name}")
