"""Merging two records of one human: how the dated parts of both become those of one person.

On a day on which both records have a part of a kind, that of the person who stays counts. The
duplicate's part counts on all other days. What a departure ended stays ended.
"""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from domain.custom_fields import unite_custom_values
from domain.kernel.aggregate import set_attributes
from domain.kernel.fields import field_specs
from domain.kernel.identity import PersonId
from domain.people.dated_parts import fit_between
from domain.people.employment import (
    Employment,
    EndingPeriod,
    Leave,
    PersonReference,
    end_with_departure,
)
from domain.people.jobs import FACTS, Facts, resolve
from domain.people.model import Person
from domain.people.placements import Placements, list_placements, read_timeline
from domain.people.reporting_lines import LineKind, ReportingLine


def are_in_different_units(person: Person, duplicate: Person) -> bool:
    """Return whether the two records are employed in different units on the same day."""
    records = person, duplicate
    days = {day for record in records for day in read_timeline(record)}
    days |= {each.hired_on for record in records for each in record.employments}
    return any(len({_find_unit(record, day) for record in records} - {None}) > 1 for day in days)


def list_united_placements(person: Person, duplicate: Person, today: date) -> Placements:
    """Return the days of both records in each unit."""
    own, more = (list_placements(each, today) for each in (person, duplicate))
    return {unit: [*own.get(unit, ()), *more.get(unit, ())] for unit in {**own, **more}}


def list_past_departures(
    person: Person, duplicate: Person, today: date
) -> list[tuple[Person, date]]:
    """Return the records with a past departure after which the merged person is employed."""
    end = max(map(_get_end, (*person.employments, *duplicate.employments)))
    return [
        (each, each.left_on)
        for each in (person, duplicate)
        if each.left_on is not None and each.left_on <= today and each.left_on < end
    ]


def hand_over(duplicate: Person) -> Person:
    """Take all parts and unique values from the duplicate; return a record that has them."""
    given = copy(duplicate)
    for attribute in MERGE_RULES:
        setattr(duplicate, attribute, [])
    for attribute in Person.UNIQUE:
        setattr(duplicate, attribute, None)
    return given


def absorb(person: Person, given: Person, *, today: date, at: datetime) -> None:
    """Give the person the parts of the other record, and its values where there is none.

    A departure of one record that is no longer the last one ends its leaves and lines for good.
    """
    job_facts = _unite_job_facts(person, given) if person.jobs or given.jobs else None
    for record, left_on in list_past_departures(person, given, today):
        ending: list[EndingPeriod] = [*record.leaves, *record.lines]
        for each in ending:
            end_with_departure(each, left_on)
    for attribute, unite in MERGE_RULES.items():
        parts = unite(person, given)
        for part in parts:
            part.person_id = person.id
        setattr(person, attribute, parts)
    for name in list_optional_values():
        if getattr(person, name) in (None, "") and getattr(given, name) is not None:
            setattr(person, name, getattr(given, name))
    set_attributes(person, unite_custom_values(person, given))
    if job_facts is not None:
        person.rebuild_jobs(job_facts, today=today, at=at)
    latest = person.latest_employment
    person.hired_on, person.left_on = latest.hired_on, latest.left_on
    person.update_directory_fields(today)


def list_optional_values() -> list[str]:
    """Return the attributes that a person takes from a duplicate where they have no value."""
    return [
        name
        for name, spec in field_specs(Person).items()
        if (spec.is_optional or spec.default == "") and not spec.is_period_end
    ]


def replace_manager_record(report: Person, duplicate_id: UUID, person: Person) -> None:
    """Let a report's lines to the duplicate lead to the person who stays."""
    own = [each for each in report.lines if each.manager_id != duplicate_id]
    given = [
        replace(each, manager_id=PersonId(person.id))
        for each in report.lines
        if each.manager_id == duplicate_id
    ]
    report.lines = [*own, *fit_between(own, given, _exclude_each_other)]
    report.record_event("manager_assigned")


