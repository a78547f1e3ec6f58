"""Raters of feedback programs without an account."""

from alembic import op

revision = "0094"
down_revision = "0093"

GROUPS = "'self', 'manager', 'peer', 'report', 'other'"
CHECKED = (
    ("feedback_program_raters", "rater_group"),
    ("feedback_program_raters", "shown_as"),
    ("feedback_program_results", "rater_group"),
    ("feedback_program_answers", "rater_group"),
)
COLUMNS = (
    ("feedback_program_raters", "respondent_name TEXT"),
    ("feedback_program_raters", "link_hash TEXT"),
    ("feedback_program_answers", "author_name TEXT"),
    ("feedback_programs", "least_external INTEGER NOT NULL DEFAULT 5"),
)
OUTSIDE = "ck_feedback_program_raters_person_id"


def upgrade() -> None:
    """Add the columns and the group. No rater that exists has them."""
    for table, column in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
    op.execute("ALTER TABLE feedback_program_answers ALTER COLUMN author_name SET STATISTICS 0")
    op.execute("ALTER TABLE feedback_program_raters ALTER COLUMN person_id DROP NOT NULL")
    op.execute(
        f"ALTER TABLE feedback_program_raters ADD CONSTRAINT {OUTSIDE}"
        " CHECK ((person_id IS NULL) = (rater_group = 'external')) NOT VALID"
    )
    _allow(f"{GROUPS}, 'external', 'all'")
    _validate(("feedback_program_raters", "person_id"), *CHECKED)


def downgrade() -> None:
    """Take the raters outside away, with what they answered, and the columns."""
    for table, column in CHECKED:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"DELETE FROM {table} WHERE {column} = 'external'")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE feedback_program_raters DROP CONSTRAINT {OUTSIDE}")
    op.execute("ALTER TABLE feedback_program_raters ALTER COLUMN person_id SET NOT NULL")
    _allow(f"{GROUPS}, 'all'")
    for table, column in COLUMNS:
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column.split()[0]}")
    _validate(*CHECKED)


def _allow(groups: str) -> None:
    for table, column in CHECKED:
        name = f"ck_{table}_{column}"
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({column} IN ({groups})) NOT VALID"
        )


def _validate(*checked: tuple[str, str]) -> None:
    with op.get_context().autocommit_block():
        for table, column in checked:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_{column}")
