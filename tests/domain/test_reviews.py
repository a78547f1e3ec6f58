"""Reviews without a database: conditions, missing answers, the hash of what is signed, statuses."""

from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.kernel.errors import Invalid, StateConflict
from domain.kernel.identity import PersonId, TenantId
from domain.reviews import RatingScale, Review, ReviewPacket, ReviewTemplate
from domain.reviews.directions import ReviewDirection
from domain.reviews.packets import ReviewPacketStatus
from domain.reviews.packets.decisions import Decision, Demands
from domain.reviews.templates import QuestionAudience, QuestionComparison, QuestionKind
from domain.reviews.writing import ReviewAnswer, ReviewStatus
from domain.reviews.writing.answers import check_answer, find_missing, list_asked
from domain.reviews.writing.signing import hash_content
from tests.factories.actors import NOW
from tests.factories.people import a_person
from tests.factories.reviews import a_form, a_packet, a_rating_scale, a_review_template, answer_all

TENANT = TenantId(uuid4())
SCALE = a_rating_scale(TENANT)
QUESTIONS = [
    {"key": "rate", "kind": QuestionKind.RATING, "text": "How good?", "scale_id": SCALE.id},
    {
        "key": "why",
        "kind": QuestionKind.TEXT,
        "text": "Why?",
        "condition_key": "rate",
        "condition_comparison": QuestionComparison.AT_MOST,
        "condition_value": "1",
    },
    {
        "key": "days",
        "kind": QuestionKind.NUMBER,
        "text": "How many days?",
        "minimum": Decimal(0),
        "maximum": Decimal(10),
        "decimals": 1,
        "is_required": False,
    },
]
TEMPLATE = a_review_template(TENANT, questions=QUESTIONS)
RATE, WHY, DAYS = TEMPLATE.list_questions()


def answer(question: Any, **values: Any) -> ReviewAnswer:
    names = {"review_id": uuid4(), "question_id": question.id, "audience": question.audience}
    return ReviewAnswer(tenant_id=TENANT, **names, **values)


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ([], ["rate"]),
        ([answer(RATE, text="Good")], ["rate"]),
        ([answer(RATE, level=2)], []),
        ([answer(RATE, level=1)], ["why"]),
        ([answer(RATE, level=1), answer(WHY, text="Too late.")], []),
        ([answer(RATE, is_not_applicable=True)], []),
    ],
)
def test_required_questions_that_are_asked_need_an_answer(
    answers: list[ReviewAnswer], missing: list[str]
) -> None:
    assert [each.field for each in find_missing(list_asked(TEMPLATE, answers))] == [
        ("answers", key) for key in missing
    ]


@pytest.mark.parametrize("number", ["-0.1", "10.1", "0.25"])
def test_numbers_keep_the_limits_of_their_question(number: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_answer(DAYS, None, {"number": Decimal(number)})
    assert caught.value.field == ("number",)
    assert check_answer(DAYS, None, {"number": Decimal("9.5")})["number"] == Decimal("9.5")


def test_a_level_is_one_of_the_scale_or_does_not_apply_where_that_is_allowed() -> None:
    allowing: RatingScale = replace(SCALE, allows_not_applicable=True)
    for scale, values, field in (
        (SCALE, {"level": 4}, "level"),
        (SCALE, {"is_not_applicable": True}, "isNotApplicable"),
        (allowing, {"level": 1, "is_not_applicable": True}, "isNotApplicable"),
    ):
        with pytest.raises(Invalid) as caught:
            check_answer(RATE, scale, values)
        assert caught.value.field == (field,)
    assert check_answer(RATE, allowing, {"is_not_applicable": True})["is_not_applicable"]


def build_signed() -> tuple[ReviewPacket, Review, list[ReviewAnswer]]:
    template: ReviewTemplate = a_review_template(TENANT)
    packet = a_packet(a_person(TENANT), a_person(TENANT), ReviewPacketStatus.SHARED)
    form = a_form(
        packet,
        a_person(TENANT),
        template,
        ReviewStatus.SUBMITTED,
        direction=ReviewDirection.MANAGER,
    )
    return packet, form, answer_all(form, template)


def test_a_signature_covers_what_the_subject_reads_and_nothing_else() -> None:
    packet, form, answers = build_signed()
    first = hash_content(packet, [form], answers)
    assert hash_content(packet, [form], answers[::-1]) == first
    (hidden,) = (each for each in answers if each.audience is QuestionAudience.HR_ONLY)
    hidden.choice_key = "no"
    assert hash_content(packet, [form], answers) == first
    (shown,) = (each for each in answers if each.audience is QuestionAudience.REVIEWEE)
    shown.text = "Other words"
    assert hash_content(packet, [form], answers) != first


class Packets(RuleBasedStateMachine):
    """Whatever is tried, what was shared stays shared, and the level is decided before that."""

    def __init__(self) -> None:
        super().__init__()
        self.packet, self.form, _ = build_signed()
        self.packet.status, self.packet.is_released = ReviewPacketStatus.COLLECTING, False
        self.person = PersonId(uuid4())

    def attempt(self, name: str, *values: Any, **named: Any) -> None:
        with suppress(StateConflict):
            getattr(self.packet, name)(*values, **named)

    @rule()
    def decide(self) -> None:
        """Decide a level of three."""
        self.attempt("decide", Decision(2), Demands(3), self.person, at=NOW)

    @rule()
    def decide_for_approval(self) -> None:
        """Decide a level that the second level has to approve."""
        values = Decision(2), Demands(3), self.person
        self.attempt("decide", *values, needs_second_level=True, at=NOW)

    @rule()
    def approve(self) -> None:
        """Approve the decision."""
        self.attempt("approve", self.person, at=NOW)

    @rule()
    def give_back(self) -> None:
        """Give the decision back."""
        self.attempt("return_decision", "Name an example.")

    @rule()
    def share(self) -> None:
        """Share."""
        self.attempt("share", NOW.date(), at=NOW)

    @rule()
    def reopen(self) -> None:
        """Take the decision back."""
        self.attempt("reopen")

    @rule()
    def cancel(self) -> None:
        """Cancel."""
        self.attempt("cancel")

    @rule()
    def sign(self) -> None:
        """Sign, and refuse to."""
        self.attempt("acknowledge", "hash", at=NOW)
        self.attempt("refuse_to_sign", None, "hash", at=NOW)

    @rule()
    def dispute(self) -> None:
        """Disagree."""
        self.attempt("dispute", "No.", "hash", at=NOW)

    @rule()
    def resolve(self) -> None:
        """Answer a dispute."""
        self.attempt("resolve", "Yes.", self.person)

    @invariant()
    def hold(self) -> None:
        """Compare status, release, level and signature."""
        packet, status = self.packet, self.packet.status
        shared = {"shared", "acknowledged", "refused_to_sign", "disputed"}
        assert packet.is_released is (status in shared)
        assert (packet.level == 2) is (packet.decided_at is not None)
        assert packet.decided_at is not None or status in ("collecting", "cancelled")
        assert not packet.needs_approval or status != "shared" or packet.approved_at is not None
        assert (packet.approved_at is None) or packet.decided_at is not None
        assert (packet.content_hash is not None) is (status in shared - {"shared"})


Packets.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestPackets = Packets.TestCase
