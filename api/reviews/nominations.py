"""Nominations in the graph: who is chosen to write about a person."""

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    list_of,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.subscriptions import change_subscription
from api.kernel.schema.verbs import verb
from api.people import Person
from api.reviews.cycles import ReviewCycleSummary
from api.reviews.directions import ReviewDirection
from api.reviews.templates import ReviewTemplate
from domain import reviews
from domain.reviews.cycles.parts import MAX_NOMINEES
from domain.reviews.nominations import (
    ReviewNominationApprover,
    ReviewNominationStatus,
    ReviewRoundStatus,
    deciding,
    nominating,
)
from persistence.reading.read_model import ROOT
from persistence.reviews import (
    REVIEW_NOMINATION,
    REVIEW_NOMINATION_ROUND,
    REVIEW_NOMINEE,
    REVIEW_PROPOSAL,
    REVIEW_SHARED_TEAM,
    REVIEW_SUGGESTION,
)
from persistence.reviews.suggestions import MAX_SUGGESTIONS

if TYPE_CHECKING:
    from api.goals import Goal
    from api.reviews.packets import ReviewPacket
    from api.reviews.writing import Review
    from api.teams import Team

graph_enum(
    ReviewRoundStatus,
    "Where a round of nominations stands. It follows the phases of the cycle.",
    proposing="Everybody who nominates may do so.",
    choosing="The reviewed person proposes no more; the others still nominate.",
    closed="The phase in which the forms are written has ended, or the review is closed. Nobody"
    " nominates any more.",
)
graph_enum(
    ReviewNominationStatus,
    "What became of a nomination.",
    proposed="Nobody has decided.",
    approved="The nominee has a form to write, or has submitted it.",
    rejected="It was decided that the nominee does not write.",
    withdrawn="The one who proposed it has taken it back.",
    declined="The nominee has declined to write.",
    replaced="Somebody else was nominated instead.",
    expired="Nobody had decided when the phase ended.",
)


@part(REVIEW_PROPOSAL)
class ReviewProposal:
    """A proposal of the reviewed person. It does not say what became of it."""

    person: Person | None = one("Who should write. Null when the viewer may not see them.")


@part(REVIEW_NOMINEE)
class ReviewNominee:
    """A person who was chosen to write."""

    person: Person | None = one("Who writes. Null when the viewer may not see them.")


@part(REVIEW_SHARED_TEAM)
class ReviewSharedTeam:
    """A team in which two people were at the same time."""

    team: "Team | None" = one("The team. Null when the viewer may not see it.")
    starts_on: date = value("The first day of the period on which both were in it.")
    last_day: date = value("The last day of the period on which both were in it, today at most.")


@part(REVIEW_SUGGESTION)
class ReviewSuggestion:
    """A person who has worked with the reviewed person in the period, and why one may think so.

    Only what the viewer sees counts.
    """

    person: Person | None = one("Who could write. Never null.")
    shared_teams: list[ReviewSharedTeam] = list_of(
        "The teams that both were in at the same time.", usual_size=2
    )
    shared_goals: list["Goal"] = list_of(
        "The goals on which both work: they own it or a goal below, or have checked in on it.",
        usual_size=2,
    )


@node(
    REVIEW_NOMINATION_ROUND,
    where=(
        *("id", "status", "direction", "nominate_by", "due_on", "subject", "packet"),
        *("created_at", "updated_at"),
    ),
    order_by=("nominate_by", "due_on", "status", "direction", "created_at", "updated_at"),
)
class ReviewNominationRound:
    """The choice of those who write about one person, in one direction of a review cycle.

    What the reviewed person nominates is a proposal; others nominate. Both become nominations, and
    an approved nominee writes. HR and the manager who decides see the round. So does the reviewed
    person who proposes, or who may see the writers: nothing in it tells them what others have
    nominated or decided.
    """

    cycle: ReviewCycleSummary | None = one("The review cycle. Never null.")
    packet: "ReviewPacket | None" = one("The review. Null when the viewer may not see it.")
    subject: Person | None = one("The reviewed person. Null when the viewer may not see them.")
    direction: ReviewDirection = value("How the writers stand to the reviewed person.")
    template: ReviewTemplate | None = one("The template of the form that they write. Never null.")
    subject_nominates: bool = value("Whether the reviewed person proposes.")
    manager_nominates: bool = value("Whether the manager who decides nominates.")
    hr_nominates: bool = value("Whether HR nominates.")
    approver: ReviewNominationApprover = value("Who approves.")
    least: int = value(
        "How many people should write. With fewer, a task stays open, and nothing is blocked."
    )
    most: int = value(
        "How many people write at most, and how many the reviewed person may propose."
    )
    shows_nominees: bool = value("Whether the reviewed person sees who writes.")
    nominate_by: date = value("The day by which writers should be proposed and approved.")
    due_on: date = value("The day by which the forms are due.")
    status: ReviewRoundStatus = value("Where it stands.")
    proposals: list[ReviewProposal] = list_of(
        f"The proposals of the reviewed person, {MAX_NOMINEES} at most.", usual_size=5
    )
    nominees: list[ReviewNominee] = list_of(
        f"Who writes, {MAX_NOMINEES} at most. Empty for the reviewed person, unless"
        " `showsNominees`.",
        usual_size=5,
    )
    suggested_reviewers: list[ReviewSuggestion] = list_of(
        f"Whom one could nominate, {MAX_SUGGESTIONS} people at most: those with the most shared"
        " goals first, then those with the most days in a shared team. Without those of whom the"
        " viewer knows that they are proposed or nominated.",
        usual_size=10,
    )
    nominations: Connection["ReviewNomination"] = many(
        "All nominations that the viewer may see: none for the reviewed person.", usual_size=5
    )


