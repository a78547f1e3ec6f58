"""The goals of units, teams and people, each set below a goal that it serves."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from api.demo.calendar import FiscalPeriod, list_periods
from api.demo.course import Course, find_step
from api.demo.custom_fields import build_goal_values
from api.demo.people import Employee, WorkTeam
from api.demo.schema import GoalKind, GoalTemplate, Measure, Unit
from api.demo.simulation import Simulation
from domain import goals
from domain.goals import Goal, GoalStatus, Owner, OwnerKind, Visibility
from domain.organizations import OrganizationKind

NEXT = 5
"""The index of the coming quarter."""

SETTLING_IN = timedelta(days=30)
"""How long new people have no goals."""

OPEN = (GoalStatus.DRAFT, GoalStatus.ACTIVE)


@dataclass(frozen=True, eq=False)
class GoalPlan:
    """A goal to be set."""

    kind: GoalKind
    owner: Unit | WorkTeam | Employee
    author: WorkTeam | Employee
    template: GoalTemplate
    period: FiscalPeriod


class Goals:
    """The goals of a tenant."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation, self.random = simulation, simulation.random
        self.rates, self.trades = simulation.dataset.rates, simulation.dataset.trades
        self.unit_goals: defaultdict[str, list[tuple[str, Goal]]] = defaultdict(list)

    def plan(self) -> None:
        """Plan the goals of two fiscal years and of six quarters."""
        today = self.simulation.today
        first_month = self.simulation.tenant.settings["fiscal_year_start_month"]
        for year in list_periods(today, first_month, months=12, earlier=1, later=0):
            for unit, *above in self.simulation.units.values():
                self._plan_year(unit, len(above), year)
        quarters = list_periods(today, first_month, months=3, earlier=NEXT - 1, later=1)
        for index, quarter in enumerate(quarters):
            for number, team in enumerate(self.simulation.teams, index):
                templates = self.trades[team.unit.trade].team_goals
                template = templates[number % len(templates)]
                self._plan_quarter(GoalPlan("team", team, team, template, quarter), index)
            for number, person in enumerate(self.simulation.seats.values(), index):
                if person.unit.trade and person.hired_on + SETTLING_IN < quarter.starts_on:
                    self._plan_personal_goals(person, number, quarter, index)

    def _plan_year(self, unit: Unit, depth: int, year: FiscalPeriod) -> None:
        """Plan the goals of a unit for a fiscal year, after those of the units above it."""
        templates = unit.goals
        if not templates and unit.kind is OrganizationKind.DIVISION:
            templates = tuple(self.random.sample(self.simulation.tenant.division_goals, 2))
        earliest = max(year.starts_on - timedelta(days=10), self.simulation.since.date())
        for template in templates:
            head = self.simulation.seats[unit.code]
            set_goal = partial(self._set, GoalPlan("unit", unit, head, template, year))
            self.simulation.schedule(earliest + timedelta(days=2 * depth), head, set_goal)

    def _plan_personal_goals(
        self, person: Employee, number: int, quarter: FiscalPeriod, index: int
    ) -> None:
        templates = self.trades[person.unit.trade].person_goals
        template = templates[number % len(templates)]
        self._plan_quarter(GoalPlan("person", person, person, template, quarter), index)
        template = self.random.choice(self.simulation.dataset.personal_goals)
        self._plan_quarter(GoalPlan("personal", person, person, template, quarter), index)

    def _plan_quarter(self, plan: GoalPlan, index: int) -> None:
        """Plan a goal for a quarter, if its owner sets one; holders of accounts always do."""
        likelihood = self.rates.goals[plan.kind].likelihood[index]
        is_certain = likelihood > 0 and plan.author.lead.account is not None and plan.kind != "team"
        if is_certain or self.random.random() < likelihood:
            yesterday = self.simulation.today - timedelta(days=1)
            day = min(
                plan.period.starts_on + timedelta(days=self.random.randint(-6, 11)), yesterday
            )
            if index == NEXT:
                day = self.simulation.draw_day(-12, -1)
            self.simulation.schedule(day, plan.author, partial(self._set, plan))

    async def _set(self, plan: GoalPlan) -> None:
        """Set a goal, unless its owner is about to leave."""
        if isinstance(plan.owner, Employee) and plan.owner.person.left_on:
            return
        template, rates, random = plan.template, self.rates.goals[plan.kind], self.random
        owner, own_goals = self._describe(plan.owner)
        names = {"city": plan.author.site.city, "unit": plan.owner.name}
        title = template.title.format(**names)
        if plan.kind == "person":
            title = f"{title}: {random.choice(self.trades[plan.author.unit.trade].focus)}"
        parent = self._find_parent(plan) if random.random() < rates.aligned else None
        visibility = Visibility(self.simulation.draw(rates.visibility))
        is_shared = visibility is Visibility.PRIVATE and random.random() < self.rates.private_shared
        manager = plan.author.lead.manager
        goal = await goals.create(
            self.simulation.work,
            owner,
            title=title,
            purpose=template.why.format(**names) or None,
            visibility=visibility,
            viewer_ids=[manager.id] if manager and is_shared else [],
            starts_on=plan.period.starts_on,
            due_on=plan.period.due_on,
            parent_id=parent.id if parent else None,
            key_results=[
                self._measure(name, measure, is_varied=plan.kind != "unit")
                for name, measure in template.measures.items()
            ],
        )
        goal.custom_values = build_goal_values(template.theme)
        own_goals.append((template.theme, goal))
        await self.simulation.attribute(goal)
        Course(self.simulation, goal, plan.kind, plan.author).plan()

    def _describe(self, owner: Unit | WorkTeam | Employee) -> tuple[Owner, list[tuple[str, Goal]]]:
        """Return the owner as the domain knows it, and its goals so far."""
        if isinstance(owner, Employee):
            return Owner(OwnerKind.PERSON, owner.id), owner.goals
        if isinstance(owner, WorkTeam):
            return Owner(OwnerKind.TEAM, owner.team.id), owner.goals
        organization = self.simulation.organizations[owner.code]
        return Owner(OwnerKind.ORGANIZATION, organization.id), self.unit_goals[owner.code]

    def _find_parent(self, plan: GoalPlan) -> Goal | None:
        """Return an open goal about the same theme, of the own team or of the nearest unit."""
        path = self.simulation.units[plan.author.unit.code][plan.kind == "unit" :]
        candidates = [self.unit_goals[unit.code] for unit in path]
        if isinstance(plan.owner, Employee) and plan.owner.team:
            candidates.insert(0, plan.owner.team.goals)
        for theme, goal in (pair for pairs in candidates for pair in reversed(pairs)):
            if theme == plan.template.theme and goal.status in OPEN:
                return goal
        return None

    def _measure(self, title: str, measure: Measure, *, is_varied: bool) -> dict[str, Any]:
        """Return a key result; the figures of teams and people differ a little."""
        share = Decimal(self.random.randint(85, 100) if is_varied else 100) / 100
        step = find_step(measure.start, measure.target)
        return {
            "title": title,
            "start_value": (measure.start * share).quantize(step),
            "target_value": (measure.target * share).quantize(step),
            "unit": measure.unit,
        }
