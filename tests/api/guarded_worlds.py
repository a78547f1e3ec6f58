"""Worlds that differ only in values that a caller may not see, and what the caller learns."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from api.kernel.schema.global_ids import decode_id
from api.schema import get_schema
from domain import people, staffing, teams
from domain.kernel.identity import PersonId
from domain.organizations import Organization
from domain.people import Employment, EmploymentType, LineKind, Person, ReportingLine
from domain.teams import Membership, Team, TeamRole
from persistence.access.actor_cache import ActorCache
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.api.guarded_reads import HIDDEN, READS
from tests.api.mutation_inputs import InputPath, iterate_scalar_fields
from tests.api.permission_matrix import find_subject
from tests.api.permissions import INPUTS
from tests.api.rehearsals import RehearsalPool
from tests.conftest import SAVE
from tests.factories.actors import NOW, TODAY, an_admin
from tests.factories.graph import DatabaseGraph
from tests.reads.oracle.node_types import TABLES
from tests.reads.query_generator import GeneratedQuery, QueryGenerator

CALLERS = ("peer", "lead", "boss", "hr_ops", "admin")

"""An employee, a team lead, a manager, HR confined to a unit, and a tenant admin."""


UPCOMING, GONE = ("newcomer",), ("alumna",)

"""People who do not work here today; everyone else does, in every world."""


LAST_DAY = 60_000

"""A planned last day, far from today also by the clock of the database."""


DAYS = (-400, LAST_DAY + 30)

"""Days for every date of an input, from today."""


def day(number: int) -> date:
    """Return a day by its distance from today."""
    return TODAY + timedelta(days=number)


@dataclass(frozen=True)
class World:
    """The guarded values of all people and units that a caller may not see."""

    hired_on: date
    left_on: date | None
    first_day_of_upcoming: date
    last_day_of_gone: date
    has_facts: bool = False
    has_plans: bool = False


PLAIN = World(day(-900), None, day(600), day(-300))


TELLING = World(day(-2), day(LAST_DAY), day(2), day(0), has_facts=True)


PLANNING = replace(PLAIN, has_plans=True)

"""The plain world, with plans for the next weeks that the caller may not see."""


@dataclass(frozen=True)
class Hidden:
    """What a caller may not see: facts of people and units, and plans of people and teams."""

    people: list[str]
    units: list[UUID]
    planned_people: list[str]
    planned_teams: list[str]


@dataclass
class Stage:
    """A company in a transaction, and one caller in it."""

    company: Company
    pool: RehearsalPool
    caller: str

    @cached_property
    def graph(self) -> DatabaseGraph:
        """A graph that reads what was changed in the transaction."""
        return DatabaseGraph(self.pool, self.pool, self.company.tenant_id)

    async def execute(self, query: str, **variables: Any) -> str:
        """Execute a document with the rights of this moment; return the answer."""
        engine = self.graph.engine
        engine.stores = replace(engine.stores, actor_cache=ActorCache())
        body = (await self.graph.execute(self.caller, query, **variables)).body.decode()
        return name_ids(re.sub(r',"extensions":.*', "", body))

    async def find_hidden(self) -> Hidden:
        """Find what the caller may not see."""
        found = await self.graph.query(self.caller, HIDDEN)
        persons, groups = found["people"]["nodes"], found["teams"]["nodes"]
        units = [each for each in found["organizations"]["nodes"] if each["references"] is None]
        return Hidden(
            self._list_names("person", [each for each in persons if each["employments"] is None]),
            [decode_id(each["id"], "org") for each in units],
            self._list_names(
                "person", [each for each in persons if "ASSIGN_MANAGER" not in each["viewerCan"]]
            ),
            self._list_names(
                "team", [each for each in groups if "ADD_MEMBER" not in each["viewerCan"]]
            ),
        )

    def _list_names(self, kind: str, nodes: list[Any]) -> list[str]:
        names = self.company.people if kind == "person" else self.company.teams
        ids = {each["id"] for each in nodes}
        return [each for each in names if self.company.encode_id(kind, each) in ids]

    async def apply(self, world: World, hidden: Hidden) -> None:
        """Set what the caller may not see."""
        actor = an_admin(self.company.tenant_id)
        may_plan = self.caller in ("hr_ops", "admin")
        async with unit.work(self.pool, actor, now=NOW) as work:  # type: ignore[arg-type]
            for who in hidden.people:
                person = await work.get(Person, self.company.people[who].id, to=SAVE)
                _set_employment(person, who, world)
                if world.has_facts:
                    _add_facts(person, who)
                if world.has_facts and not may_plan and who not in (*GONE, "ruler"):
                    _add_plans(person, self.company)
                    team = await work.get(Team, self.company.teams["closers"].id, to=SAVE)
                    team.memberships.append(_plan_membership(person, team))
            for number, id in enumerate(hidden.units if world.has_facts else ()):
                organization = await work.get(Organization, id, to=SAVE)
                organization.add_external_reference("workday", f"unit-{number}")
        if world.has_plans:
            async with unit.work(self.pool, actor, now=NOW) as work:  # type: ignore[arg-type]
                await make_plans(work, self.company, hidden, self.caller)
        for table in ("people", "organizations", "teams"):
            await self.pool.connection.execute(
                f"UPDATE {table} SET version = 1, updated_at = created_at"
            )

    async def read(self, hidden: str) -> str:
        """Return all that the caller can read about the values, by many ways."""
        variables = {
            "later": day(LAST_DAY + 40).isoformat(),
            "number": f"number-{hidden}",
            "external": hidden,
        }
        return "\n".join([await self.execute(each, **variables) for each in READS])

    async def load_rows(self) -> dict[str, list[dict[str, Any]]]:
        """Load the rows of this moment by their tables, plans included."""
        rows = {}
        async with self.pool.rehearse():
            await self.pool.connection.execute(
                "SELECT set_config('app.tenant_id', $1, true)", str(self.company.tenant_id)
            )
            for table in TABLES.values():
                found = await self.pool.connection.fetch(f"SELECT * FROM {table}")
                rows[table] = [dict(each) for each in found] or [{"id": UUID(int=1)}]
        return rows

    async def mutate(self, verb: str, input: dict[str, Any]) -> list[str]:
        """Return the answer, and what the caller can read after a change."""
        subject = find_subject(verb)
        document = (
            f"mutation($input: {verb[0].upper()}{verb[1:]}Input!) {{ {verb}(input: $input) {{"
            f" {subject} {{ id version viewerCan }} errors {{ code message field }} }} }}"
        )
        async with self.pool.rehearse():
            answer = await self.execute(document, input=input)
            is_done = '"errors":[]' in answer
            after = (
                await self.execute(READS[0], later=day(LAST_DAY + 40).isoformat())
                if is_done
                else ""
            )
        return [answer, after]


def iterate_inputs(company: Company, hidden: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Iterate over inputs of every mutation, about the usual subjects and about a hidden person.

    A row is named by its mutation and by what is special about it.
    """
    hidden_id = company.encode_id("person", hidden)
    for row, build in INPUTS.items():
        input = dict(build(company))
        yield row, input
        text = json.dumps(input)
        for id in sorted(set(re.findall(r"person_[0-9a-f-]{36}", text)) - {hidden_id}):
            yield f"{row} about another", json.loads(text.replace(id, hidden_id))
    mara = company.encode_id("person", "mara")
    for who in ("peer", "chief", "newcomer", "alumna"):
        address = f"{who}@meridian.example"
        yield f"personEdit to the address of {who}", {"id": mara, "workEmail": address}
        yield f"personHire with the address of {who}", {"givenName": "New", "workEmail": address}
        id = company.encode_id("person", who)
        team = company.encode_id("team", "dispatch")
        yield f"teamAddMember of {who}", {"id": team, "personId": id}
        goal = {"title": "More", "dueOn": "2026-12-31", "owner": {"personId": id}}
        yield f"goalCreate of {who}", goal
        yield f"memberCreate of {who}", {"personId": id, "subject": "new"}
    for who in ("former", "chief"):
        manager_id = company.encode_id("person", who)
        yield f"personAssignManager to {who}", {"id": mara, "managerId": manager_id}
    for who in ("admin", "ruler"):
        yield f"memberRemove of {who}", {"id": company.encode_id("member", who)}
    yield "organizationClose with people", {"id": company.encode_id("org", "dock")}