@node(
    REVIEW_NOMINATION,
    where=(
        *("id", "status", "direction", "decide_by", "due_on", "needs_replacement", "subject"),
        *("nominee", "round", "created_at", "updated_at"),
    ),
    order_by=("decide_by", "due_on", "status", "direction", "created_at", "updated_at"),
)
class ReviewNomination:
    """A person who was proposed to write about another. HR and the manager who decides see it."""

    round: ReviewNominationRound | None = one("The round. Never null.")
    subject: Person | None = one("The reviewed person. Null when the viewer may not see them.")
    manager: Person | None = one(
        "The manager who decides on the review. Null when the viewer may not see them."
    )
    direction: ReviewDirection = value("How the nominee stands to the reviewed person.")
    approver: ReviewNominationApprover = value("Who approves.")
    nominee: Person | None = one("Who should write. Null when the viewer may not see them.")
    proposer: Person | None = one(
        "Who nominated them first. Null when the viewer may not see them, or when it was no person."
    )
    decide_by: date = value("The day by which it should be decided.")
    due_on: date = value("The day by which the form is due.")
    status: ReviewNominationStatus = value("What became of it.")
    reason: str | None = value("Why it was rejected. Null when no reason was given.")
    decided_by: Person | None = one(
        "Who approved or rejected it. Null when nobody has, or when the viewer may not see them."
    )
    review: "Review | None" = one(
        "The form. Null before the approval, and for the manager as long as it is neither submitted"
        " nor declined."
    )
    replaces: "ReviewNomination | None" = one(
        "The nomination of the nominee who is replaced. Null when nobody is."
    )
    needs_replacement: bool = value(
        "Whether the nominee has declined, and nobody was nominated instead yet."
    )


@input_type(one_of=True)
class ReviewNominationRoundBy:
    """Identifies a round of nominations by exactly one of these."""

    id: UUID | None = input_field("The round's id.")


@input_type(one_of=True)
class ReviewNominationBy:
    """Identifies a nomination by exactly one of these."""

    id: UUID | None = input_field("The nomination's id.")


@queries(ROOT)
class ReviewNominationQueries:
    """Root fields of nominations."""

    review_nomination_round: ReviewNominationRound | None = look_up(
        "A round of nominations. Null when there is none, or when the viewer may not see it.",
        "ReviewNominationRoundBy",
        "How the round is identified.",
    )
    review_nomination_rounds: Connection[ReviewNominationRound] = many(
        "All rounds of nominations that the viewer may see, the last one first."
    )
    review_nomination: ReviewNomination | None = look_up(
        "A nomination. Null when there is none, or when the viewer may not see it.",
        "ReviewNominationBy",
        "How the nomination is identified.",
    )
    review_nominations: Connection[ReviewNomination] = many(
        "All nominations that the viewer may see, the one to decide last first."
    )


review_nominate = verb(
    ReviewNominationRound,
    reviews.ReviewNominationRound.NOMINATE,
    "Nominate a person to write about somebody. What the reviewed person nominates is a"
    " proposal, which the approver decides. Those who may approve nominations approve their"
    " own at once; then the form is a task of the nominee.",
    use_case=nominating.nominate,
    person_id=input_field("The person who should write.", id_prefix="person"),
    replaces_id=input_field(
        "Id of the ReviewNomination that the person replaces: its nominee has declined, or does"
        " not write any more. Default: nobody is replaced.",
        id_prefix="nomination",
    ),
)
review_withdraw_nomination = verb(
    ReviewNominationRound,
    reviews.ReviewNominationRound.WITHDRAW_NOMINATION,
    "Take back a proposal of the viewer. It does not change what was decided.",
    use_case=nominating.withdraw,
    person_id=input_field("The person whom the viewer has proposed.", id_prefix="person"),
)
review_approve_nomination = verb(
    ReviewNomination,
    reviews.ReviewNomination.APPROVE_NOMINATION,
    "Approve a nomination: the nominee gets a form to write. It fails with LIMIT_EXCEEDED"
    " when `most` people are approved, and when the nominee writes `maxReviewsPerWriter`"
    " forms in the cycle already.",
    use_case=deciding.approve,
)
review_reject_nomination = verb(
    ReviewNomination,
    reviews.ReviewNomination.REJECT_NOMINATION,
    "Decide that a nominee does not write, also after it was approved or declined. A form"
    " that is not submitted is cancelled.",
    use_case=deciding.reject,
    reason=input_field("The reason. Neither the nominee nor the reviewed person reads it."),
)
review_nomination_round_changed = change_subscription(ReviewNominationRound)
review_nomination_changed = change_subscription(ReviewNomination)
