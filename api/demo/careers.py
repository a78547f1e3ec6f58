"""What happens to employees: they change teams, join projects, are promoted, leave and return."""

from datetime import date, timedelta
from functools import partial

from api.demo.people import Employee, WorkTeam
from api.demo.schema import CareerRule, Project
from api.demo.simulation import Simulation
from domain import people, staffing, teams
from domain.goals import Goal, GoalStatus
from domain.kernel.identity import OrganizationId
from domain.people import LineKind
from domain.teams import TeamRole

NEWCOMER = timedelta(days=60)
"""How long nothing happens to new people."""

PROJECT_SHARE = 20
"""How much of their time people give to a project, in percent."""


class Careers:
    """The careers of a tenant's employees. At most one rule applies to each of them."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation, self.work, self.random = simulation, simulation.work, simulation.random
        self.texts = simulation.dataset.texts
        self.projects: dict[str, WorkTeam] = {}
        quiet_units = [each.unit for each in simulation.employees if each.account]
        self.candidates = [
            employee
            for employee in simulation.employees
            if employee.level.startswith("P")
            and employee.unit not in quiet_units
            and employee.hired_on < simulation.since.date() - NEWCOMER
        ]

    def plan(self) -> None:
        """Plan the careers and projects of the past year, and changes of the next weeks."""
        earliest = self.simulation.since.date() + timedelta(days=8)
        for rule in (*self.simulation.tenant.careers, *self.simulation.dataset.rates.careers):
            for employee in self._choose(rule):
                day = max(self.simulation.draw_day(*rule.days), earliest)
                event = partial(getattr(self, rule.event), employee, day, rule)
                self.simulation.enter(day, event, employee.person)
        day = self.simulation.today - timedelta(days=330)
        for project in self.simulation.tenant.projects:
            day += timedelta(days=self.random.randint(10, 40))
            self.simulation.enter(day, partial(self._start_project, project, day))
        self._plan_transfers()

    def _plan_transfers(self) -> None:
        """Plan a transfer to another unit that has come, and one that is still to come."""
        today = self.simulation.today
        plans = ((today - timedelta(days=200), today - timedelta(days=170)),
                 (today - timedelta(days=9), today + timedelta(days=45)))  # fmt: skip
        for employee, (decided_on, day) in zip(self.candidates, plans, strict=False):
            places = [each.unit.code for each in self.candidates if each.unit != employee.unit]
            if places:
                unit = self.simulation.organizations[places[0]]
                transfer = partial(self._transfer, employee, OrganizationId(unit.id), day)
                self.simulation.enter(decided_on, transfer, employee.person)

    async def _transfer(self, employee: Employee, unit_id: OrganizationId, day: date) -> None:
        facts = {"organization_id": unit_id}
        await people.change_job(self.work, employee.id, facts, effective_on=day)

    def _choose(self, rule: CareerRule) -> list[Employee]:
        if rule.seat:
            return [self.simulation.seats[rule.seat]]
        fitting = [e for e in self.candidates if not rule.trades or e.unit.trade in rule.trades]
        wanted = max(round(rule.share * len(self.simulation.employees)), 1)
        chosen = self.random.sample(fitting, min(wanted, len(fitting)))
        self.candidates = [each for each in self.candidates if each not in chosen]
        return chosen

    async def change_team(self, employee: Employee, day: date, _: CareerRule) -> None:
        """Move somebody to the team before theirs in the same unit and place."""
        fellows = [
            each
            for each in self.simulation.teams
            if (each.unit, each.site) == (employee.unit, employee.site)
        ]
        if (old := employee.team) and len(fellows) > 1:
            new = employee.team = fellows[fellows.index(old) - 1]
            await people.assign_manager(self.work, employee.id, new.lead.id, starts_on=day)
            await self.simulation.attribute(old.team, new.team)
            old.remove(employee, day)
            new.add(employee, day)

    async def promote(self, employee: Employee, day: date, _: CareerRule) -> None:
        """Give somebody a better title for the same work."""
        if not employee.title.startswith("Senior"):
            facts = {"job_title": f"Senior {employee.title}", "level": "P4"}
            await people.change_job(self.work, employee.id, facts, effective_on=day)

    def take_leave(self, employee: Employee, day: date, rule: CareerRule) -> None:
        """Let somebody be away for long, with or without a planned return."""
        ends_on = day + timedelta(days=self.random.randint(*rule.lasting)) if rule.lasting else None
        reason = self.random.choice(self.texts.leave_reasons)
        employee.person.start_leave(day, ends_on=ends_on, reason=reason)

    async def add_dotted_line(self, employee: Employee, day: date, _: CareerRule) -> None:
        """Let the head of another unit give somebody direction, too."""
        heads = [each for each in self.simulation.employees if each.level in ("M2", "M3")]
        head = self.random.choice([each for each in heads if each is not employee.superior])
        await people.assign_manager(
            self.work, employee.id, head.id, kind=LineKind.DOTTED, starts_on=day
        )

    async def replace_lead(self, successor: Employee, day: date, rule: CareerRule) -> None:
        """Let the lead of a team leave, and a member take over."""
        team, former, superior = successor.team, successor.manager, successor.superior
        if not (team and former and superior) or former.level != "M1":
            return
        team.lead = successor
        facts = {"job_title": former.title, "level": former.level}
        await people.change_job(self.work, successor.id, facts, effective_on=day)
        await people.assign_manager(self.work, successor.id, superior.id, starts_on=day)
        await self.simulation.attribute(team.team)
        team.change(successor, day, role=TeamRole.LEAD)
        self.simulation.enter(day, partial(self.depart, former, day, rule), former.person)
        members = [e for e in self.simulation.employees if e.manager is successor]
        for each in members:
            if each is not former and not each.person.has_left(day):
                await self.simulation.attribute(each.person)
                starts_on = max(day, each.hired_on)
                await people.assign_manager(self.work, each.id, successor.id, starts_on=starts_on)

    async def depart(self, employee: Employee, day: date, rule: CareerRule) -> None:
        """Let somebody leave; they return if the rule says after how many days."""
        reason, kind = self.random.choice([*self.texts.departure_reasons.items()])
        person = await staffing.depart(
            self.work, employee.id, left_on=day, reason=reason, kind=kind
        )
        for line in person.lines:
            if line.ends_on is None or line.ends_on > day:
                person.end_reporting_line(line.id, ends_on=day, today=self.work.now.date())
        for team in filter(None, (employee.team, *employee.projects)):
            await self.simulation.attribute(team.team)
            team.remove(employee, day)
        for _, goal in employee.goals:
            self.simulation.schedule(self.work.now, employee, partial(self._abandon, goal), goal)
        if rule.lasting:
            back_on = day + timedelta(days=self.random.randint(*rule.lasting))
            self.simulation.enter(back_on, partial(self._return, employee, back_on), person)

    async def _return(self, employee: Employee, day: date) -> None:
        await staffing.rehire(self.work, employee.id, hired_on=day)
        if (manager := employee.manager) and (team := employee.team):
            employee.person.assign_manager(manager.id, starts_on=day, today=self.work.now.date())
            await self.simulation.attribute(team.team)
            team.add(employee, day)

    def _abandon(self, goal: Goal) -> None:
        if goal.status is GoalStatus.ACTIVE:
            goal.abandon(self.random.choice(self.texts.leavers), at=self.work.now)

    async def _start_project(self, project: Project, day: date) -> None:
        """Create a project, and take its people from their teams for a part of their time."""
        lead, *_ = members = self._choose_members(project)
        unit, *_ = self.simulation.units[project.unit]
        parent = self.projects.get(project.parent)
        team = self.projects[project.name] = WorkTeam(project.name, unit, lead.site, lead)
        team.team = await teams.create(
            self.work,
            organization_id=self.simulation.organizations[project.unit].id,
            parent_id=parent.team.id if parent else None,
            name=project.name,
            description=project.description,
            starts_on=day,
        )
        for each in members:
            each.projects.append(team)
            role = TeamRole.LEAD if each is lead else TeamRole.MEMBER
            team.add(each, day, role=role, share=PROJECT_SHARE)
            if each.team:
                await self.simulation.attribute(each.team.team)
                each.team.change(each, day, share=100 - PROJECT_SHARE)
        await self.simulation.attribute(team.team)

    def _choose_members(self, project: Project) -> list[Employee]:
        """Return people of these trades who are in no project, the most senior first."""
        members = [
            each
            for each in self.simulation.employees
            if each.unit.trade in project.trades
            and each.level.startswith("P")
            and not (each.projects or each.account or each.person.left_on)
        ]
        chosen = self.random.sample(members, min(project.size, len(members)))
        chosen.sort(key=lambda each: each.level, reverse=True)
        return [*chosen, *(self.simulation.seats[seat] for seat in project.includes)]