def _unite_employments(person: Person, given: Person) -> list[Employment]:
    """Return the employments of both; those that overlap become one, from first to last day.

    The reason, the kind and the successor are those of the later end.
    """
    united, pair = list[Employment](), {person.id, given.id}
    both = [*person.employments, *given.employments]
    for each in sorted(both, key=lambda each: each.hired_on):
        last = united[-1] if united else None
        if last is None or not last.period.overlaps(each.period):
            united.append(copy(each))
            continue
        later = max(last, each, key=_get_end)
        is_own = any(each.id == own.id for own in person.employments)
        united[-1] = replace(later, id=each.id if is_own else last.id, hired_on=last.hired_on)
    for each in united:
        each.successor_id = None if each.successor_id in pair else each.successor_id
    return united


def _unite_leaves(person: Person, given: Person) -> list[Leave]:
    return [*person.leaves, *fit_between(person.leaves, given.leaves, lambda *_: True)]


def _unite_references(person: Person, given: Person) -> list[PersonReference]:
    return [*person.references, *given.references]


def _unite_lines(person: Person, given: Person) -> list[ReportingLine]:
    """Return the lines of both, without the empty ones from one record to the other."""
    pair = {person.id, given.id}
    own, more = (
        [each for each in record.lines if each.manager_id not in pair] for record in (person, given)
    )
    return [*own, *fit_between(own, more, _exclude_each_other)]


def _unite_job_facts(person: Person, given: Person) -> dict[date, Facts]:
    """Return the facts of the record that is employed on each day; of both, those of the person.

    A fact that one record never had is that of the other. What was planned for a day after a
    departure is left out.
    """
    records = [(each, _list_facts_in_effect(each)) for each in (person, given)]
    absent = [[name for name in FACTS if not _has_value(facts, name)] for _, facts in records]
    days = {day for record, facts in records for day in (*facts, *_list_limits(record))}
    united, running = dict[date, Facts](), dict[str, Any]()
    for day in sorted(days):
        place = next((n for n, (each, _) in enumerate(records) if _is_employed(each, day)), None)
        if place is None:
            continue
        recorded, others = records[place][1], records[1 - place][1]
        taken = _find_facts(others, day)
        facts = _find_facts(recorded, day) | {name: taken[name] for name in absent[place]}
        stated = {
            name: value
            for name, value in facts.items()
            if name in recorded.get(day, {}) or running.get(name, ...) != value
        }
        if stated:
            united[day] = stated
        running = facts
    return united or dict(person.list_job_facts())


def _list_facts_in_effect(person: Person) -> dict[date, Facts]:
    recorded = person.list_job_facts()
    return {day: facts for day, facts in recorded.items() if not person.has_left(day)}


def _list_limits(person: Person) -> list[date]:
    """Return the first day of each employment, and the first one after it."""
    return [day for each in person.employments for day in (each.hired_on, each.left_on) if day]


def _is_employed(person: Person, day: date) -> bool:
    return any(each.period.covers(day) for each in person.employments)


def _find_facts(recorded: Mapping[date, Facts], day: date) -> dict[str, Any]:
    """Return all facts that hold on a day; None for those that are not known yet."""
    found = dict[str, Any].fromkeys(FACTS)
    for start, facts in resolve(recorded):
        if start <= day:
            found = dict(facts)
    return found


def _find_unit(person: Person, day: date) -> UUID | None:
    """Return the unit in which a person is employed on that day."""
    is_employed = any(each.period.covers(day) for each in person.employments)
    units = [unit for since, unit in read_timeline(person).items() if since <= day]
    return units[-1] if units and is_employed else None


def _has_value(recorded: Mapping[date, Facts], name: str) -> bool:
    return any(each.get(name) is not None for each in recorded.values())


def _exclude_each_other(line: ReportingLine, other: ReportingLine) -> bool:
    is_same_manager = line.manager_id == other.manager_id
    return line.kind is other.kind and (line.kind is LineKind.PRIMARY or is_same_manager)


def _get_end(employment: Employment) -> date:
    return employment.left_on or date.max


MERGE_RULES: Mapping[str, Callable[[Person, Person], list[Any]]] = {
    "employments": _unite_employments,
    "leaves": _unite_leaves,
    "references": _unite_references,
    "lines": _unite_lines,
    "jobs": lambda person, _: person.jobs,
}
"""How the parts of both records become those of one person, by attribute. A test compares the
attributes with the tables of parts, so that a new table needs a rule. Jobs follow from the united
facts of both."""
