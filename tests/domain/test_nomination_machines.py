"""Whatever is tried with nominations of one person, or with an appeal, these statements hold."""

from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from datetime import date
from uuid import uuid4

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from domain.kernel.errors import Refusal
from domain.kernel.identity import PersonId, TenantId
from domain.kernel.todos import TaskKind
from domain.reviews import ReviewAppeal, ReviewNomination
from domain.reviews.appeals import ReviewAppealStatus
from domain.reviews.nominations import ReviewNominationStatus
from domain.reviews.nominations.rounds import ReviewRoundStatus
from tests.factories.actors import NOW
from tests.factories.nominations import a_nomination, a_round
from tests.factories.people import a_person
from tests.factories.review_cycles import a_review_cycle
from tests.factories.reviews import a_packet, a_review_template, an_appeal

TENANT = TenantId(uuid4())
TEMPLATE = a_review_template(TENANT)
SETTINGS = settings(max_examples=200, stateful_step_count=50, deadline=None)
PROPOSED, APPROVED, REJECTED, WITHDRAWN, DECLINED, REPLACED, EXPIRED = ReviewNominationStatus
NAMES = ("A", "B", "C", "D", "E", "F")


class Nominations(RuleBasedStateMachine):
    """People are proposed, decided on, decline and are replaced, until the phase ends."""

    def __init__(self) -> None:
        super().__init__()
        people = [a_person(TENANT, each) for each in ("Mara", "Boss", *NAMES)]
        subject, self.manager, *nominees = people
        self.nominees = dict(zip(NAMES, nominees, strict=True))
        self.packet = a_packet(subject, self.manager)
        self.round = a_round(self.packet, a_review_cycle(TEMPLATE), TEMPLATE)
        self.nominations = dict[str, ReviewNomination]()
        self.statuses = [self.round.status]

    @rule(name=st.sampled_from(NAMES))
    def propose(self, name: str) -> None:
        """Let the reviewed person propose somebody, unless the round is over."""
        if self.round.status is ReviewRoundStatus.CLOSED:
            return
        with suppress(Refusal):
            self.round.propose(self.nominees[name].id)
            known = self.nominations.get(name)
            if known is None:
                nominee = self.nominees[name]
                self.nominations[name] = a_nomination(self.round, self.packet, nominee)
            elif known.status is WITHDRAWN:
                known.propose_again(self.round.subject_id)

    @rule(name=st.sampled_from(NAMES))
    def withdraw(self, name: str) -> None:
        """Let the reviewed person take a proposal back."""
        with suppress(Refusal):
            self.round.withdraw(self.nominees[name].id)
            self.nominations[name].withdraw()

    @rule(name=st.sampled_from(NAMES), verb=st.sampled_from(["approve", "reject", "decline"]))
    def decide(self, name: str, verb: str) -> None:
        """Let the manager decide, or the nominee decline. The round does not change by it."""
        nomination = self.nominations.get(name)
        if nomination is None:
            return
        before = (self.round.version, len(self.round.events), [*self.round.proposals])
        manager_id = PersonId(self.manager.id)
        verbs: dict[str, Callable[[], None]] = {
            "approve": lambda: nomination.approve(uuid4(), manager_id),
            "reject": lambda: nomination.reject("Enough.", manager_id),
            "decline": lambda: nomination.decline(
                can_be_replaced=self.round.status is not ReviewRoundStatus.CLOSED
            ),
        }
        with suppress(Refusal):
            verbs[verb]()
        assert before == (self.round.version, len(self.round.events), self.round.proposals)

    @rule(status=st.sampled_from([*ReviewRoundStatus]))
    def go_on(self, status: ReviewRoundStatus) -> None:
        """Let the phases go on; a round never goes back."""
        self.round.begin(status)
        self.statuses.append(self.round.status)
        if self.round.status is ReviewRoundStatus.CLOSED:
            for each in self.nominations.values():
                each.close()

    @invariant()
    def hold(self) -> None:
        """Compare the lists, the states and the tasks."""
        order = tuple(ReviewRoundStatus)
        assert self.statuses == sorted(self.statuses, key=order.index)
        proposed = [each.person_id for each in self.round.proposals]
        assert len({*proposed}) == len(proposed) <= self.round.most
        for each in self.nominations.values():
            kinds = [todo.kind for todo in each.list_todos()]
            waits = [TaskKind.REVIEW_APPROVE_NOMINATION] * (each.status is PROPOSED)
            assert kinds == waits + [TaskKind.REVIEW_REPLACE_WRITER] * each.needs_replacement
            assert each.needs_replacement <= (each.status is DECLINED)
            assert (each.review_id is not None) >= (each.status in (APPROVED, DECLINED, REPLACED))
            assert all(todo.person_id == self.manager.id for todo in each.list_todos())
            is_over = self.round.status is ReviewRoundStatus.CLOSED
            assert not (is_over and kinds), "Nobody has to do anything about a round that is over."


class Appeals(RuleBasedStateMachine):
    """An appeal is assigned, decided or withdrawn, and decided once."""

    def __init__(self) -> None:
        super().__init__()
        self.people = [a_person(TENANT, each) for each in ("Mara", "Boss", "Decider", "Other")]
        self.appeal: ReviewAppeal = an_appeal(a_packet(*self.people[:2]))
        self.ended: ReviewAppealStatus | None = None

    @rule(
        verb=st.sampled_from(["assign", "uphold", "change", "withdraw"]),
        decider=st.sampled_from([2, 3]),
        answer=st.sampled_from(["It stays.", " "]),
    )
    def attempt(self, verb: str, decider: int, answer: str) -> None:
        """Do what HR, the decider or the reviewed person does; a refusal changes nothing."""
        appeal, before = self.appeal, deepcopy(vars(self.appeal))
        verbs: dict[str, Callable[[], None]] = {
            "assign": lambda: appeal.assign(
                PersonId(self.people[decider].id), date(2026, 8, decider)
            ),
            "uphold": lambda: appeal.uphold(answer, at=NOW),
            "change": lambda: appeal.change(answer, 3, "1" * 64, at=NOW),
            "withdraw": appeal.withdraw,
        }
        try:
            verbs[verb]()
        except Refusal:
            assert vars(appeal) == before

    @invariant()
    def hold(self) -> None:
        """Compare the state with the answer, the level and the task."""
        appeal, statuses = self.appeal, ReviewAppealStatus
        is_answered = appeal.status in (statuses.UPHELD, statuses.CHANGED)
        assert (appeal.answer is not None) is is_answered is (appeal.decided_at is not None)
        assert (appeal.level_after == 3) is (appeal.status is statuses.CHANGED)
        assert (appeal.content_hash_after is None) is (appeal.level_after is None)
        todos = [each.kind for each in appeal.list_todos()]
        assert (todos == [TaskKind.REVIEW_APPEAL_DECIDE]) is (
            appeal.status is statuses.UNDER_REVIEW
        )
        if self.ended is not None:
            assert appeal.status is self.ended
        elif appeal.status not in (statuses.FILED, statuses.UNDER_REVIEW):
            self.ended = appeal.status


for machine in (Nominations, Appeals):
    machine.TestCase.settings = SETTINGS
TestNominations, TestAppeals = Nominations.TestCase, Appeals.TestCase
