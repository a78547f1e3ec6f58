"""The facts that a plan needs, read in sets: one statement for each kind, however many people.

They include what the actor might not see elsewhere. So the policy of cycles asks for the permission
to manage employments.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from domain.kernel.pauses import with_pauses
from domain.kernel.periods import Period
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from domain.people import Employment, Job, JobState, Leave, LineKind, Person, ReportingLine
from domain.reviews.cycles.model import ReviewCycle
from domain.reviews.cycles.population import JobFacts, PersonFacts
from domain.reviews.templates import ReviewCareerGroup, ReviewTemplate, load_units_above
from domain.reviews.templates.positions import UnitsAbove
from domain.tenants import load_tenant

Rows = Sequence[Sequence[Any]]
JOB_FACTS = (
    *("person_id", "starts_on", "organization_id", "level", "employment_type"),
    *("location", "working_time_share", "job_title"),
)
PRESENT_FACTS = (
    *("id", "time_zone", "hired_on", "organization_id", "level", "location", "job_title"),
)
LINE_FACTS = ("person_id", "manager_id", "starts_on", "ends_on", "kind")


@dataclass(frozen=True)
class PlanFacts:
    """People with their dated facts, the units below each unit, and who stands above whom.

    `units` are those of the population, None without restriction. `scope` are the cycle's unit and
    all below, None for the whole tenant. `managers` and `reports` are those of the day on which the
    plan looks, without people who have left. Who has left by `today` does not take part.
    `group_units` are the unit of each group that names one, with all below. `time_zone` is that of
    people without one. `templates` are those of the directions that have career groups, with the
    units above each unit.
    """

    people: Mapping[UUID, PersonFacts]
    units: frozenset[UUID] | None = None
    scope: frozenset[UUID] | None = None
    managers: Mapping[UUID, UUID] = field(default_factory=dict)
    reports: Mapping[UUID, Sequence[UUID]] = field(default_factory=dict)
    today: date = date.min
    group_units: Mapping[UUID, frozenset[UUID]] = field(default_factory=dict)
    time_zone: str | None = None
    templates: Mapping[UUID, ReviewTemplate] = field(default_factory=dict)
    units_above: UnitsAbove = field(default_factory=dict)


async def load_facts(
    work: Work, cycle: ReviewCycle, day: date, ids: Sequence[UUID] | None = None
) -> PlanFacts:
    """Load the facts of these people, by default all who may be in a cycle.

    Managers and reports are those of a day.
    """
    scope, units = await load_units(work, cycle.organization_id, cycle.unit_ids)
    if ids is None:
        added = [each.person_id for each in cycle.selections]
        ids = await _list_candidates(work, units if units is not None else scope, added)
    people = await load_people(work, ids)
    managers, reports = await load_lines(work, ids, day)
    found = PlanFacts(people, units, scope, managers, reports, work.actor.today)
    found = await _add_group_facts(work, cycle, found) if cycle.groups else found
    return await _add_templates(work, cycle, found)


async def _add_templates(work: Work, cycle: ReviewCycle, facts: PlanFacts) -> PlanFacts:
    ids = sorted({each.template_id for each in cycle.directions})
    named = await work.find_values(ReviewCareerGroup, ("template_id",), template_id=ids)
    limited = sorted({id for (id,) in named})
    if not limited:
        return facts
    templates = {each.id: each for each in await work.load_all(ReviewTemplate, limited)}
    return replace(facts, templates=templates, units_above=await load_units_above(work))


async def _add_group_facts(work: Work, cycle: ReviewCycle, facts: PlanFacts) -> PlanFacts:
    named: set[UUID] = {
        each.organization_id for each in cycle.groups if each.organization_id is not None
    }
    below = await _load_tree(work) if named else {}
    units = {each: _walk(below, {each}) for each in named}
    return replace(facts, group_units=units, time_zone=(await load_tenant(work)).time_zone)


async def load_units(
    work: Work, top: UUID | None, wanted: Collection[UUID]
) -> tuple[frozenset[UUID] | None, frozenset[UUID] | None]:
    """Return a unit with all below, and the wanted units in it with all below them.

    No unit stands for the whole tenant, as nothing wanted does for the whole unit.
    """
    if top is None and not wanted:
        return None, None
    below = await _load_tree(work)
    scope = None if top is None else _walk(below, {top})
    units = _walk(below, wanted) if wanted else scope
    return scope, units if scope is None or units is None else units & scope


async def _load_tree(work: Work) -> Mapping[UUID | None, Sequence[UUID]]:
    """Return the units right below each unit."""
    tenant = [work.actor.tenant_id]
    rows = await work.find_values(Organization, ("id", "parent_id"), tenant_id=tenant)
    below = defaultdict[UUID | None, list[UUID]](list)
    for id, parent_id in rows:
        below[parent_id].append(id)
    return below


def _walk(below: Mapping[UUID | None, Sequence[UUID]], roots: Iterable[UUID]) -> frozenset[UUID]:
    found, waiting = set[UUID](), list[UUID](roots)
    while waiting:
        unit = waiting.pop()
        if unit not in found:
            found.add(unit)
            waiting += below.get(unit, ())
    return frozenset(found)


async def _list_candidates(
    work: Work, units: Collection[UUID] | None, added: Collection[UUID]
) -> list[UUID]:
    """Return the people who have had a job in these units, and those who were selected."""
    if units is None:
        found: Rows = await work.find_values(Person, ("id",), tenant_id=[work.actor.tenant_id])
        return sorted({*added, *(row[0] for row in found)})
    wanted, current = [*units], [JobState.CURRENT] * len(units)
    found = await work.find_values(Person, ("id",), organization_id=wanted)
    held = await work.find_values(Job, ("person_id",), organization_id=wanted, state=current)
    return sorted({*added, *(row[0] for row in (*found, *held))})


async def load_people(work: Work, ids: Sequence[UUID]) -> dict[UUID, PersonFacts]:
    """Return the dated facts of these people."""
    keys = {"person_id": ids}
    employments = await work.find_values(Employment, ("person_id", "hired_on", "left_on"), **keys)
    leaves = await work.find_values(Leave, ("person_id", "starts_on", "ends_on"), **keys)
    current = {"state": [JobState.CURRENT] * len(ids)}
    jobs = await work.find_values(Job, JOB_FACTS, **keys, **current)
    grouped = [await _group(rows) for rows in (employments, leaves, jobs)]
    present = await _load_directory(work, ids)
    found = dict[UUID, PersonFacts]()
    async for id in with_pauses(ids):
        worked, away, held = (rows.get(id, ()) for rows in grouped)
        time_zone, *job = present.get(id, (None,))
        held = held or ([tuple(job)] if job else ())
        found[id] = PersonFacts(
            id,
            [Period(*each) for each in worked],
            [Period(*each) for each in away],
            [JobFacts(*each) for each in held],
            time_zone,
        )
    return found


async def _load_directory(work: Work, ids: Sequence[UUID]) -> dict[UUID, tuple[Any, ...]]:
    """Return the time zone of each person, and the job by the directory.

    Somebody may have no other.
    """
    rows = await work.find_values(Person, PRESENT_FACTS, id=ids)
    return {
        id: (time_zone, hired_on, unit, level, None, location, None, title)
        for id, time_zone, hired_on, unit, level, location, title in rows
    }


async def _group(rows: Rows) -> dict[UUID, list[tuple[Any, ...]]]:
    """Return the rows of each person without the id, in the order of their first day."""
    found = defaultdict[UUID, list[tuple[Any, ...]]](list)
    async for id, *values in with_pauses(rows):
        found[id].append(tuple(values))
    for each in found.values():
        each.sort(key=lambda row: row[0])
    return found


async def load_lines(
    work: Work, ids: Sequence[UUID], day: date
) -> tuple[dict[UUID, UUID], dict[UUID, list[UUID]]]:
    """Return the manager and the reports of each person on a day."""
    above = await list_lines(work, "person_id", ids, day)
    second = await list_lines(work, "person_id", sorted({row[1] for row in above}), day)
    below = await list_lines(work, "manager_id", ids, day)
    involved = sorted({*ids, *(id for row in (*above, *second, *below) for id in row[:2])})
    rows = await work.find_values(Person, ("id", "left_on"), id=involved)
    present = {id for id, left_on in rows if left_on is None or left_on > day}
    managers = {row[0]: row[1] for row in (*above, *second) if row[1] in present}
    reports = defaultdict[UUID, list[UUID]](list)
    for person_id, manager_id, *_ in below:
        if person_id in present:
            reports[manager_id].append(person_id)
    return managers, reports


async def list_lines(work: Work, end: str, ids: Sequence[UUID], day: date) -> list[Sequence[Any]]:
    """Return the primary lines at these people that run on a day, each with `LINE_FACTS`."""
    rows = await work.find_values(ReportingLine, LINE_FACTS, **{end: ids})
    return [
        row
        async for row in with_pauses(rows)
        if row[4] == LineKind.PRIMARY and Period(row[2], row[3]).covers(day)
    ]
