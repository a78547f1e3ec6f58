"""The organizations, employees and teams that a tenant begins with, and later hires."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import product

from api.demo.custom_fields import choose_values, define_fields
from api.demo.dataset import list_accounts
from api.demo.people import Employee, FullName, WorkTeam, draw_name
from api.demo.schema import Site, Unit
from api.demo.simulation import Action, Simulation
from domain import organizations, teams
from domain.kernel.aggregate import set_attributes
from domain.kernel.identity import OrganizationId
from domain.members import Member
from domain.organizations import OrganizationKind
from domain.people import EmploymentType, Person
from domain.provisioning import provision_tenant
from domain.roles import Role
from domain.teams import TeamRole
from domain.tenants import WeekStart

RANKS = {OrganizationKind.SITE: 1, OrganizationKind.DEPARTMENT: 2}
"""The management levels that do not follow from the depth of a unit in the tree."""

PART_TIMER = 4
"""Which one of nine employees works four days a week."""


class Company:
    """The builder of a tenant's company."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation, self.work = simulation, simulation.work
        self.tenant, self.random = simulation.tenant, simulation.random
        sites = [unit.site for unit, *_ in simulation.units.values() if unit.site]
        self.sites = {site.city: site for site in sites}
        accounts = [each for each in list_accounts() if each.tenant == self.tenant.slug]
        self.accounts = {each.seat: each for each in accounts}
        self.scripted_seats = {rule.seat for rule in self.tenant.careers}
        self.mailboxes: set[str] = set()

    async def build(self) -> None:
        """Import what there is when the tenant begins to use Trellis, and plan later hires."""
        await self._import(self._provision)
        for unit, *above in self.simulation.units.values():
            await self._import(partial(self._create_unit, unit, *above[:1]))
        await self._staff(self.tenant.company, None, 5)
        seats = self.simulation.seats.values()
        self.simulation.hr = next(e for e in seats if e.account and e.account.key == "hr")
        for employee in seats:
            if employee not in self.simulation.employees:
                self.simulation.enter(employee.hired_on, partial(self._hire, employee))

    async def _import(self, action: Action) -> None:
        """Perform an action of the first import, in which nobody in particular acts."""
        await self.simulation.perform(self.work.now + timedelta(seconds=1), None, action)

    async def _provision(self) -> None:
        week_start = WeekStart(self.tenant.settings["week_start"])
        settings = {**self.tenant.settings, "week_start": week_start}
        await self.simulation.attribute(await provision_tenant(self.work, **settings))
        roles = [await self.work.find(Role, key=key) for key in ("employee", "hr", "tenant_admin")]
        self.roles = {role.key: role.id for role in roles if role}
        await define_fields(self.simulation)

    async def _create_unit(self, unit: Unit, parent: Unit | None = None) -> None:
        existing = self.simulation.organizations
        above = existing[parent.code] if parent else None
        years = 6 + len(existing) * 7 % 9 if above else 27
        starts_on = date(self.simulation.today.year - years, 1, 1)
        organization = await organizations.create(
            self.work,
            kind=unit.kind,
            code=unit.code,
            name=unit.name,
            parent_id=above.id if above else None,
            starts_on=max(starts_on, above.starts_on) if above else starts_on,
        )
        organization.add_external_reference("workday", f"ORG-{unit.code}")
        existing[unit.code] = organization
        await self.simulation.attribute(organization)

    async def _staff(self, unit: Unit, superior: Employee | None, rank: int) -> None:
        """Fill the positions of a unit, of its teams and of the units below."""
        trade = self.simulation.dataset.trades.get(unit.trade)
        head = self.simulation.seats.get(unit.reports_to, superior)
        if title := unit.head or (trade.head if trade else ""):
            level = f"M{RANKS.get(unit.kind, rank)}"
            head = Employee(title, level, unit, self.sites[unit.cities[0]], head)
            await self._fill(unit.code, head)
        if unit.own_team and head:
            await self._form_team(unit.own_team, head)
        for city, pattern in product(unit.cities, trade.teams if trade else ()):
            lead = Employee(trade.lead if trade else "", "M1", unit, self.sites[city], head)
            await self._fill(f"{unit.code}/{city}/{pattern}", lead)
            await self._form_team(pattern.format(city=city), lead)
        for each in unit.units:
            await self._staff(each, head, rank - 1)

    async def _form_team(self, name: str, lead: Employee) -> None:
        """Fill the positions of a team, and create it."""
        unit, index = lead.unit, len(self.simulation.teams)
        number = sum(each.unit is unit for each in self.simulation.teams)
        team = lead.team = WorkTeam(name, unit, lead.site, lead)
        self.simulation.teams.append(team)
        trade, rates = self.simulation.dataset.trades[unit.trade], self.simulation.dataset.rates
        for seat in range(unit.team_size - 1 - number % 2):
            title, level = trade.roles[seat % len(trade.roles)], self.simulation.draw(rates.levels)
            level = "P4" if title.startswith("Senior") else level
            member = Employee(title, level, unit, lead.site, lead.superior, team)
            await self._fill(f"{unit.code}/{number}/{seat}", member)
        starts_on = date(self.simulation.since.year - 2 - index % 4, 1 + index * 5 % 12, 1)
        await self._import(partial(self._create_team, team, starts_on))

    async def _fill(self, seat: str, employee: Employee) -> None:
        """Find somebody for a position; hire them now if they have been there for a while."""
        self.simulation.seats[seat] = employee
        employee.number = len(self.simulation.seats)
        employee.name = self._draw_name(employee.site)
        years = self.simulation.dataset.rates.years_employed[employee.level[0]]
        days = int(365 * self.random.triangular(*years))
        if seat in self.scripted_seats:
            days = max(days, 700)
        if account := self.accounts.get(seat):
            names = account.given_name, account.family_name, account.name
            employee.name, employee.title = FullName(*names, account.key), account.title
            employee.account, days = account, account.days_employed
        employee.hired_on = self.simulation.today - timedelta(days=days)
        if employee.hired_on <= self.simulation.since.date():
            await self._import(partial(self._hire, employee))

    def _draw_name(self, site: Site) -> FullName:
        """Return a name that fits the place, and makes an address that nobody has."""
        dataset = self.simulation.dataset
        while True:
            is_foreign = self.random.random() < dataset.rates.foreign_names
            cultures = (is_foreign and self.tenant.foreign_names) or (site.names,)
            name = draw_name(dataset.cultures[self.random.choice(cultures)], self.random)
            if name.mailbox not in self.mailboxes:
                self.mailboxes.add(name.mailbox)
                return name

    async def _hire(self, employee: Employee) -> None:
        """Hire somebody with access to Trellis, into their team if that is there already."""
        address = f"{employee.name.mailbox}@{self.tenant.slug}.example"
        is_part_timer = employee.number % 9 == PART_TIMER
        person = employee.person = Person.hire(
            self.simulation.tenant_id,
            hired_on=employee.hired_on,
            employee_number=self.tenant.employee_number.format(number=employee.number),
            given_name=employee.name.given,
            family_name=employee.name.family,
            name=employee.name.display,
            work_email=address,
            job_title=employee.title,
            level=employee.level,
            location=f"{employee.site.city}, {employee.site.region}",
            employment_type=EmploymentType.PERMANENT,
            working_time_share=Decimal("0.8" if is_part_timer else 1),
            time_zone=employee.site.time_zone,
            organization_id=OrganizationId(self.simulation.organizations[employee.unit.code].id),
        )
        set_attributes(person, choose_values(employee, is_part_timer=is_part_timer))
        person.add_external_reference("workday", f"WD{204110 + employee.number * 7:07}")
        if manager := employee.manager:
            starts_on = max(employee.hired_on, manager.hired_on)
            person.assign_manager(manager.id, starts_on=starts_on, today=self.work.now.date())
        await self.work.add(person, to=Person.HIRE)
        member = Member(tenant_id=person.tenant_id, person_id=employee.id, subject=address)
        member.record_event("created")
        member.assign_role(self.roles["employee"])
        if (account := employee.account) and account.extra_role:
            unit = self.simulation.organizations.get(account.within)
            within = OrganizationId(unit.id) if unit else None
            member.assign_role(self.roles[account.extra_role], within)
        await self.work.add(member, to=Member.CREATE)
        await self.simulation.attribute(person, member)
        self.simulation.employees.append(employee)
        if employee.hired_on > self.simulation.since.date() and employee.team:
            await self.simulation.attribute(employee.team.team)
            employee.team.add(employee, employee.hired_on)

    async def _create_team(self, team: WorkTeam, day: date) -> None:
        unit = self.simulation.organizations[team.unit.code]
        starts_on = max(day, unit.starts_on)
        team.team = await teams.create(
            self.work, organization_id=unit.id, name=team.name, starts_on=starts_on
        )
        team.add(team.lead, team.lead.hired_on, role=TeamRole.LEAD)
        for each in self.simulation.employees:
            if each.team is team and each is not team.lead:
                team.add(each, each.hired_on)
        await self.simulation.attribute(team.team)
