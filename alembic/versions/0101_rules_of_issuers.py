"""Rules of issuers: a preset for each identity provider, clients, and the claim of the tenant."""

from alembic import op

revision = "0101"
down_revision = "0100"

COLUMNS = {
    "preset": "TEXT NOT NULL DEFAULT 'strict'",
    "clients": "TEXT NOT NULL DEFAULT ''",
    "tenant_claim": "TEXT NOT NULL DEFAULT ''",
    "tenant_value": "TEXT NOT NULL DEFAULT ''",
    "max_lifetime": "INTEGER",
}


def upgrade() -> None:
    """Add the columns; known issuers keep the strict rules that they had."""
    for name, definition in COLUMNS.items():
        op.execute(f"ALTER TABLE directory.issuers ADD COLUMN {name} {definition}")


def downgrade() -> None:
    """Drop the columns."""
    for name in reversed(COLUMNS):
        op.execute(f"ALTER TABLE directory.issuers DROP COLUMN {name}")
