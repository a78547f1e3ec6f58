"""The words that tell respondents who reads what, and who could learn what they answered.

They follow from what a survey says. It keeps them: what was promised never changes.
"""

from domain.ballots.figures import MIN_TEXT_RESPONDENTS
from domain.ballots.wording import SECRECY
from domain.surveys.enums import SurveyAudience

KPIS = " They decide which figures others see as KPIs."
READERS = {
    SurveyAudience.MANAGERS: (
        f"Only people with the permission SURVEYS_MANAGE over the unit read results.{KPIS}"
    ),
    SurveyAudience.EVERYONE: (
        "Everybody who sees the survey reads the figures of all answers together. Only people with"
        " the permission SURVEYS_MANAGE over the unit read figures of single units, and comments."
        f"{KPIS}"
    ),
}
TERMS = (
    "Results are published when the survey is closed. Until then nobody reads anything, and you can"
    " change your answers or take them back. {readers} Figures are rounded, and each is about at"
    " least {threshold} people who answered: it fits each of them. Fewer remain when some tell"
    " others what they answered. Units that can have figures of their own were chosen at the"
    " launch; where too few answer, they are shown with the unit above."
    f" Comments are shown only when {MIN_TEXT_RESPONDENTS} people or more have answered, and not"
    f" fewer than {{threshold}}: in random order, without names and units. {SECRECY} What you write"
    " may tell who you are."
)


def explain(audience: SurveyAudience, threshold: int) -> str:
    """Return what is promised to the respondents of a survey."""
    return TERMS.format(readers=READERS[audience], threshold=threshold)
