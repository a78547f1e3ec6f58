"""Careers: what happened to the staff over the past year, and what is arranged for the next weeks.

Every story ends in the tables of today: where somebody sits now is planned first, and then where
they came from.
"""

from datetime import date, timedelta
from random import Random

from api.demo.remarks import ABSENCES, LEAVING
from api.demo.staff import Staff
from api.demo.workers import Absence, Crew, Worker


def live(staff: Staff, since: date) -> None:
    """Let a year happen, from the day on which the tenant began to use Trellis."""
    year = _Year(staff, since)
    year.let_know_people_have_a_story()
    year.change_leads(5 if len(staff.workers) > 500 else 1)
    year.let_go(round(len(staff.workers) * 0.08))
    year.take_back(len(staff.workers) // 110)
    year.move(len(staff.workers) // 45)
    year.arrange_moves(max(len(staff.workers) // 300, 1))
    year.promote(len(staff.workers) // 40)
    year.send_on_leave(len(staff.workers) // 18)
    year.draw_dotted_lines(len(staff.workers) // 28)
    year.remember_earlier_stays(max(len(staff.workers) // 200, 1))


class _Year:
    """One year of one staff. Whoever has had one big change is left in peace."""

    def __init__(self, staff: Staff, since: date) -> None:
        self.staff = staff
        self.today = staff.today
        self.since = since
        self.chance = Random(f"{staff.slug} careers")
        known = set(staff.known.values())
        self.settled = [
            each
            for each in staff.workers
            if not each.is_lead
            and each not in known
            and staff.known["manager"] not in each.chain()
            and each.hired_on < since - timedelta(days=60)
        ]

    def let_know_people_have_a_story(self) -> None:
        """The employee came from a neighbouring team, and a colleague will go there soon."""
        employee = self.staff.known["employee"]
        own, other = self._team_and_neighbour(employee)
        employee.moved_from, employee.moved_on = other, self._ago(152)
        colleague = own.members[2]
        colleague.hired_on = min(colleague.hired_on, self._ago(900))
        colleague.moves_to, colleague.moves_on = other, self.today + timedelta(days=23)
        away = own.members[3]
        away.hired_on = min(away.hired_on, self._ago(700))
        leave = Absence(self._ago(38), self.today + timedelta(days=81), "Parental leave")
        away.absences.append(leave)
        adviser = next(
            (
                each
                for each in self.staff.workers
                if each.trade in ("tech", "rehab") and each.level == "M1"
            ),
            None,
        )
        if adviser is not None:
            employee.dotted.append((adviser, self._ago(110)))

    def change_leads(self, count: int) -> None:
        """Some leads leave, and somebody of their team takes over."""
        crews = [
            each
            for each in self.staff.crews
            if each.lead.level == "M1" and any(one in self.settled for one in each.members[1:])
        ]
        for crew in self.chance.sample(crews, count):
            former = crew.lead
            successor = next(each for each in crew.members[1:] if each in self.settled)
            self.settled.remove(successor)
            day = self._day_between(120, 300)
            self._succeed(crew, former, successor, day)

    def let_go(self, count: int) -> None:
        """So many people leave, some of them in the next weeks."""
        for index, worker in enumerate(self._some(count)):
            worker.left_on = self._day_between(6, 360) if index > 2 else self._ahead(8, 40)
            worker.leaving_reason = self.chance.choice(LEAVING)

    def take_back(self, count: int) -> None:
        """A few of those return before the year is over."""
        gone = [
            each
            for each in self.staff.workers
            if each.left_on and each.left_on < self._ago(140) and not each.is_lead
        ]
        for worker in gone[: max(count, 1)]:
            if worker.left_on is not None:
                worker.leaving_reason = "Better offer elsewhere"
                worker.rehired_on = worker.left_on + timedelta(days=self.chance.randint(55, 125))

    def move(self, count: int) -> None:
        """Some change the team within their department, and so the lead."""
        for worker in self._some(count):
            others = [each for each in self._neighbours(worker) if each.former_lead is None]
            if others and worker.crew is not None and worker.crew.former_lead is None:
                worker.moved_from = self.chance.choice(others)
                worker.moved_on = self._day_between(20, 330)

    def arrange_moves(self, count: int) -> None:
        """Some will do so soon."""
        for worker in self._some(count):
            others = self._neighbours(worker)
            if others:
                worker.moves_to, worker.moves_on = others[0], self._ahead(10, 60)

    def promote(self, count: int) -> None:
        """Some get a better title for the same work."""
        for worker in self._some(count):
            if not worker.title.startswith("Senior"):
                worker.first_title, worker.first_level = worker.title, worker.level
                worker.title, worker.level = f"Senior {worker.title}", "P4"
                worker.promoted_on = self._day_between(15, 320).replace(day=1)

    def send_on_leave(self, count: int) -> None:
        """Some are away for long, or were."""
        for index, worker in enumerate(self._some(count)):
            reason = self.chance.choice(ABSENCES)
            if index % 2:
                starts_on = self._day_between(15, 120)
                ends_on = self._ahead(20, 150) if self.chance.random() < 0.8 else None
            else:
                starts_on = self._day_between(160, 350)
                ends_on = starts_on + timedelta(days=self.chance.randint(40, 110))
            worker.absences.append(Absence(starts_on, ends_on, reason))

    def draw_dotted_lines(self, count: int) -> None:
        """Specialists take direction from the business that they serve."""
        heads = [each for each in self.staff.workers if each.level in ("M2", "M3")]
        offices = [
            each
            for each in self.staff.workers
            if each.trade in ("finance", "people", "tech", "design", "quality", "office", "rehab")
            and each.level in ("P2", "P3", "P4")
            and each.left_on is None
            and each.rehired_on is None
            and each.hired_on < self._ago(60)
        ]
        for worker in self.chance.sample(offices, min(count, len(offices))):
            head = self.chance.choice([each for each in heads if each not in worker.chain()])
            earliest = max(worker.hired_on, self.since) + timedelta(days=20)
            day = max(self._day_between(30, 390), earliest)
            worker.dotted.append((head, day))

    def remember_earlier_stays(self, count: int) -> None:
        """A few worked here once before, years ago."""
        for worker in self._some(count):
            first = worker.hired_on - timedelta(days=self.chance.randint(1500, 2600))
            worker.earlier = (first, first + timedelta(days=self.chance.randint(400, 1100)))

    def _succeed(self, crew: Crew, former: Worker, successor: Worker, day: date) -> None:
        crew.members.remove(successor)
        crew.former_lead, crew.succeeded_on, crew.lead = former, day, successor
        successor.first_title, successor.first_level = successor.title, successor.level
        successor.title, successor.level = former.title, former.level
        successor.promoted_on = day
        successor.manager = former.manager
        for each in crew.members:
            each.manager = successor
        former.left_on, former.leaving_reason = day, self.chance.choice(LEAVING[:3])

    def _some(self, count: int) -> list[Worker]:
        """So many of those to whom nothing has happened yet."""
        chosen = self.chance.sample(self.settled, min(count, len(self.settled)))
        taken = set(chosen)
        self.settled = [each for each in self.settled if each not in taken]
        return chosen

    def _neighbours(self, worker: Worker) -> list[Crew]:
        return [
            each
            for each in self.staff.crews
            if each.unit == worker.unit and each is not worker.crew and each.site == worker.site
        ]

    def _team_and_neighbour(self, worker: Worker) -> tuple[Crew, Crew]:
        if worker.crew is None:
            raise ValueError(f"{worker.email} is in no team.")
        return worker.crew, self._neighbours(worker)[0]

    def _day_between(self, nearest: int, farthest: int) -> date:
        return max(self._ago(self.chance.randint(nearest, farthest)), self.since)

    def _ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def _ahead(self, nearest: int, farthest: int) -> date:
        return self.today + timedelta(days=self.chance.randint(nearest, farthest))
