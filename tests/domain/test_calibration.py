"""Calibration sessions as sentences over plain objects, and as a state machine."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.kernel.errors import Invalid, LimitExceeded, Refusal, StateConflict
from domain.kernel.faults import list_faults
from domain.kernel.identity import PersonId, TenantId
from domain.kernel.todos import TaskKind
from domain.reviews import CalibrationSession, CalibrationSubject, ReviewPacket
from domain.reviews.calibration import CalibrationAdjustment, CalibrationStatus
from domain.reviews.packets import ReviewPacketStatus
from tests.factories.actors import NOW

TENANT, SCALE = TenantId(uuid4()), uuid4()
LEVELS = 3


def some_people(count: int) -> set[PersonId]:
    return {PersonId(uuid4()) for _ in range(count)}


def a_session(**details: object) -> CalibrationSession:
    scales = ("scale_id", "horizontal_scale_id", "vertical_scale_id")
    place = {"cycle_id": uuid4()} | dict.fromkeys(scales, SCALE)
    given = {"name": "Spring", "held_on": date(2026, 9, 1), "facilitator_ids": some_people(1)}
    return CalibrationSession.create(TENANT, place, **given | details)


def a_row(session: CalibrationSession, packet: ReviewPacket) -> CalibrationSubject:
    assert packet.level is not None
    return CalibrationSubject(
        tenant_id=TENANT,
        session_id=session.id,
        packet_id=packet.id,
        scale_id=session.scale_id,
        person_id=packet.subject_id,
        manager_id=packet.manager_id,
        decided_at=NOW,
        original_level=packet.level,
        level=packet.level,
    )


def a_packet(level: int = 2) -> ReviewPacket:
    days = dict.fromkeys(("starts_on", "last_day", "due_on"), date(2026, 6, 30))
    return ReviewPacket(
        tenant_id=TENANT,
        subject_id=PersonId(uuid4()),
        manager_id=PersonId(uuid4()),
        scale_id=SCALE,
        status=ReviewPacketStatus.DECIDED,
        level=level,
        decided_at=NOW,
        **days,
    )


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"guidance": (50, 40)}, ("guidance",)),
        ({"guidance": (110, -10)}, ("guidance", "0")),
        ({"max_gap": 101}, ("maxGap",)),
        ({"facilitator_ids": set()}, ("facilitatorIds",)),
        ({"horizontal_key": "potential", "vertical_key": "potential"}, ("verticalKey",)),
        ({"name": " "}, ("name",)),
    ],
)
def test_a_session_that_makes_no_sense_is_refused(
    details: dict[str, object], field: tuple[str, ...]
) -> None:
    with pytest.raises(Invalid) as raised:
        a_session(**details)
    assert list_faults(raised.value)[0].field == field


def test_nobody_is_a_member_and_a_facilitator() -> None:
    people = some_people(2)
    with pytest.raises(Invalid, match="both a facilitator and a member"):
        a_session(facilitator_ids=people, member_ids=people)


def test_a_session_has_fifty_members_at_most() -> None:
    with pytest.raises(LimitExceeded):
        a_session(member_ids=some_people(51))


def test_a_level_takes_a_reason_and_is_one_of_the_scale() -> None:
    row = a_row(a_session(), a_packet())
    somebody = PersonId(uuid4())
    for level, reason in ((0, "Why"), (4, "Why"), (3, " ")):
        with pytest.raises(Invalid):
            row.adjust(level, reason, LEVELS, 1, somebody, at=NOW)
    assert (row.level, row.events) == (2, [])
    assert row.adjust(2, "Stays", LEVELS, 1, somebody, at=NOW) is None
    assert row.events == []


def test_a_merge_can_make_one_person_both_and_gives_one_task() -> None:
    people = some_people(1)
    session = a_session(facilitator_ids=people)
    session.member_ids = people | some_people(1)
    kinds = sorted(each.kind for each in session.list_todos())
    assert kinds == [TaskKind.CALIBRATION, TaskKind.CALIBRATION_LOCK]


class Sessions(RuleBasedStateMachine):
    """Any verbs in any order, by several people, on a session of three packets."""

    def __init__(self) -> None:
        super().__init__()
        self.session = a_session(guidance=(20, 60, 20))
        self.packets = [a_packet(level) for level in (1, 2, 3)]
        self.rows: list[CalibrationSubject] = []
        self.log: list[CalibrationAdjustment] = []
        self.people = sorted(some_people(2))

    def attempt(self, verb: str, *arguments: object, **more: object) -> bool:
        try:
            getattr(self.session, verb)(*arguments, **more)
        except Refusal as refusal:
            assert isinstance(refusal, StateConflict | Invalid)
            return False
        return True

    @rule()
    def open(self) -> None:
        """Open it with a row for each packet."""
        if self.attempt("open", at=NOW):
            self.rows = [a_row(self.session, each) for each in self.packets]

    @rule()
    def show_names(self) -> None:
        """End the first pass; the unit of work asks for the state."""
        if CalibrationSession.SHOW_NAMES.may_start(self.session):
            self.session.show_names()

    @precondition(lambda self: self.session.status is CalibrationStatus.OPEN)
    @rule(
        number=st.integers(0, 2),
        level=st.integers(0, 4),
        reason=st.sampled_from(["", "Because"]),
        who=st.integers(0, 1),
    )
    def adjust(self, number: int, level: int, reason: str, who: int) -> None:
        """Change a row."""
        row = self.rows[number]
        before = row.level
        try:
            made = row.adjust(level, reason, LEVELS, len(self.log) + 1, self.people[who], at=NOW)
        except Invalid:
            assert row.level == before
            assert not (reason and 1 <= level <= LEVELS)
            return
        assert (made is None) is (level == before)
        if made is not None:
            assert (made.before, made.after, made.reason) == (before, level, "Because")
            self.log.append(made)

    @rule()
    def lock(self) -> None:
        """Write all levels back."""
        if self.attempt("lock", at=NOW):
            for packet, row in zip(self.packets, self.rows, strict=True):
                packet.calibrate(row.level, self.session.id)

    @rule()
    def cancel(self) -> None:
        """End it without an effect."""
        self.attempt("cancel", "Moved", at=NOW)

    @invariant()
    def hold(self) -> None:
        """Compare packets, rows and the log with each other."""
        status = self.session.status
        assert (self.session.ended_at is not None) is (status in ("locked", "cancelled"))
        assert bool(self.rows) is (self.session.opened_at is not None)
        replayed: dict[UUID, int] = {each.id: each.original_level for each in self.rows}
        for number, each in enumerate(self.log, start=1):
            assert each.position == number
            assert replayed[each.row_id] == each.before
            replayed[each.row_id] = each.after
        assert [replayed[each.id] for each in self.rows] == [each.level for each in self.rows]
        levels = [each.level for each in self.packets]
        if status is CalibrationStatus.LOCKED:
            assert levels == [each.level for each in self.rows]
        else:
            assert levels == [1, 2, 3]
        assert bool(list(self.session.list_todos())) is (status in ("draft", "open"))


Sessions.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestSessions = Sessions.TestCase
