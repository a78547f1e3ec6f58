"""Definitions of KPIs remember the template that their formula comes from."""

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """Add the columns. Formulas so far come from no template."""
    op.execute("ALTER TABLE kpi_definitions ADD COLUMN template_key TEXT")
    op.execute("ALTER TABLE kpi_definitions ADD COLUMN template_version INTEGER")
    op.execute("ALTER TABLE kpi_definitions ADD COLUMN template_variant TEXT")


def downgrade() -> None:
    """Remove the columns."""
    for name in ("template_key", "template_version", "template_variant"):
        op.execute(f"ALTER TABLE kpi_definitions DROP COLUMN {name}")
