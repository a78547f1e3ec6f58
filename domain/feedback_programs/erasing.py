"""Erasing what programs say about somebody. What they said about others is about the others."""

from uuid import UUID

from domain.ballots import remove_ballots
from domain.feedback_programs.model import FeedbackProgram
from domain.feedback_programs.records import (
    FeedbackProgramAnswer,
    FeedbackProgramRater,
    FeedbackProgramResult,
)
from domain.feedback_programs.use_cases import TASKS
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work

PARTS = FeedbackProgramRater, FeedbackProgramResult, FeedbackProgramAnswer


async def erase_programs(work: Work, person_id: UUID) -> None:
    """Delete ballots, results and answers about a person, with the texts of the programs."""
    programs = await work.find_all(FeedbackProgram, subject_id=[PersonId(person_id)])
    for program in programs:
        for part in PARTS:
            found = await work.find_records(part, feedback_program_id=[program.id])
            work.write_records(removed=found)
        await remove_ballots(work, program)
        program.erase()
        TASKS.enqueue_destroying(work, program)
        await work.flush()
        await work.erase_history(FeedbackProgram, program.id)
