"""One tenant of the data set: its units, teams, people, members and roles.

The loader lets Trellis' own code build the closure tables.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

from benchmarks.dataset import vocabulary
from benchmarks.dataset.rows import EPOCH, TODAY, IdGenerator, TableRows, add_duration, to_date
from domain.custom_fields import ATTRIBUTES
from domain.kernel.permissions import Population
from domain.people import RecordStatus
from domain.roles import BUILT_IN_ROLES
from persistence.kernel.search_words import list_index_words

PEOPLE_PER_UNIT = 20
"""People of one smallest unit, which has two teams."""

REPORTS_PER_MANAGER = 8
"""People who report to one manager."""

NO_CUSTOM_VALUES: dict[str, dict[str, str]] = {each: {} for each in ATTRIBUTES.values()}
"""The values of custom fields of a row that has none."""


@dataclass
class Tenant:
    """The ids that rows of a tenant refer to, by position. The first person is above all others."""

    id: str
    slug: str
    rows: TableRows
    ids: IdGenerator
    random: Random
    organizations: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    entry_count: int = 0


def build_tenant(slug: str, person_count: int) -> Tenant:
    """Return a tenant with its rows, except for goals."""
    ids = IdGenerator(slug)
    identity = ids.generate(EPOCH)
    new_tenant = Tenant(identity, slug, TableRows(identity), ids, Random(slug))
    new_tenant.rows.add_aggregate(
        "tenants",
        EPOCH,
        id=identity,
        name=slug.title(),
        fiscal_year_start_month=1,
        fiscal_year_named_by="last_year",
        week_start="monday",
        time_zone="UTC",
        locale="en",
        labels="{}",
        field_owners="{}",
        allows_self_appointment=False,
        allows_granting_unheld=False,
        requires_second_admin=False,
        check_in_backdating_days=31,
        kpi_tolerance_percent=10,
        suppression_threshold=5,
        appeal_days=14,
        changes_retention_days=90,
    )
    _add_organizations(new_tenant, -(-person_count // PEOPLE_PER_UNIT))
    _add_teams(new_tenant)
    _add_people(new_tenant, person_count)
    _add_members(new_tenant)
    return new_tenant


def _add_organizations(tenant: Tenant, unit_count: int) -> None:
    """Add a company, its divisions, their departments, and the smallest units below those."""
    company = _add_organization(tenant, "company", tenant.slug.title(), None)
    departments: list[str] = []
    for number in range(-(-unit_count // 20)):
        name = vocabulary.DIVISIONS[number % len(vocabulary.DIVISIONS)]
        division = _add_organization(tenant, "division", f"{name} {number + 1}", company)
        departments += [
            _add_organization(tenant, "department", f"{name} {number + 1}.{each + 1}", division)
            for each in range(4)
        ]
    for number in range(unit_count):
        above = departments[number % len(departments)]
        tenant.units.append(_add_organization(tenant, "site", f"Site {number + 1}", above))


def _add_organization(tenant: Tenant, kind: str, name: str, parent: str | None) -> str:
    identity = tenant.ids.generate(EPOCH)
    code = f"U{len(tenant.organizations)}"
    tenant.rows.add_aggregate(
        "organizations",
        EPOCH,
        id=identity,
        kind=kind,
        code=code,
        name=name,
        parent_id=parent,
        starts_on=to_date(EPOCH),
    )
    tenant.organizations.append(identity)
    add_search_words(tenant, "organization", identity, name)
    return identity


def _add_teams(tenant: Tenant) -> None:
    for number, unit in enumerate(tenant.units):
        above = None
        for letter in "AB":
            identity = tenant.ids.generate(EPOCH)
            name = f"Team {number + 1}{letter}"
            tenant.rows.add_aggregate(
                "teams",
                EPOCH,
                id=identity,
                organization_id=unit,
                parent_id=above,
                name=name,
                starts_on=to_date(EPOCH),
                **NO_CUSTOM_VALUES,
            )
            tenant.teams.append(identity)
            add_search_words(tenant, "team", identity, name)
            above = identity


def _add_people(tenant: Tenant, person_count: int) -> None:
    total_days = (datetime.combine(TODAY, datetime.min.time(), UTC) - EPOCH) / timedelta(days=1)
    for number in range(person_count):
        hired = add_duration(EPOCH, days=int(number / person_count * total_days * 0.9))
        identity = tenant.ids.generate(hired)
        tenant.people.append(identity)
        _add_person(tenant, number, identity, hired)
        _add_team_and_managers(tenant, number, identity, hired)


def _add_person(tenant: Tenant, number: int, identity: str, hired: datetime) -> None:
    given = tenant.random.choice(vocabulary.GIVEN_NAMES)
    family = tenant.random.choice(vocabulary.FAMILY_NAMES)
    location, zone = tenant.random.choice(vocabulary.LOCATIONS)
    email = build_email(tenant.slug, number)
    tenant.rows.add_aggregate(
        "people",
        hired,
        id=identity,
        given_name=given,
        family_name=family,
        name=f"{given} {family}",
        work_email=email,
        employee_number=f"E{number + 1:06}",
        job_title=tenant.random.choice(vocabulary.JOB_TITLES),
        level=f"L{tenant.random.randint(1, 6)}",
        location=location,
        time_zone=zone,
        organization_id=tenant.units[number % len(tenant.units)],
        hired_on=to_date(hired),
        record_status=RecordStatus.CURRENT,
        **NO_CUSTOM_VALUES,
    )
    add_search_words(tenant, "person", identity, given, family, email)
    tenant.rows.add_row(
        "employments",
        id=tenant.ids.generate(hired),
        person_id=identity,
        hired_on=to_date(hired),
        updated_at=hired,
    )


def _add_team_and_managers(tenant: Tenant, number: int, identity: str, hired: datetime) -> None:
    """Add a team membership and a manager, and for some an earlier or a second manager."""
    teams = len(tenant.teams)
    tenant.rows.add_row(
        "team_memberships",
        id=tenant.ids.generate(hired),
        team_id=tenant.teams[number % teams],
        person_id=identity,
        role="lead" if number < teams else "member",
        share=100,
        starts_on=to_date(hired),
    )
    if number == 0:
        return
    since = to_date(hired)
    if number % 10 == 0:
        until = since + (TODAY - since) // 2
        _add_reporting_line(
            tenant, identity, tenant.random.randrange(number), "primary", (since, until)
        )
        since = until
    _add_reporting_line(
        tenant, identity, (number - 1) // REPORTS_PER_MANAGER, "primary", (since, None)
    )
    if number % 20 == 1:
        _add_reporting_line(
            tenant, identity, tenant.random.randrange(number), "dotted", (since, None)
        )


def _add_reporting_line(
    tenant: Tenant, person: str, manager_number: int, kind: str, period: tuple[object, object]
) -> None:
    tenant.rows.add_row(
        "reporting_lines",
        id=tenant.ids.generate(add_duration(EPOCH, days=2_000)),
        person_id=person,
        manager_id=tenant.people[manager_number],
        kind=kind,
        starts_on=period[0],
        ends_on=period[1],
        updated_at=EPOCH,
    )


def _add_members(tenant: Tenant) -> None:
    """Make everyone a member and an employee, the first person admin and the last but one HR."""
    roles = {}
    for each in BUILT_IN_ROLES:
        roles[each.key] = identity = tenant.ids.generate(EPOCH)
        tenant.rows.add_aggregate(
            "roles",
            EPOCH,
            id=identity,
            key=each.key,
            name=each.name,
            description=each.description,
            is_built_in=True,
        )
        add_search_words(tenant, "role", identity, each.name)
        for permission in each.permissions:
            tenant.rows.add_row(
                "role_grants",
                id=tenant.ids.generate(EPOCH),
                role_id=identity,
                permission=permission,
                population=Population.EVERYONE,
            )
    extra = {0: "tenant_admin", len(tenant.people) - 2: "hr"}
    for number, person in enumerate(tenant.people):
        member = tenant.ids.generate(add_duration(EPOCH, days=2_100))
        tenant.rows.add_aggregate(
            "members",
            EPOCH,
            id=member,
            person_id=person,
            subject=build_email(tenant.slug, number),
            status="active",
        )
        for key in filter(None, ("employee", extra.get(number))):
            tenant.rows.add_row(
                "role_assignments",
                id=tenant.ids.generate(EPOCH),
                member_id=member,
                role_id=roles[key],
            )


def build_email(slug: str, number: int) -> str:
    """Return the work e-mail of a person, which is also the subject of the person's tokens."""
    return f"p{number}@{slug}.example"


def add_search_words(tenant: Tenant, entity: str, identity: str, *texts: str) -> None:
    """Add the rows of the search index for an object."""
    words = frozenset[str]().union(
        *(_list_words_cached(part) for text in texts for part in text.split())
    )
    for word in words:
        tenant.rows.add_row("words", entity=entity, word=word, entity_id=identity)


@cache
def _list_words_cached(text: str) -> frozenset[str]:
    return list_index_words(text)
