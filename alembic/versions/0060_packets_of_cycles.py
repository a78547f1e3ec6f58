"""Packets refer to the cycle that they belong to, and cycles to the scale of the overall level."""

from uuid import UUID

from alembic import op

revision = "0060"
down_revision = "0059"


def upgrade() -> None:
    """Add the scale, and the foreign keys. No packet has a cycle yet."""
    op.execute("ALTER TABLE review_cycles ADD COLUMN scale_id UUID")
    op.execute(
        "ALTER TABLE review_cycles ADD CONSTRAINT fk_review_cycles_scale_id"
        " FOREIGN KEY(tenant_id, scale_id) REFERENCES rating_scales (tenant_id, id) NOT VALID"
    )
    op.execute("CREATE INDEX ix_review_cycles_scale_id ON review_cycles (tenant_id, scale_id)")
    op.execute(
        "ALTER TABLE review_packets ADD CONSTRAINT fk_review_packets_cycle_id"
        " FOREIGN KEY(tenant_id, cycle_id) REFERENCES review_cycles (tenant_id, id) NOT VALID"
    )
    op.execute(
        "CREATE INDEX ix_review_packets_cycle_id_due_on_id"
        " ON review_packets (tenant_id, cycle_id, due_on, id)"
    )
    with op.get_context().autocommit_block():
        # No row has a cycle; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        op.execute("ALTER TABLE review_packets VALIDATE CONSTRAINT fk_review_packets_cycle_id")
        op.execute("ALTER TABLE review_cycles VALIDATE CONSTRAINT fk_review_cycles_scale_id")
        op.execute("RESET app.tenant_id")


def downgrade() -> None:
    """Remove the foreign key and the scale."""
    op.execute("ALTER TABLE review_cycles DROP COLUMN scale_id")
    op.execute("DROP INDEX ix_review_packets_cycle_id_due_on_id")
    op.execute("ALTER TABLE review_packets DROP CONSTRAINT fk_review_packets_cycle_id")
