"""Plans of surveys: the cells of each person, and the words that respondents have read."""

from alembic import op

revision = "0109"
down_revision = "0108"

READERS = {
    "managers": (
        "Only people with the permission SURVEYS_MANAGE over the unit read results. They decide"
        " which figures others see as KPIs."
    ),
    "everyone": (
        "Everybody who sees the survey reads the figures of all answers together. Only people with"
        " the permission SURVEYS_MANAGE over the unit read figures of single units, and comments."
        " They decide which figures others see as KPIs."
    ),
}
TERMS = (
    "Results are published when the survey is closed. Until then nobody reads anything, and you can"
    " change your answers or take them back. {readers} Figures are rounded, and each is about at"
    " least {threshold} people who answered: it fits each of them. Fewer remain when some tell"
    " others what they answered. Comments are shown when 10 people or more have answered, and not"
    " fewer than {threshold}: in random order, without names and units. All single answers are"
    " destroyed when they are counted, and nobody can look them up later. The operator of the"
    " server sees who took part until then, and could read answers by changing the running server"
    " before the close. What you write may tell who you are."
)
"""What was promised until now."""


def upgrade() -> None:
    """Add the columns. Surveys keep the words that their respondents have read."""
    op.execute("ALTER TABLE surveys ADD COLUMN explanation TEXT NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE survey_invitations ADD COLUMN cells JSONB")
    op.execute("ALTER TABLE surveys NO FORCE ROW LEVEL SECURITY")
    for audience, readers in READERS.items():
        words = TERMS.replace("{readers}", readers)
        op.execute(
            f"UPDATE surveys SET explanation = replace('{words}', '{{threshold}}', threshold::text)"
            f" WHERE audience = '{audience}'"
        )
    op.execute("ALTER TABLE surveys FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Drop the columns."""
    op.execute("ALTER TABLE survey_invitations DROP COLUMN cells")
    op.execute("ALTER TABLE surveys DROP COLUMN explanation")
