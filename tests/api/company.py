"""A company in which everybody stands somewhere else, and a member of another one.

Mara is whom most of it is about. Above her stand `boss` and `chief`; `former` was her manager
until two weeks ago; `peer` has the same manager; `lead` leads her team. `hr` looks after
everybody, `hr_ops` after her department and `hr_far` after another one. `admin` runs the tenant,
`analyst` counts, `nobody` is a member without roles, and `abroad` is the HR of another tenant.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from api.kernel.ids import encode_id
from domain import roles
from domain.goals import Goal, GoalStatus, Visibility
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import TenantId
from domain.kernel.permissions import Grant, Permission
from domain.members import Member, MemberStatus
from domain.organizations import Organization
from domain.people import Leave, LineKind, Person
from domain.roles import Role
from domain.teams import Team, TeamRole
from persistence.everything import metadata
from persistence.kernel import work as unit
from tests.conftest import KEEP
from tests.make.actors import NOW, an_admin
from tests.make.goals import a_goal, measured
from tests.make.graph import LiveGraph
from tests.make.members import a_member, a_role
from tests.make.organizations import an_organization
from tests.make.people import a_person, reports
from tests.make.teams import a_team, belongs
from tests.make.tenants import a_registered_tenant, a_tenant

EVERYBODY = (
    "mara",
    "boss",
    "chief",
    "former",
    "peer",
    "lead",
    "hr",
    "hr_ops",
    "hr_far",
    "admin",
    "analyst",
    "nobody",
    "abroad",
)

CHANGED_HANDS = date(2026, 6, 1)


@dataclass
class Company:
    """Everything by its name; `id` is how the graph names it."""

    tenant_id: TenantId
    graph: LiveGraph
    other: LiveGraph | None = None
    units: dict[str, Organization] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    goals: dict[str, Goal] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)

    def id(self, kind: str, name: str) -> str:
        """The opaque id of what goes by that name."""
        found: dict[str, dict[str, Any]] = {
            "org": self.units,
            "person": self.people,
            "team": self.teams,
            "goal": self.goals,
            "role": self.roles,
            "member": self.members,
        }
        return encode_id(kind, found[kind][name].id)

    def part(self, prefix: str, parts: Iterable[Any]) -> str:
        """The opaque id of the first of these parts."""
        return encode_id(prefix, next(iter(parts)).id)

    def graph_of(self, who: str) -> LiveGraph:
        """Where somebody asks: whoever is abroad asks at home."""
        return self.other if who == "abroad" and self.other else self.graph

    async def tell(self, who: str, verb: str, selection: str, **input: Any) -> Any:
        """What comes of a mutation: the payload, with the selection of its object."""
        camel = f"{verb[0].upper()}{verb[1:]}Input"
        document = (
            f"mutation($input: {camel}!) {{ {verb}(input: $input) {{ {selection}"
            " errors { code field message } } }"
        )
        return await self.graph_of(who).tell(who, document, **input)

    async def ask(self, who: str, query: str, **variables: Any) -> Any:
        """The data of an answer without errors."""
        return await self.graph_of(who).ask(who, query, **variables)


async def a_company(owner: Any, pool: Any, writing: asyncpg.Pool, *, alone: bool = False) -> Any:
    """The company, kept; `alone` leaves out the other tenant."""
    tenant_id = await a_registered_tenant(owner)
    company = Company(tenant_id, LiveGraph(pool, writing, tenant_id))
    company.roles = {each.key: each for each in roles.create_built_in_roles(tenant_id)}
    company.roles["coach"] = a_role(tenant_id, "coach", Grant(Permission.GOALS_READ))
    _found_units(company)
    _hire(company)
    _form_teams(company)
    _set_goals(company)
    people = company.people.values()
    await _keep(
        writing,
        tenant_id,
        [a_tenant(tenant_id), *company.roles.values(), *company.units.values(), *people],
        [*company.teams.values(), *company.members.values(), *company.goals.values()],
    )
    if not alone:
        company.other = await _abroad(owner, pool, writing)
    return company


def _found_units(company: Company) -> None:
    headquarters = an_organization(company.tenant_id, "HQ")
    ops = an_organization(company.tenant_id, "OPS", headquarters, "Operations")
    company.units = {
        "hq": headquarters,
        "ops": ops,
        "dock": an_organization(company.tenant_id, "DOCK", ops, "Dock"),
        "sales": an_organization(company.tenant_id, "SALES", headquarters, "Sales"),
        "closed": an_organization(company.tenant_id, "OLD", ops, "Old dock"),
    }
    company.units["closed"].ends_on = CHANGED_HANDS


ROLES = {
    "hr": ("employee", "hr"),
    "admin": ("employee", "tenant_admin"),
    "ruler": ("employee", "hr", "tenant_admin"),
    "analyst": ("analyst",),
    "nobody": (),
}
NARROWED = {"hr_ops": "ops", "hr_far": "sales"}
IN_SALES = ("chief", "former", "hr", "hr_far", "nobody", "newcomer")
NO_MEMBERS = ("newcomer", "alumna")


def _hire(company: Company) -> None:
    names = [each for each in EVERYBODY if each != "abroad"]
    for who in (*names, "ruler", "removed", *NO_MEMBERS):
        unit = company.units["sales" if who in IN_SALES else "ops"]
        person = a_person(
            company.tenant_id,
            who.title(),
            organization=unit,
            work_email=f"{who}@meridian.example",
            left_on=date(2025, 1, 1) if who == "alumna" else None,
        )
        company.people[who] = person
    people = company.people
    reports(people["mara"], people["former"], ends_on=CHANGED_HANDS)
    reports(people["mara"], people["boss"], starts_on=CHANGED_HANDS)
    reports(people["mara"], people["analyst"], kind=LineKind.DOTTED)
    reports(people["peer"], people["boss"])
    reports(people["boss"], people["chief"])
    peer = people["peer"]
    away = Leave(tenant_id=peer.tenant_id, person_id=peer.id, starts_on=CHANGED_HANDS)
    peer.leaves.append(away)
    for who, person in people.items():
        if who == "removed":
            company.members[who] = a_member(person, who)
            company.members[who].status = MemberStatus.REMOVED
        elif who not in NO_MEMBERS:
            held = ROLES.get(who, ("employee",))
            member = a_member(person, who, *(company.roles[each].id for each in held))
            if who in NARROWED:
                within = company.units[NARROWED[who]]
                hr = company.roles["hr"].id
                member.assignments += a_member(person, who, hr, within=within).assignments
                member.assignments[-1].member_id = member.id
            company.members[who] = member


def _form_teams(company: Company) -> None:
    dispatch = a_team(company.units["ops"])
    belongs(company.people["mara"], dispatch)
    belongs(company.people["lead"], dispatch, TeamRole.LEAD)
    company.teams = {
        "dispatch": dispatch,
        "night": a_team(company.units["ops"], "Night", dispatch),
        "closers": a_team(company.units["sales"], "Closers"),
        "closed": a_team(company.units["ops"], "Early"),
    }
    company.teams["closed"].ends_on = CHANGED_HANDS


def _set_goals(company: Company) -> None:
    mara, active = company.people["mara"], GoalStatus.ACTIVE
    made = {
        "public": a_goal(mara),
        "draft": a_goal(mara, "A draft", status=GoalStatus.DRAFT),
        "achieved": a_goal(mara, "Done", status=GoalStatus.ACHIEVED),
        "in_unit": a_goal(mara, "In the unit", Visibility.ORGANIZATION),
        "in_chain": a_goal(mara, "In the chain", Visibility.REPORTING_CHAIN),
        "private": a_goal(mara, "Hers", Visibility.PRIVATE, active, company.people["peer"]),
        "of_team": a_goal(company.teams["dispatch"], "The team's"),
        "of_unit": a_goal(company.units["ops"], "The unit's"),
        "of_peer": a_goal(company.people["peer"], "Another's"),
    }
    for each in made.values():
        measured(each)
    measured(made["public"], "Complaints")
    company.goals = made


async def _abroad(owner: Any, pool: Any, writing: asyncpg.Pool) -> LiveGraph:
    tenant_id = await a_registered_tenant(owner)
    known = {each.key: each for each in roles.create_built_in_roles(tenant_id)}
    someone = a_person(tenant_id, "Abroad")
    member = a_member(someone, "abroad", known["hr"].id)
    first = [a_tenant(tenant_id, "Harbor"), *known.values(), someone]
    await _keep(writing, tenant_id, first, [member])
    return LiveGraph(pool, writing, tenant_id)


async def _keep(writing: asyncpg.Pool, tenant_id: TenantId, *steps: list[Aggregate]) -> None:
    async with unit.work(writing, an_admin(tenant_id), now=NOW) as begun:
        for step in steps:
            for each in step:
                await begun.add(each, to=KEEP)
            await begun.flush()


class Forgetful:
    """A connection in one transaction, in which all others begin and end."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def execute(self, sql: str, *values: Any) -> Any:
        """Keep what there is to commit for the rest of the rehearsal."""
        for whole, within in WITHIN.items():
            sql = sql.replace(whole, within)
        return await self._connection.execute(sql, *values)


WITHIN = {
    "BEGIN": "SAVEPOINT once",
    "COMMIT": "RELEASE SAVEPOINT once",
    "ROLLBACK": "ROLLBACK TO SAVEPOINT lent",
}


class Rehearsing:
    """A pool of forgetful connections: the same work, without consequences."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def acquire(self, **more: Any) -> AsyncIterator[Forgetful]:
        """Lend a connection."""
        async with self._pool.acquire(**more) as connection:
            await connection.execute("BEGIN; SAVEPOINT lent")
            try:
                yield Forgetful(connection)
            finally:
                await connection.execute("ROLLBACK")


_TABLES = [each for each in metadata.tables.values() if each.schema is None]
EVERY_ROW = " UNION ALL ".join(
    f"SELECT '{each.name}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {each.name} t"
    " WHERE tenant_id = $1"
    for each in _TABLES
)


async def everything_kept(owner: Any, *tenants: UUID) -> list[Any]:
    """A hash of all rows of each table of these tenants, the journal's among them."""
    found = []
    for each in tenants:
        async with owner.transaction(readonly=True):
            await owner.execute(f"SET LOCAL app.tenant_id = '{each}'")
            found.append(dict(await owner.fetch(EVERY_ROW, each)))
    return found
