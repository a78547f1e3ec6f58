"""The words that tell raters who reads their answers, and who learns their names.

They are generated from what a program says, so that they say what the rules do. The program keeps
them: what was promised never changes.
"""

from domain.ballots.figures import MIN_TEXT_RESPONDENTS
from domain.ballots.wording import SECRECY
from domain.feedback_programs.enums import FeedbackProgramAudience, FeedbackProgramMode
from domain.feedback_programs.model import FeedbackProgram

MANAGERS = "everyone above them in the primary line"
READERS = {
    FeedbackProgramAudience.SUBJECT: "The person reads",
    FeedbackProgramAudience.SUBJECT_AND_MANAGER: f"The person and {MANAGERS} read",
    FeedbackProgramAudience.SUBJECT_MANAGER_AND_HR: (
        f"The person, {MANAGERS}, and HR officers with the permission REVIEWS_MANAGE read"
    ),
}
TIMES = (
    "{readers} the results when the program is closed. Until then nobody reads anything, and you"
    " can change your answers or take them back."
)
NAMED = (
    "What the person and the manager answer is shown with their names, because each is the only one"
    " in their group."
)
FIGURES = (
    "All other ratings are shown as rounded means of groups, without names: of at least {least}"
    " who answered. Smaller groups are put together, or not shown."
)
LEAST = "{peers} peers, {reports} reports, or {others} others"
LEAST_WITH_OUTSIDE = (
    "{peers} peers, {reports} reports, {others} others, or {external} people outside"
)
LINKS = (
    "People without an account are asked, too. They answer by a link, which HR gives to them. Who"
    " has a link can answer with it, and does not see whether it was used."
)
STYLE = "What you write may tell who you are."
TEXTS = (
    "Other texts are shown without names, by group, where as many people of the group wrote one. HR"
    " officers with the permission FEEDBACK_READ_AUTHORS can look up who wrote a text. They have to"
    " give a reason, and the audit log keeps each look. This is not anonymous: the operator of the"
    " database can find you."
)
ANONYMOUS_TEXTS = (
    f"Other texts are shown from {MIN_TEXT_RESPONDENTS} raters on, in random order, without names"
    " and without groups."
)
SENTENCES = {
    FeedbackProgramMode.IDENTIFIED: ("All answers are shown with the names of their authors.",),
    FeedbackProgramMode.CONFIDENTIAL: (
        NAMED,
        FIGURES,
        TEXTS,
        STYLE,
    ),
    FeedbackProgramMode.AGGREGATED: (NAMED, FIGURES, "No texts are asked for.", SECRECY),
    FeedbackProgramMode.ANONYMOUS: (
        NAMED,
        FIGURES,
        ANONYMOUS_TEXTS,
        SECRECY,
        STYLE,
    ),
}


def explain(program: FeedbackProgram, *, asks_outside: bool = False) -> str:
    """Return what is promised to the raters of a program."""
    sentences = (TIMES, *SENTENCES[program.mode], *((LINKS,) if asks_outside else ()))
    least = (LEAST_WITH_OUTSIDE if asks_outside else LEAST).format(
        peers=program.least_peers,
        reports=program.least_reports,
        others=program.least_others,
        external=program.least_external,
    )
    return " ".join(sentences).format(readers=READERS[program.audience], least=least)
