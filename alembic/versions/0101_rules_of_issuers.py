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
    """Add the columns; known issuers keep the strict rules that they had, and their tenant."""
    for name, definition in COLUMNS.items():
        op.execute(f"ALTER TABLE directory.issuers ADD COLUMN {name} {definition}")
    _set_key("issuer, tenant_value")


def downgrade() -> None:
    """Drop the columns."""
    _set_key("issuer")
    for name in reversed(COLUMNS):
        op.execute(f"ALTER TABLE directory.issuers DROP COLUMN {name}")


def _set_key(columns: str) -> None:
    op.execute("ALTER TABLE directory.issuers DROP CONSTRAINT pk_issuers")
    op.execute(f"ALTER TABLE directory.issuers ADD CONSTRAINT pk_issuers PRIMARY KEY ({columns})")
