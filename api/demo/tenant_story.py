"""How a tenant begins: its settings, units and teams, and who may enter."""

from datetime import datetime, timedelta
from typing import Unpack

from api.demo.known import KNOWN
from api.demo.places import ENTITIES, SITES, LegalEntity
from api.demo.staff import Staff
from api.demo.story import Story
from api.demo.units import Unit
from api.demo.workers import Worker
from domain import organizations
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import OrganizationId
from domain.members import Member
from domain.organizations import Organization, OrganizationKind
from domain.provisioning import provision_tenant
from domain.roles import Role
from domain.tenants import TenantSettings
from persistence.unit_of_work.backdated import BackdatedWork


class TenantStory:
    """The scenes of the first day, and those in which somebody is let in."""

    def __init__(self, story: Story, staff: Staff, company: Unit, since: datetime) -> None:
        self.story = story
        self.cast = story.cast
        self.staff = staff
        self.company = company
        self.since = since
        self.told = 0

    def write(self, **settings: Unpack[TenantSettings]) -> None:
        """The settings and the units."""
        self._found(settings)
        for unit, parent in self.company.walk():
            self._open(unit.code, unit.name, unit.kind, parent)
        if self.staff.slug == "meridian":
            for entity in ENTITIES:
                self._register(entity)
            for site in SITES.values():
                self._open(site.code, site.name, OrganizationKind.SITE, site.entity)

    def let_in(self, told_at: dict[Worker, datetime]) -> None:
        """Everybody who is employed today becomes a member, and some get more to do."""
        known = {self.staff.known[each.who]: each for each in KNOWN if each.tenant == self._slug}
        for worker, at in told_at.items():
            if worker.works_on(self.staff.today):
                more = known.get(worker)
                extra = (more.holds, more.within) if more else (None, None)
                self._admit(worker, max(at, self.since) + timedelta(hours=3), *extra)

    @property
    def _slug(self) -> str:
        return self.staff.slug

    def _found(self, settings: TenantSettings) -> None:
        async def act(work: BackdatedWork) -> Aggregate:
            tenant = await provision_tenant(work, **settings)
            for key in ("employee", "hr", "tenant_admin"):
                role = await work.find(Role, key=key)
                if role is not None:
                    self.cast.roles[key] = role
            return tenant

        self.story.add(self.since, None, act)

    def _register(self, entity: LegalEntity) -> None:
        self._open(entity.code, entity.name, OrganizationKind.LEGAL_ENTITY, self.company.code)

    def _open(self, code: str, name: str, kind: OrganizationKind, parent: str | None) -> None:
        self.told += 1
        years = 6 + self.told * 7 % 9 if parent else 27
        starts_on = self.since.date().replace(month=1, day=1) - timedelta(days=365 * years)

        async def act(work: BackdatedWork) -> Aggregate:
            above = self.cast.organizations[parent].id if parent else None
            unit = await organizations.create(
                work, kind=kind, code=code, name=name, parent_id=above, starts_on=starts_on
            )
            unit.add_external_reference("workday", f"ORG-{code}")
            self.cast.organizations[code] = unit
            return unit

        self.story.add(self.since + timedelta(minutes=1, seconds=self.told), None, act)

    def _admit(self, worker: Worker, at: datetime, holds: str | None, within: str | None) -> None:
        async def act(work: BackdatedWork) -> Aggregate:
            member = Member(
                tenant_id=self.cast.tenant_id,
                person_id=self.cast.person_id(worker),
                subject=worker.email,
            )
            member.record_event("created")
            member.assign_role(self.cast.roles["employee"].id)
            if holds:
                unit: Organization | None = self.cast.organizations[within] if within else None
                reach = OrganizationId(unit.id) if unit else None
                member.assign_role(self.cast.roles[holds].id, reach)
            await work.add(member, to=Member.CREATE)
            return member

        admin = self.staff.known["admin"]
        self.story.add(at, None if worker is admin else admin, act)
