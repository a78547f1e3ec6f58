"""The journal's actions get the names that the graph's mutations have now.

The table is under FORCE ROW LEVEL SECURITY, so its owner sees no row without a tenant. The force is
taken off for this one transaction, which keeps everybody else out of the table until it ends.
"""

from alembic import op

revision = "0005"
down_revision = "0004"

RENAMED_ACTIONS = (
    ("person", "left", "departed"),
    ("person", "stayed", "departure_cancelled"),
    ("person", "renumbered", "employee_number_changed"),
    ("person", "referred", "external_reference_added"),
    ("person", "forgotten", "external_reference_removed"),
    ("organization", "referred", "external_reference_added"),
    ("organization", "forgotten", "external_reference_removed"),
    ("role", "regranted", "grants_set"),
)
"""The aggregate's name, the action's text before and the text afterwards."""


def upgrade() -> None:
    """Rewrite the entries that have one of the old texts."""
    _rewrite_actions(RENAMED_ACTIONS)


def downgrade() -> None:
    """Give these entries their old texts again."""
    _rewrite_actions(tuple((entity, new, old) for entity, old, new in RENAMED_ACTIONS))


def _rewrite_actions(renamed: tuple[tuple[str, str, str], ...]) -> None:
    op.execute("ALTER TABLE journal NO FORCE ROW LEVEL SECURITY")
    # A journal of millions of entries takes longer than the minute that a statement has.
    op.execute("SET LOCAL statement_timeout = 0")
    for entity in dict.fromkeys(entity for entity, _, _ in renamed):
        pairs = [(old, new) for kind, old, new in renamed if kind == entity]
        cases = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in pairs)
        texts = ", ".join(f"'{old}'" for old, _ in pairs)
        op.execute(
            f"UPDATE journal SET action = CASE action {cases} END"
            f" WHERE entity = '{entity}' AND action IN ({texts})"
        )
    op.execute("ALTER TABLE journal FORCE ROW LEVEL SECURITY")
