"""Whatever is tried with a cycle, or with the managers of a review, these statements hold."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.kernel.access import Relationships, is_allowed
from domain.kernel.errors import Refusal
from domain.kernel.identity import PersonId, TenantId
from domain.reviews import Review, ReviewCycle, ReviewDirection
from domain.reviews.cycles import ReviewCycleStatus
from domain.reviews.cycles.phases import find_end_everywhere
from domain.reviews.packets import ReviewPacketStatus
from domain.reviews.packets.decisions import Decision, Demands
from domain.reviews.writing import ReviewStatus
from domain.reviews.writing.transferring import hand_over
from tests.factories.actors import NOW, an_actor
from tests.factories.people import a_person
from tests.factories.review_cycles import a_review_cycle
from tests.factories.reviews import a_form, a_packet, a_review_template

TENANT = TenantId(uuid4())
TEMPLATE = a_review_template(TENANT)
SETTINGS = settings(max_examples=200, stateful_step_count=50, deadline=None)
OPEN = {ReviewStatus.NOT_STARTED, ReviewStatus.DRAFT}
SUBMITTED = ReviewStatus.SUBMITTED
MAX_FORMS = 6
"""More forms make each step slower, and show nothing new."""
MANAGER, PEER = ReviewDirection.MANAGER, ReviewDirection.PEER


class Cycles(RuleBasedStateMachine):
    """A cycle goes through its phases in their order, and ends once."""

    def __init__(self) -> None:
        super().__init__()
        self.cycle: ReviewCycle = a_review_cycle(TEMPLATE)
        self.phases = [each.kind for each in self.cycle.phases]
        self.passed = list[object]()
        self.ended_at = None

    @rule(name=st.sampled_from(["launch", "advance", "cancel", "edit"]))
    def attempt(self, name: str) -> None:
        """Do what HR does, where the state of the cycle allows it."""
        actions = {each.name: each for each in ReviewCycle.ACTIONS}
        if self.cycle.status not in (actions[name].states or ()):
            return
        with suppress(Refusal):
            match name:
                case "launch":
                    self.cycle.launch(at=NOW)
                case "advance":
                    self.cycle.advance(at=NOW)
                case "cancel":
                    self.cycle.cancel("No time.", at=NOW)
                case _:
                    self.cycle.revise({}, name="Another name")
        if self.cycle.phase and self.cycle.phase not in self.passed[-1:]:
            self.passed.append(self.cycle.phase)

    @invariant()
    def hold(self) -> None:
        """Compare status, phase, moments and tasks."""
        cycle, statuses = self.cycle, ReviewCycleStatus
        assert (cycle.phase is not None) is (cycle.status is statuses.RUNNING)
        has_ended = cycle.status in (statuses.CLOSED, statuses.CANCELLED)
        assert (cycle.ended_at is not None) is has_ended
        assert self.passed == self.phases[: len(self.passed)]
        assert cycle.status is not statuses.CLOSED or self.passed == self.phases
        kinds = [each.kind for each in cycle.list_tasks()]
        assert ("review_cycle.advance" in kinds) is (cycle.status is statuses.RUNNING)
        assert bool(kinds) is (cycle.status is not statuses.DRAFT)
        if cycle.status is statuses.RUNNING:
            (last_day,) = (each.last_day for each in cycle.phases if each.kind is cycle.phase)
            assert cycle.find_phase_end() == find_end_everywhere(last_day)


class Handovers(RuleBasedStateMachine):
    """Managers change while forms are written: nothing is lost, and nobody reads a draft."""

    def __init__(self) -> None:
        super().__init__()
        self.people = {each: a_person(TENANT, each) for each in ("A", "B", "C", "Peer", "Mara")}
        self.packet = a_packet(self.people["Mara"], self.people["A"])
        manager, peer = self.people["A"], self.people["Peer"]
        self.forms = [
            a_form(self.packet, manager, TEMPLATE, direction=MANAGER),
            a_form(self.packet, peer, TEMPLATE, direction=PEER),
        ]
        self.writers = dict[object, PersonId]()
        self.actors = [(each.id, an_actor(TENANT, each)) for each in self.people.values()]
        self.deciders = {manager.id}

    @rule(name=st.sampled_from("ABC"), days=st.sampled_from([None, None, 30]))
    def transfer(self, name: str, days: int | None) -> None:
        """Let another manager decide, with or without an interim appraisal."""
        manager_id = PersonId(self.people[name].id)
        is_other = manager_id != self.packet.manager_id
        is_possible = self.packet.status is ReviewPacketStatus.COLLECTING and is_other
        if is_possible and len(self.forms) < MAX_FORMS:
            self.forms += hand_over(self.packet, self.forms, manager_id, None, days)
            self.packet.transfer(manager_id, None, "A new manager.")
            self.deciders.add(manager_id)

    @rule(which=st.integers(0, 9))
    def write(self, which: int) -> None:
        """Save an answer of a form."""
        self._pick(which).start()

    @rule(which=st.integers(0, 9))
    def submit(self, which: int) -> None:
        """Submit a form."""
        form = self._pick(which)
        if form.status in OPEN:
            form.submit(form.writer_id, at=NOW)

    @rule(which=st.integers(0, 9))
    def reopen(self, which: int) -> None:
        """Let a form be written again, and take the decision back."""
        form = self._pick(which)
        if form.status is SUBMITTED:
            form.reopen("A page is missing.")
            self.packet.reopen()

    @rule()
    def decide(self) -> None:
        """Decide the level."""
        self.packet.decide(Decision(1), Demands(3), self.packet.manager_id, at=NOW)

    @rule(days=st.integers(1, 9))
    def extend(self, days: int) -> None:
        """Give the review more time."""
        delay, due_on = timedelta(days=days), self.packet.due_on
        self.packet.extend(due_on + delay, self.packet.last_day, "More time.")
        for each in self.forms:
            each.extend(delay)

    def _pick(self, which: int) -> Review:
        return self.forms[which % len(self.forms)]

    @invariant()
    def hold(self) -> None:
        """Compare forms, managers, and who sees what."""
        packet, open_ones = self.packet, [each for each in self.forms if each.status in OPEN]
        of_managers = [each for each in open_ones if each.direction is MANAGER]
        reopened = [each for each in of_managers if each.writer_id != packet.manager_id]
        # Only a form that was submitted before the change, and reopened after it, is another's.
        assert len(of_managers) - len(reopened) <= 1
        for form in self.forms:
            assert self.writers.setdefault(form.id, form.writer_id) == form.writer_id
            assert form.manager_id == packet.manager_id
            assert form.shown_to_ids <= self.deciders
            assert (form.days is None) is (form.direction is not ReviewDirection.INTERIM)
            assert form.due_on <= packet.due_on
            for id, actor in self.actors:
                sees = is_allowed(Review.SEE, actor, form, Relationships())
                is_reader = form.status is SUBMITTED and id in self.deciders
                assert not sees or is_reader or id == form.writer_id
                assert id != form.writer_id or sees


for machine in (Cycles, Handovers):
    machine.TestCase.settings = SETTINGS
TestCycles, TestHandovers = Cycles.TestCase, Handovers.TestCase