def iterate_dated_inputs(company: Company, hidden: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Iterate over the same inputs with other days in every date."""
    paths: dict[str, list[InputPath]] = {}
    for verb, path in iterate_scalar_fields("Date"):
        paths.setdefault(verb, []).append(path)
    for row, input in iterate_inputs(company, hidden):
        for field, *deeper in paths.get(row.split()[0], ()):
            if not deeper:
                for number in DAYS:
                    yield f"{row} {field} {number}", input | {str(field): day(number).isoformat()}


def generate_queries(rows: dict[str, list[dict[str, Any]]], number: int) -> list[GeneratedQuery]:
    """Generate queries about these rows, without cursors, which are sealed anew each time."""
    references = [{"id": UUID(int=1), "source": "workday", "external_id": "1"}]
    tables = rows | {"person_references": references, "organization_references": references}
    tables["team_references"] = tables["goal_references"] = references
    world: Any = SimpleNamespace(tables=tables, today=TODAY)
    generator = QueryGenerator(get_schema()._schema, world, world, 7)
    queries: list[GeneratedQuery] = []
    while len(queries) < number:
        query = generator.generate_query()
        if not query.cursors and "ursor" not in query.document:
            queries.append(query)
    return queries


def name_ids(text: str) -> str:
    """Replace ids by their order in the text, because new objects have other ids each time."""
    names: dict[str, str] = {}
    return re.sub(
        r"\b[a-z]+_[0-9a-f-]{36}\b",
        lambda match: names.setdefault(match[0], f"{match[0].partition('_')[0]}#{len(names)}"),
        text,
    )


def _set_employment(person: Person, who: str, world: World) -> None:
    hired_on, left_on = world.hired_on, world.left_on
    if who in UPCOMING:
        hired_on, left_on = world.first_day_of_upcoming, None
    if who in GONE:
        hired_on, left_on = day(-900), world.last_day_of_gone
    employment = person.latest_employment
    person.hired_on = employment.hired_on = hired_on
    person.left_on = employment.left_on = left_on


def _add_facts(person: Person, who: str) -> None:
    person.employee_number = f"number-{who}"
    person.add_external_reference("workday", who)
    facts = {"working_time_share": Decimal("0.5"), "employment_type": EmploymentType.INTERN}
    for number in (-1, 20):
        if person.hired_on <= day(number) and not person.has_left(day(number)):
            person.change_job(day(number), facts, today=TODAY, at=NOW)
    if who in UPCOMING:
        return
    person.latest_employment.leaving_reason = "A secret" if person.left_on else None
    earlier = replace_employment(person)
    person.employments.insert(0, earlier)
    with suppress(StopIteration):
        if who not in GONE and not person.leaves:
            person.start_leave(person.hired_on)


def replace_employment(person: Person) -> Employment:
    """Return an employment that ended before the person's latest one."""
    latest = person.latest_employment
    return replace(
        latest,
        id=UUID(int=latest.id.int ^ 1),
        hired_on=day(-1900),
        left_on=day(-1800),
    )


async def make_plans(work: Any, company: Company, hidden: Hidden, caller: str) -> None:
    """Plan what the caller may not see: lines, memberships, leads, leaves and departures."""
    ids = {who: person.id for who, person in company.people.items()}
    absent = (*GONE, *UPCOMING, "removed")
    managers = {"former": caller, "nobody": "mara"}
    for who in [each for each in hidden.planned_people if each not in (*absent, "ruler")]:
        manager_id = ids[managers.get(who, "ruler")]
        await people.assign_manager(work, ids[who], manager_id, starts_on=day(20))
    for team in [company.teams[each] for each in hidden.planned_teams]:
        if team.ends_on is None:
            found = await work.get(Team, team.id, to=Team.END_MEMBERSHIP)
            for each in found.memberships:
                found.end_membership(each.id, day(15))
            await teams.add_member(work, team.id, ids["peer"], starts_on=day(20))
            lead = {"role": TeamRole.LEAD, "starts_on": day(20)}
            await teams.add_member(work, team.id, ids["mara"], **lead)
    for who in [each for each in hidden.people if each not in (*absent, "ruler")]:
        person = await work.get(Person, ids[who], to=Person.START_LEAVE)
        if not person.leaves:
            person.start_leave(day(10), ends_on=day(25))
        person.change_job(day(12), {"job_title": "Planned"}, today=TODAY, at=NOW)
        reports = {each for each in company.people if _has_line(company, each, ids[who])}
        takes_over = who != "ruler" and reports <= {*hidden.planned_people}
        successor = ids["ruler"] if takes_over else None
        await staffing.depart(work, ids[who], left_on=day(LAST_DAY), successor_id=successor)


def _has_line(company: Company, who: str, manager_id: UUID) -> bool:
    return any(each.manager_id == manager_id for each in company.people[who].lines)


def _add_plans(person: Person, company: Company) -> None:
    person.lines.append(
        ReportingLine(
            tenant_id=person.tenant_id,
            person_id=person.id,
            manager_id=PersonId(company.people["ruler"].id),
            kind=LineKind.DOTTED,
            starts_on=day(20),
        )
    )


def _plan_membership(person: Person, team: Team) -> Membership:
    return Membership(
        tenant_id=team.tenant_id,
        team_id=team.id,
        person_id=PersonId(person.id),
        starts_on=day(20),
    )
