"""${message}."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from persistence.kernel.schema.row_level_security import protect  # for new tables
${imports if imports else ""}

revision: str = ${repr(up_revision)}
down_revision: str | None = ${repr(down_revision)}
branch_labels: str | Sequence[str] | None = ${repr(branch_labels)}
depends_on: str | Sequence[str] | None = ${repr(depends_on)}


def upgrade() -> None:
    """Make it so. Every new table of a tenant goes through `protect`."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Take it back."""
    ${downgrades if downgrades else "pass"}
