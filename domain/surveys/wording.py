"""The words that tell respondents who reads what, and who could learn what they answered.

They follow from what a survey says, which never changes after its launch.
"""

from domain.surveys.counting import MIN_COMMENT_RESPONDENTS
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
    " others what they answered."
    f" Comments are shown when {MIN_COMMENT_RESPONDENTS} people or more have answered, and not"
    " fewer than {threshold}: in random order, without names and units. All single answers are"
    " destroyed when they are counted, and nobody can look them up later. The operator of the"
    " server sees who took part until then, and could read answers by changing the running server"
    " before the close. What you write may tell who you are."
)
THRESHOLD = "{threshold}"

PATTERNS = {
    audience: TERMS.format(readers=readers, threshold=THRESHOLD)
    for audience, readers in READERS.items()
}
"""What is promised, by audience, with a place for the threshold."""


def explain(audience: SurveyAudience, threshold: int) -> str:
    """Return what is promised to the respondents of a survey."""
    return PATTERNS[audience].replace(THRESHOLD, str(threshold))
