"""The aggregate of a feedback program: one person, rated by others on one form until a day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain.ballots import BallotBox, build_lifecycle, compute_batch_size
from domain.feedback_programs import policy
from domain.feedback_programs.enums import (
    EXTERNAL,
    OTHER,
    PEER,
    REPORT,
    FeedbackProgramAudience,
    FeedbackProgramMode,
    FeedbackProgramStatus,
    RaterGroup,
)
from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import EDITABLE, PERSONAL, MultiLine, SingleLine, WholeNumber, new_values
from domain.kernel.identity import PersonId, TenantId

MIN_LEAST, DEFAULT_LEAST, MAX_LEAST = 3, 5, 50
DEFAULT_DAYS, MAX_DAYS = 14, 90
OPEN = FeedbackProgramStatus.OPEN


def build_least_rule(noun: str) -> WholeNumber:
    """Return the rule for the least number of answers of a group."""
    return WholeNumber(f"The least number of {noun}", MIN_LEAST, MAX_LEAST)


@dataclass(kw_only=True, eq=False)
class FeedbackProgram(BallotBox):
    """Feedback from all sides about one person. It never changes after its launch.

    `explanation` are the words that were shown to raters. `invited_count` and `response_count` are
    about raters who are neither the person nor the manager; the latter is rounded down, and None
    until the results are published, and with too few answers. `occurs_on` is the day of its
    schedule; both are None for a program of its own.
    """

    NAME = "feedback_program"
    LABEL = "program"
    OWNER_ATTRIBUTES = policy.OWNER_ATTRIBUTES
    SEE = policy.SEE
    GUARDED: ClassVar = {
        "invited_count": policy.SEE_TOTALS,
        "response_count": policy.SEE_TOTALS,
    }
    GUARDED_EVENTS: ClassVar = {"launched": "invited_count", "links_made": "invited_count"}
    SEE_HISTORY = policy.HR
    LAUNCH: ClassVar = Action("launch", policy.HR)
    RESPOND: ClassVar = Action("respond", policy.RESPOND, OPEN)
    WITHDRAW_RESPONSE: ClassVar = Action("withdraw_response", policy.RESPOND, OPEN)
    CLOSE: ClassVar = Action("close", policy.HR, OPEN)
    MAKE_LINKS: ClassVar = Action("make_links", policy.HR, OPEN)
    CANCEL: ClassVar = Action("cancel", policy.HR, OPEN)
    REVEAL_AUTHOR: ClassVar = Action("reveal_author", policy.REVEAL_AUTHOR)
    ACTIONS = (RESPOND, WITHDRAW_RESPONSE, MAKE_LINKS, CLOSE, CANCEL)
    EVENTS = ("launched", "links_made", "closed", "published", "cancelled", "erased")
    SEARCH_ATTRIBUTES = ("title",)
    STATUSES = FeedbackProgramStatus
    LIFECYCLE = build_lifecycle(FeedbackProgramStatus)

    subject_id: PersonId
    template_id: UUID
    title: Annotated[str, SingleLine("The title", max_length=200), EDITABLE, PERSONAL]
    introduction: Annotated[
        str | None, MultiLine("The introduction", 4_000), EDITABLE, PERSONAL
    ] = None
    mode: Annotated[FeedbackProgramMode, EDITABLE]
    audience: Annotated[FeedbackProgramAudience, EDITABLE]
    closes_on: Annotated[date, EDITABLE]
    least_peers: Annotated[int, build_least_rule("peers"), EDITABLE] = DEFAULT_LEAST
    least_reports: Annotated[int, build_least_rule("reports"), EDITABLE] = DEFAULT_LEAST
    least_others: Annotated[int, build_least_rule("others"), EDITABLE] = DEFAULT_LEAST
    least_external: Annotated[int, build_least_rule("people outside"), EDITABLE] = DEFAULT_LEAST
    status: FeedbackProgramStatus = OPEN
    schedule_id: UUID | None = None
    occurs_on: date | None = None
    explanation: str = ""
    rater_ids: set[PersonId] = field(default_factory=set)
    invited_count: int | None = None
    response_count: int | None = None
    public_key: str = ""
    ballot_length: int = 0

    @classmethod
    def launch(
        cls,
        tenant_id: TenantId,
        subject_id: PersonId,
        template_id: UUID,
        *,
        today: date,
        **details: Any,
    ) -> "FeedbackProgram":
        """Return a program without raters and without a key; by default it is open for 14 days.

        Raises Invalid.
        """
        faults = FaultCollector()
        details = {"closes_on": today + timedelta(days=DEFAULT_DAYS), **details}
        with faults.collect():
            values = new_values(cls, details)
        faults.faults += _find_day_faults(details["closes_on"], today)
        faults.raise_all()
        program = cls(tenant_id=tenant_id, subject_id=subject_id, template_id=template_id, **values)
        program.record_event("launched")
        return program

    @property
    def batch_size(self) -> int:
        """How many raters share a batch of ballots."""
        return compute_batch_size(max(self.leasts.values()))

    @property
    def leasts(self) -> Mapping[RaterGroup, int]:
        """How many answers of a group are needed before a figure about them is published."""
        return {
            PEER: self.least_peers,
            REPORT: self.least_reports,
            OTHER: self.least_others,
            EXTERNAL: self.least_external,
        }

    @property
    def is_identified(self) -> bool:
        """Whether all answers are shown with names."""
        return self.mode is FeedbackProgramMode.IDENTIFIED

    def erase(self) -> None:
        """Remove the texts about a person who is erased, and cancel the program if it is open."""
        self.title, self.introduction = "", None
        if self.is_open or self.waits_for_count:
            self.status = FeedbackProgramStatus.CANCELLED
        self.record_event("erased")


def _find_day_faults(closes_on: date, today: date) -> Iterator[Invalid]:
    if not today <= closes_on <= today + timedelta(days=MAX_DAYS):
        message = f"A program is open for at most {MAX_DAYS} days from today. Choose another day."
        yield Invalid(message, "closesOn", code=Code.OUT_OF_RANGE)
