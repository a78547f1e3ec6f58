"""Feedback programs: one person, rated from all sides on one form, by sealed ballots."""

from domain.feedback_programs.enums import (
    FeedbackProgramAudience,
    FeedbackProgramMode,
    FeedbackProgramPopulation,
    FeedbackProgramStatus,
    RaterGroup,
)
from domain.feedback_programs.erasing import erase_programs
from domain.feedback_programs.external import (
    RaterForm,
    RaterResponse,
    make_links,
    respond_by_link,
)
from domain.feedback_programs.forms import RaterAnswer
from domain.feedback_programs.launching import NamedRater, propose
from domain.feedback_programs.model import FeedbackProgram
from domain.feedback_programs.records import (
    FeedbackProgramAnswer,
    FeedbackProgramRater,
    FeedbackProgramResult,
)
from domain.feedback_programs.revealing import reveal_author
from domain.feedback_programs.schedules import (
    SCHEDULE_HANDLERS,
    SCHEDULES,
    FeedbackProgramSchedule,
    create_schedule,
)
from domain.feedback_programs.use_cases import (
    BALLOT_HANDLERS,
    cancel,
    close,
    launch,
    respond,
    withdraw_response,
)

TASK_HANDLERS = {**BALLOT_HANDLERS, **SCHEDULE_HANDLERS}

__all__ = [
    "BALLOT_HANDLERS",
    "SCHEDULES",
    "TASK_HANDLERS",
    "FeedbackProgram",
    "FeedbackProgramAnswer",
    "FeedbackProgramAudience",
    "FeedbackProgramMode",
    "FeedbackProgramPopulation",
    "FeedbackProgramRater",
    "FeedbackProgramResult",
    "FeedbackProgramSchedule",
    "FeedbackProgramStatus",
    "NamedRater",
    "RaterAnswer",
    "RaterForm",
    "RaterGroup",
    "RaterResponse",
    "cancel",
    "close",
    "create_schedule",
    "erase_programs",
    "launch",
    "make_links",
    "propose",
    "respond",
    "respond_by_link",
    "reveal_author",
    "withdraw_response",
]
