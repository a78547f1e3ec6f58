"""One tenant of the bench set: its units, teams, people, members and roles.

The closures are left to the product's own upkeep, which the loader calls.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

from benchmarks.dataset import vocabulary
from benchmarks.dataset.rows import EPOCH, TODAY, Ids, Sheets, day_of, later
from domain.kernel.permissions import Population
from domain.roles import BUILT_IN
from persistence.kernel.words import normal_words

UNIT = 20
"""People of one smallest unit; such a unit has two teams."""

REPORTS = 8
"""People who report to one manager."""


@dataclass
class Tenant:
    """What the rows of a tenant refer to, by position; the first person stands above all others."""

    id: str
    slug: str
    sheets: Sheets
    ids: Ids
    random: Random
    organizations: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    teams: list[str] = field(default_factory=list)
    people: list[str] = field(default_factory=list)


def tenant(slug: str, people: int) -> Tenant:
    """A tenant with its rows, goals excepted."""
    ids = Ids(slug)
    identity = ids.at(EPOCH)
    made = Tenant(identity, slug, Sheets(identity), ids, Random(slug))
    made.sheets.whole(
        "tenants",
        EPOCH,
        id=identity,
        name=slug.title(),
        fiscal_year_start_month=1,
        week_start="monday",
        time_zone="UTC",
        locale="en",
        labels="{}",
    )
    _organizations(made, -(-people // UNIT))
    _teams(made)
    _people(made, people)
    _members(made)
    return made


def _organizations(made: Tenant, units: int) -> None:
    """A company, divisions below it, departments below those, the smallest units at the bottom."""
    company = _organization(made, "company", made.slug.title(), None)
    departments: list[str] = []
    for number in range(-(-units // 20)):
        name = vocabulary.DIVISIONS[number % len(vocabulary.DIVISIONS)]
        division = _organization(made, "division", f"{name} {number + 1}", company)
        departments += [
            _organization(made, "department", f"{name} {number + 1}.{each + 1}", division)
            for each in range(4)
        ]
    for number in range(units):
        above = departments[number % len(departments)]
        made.units.append(_organization(made, "site", f"Site {number + 1}", above))


def _organization(made: Tenant, kind: str, name: str, parent: str | None) -> str:
    identity = made.ids.at(EPOCH)
    code = f"U{len(made.organizations)}"
    made.sheets.whole(
        "organizations",
        EPOCH,
        id=identity,
        kind=kind,
        code=code,
        name=name,
        parent_id=parent,
        starts_on=day_of(EPOCH),
    )
    made.organizations.append(identity)
    learn(made, "organization", identity, name)
    return identity


def _teams(made: Tenant) -> None:
    for number, unit in enumerate(made.units):
        above = None
        for letter in "AB":
            identity = made.ids.at(EPOCH)
            name = f"Team {number + 1}{letter}"
            made.sheets.whole(
                "teams",
                EPOCH,
                id=identity,
                organization_id=unit,
                parent_id=above,
                name=name,
                starts_on=day_of(EPOCH),
            )
            made.teams.append(identity)
            learn(made, "team", identity, name)
            above = identity


def _people(made: Tenant, people: int) -> None:
    longest = (datetime.combine(TODAY, datetime.min.time(), UTC) - EPOCH) / timedelta(days=1)
    for number in range(people):
        hired = later(EPOCH, days=int(number / people * longest * 0.9))
        identity = made.ids.at(hired)
        made.people.append(identity)
        _person(made, number, identity, hired)
        _staffing(made, number, identity, hired)


def _person(made: Tenant, number: int, identity: str, hired: datetime) -> None:
    given = made.random.choice(vocabulary.GIVEN_NAMES)
    family = made.random.choice(vocabulary.FAMILY_NAMES)
    location, zone = made.random.choice(vocabulary.LOCATIONS)
    email = email_of(made.slug, number)
    made.sheets.whole(
        "people",
        hired,
        id=identity,
        given_name=given,
        family_name=family,
        name=f"{given} {family}",
        work_email=email,
        employee_number=f"E{number + 1:06}",
        job_title=made.random.choice(vocabulary.JOB_TITLES),
        level=f"L{made.random.randint(1, 6)}",
        location=location,
        time_zone=zone,
        organization_id=made.units[number % len(made.units)],
        hired_on=day_of(hired),
    )
    learn(made, "person", identity, given, family, email)
    made.sheets.add(
        "employments", id=made.ids.at(hired), person_id=identity, hired_on=day_of(hired)
    )


def _staffing(made: Tenant, number: int, identity: str, hired: datetime) -> None:
    """A team, a manager, and for some another manager before or a second one beside."""
    teams = len(made.teams)
    made.sheets.add(
        "team_memberships",
        id=made.ids.at(hired),
        team_id=made.teams[number % teams],
        person_id=identity,
        role="lead" if number < teams else "member",
        share=100,
        starts_on=day_of(hired),
    )
    if number == 0:
        return
    since = day_of(hired)
    if number % 10 == 0:
        until = since + (TODAY - since) // 2
        _line(made, identity, made.random.randrange(number), "primary", (since, until))
        since = until
    _line(made, identity, (number - 1) // REPORTS, "primary", (since, None))
    if number % 20 == 1:
        _line(made, identity, made.random.randrange(number), "dotted", (since, None))


def _line(made: Tenant, person: str, above: int, kind: str, period: tuple[object, object]) -> None:
    made.sheets.add(
        "reporting_lines",
        id=made.ids.at(later(EPOCH, days=2_000)),
        person_id=person,
        manager_id=made.people[above],
        kind=kind,
        starts_on=period[0],
        ends_on=period[1],
    )


def _members(made: Tenant) -> None:
    """Everybody is a member and an employee; the last but one is HR, the first runs the tenant."""
    roles = {}
    for each in BUILT_IN:
        roles[each.key] = identity = made.ids.at(EPOCH)
        made.sheets.whole(
            "roles",
            EPOCH,
            id=identity,
            key=each.key,
            name=each.name,
            description=each.description,
            is_built_in=True,
        )
        learn(made, "role", identity, each.name)
        for permission in each.permissions:
            made.sheets.add(
                "role_grants",
                id=made.ids.at(EPOCH),
                role_id=identity,
                permission=permission,
                population=Population.EVERYONE,
            )
    extra = {0: "tenant_admin", len(made.people) - 2: "hr"}
    for number, person in enumerate(made.people):
        member = made.ids.at(later(EPOCH, days=2_100))
        made.sheets.whole(
            "members",
            EPOCH,
            id=member,
            person_id=person,
            subject=email_of(made.slug, number),
            status="active",
        )
        for key in filter(None, ("employee", extra.get(number))):
            made.sheets.add(
                "role_assignments", id=made.ids.at(EPOCH), member_id=member, role_id=roles[key]
            )


def email_of(slug: str, number: int) -> str:
    """The work e-mail address of a person, and the subject of that person's tokens."""
    return f"p{number}@{slug}.example"


def learn(made: Tenant, entity: str, identity: str, *texts: str) -> None:
    """The rows by which something is found."""
    found = frozenset[str]().union(*(_words(part) for text in texts for part in text.split()))
    for word in found:
        made.sheets.add("words", entity=entity, word=word, entity_id=identity)


@cache
def _words(text: str) -> frozenset[str]:
    return normal_words(text)
