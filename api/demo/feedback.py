"""The feedback of a tenant's last days: for each audience, in confidence, and asked for."""

from datetime import timedelta
from functools import partial

from api.demo.people import Employee
from api.demo.simulation import Action, Simulation
from domain import feedback
from domain.feedback import FeedbackAudience, FeedbackMode, FeedbackRequest

SUBJECT, SUBJECT_AND_MANAGER, MANAGER, PUBLIC = FeedbackAudience
NAMED, HIDDEN = FeedbackMode
Gift = tuple[int, FeedbackAudience, FeedbackMode, str]
"""How many days ago it was given, for whom, in which mode, and the text."""

BY_COLLEAGUE: tuple[Gift, ...] = (
    (20, PUBLIC, NAMED, "Thank you for staying until the last figures were in."),
    (12, SUBJECT, NAMED, "Your summary was long. Say first what we have to decide."),
    (9, SUBJECT_AND_MANAGER, HIDDEN, "In meetings you answer before others have finished."),
    (5, MANAGER, NAMED, "They would be a good lead. They do not know yet that they want to be."),
)
QUESTIONS = ("What should I start?", "What should I stop?", "What should I keep?")
REASON = "We have hardly worked together since spring. Ask somebody from planning."
BY_MANAGER: Gift = (4, SUBJECT_AND_MANAGER, NAMED, "You found the mistake before anybody else did.")


class Feedback:
    """What a colleague and the manager tell the employee whom a visitor may be."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation, self.work = simulation, simulation.work
        self.asked: list[FeedbackRequest] = []

    def plan(self) -> None:
        """Plan who gives feedback on which day."""
        state = self.simulation.random.getstate()
        accounts = {each.account.key: each for each in self._list_accounts() if each.account}
        employee, manager = accounts["employee"], accounts["manager"]
        colleague = next(
            each
            for each in self.simulation.seats.values()
            if each.team is employee.team and each is not employee and not each.account
        )
        for gift in BY_COLLEAGUE:
            self._plan(colleague, employee, gift)
        self._plan(manager, employee, BY_MANAGER)
        self._schedule(11, employee, partial(self._ask, employee, colleague, SUBJECT))
        self._schedule(5, colleague, self._decline)
        self._schedule(4, manager, partial(self._ask, employee, colleague, MANAGER))
        self.simulation.random.setstate(state)  # so that the rest of the history stays as it is

    def _list_accounts(self) -> list[Employee]:
        return [each for each in self.simulation.seats.values() if each.account]

    def _plan(self, author: Employee, subject: Employee, gift: Gift) -> None:
        self._schedule(gift[0], author, partial(self._give, subject, gift))

    def _schedule(self, days: int, author: Employee, action: Action) -> None:
        """Let somebody do something so many days ago."""
        self.simulation.schedule(self.simulation.today - timedelta(days=days), author, action)

    async def _give(self, subject: Employee, gift: Gift) -> None:
        _, audience, mode, text = gift
        made = await feedback.give(self.work, subject.id, audience, mode, text=text)
        await self.simulation.attribute(made)

    async def _ask(
        self, subject: Employee, respondent: Employee, audience: FeedbackAudience
    ) -> None:
        asked = await feedback.request(
            self.work,
            respondent.id,
            audience,
            person_id=subject.id,
            questions=QUESTIONS,
        )
        await self.simulation.attribute(asked)
        self.asked.append(asked)

    async def _decline(self) -> None:
        await self.simulation.attribute(self.asked[0])
        await feedback.decline(self.work, self.asked[0].id, REASON)
