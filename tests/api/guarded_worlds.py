"""Worlds that differ only in values that a caller may not see, and what the caller learns."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from api.kernel.schema.global_ids import decode_id
from domain.kernel.identity import PersonId
from domain.organizations import Organization
from domain.people import Employment, LineKind, Person, ReportingLine
from domain.teams import Membership, Team
from persistence.access.actor_cache import ActorCache
from persistence.unit_of_work import work as unit
from tests.api.company import Company
from tests.api.mutation_inputs import InputPath, iterate_scalar_fields
from tests.api.permission_matrix import SUBJECT_PATTERN
from tests.api.rehearsals import RehearsalPool
from tests.api.test_permission_matrix import INPUTS
from tests.conftest import SAVE
from tests.factories.actors import NOW, TODAY, an_admin
from tests.factories.graph import DatabaseGraph

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
    has_facts: bool


PLAIN = World(day(-900), None, day(600), day(-300), has_facts=False)
TELLING = World(day(-2), day(LAST_DAY), day(2), day(0), has_facts=True)
WORLDS = (PLAIN, TELLING)


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

    async def find_hidden(self) -> tuple[list[str], list[UUID]]:
        """Find the people and units whose guarded values the caller may not see."""
        found = await self.graph.query(self.caller, HIDDEN)
        ids = {each["id"] for each in found["people"]["nodes"] if each["employments"] is None}
        people = [
            who for who in self.company.people if self.company.encode_id("person", who) in ids
        ]
        units = [each for each in found["organizations"]["nodes"] if each["references"] is None]
        return people, [decode_id(each["id"], "org") for each in units]

    async def apply(self, world: World, people: list[str], units: list[UUID]) -> None:
        """Set the guarded values of these people and units."""
        actor = an_admin(self.company.tenant_id)
        may_plan = self.caller in ("hr_ops", "admin")
        async with unit.work(self.pool, actor, now=NOW) as work:  # type: ignore[arg-type]
            for who in people:
                person = await work.get(Person, self.company.people[who].id, to=SAVE)
                _set_employment(person, who, world)
                if world.has_facts:
                    _add_facts(person, who)
                if world.has_facts and not may_plan and who not in (*GONE, "ruler"):
                    _add_plans(person, self.company)
                    team = await work.get(Team, self.company.teams["closers"].id, to=SAVE)
                    team.memberships.append(_plan_membership(person, team))
            for number, id in enumerate(units if world.has_facts else ()):
                organization = await work.get(Organization, id, to=SAVE)
                organization.add_external_reference("workday", f"unit-{number}")
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

    async def mutate(self, verb: str, input: dict[str, Any]) -> list[str]:
        """Return the answer, and what the caller can read after a change."""
        subject = SUBJECT_PATTERN.findall(verb)[0]
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


HIDDEN = """{
  people(first: 100) { nodes { id employments { hiredOn } } }
  organizations(first: 100) { nodes { id references { source } } }
}"""

READS = (
    """query($later: Date!) {
      people(first: 25, orderBy: [{ field: NAME }]) { nodes {
        name worksHere employmentStatus hiredOn lastDay employeeNumber workEmail viewerCan version
        employments { hiredOn } leaves { startsOn } references { source }
        reportingLines { startsOn endsOn manager { name } }
        manager { name } later: manager(asOf: $later) { name }
      } }
      teams(first: 5, orderBy: [{ field: NAME }]) { nodes {
        name viewerCan version memberships { nodes { startsOn endsOn role person { name } } }
        later: memberships(asOf: $later) { nodes { startsOn endsOn person { name } } }
      } }
    }""",
    """{
      organizations(first: 9, orderBy: [{ field: NAME }]) {
        nodes { name viewerCan version references { source } people { totalCount } }
      }
      members(first: 25) { nodes { viewerCan person { name } } }
    }""",
    """query($number: String!, $external: String!) {
      byNumber: person(by: { employeeNumber: $number }) { name }
      byReference: person(by: { external: { source: "workday", id: $external } }) { name }
      unit: organization(by: { external: { source: "workday", id: "unit-0" } }) { name }
      hired: people(where: { hiredOn: { gt: "2020-01-01" } }) { totalCount nodes { name } }
      leaving: people(where: { lastDay: { gt: "2020-01-01" } }) { totalCount nodes { name } }
      away: people(where: { employmentStatus: { eq: ON_LEAVE } }) { totalCount nodes { name } }
      numbered: people(where: { employeeNumber: { eq: $number } }) { totalCount nodes { name } }
      search: people(search: $number) { totalCount nodes { name } }
    }""",
    """{
      byHire: people(orderBy: [{ field: HIRED_ON }], first: 25) { nodes { name } }
      byEnd: people(orderBy: [{ field: LAST_DAY }], first: 25) { nodes { name } }
      byNumber: people(orderBy: [{ field: EMPLOYEE_NUMBER }], first: 25) { nodes { name } }
    }""",
)
"""Queries by which a caller might learn a guarded value."""
