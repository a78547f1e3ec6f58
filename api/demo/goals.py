"""Goals of the demo: who sets out to reach what in which quarter, and what that serves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from api.demo.aims import AIMS, KEPT_CLOSE, YEARS, Aim, Measure
from api.demo.calendar import Span, last_moment, moment, quarters, years
from api.demo.focus import FOCUS
from api.demo.staff import Staff
from api.demo.units import COMPANY, DIVISION, Unit
from api.demo.workers import Crew, Worker
from domain.goals import Confidence, GoalStatus, Visibility

PUBLIC, UNIT_ONLY, CHAIN, PRIVATE = (
    Visibility.PUBLIC,
    Visibility.ORGANIZATION,
    Visibility.REPORTING_CHAIN,
    Visibility.PRIVATE,
)
SHARED = (PUBLIC, PUBLIC, PUBLIC, PUBLIC, UNIT_ONLY, UNIT_ONLY, CHAIN)
OF_TEAMS = (0.3, 0.35, 0.45, 0.7, 1.0, 0.15)
OF_PEOPLE = (0.06, 0.08, 0.12, 0.25, 0.55, 0.03)
"""How likely somebody sets a goal in each of the six quarters; the last one is still to come."""

NEXT = 5


@dataclass(frozen=True)
class Word:
    """One check-in as planned."""

    at: datetime
    author: Worker
    confidence: Confidence
    values: tuple[Decimal, ...]
    note: str | None


@dataclass(eq=False)
class Plan:
    """One goal as planned: whose, for when, what it serves and how it ends."""

    owner: Unit | Crew | Worker
    author: Worker
    aim: Aim
    title: str
    purpose: str | None
    span: Span
    visibility: Visibility
    made_at: datetime
    measures: tuple[Measure, ...]
    parent: "Plan | None" = None
    viewers: list[Worker] = field(default_factory=list)
    status: GoalStatus = GoalStatus.DRAFT
    words: list[Word] = field(default_factory=list)
    closed_at: datetime | None = None
    closing_note: str | None = None

    def serve(self, parent: "Plan | None") -> None:
        """Serve another goal, which is there first."""
        self.parent = parent
        if parent is not None:
            self.made_at = max(self.made_at, parent.made_at + timedelta(minutes=25))

    @property
    def ends_with_a_word(self) -> bool:
        """Whether it was closed in one go with its last check-in."""
        return (
            self.closed_at is not None
            and bool(self.words)
            and self.closed_at - self.words[-1].at < timedelta(hours=1)
        )

    @property
    def theme(self) -> str:
        """Which of the tenant's themes it is about; personal ones have none."""
        return self.aim.theme

    def author_on(self, day: date) -> Worker:
        """Who speaks for the goal on that day."""
        return self.owner.lead_on(day) if isinstance(self.owner, Crew) else self.author


