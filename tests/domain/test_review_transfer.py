"""Another manager decides: what becomes of the forms, and who keeps what they have read."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from domain.kernel.access import Relationships, is_allowed
from domain.kernel.errors import Invalid, StateConflict
from domain.kernel.faults import list_faults
from domain.kernel.identity import PersonId, TenantId
from domain.people import Person
from domain.reviews import Review, ReviewDirection, ReviewPacket
from domain.reviews.packets import ReviewPacketStatus
from domain.reviews.writing import ReviewStatus
from domain.reviews.writing.transferring import hand_over
from tests.factories.actors import TODAY, an_actor
from tests.factories.people import a_person
from tests.factories.reviews import a_form, a_packet, a_review_template

TENANT = TenantId(uuid4())
TEMPLATE = a_review_template(TENANT)

SUBMITTED, DRAFT, NOT_STARTED = ReviewStatus.SUBMITTED, ReviewStatus.DRAFT, ReviewStatus.NOT_STARTED
CANCELLED, COLLECTING = ReviewStatus.CANCELLED, ReviewPacketStatus.COLLECTING
MANAGER, PEER, INTERIM = ReviewDirection.MANAGER, ReviewDirection.PEER, ReviewDirection.INTERIM


class Case:
    """A packet about Mara, with a form of her manager and one of a peer."""

    def __init__(self, status: ReviewStatus = DRAFT, peer: ReviewStatus = SUBMITTED) -> None:
        self.mara, self.boss, self.new, self.peer = (a_person(TENANT) for _ in range(4))
        self.packet = a_packet(self.mara, self.boss, COLLECTING)
        self.form = a_form(self.packet, self.boss, TEMPLATE, status, MANAGER)
        self.by_peer = a_form(self.packet, self.peer, TEMPLATE, peer, PEER)

    def hand_over(self, to: Person | None = None, days: int | None = None) -> list[Review]:
        """Let another manager decide, and return the new forms."""
        manager_id = PersonId((to or self.new).id)
        forms = [self.form, self.by_peer]
        added = hand_over(self.packet, forms, manager_id, None, days)
        self.packet.transfer(manager_id, None, "A new manager.", effective_on=TODAY)
        return added

    def sees(self, person: Person, subject: Review | ReviewPacket) -> bool:
        """Return whether a person without any grant sees a form or the packet."""
        return is_allowed(subject.SEE, an_actor(TENANT, person), subject, Relationships())


@pytest.mark.parametrize("status", [NOT_STARTED, DRAFT])
def test_an_open_form_is_cancelled_and_the_new_manager_gets_an_empty_one(
    status: ReviewStatus,
) -> None:
    case = Case(status)
    (added,) = case.hand_over()
    assert (case.form.status, case.form.writer_id) == (CANCELLED, case.boss.id)
    assert (added.writer_id, added.direction, added.status) == (case.new.id, MANAGER, NOT_STARTED)
    assert (added.template_id, added.due_on) == (case.form.template_id, case.form.due_on)
    assert (added.manager_id, case.packet.manager_id) == (case.new.id, case.new.id)


def test_a_submitted_form_stays_and_the_new_manager_writes_none() -> None:
    case = Case(SUBMITTED)
    assert case.hand_over() == []
    assert (case.form.status, case.form.direction) == (SUBMITTED, MANAGER)
    assert case.sees(case.new, case.form)


@pytest.mark.parametrize("status", [NOT_STARTED, DRAFT, SUBMITTED])
def test_with_interim_days_the_former_manager_goes_on_and_the_new_one_writes_too(
    status: ReviewStatus,
) -> None:
    case = Case(status)
    (added,) = case.hand_over(days=120)
    assert (case.form.direction, case.form.days, case.form.status) == (INTERIM, 120, status)
    assert (added.writer_id, added.direction, added.days) == (case.new.id, MANAGER, None)


def test_the_former_manager_keeps_what_they_were_shown_and_sees_nothing_later() -> None:
    case = Case(peer=SUBMITTED)
    assert case.sees(case.boss, case.by_peer)
    (added,) = case.hand_over()
    assert case.sees(case.boss, case.by_peer)
    assert case.sees(case.boss, case.form)
    assert not case.sees(case.boss, case.packet)
    added.status = SUBMITTED
    assert not case.sees(case.boss, added)


def test_what_was_not_submitted_at_the_change_is_not_shown_to_the_former_manager() -> None:
    case = Case(peer=DRAFT)
    case.hand_over()
    case.by_peer.status = SUBMITTED
    assert not case.sees(case.boss, case.by_peer)
    assert case.sees(case.new, case.by_peer)


def test_what_is_written_again_is_not_what_the_former_manager_was_shown() -> None:
    case = Case()
    case.hand_over()
    case.by_peer.reopen("A page is missing.")
    case.by_peer.status = SUBMITTED
    assert not case.sees(case.boss, case.by_peer)


def test_the_new_manager_never_reads_the_draft_of_the_former_one() -> None:
    for days in (None, 30):
        case = Case(DRAFT)
        case.hand_over(days=days)
        assert not case.sees(case.new, case.form)


def test_a_manager_who_comes_back_gets_a_form_of_their_own() -> None:
    case = Case(NOT_STARTED)
    (of_new,) = case.hand_over()
    forms = [case.form, case.by_peer, of_new]
    (added,) = hand_over(case.packet, forms, PersonId(case.boss.id), None)
    assert (of_new.status, added.writer_id) == (CANCELLED, case.boss.id)


def test_a_new_second_level_gets_the_open_form_and_reads_in_place_of_the_former_one() -> None:
    case, second, third = Case(), a_person(TENANT), a_person(TENANT)
    case.packet.second_level_id = case.by_peer.second_level_id = PersonId(second.id)
    above = ReviewDirection.SECOND_LEVEL
    form = a_form(case.packet, second, TEMPLATE, NOT_STARTED, above)
    added = hand_over(case.packet, [case.by_peer, form], case.packet.manager_id, PersonId(third.id))
    assert [(each.writer_id, each.direction) for each in added] == [(third.id, above)]
    assert form.status is CANCELLED
    assert case.by_peer.shown_to_ids == {second.id}


def test_what_is_decided_is_not_handed_over() -> None:
    case = Case()
    case.packet.status = ReviewPacketStatus.DECIDED
    with pytest.raises(StateConflict):
        case.packet.transfer(PersonId(case.new.id), None, "A new manager.")


def test_an_extension_moves_the_days_of_open_forms_only() -> None:
    case, due = Case(NOT_STARTED), TODAY + timedelta(days=10)
    case.packet.due_on = case.form.due_on = case.by_peer.due_on = due
    later = due + timedelta(days=21)
    case.packet.extend(later, case.packet.last_day, "Too few days.")
    for each in (case.form, case.by_peer):
        each.extend(timedelta(days=21))
    assert (case.packet.due_on, case.form.due_on, case.by_peer.due_on) == (later, later, due)


def test_an_extension_names_every_fault() -> None:
    packet = Case().packet
    with pytest.raises(Invalid) as caught:
        packet.extend(packet.due_on, date(2020, 1, 1), " ")
    assert {each.field for each in list_faults(caught.value)} == {
        ("reason",),
        ("dueOn",),
        ("lastDay",),
    }