class Setting:
    """All goals of a tenant being set, those that others serve first."""

    def __init__(self, staff: Staff, company: Unit, since: date, first_month: int) -> None:
        self.staff = staff
        self.company = company
        self.since = since
        self.first_month = first_month
        self.chance = Random(f"{staff.slug} goals")
        self.plans: list[Plan] = []
        self._above = dict(_ancestors(company))
        self._of_units: dict[tuple[str, Span], list[Plan]] = {}
        self._of_workers: dict[Worker, list[Plan]] = {}
        self._of_crews: dict[tuple[Crew, Span], list[Plan]] = {}

    def set_all(self) -> list[Plan]:
        """Everybody's goals."""
        self._years = years(self.staff.today, self.first_month)
        for span in self._years:
            for unit, _ in self.company.walk():
                self._set_for_unit(unit, span)
        for index, span in enumerate(quarters(self.staff.today, self.first_month)):
            for number, crew in enumerate(self.staff.crews):
                self._set_for_crew(crew, number + index, index, span)
        for worker in self.staff.workers:
            for index, span in enumerate(quarters(self.staff.today, self.first_month)):
                self._set_for_worker(worker, index, span)
        return self.plans

    def _set_for_unit(self, unit: Unit, span: Span) -> None:
        aims = YEARS.get(unit.code) or (YEARS["division"] if unit.kind is DIVISION else ())
        if unit.code not in YEARS:
            aims = tuple(self.chance.sample(aims, min(len(aims), 2)))
        for aim in aims:
            narrow = unit.kind is not COMPANY and self.chance.random() < 0.15
            plan = self._plan(
                unit,
                self.staff.heads[unit.code],
                aim,
                span,
                visibility=UNIT_ONLY if narrow else PUBLIC,
                made_on=span.starts_on - timedelta(days=9),
            )
            plan.serve(self._of_unit(self._above[unit.code][1:], span, aim.theme))
            self._of_units.setdefault((unit.code, span), []).append(plan)

    def _set_for_crew(self, crew: Crew, turn: int, index: int, span: Span) -> None:
        if self.chance.random() > OF_TEAMS[index]:
            return
        aims = [each for each in AIMS[crew.trade] if each.who == "team"]
        plan = self._plan(
            crew,
            crew.lead_on(span.starts_on),
            aims[turn % len(aims)],
            span,
            visibility=self.chance.choice(SHARED),
            made_on=self._made_on(index, span),
        )
        if self.chance.random() < 0.9:
            path = self._above.get(crew.unit, (self.company.code,))
            plan.serve(self._of_unit(path, self._year_of(span), plan.theme))
        self._of_crews.setdefault((crew, span), []).append(plan)

    def _set_for_worker(self, worker: Worker, index: int, span: Span) -> None:
        is_known = worker in self.staff.known.values()
        day = span.starts_on + timedelta(days=10)
        if worker.trade == "" or not worker.works_on(min(day, self.staff.today)):
            return
        if worker.hired_on > span.starts_on or self.chance.random() > OF_PEOPLE[index] + is_known:
            return
        aims = [each for each in AIMS[worker.trade] if each.who == "person"]
        count = 2 if is_known and index == 4 else 1
        for aim in self._new_to(worker, aims)[:count]:
            plan = self._plan(
                worker,
                worker,
                aim,
                span,
                visibility=self.chance.choice(SHARED),
                made_on=self._made_on(index, span),
            )
            plan.serve(self._served_by(worker, span, aim.theme))
        if index in (3, 4) and self.chance.random() < 0.11 + is_known:
            self._keep_one_close(worker, index, span)

    def _new_to(self, worker: Worker, aims: list[Aim]) -> list[Aim]:
        """These aims, by how often the worker has had them already."""
        had = [each.aim for each in self._of_workers.get(worker, ())]
        return sorted(aims, key=lambda aim: (had.count(aim), self.chance.random()))

    def _keep_one_close(self, worker: Worker, index: int, span: Span) -> None:
        plan = self._plan(
            worker,
            worker,
            self._new_to(worker, list(KEPT_CLOSE))[0],
            span,
            visibility=self.chance.choice((PRIVATE, PRIVATE, CHAIN)),
            made_on=self._made_on(index, span),
        )
        if plan.visibility is PRIVATE and worker.manager and self.chance.random() < 0.6:
            plan.viewers = [worker.manager]

    def _plan(
        self,
        owner: Unit | Crew | Worker,
        author: Worker,
        aim: Aim,
        span: Span,
        *,
        visibility: Visibility,
        made_on: date,
    ) -> Plan:
        where = {"city": _city(owner), "unit": _name(owner)}
        title = aim.title.format(**where)
        if isinstance(owner, Worker) and owner.trade in FOCUS and aim not in KEPT_CLOSE:
            title = f"{title}: {self.chance.choice(FOCUS[owner.trade])}"
        is_of_unit = isinstance(owner, Unit)
        plan = Plan(
            owner,
            author,
            aim,
            title,
            aim.purpose.format(**where) if aim.purpose else None,
            span,
            visibility,
            self._moment(max(made_on, self.since + timedelta(days=1)), author),
            aim.measures if is_of_unit else tuple(map(self._varied, aim.measures)),
        )
        self.plans.append(plan)
        if isinstance(owner, Worker):
            self._of_workers.setdefault(owner, []).append(plan)
        return plan

    def _moment(self, day: date, author: Worker) -> datetime:
        at = moment(day, author.site.time_zone, self.chance, self.staff.today)
        return min(at, last_moment(self.staff.today) - timedelta(hours=6))

    def _made_on(self, index: int, span: Span) -> date:
        if index == NEXT:
            return self.staff.today - timedelta(days=self.chance.randint(1, 12))
        latest = min(span.starts_on + timedelta(days=11), self.staff.today - timedelta(days=1))
        return min(span.starts_on + timedelta(days=self.chance.randint(-6, 11)), latest)

    def _varied(self, measure: Measure) -> Measure:
        """The same measure at another place: it starts elsewhere, and goes about as far."""
        start, target, step = measure.start, measure.target, measure.step
        if start == 0 or abs(target - start) < 12 * step:
            return measure
        shift = Decimal(str(round(self.chance.uniform(-0.3, 0.3), 2))) * (target - start)
        further = shift / 2 if target else Decimal(0)
        varied = (start + shift).quantize(step), (target + further).quantize(step)
        if min(varied) < 0 or (measure.unit == "%" and max(varied) > 100):
            return measure
        return Measure(measure.title, *varied, measure.unit)

    def _year_of(self, span: Span) -> Span:
        return next((y for y in self._years if span.starts_on <= y.due_on), self._years[-1])

    def _of_unit(self, path: Sequence[str], span: Span, theme: str) -> Plan | None:
        """The goal of the nearest unit that is about the same thing."""
        for code in path:
            for plan in self._of_units.get((code, span), ()):
                if plan.theme == theme:
                    return plan
        return None

    def _served_by(self, worker: Worker, span: Span, theme: str) -> Plan | None:
        crew = worker.crew
        if crew and worker.moved_on and worker.moved_from and span.starts_on < worker.moved_on:
            crew = worker.moved_from
        near = self._of_crews.get((crew, span), []) if crew else []
        close = [each for each in near if each.theme == theme] or near
        if close and self.chance.random() < 0.75:
            return close[0]
        path = self._above.get(worker.unit, (self.company.code,))
        return (
            self._of_unit(path, self._year_of(span), theme) if self.chance.random() < 0.3 else None
        )


def _ancestors(unit: Unit, path: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each code with the codes from there upwards, itself first."""
    path = (unit.code, *path)
    yield unit.code, path
    for each in unit.below:
        yield from _ancestors(each, path)


def _city(owner: Unit | Crew | Worker) -> str:
    return owner.cities[0] if isinstance(owner, Unit) else owner.site.city


def _name(owner: Unit | Crew | Worker) -> str:
    return owner.unit if isinstance(owner, Worker) else owner.name
