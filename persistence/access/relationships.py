"""Relationships: what is above the people, teams and organizations that a rule names, today.

One statement looks up managers, teams above and organizations above. It only walks upwards, so its
result stays small in a large tenant.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from domain.kernel.access import (
    AllOf,
    AnyOf,
    Holds,
    InGrantedSubtree,
    InheritedFrom,
    Leads,
    Manages,
    MemberOf,
    OwnerAttributes,
    Relationships,
    Rule,
)
from persistence.access.units import render_unit
from persistence.kernel.pools import Connection

SELECT_RELATIONSHIPS = """
WITH unit (id, unit) AS (
    SELECT id, id FROM organizations WHERE tenant_id = $1 AND id = ANY($5::uuid[])
    UNION ALL
    SELECT id, organization_id FROM teams WHERE tenant_id = $1 AND id = ANY($4::uuid[])
    UNION ALL
    SELECT p.id, {unit} FROM people p
    WHERE p.tenant_id = $1 AND p.id = ANY($3::uuid[])
)
SELECT 'managers' AS word, descendant_id AS id, ancestor_id AS found FROM reporting_closure
WHERE tenant_id = $1 AND descendant_id = ANY($3::uuid[])
  AND starts_on <= $2 AND (ends_on IS NULL OR ends_on > $2)
  AND (left_on IS NULL OR left_on > $2)
UNION ALL
SELECT 'teams', descendant_id, ancestor_id FROM team_closure
WHERE tenant_id = $1 AND descendant_id = ANY($4::uuid[])
UNION ALL
SELECT 'teams', m.person_id, c.ancestor_id
FROM team_memberships m
JOIN team_closure c ON c.tenant_id = $1 AND c.descendant_id = m.team_id
JOIN people p ON p.tenant_id = $1 AND p.id = m.person_id AND (p.left_on IS NULL OR p.left_on > $2)
WHERE m.tenant_id = $1 AND m.person_id = ANY($3::uuid[])
  AND m.starts_on <= $2 AND (m.ends_on IS NULL OR m.ends_on > $2)
UNION ALL
SELECT 'unit', id, unit FROM unit WHERE unit IS NOT NULL
UNION ALL
SELECT 'path', descendant_id, ancestor_id FROM organization_closure
WHERE tenant_id = $1 AND descendant_id IN (SELECT unit FROM unit)
"""


@dataclass
class Subjects:
    """The people, teams and organizations that rules name, of some objects."""

    people: set[UUID] = field(default_factory=set)
    teams: set[UUID] = field(default_factory=set)
    organizations: set[UUID] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.people or self.teams or self.organizations)


def collect_subjects(rules: Iterable[Rule], *objects: object) -> Subjects:
    """Return the people, teams and organizations that these rules name in these objects."""
    collected = Subjects()
    for subject in objects:
        for rule in rules:
            _collect_from_rule(rule, subject, collected)
    return collected


async def load_relationships(
    connection: Connection, tenant_id: UUID, today: date, subjects: Subjects
) -> Relationships:
    """Load the relationships of these subjects today; runs no statement where there are none."""
    if not subjects:
        return Relationships()
    rows = await connection.fetch(
        SELECT_RELATIONSHIPS.format(unit=render_unit("p", "$2")),
        tenant_id,
        today,
        list(subjects.people),
        list(subjects.teams),
        list(subjects.organizations),
    )
    found: defaultdict[str, defaultdict[UUID, set[UUID]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        found[row["word"]][row["id"]].add(row["found"])
    return Relationships(
        managers=_freeze_sets(found["managers"]),
        teams=_freeze_sets(found["teams"]),
        organizations={id: unit for id, units in found["unit"].items() for unit in units},
        organization_paths=_freeze_sets(found["path"]),
    )


def _collect_from_rule(rule: Rule, resource: object, subjects: Subjects) -> None:
    match rule:
        case AnyOf(rules) | AllOf(rules):
            for each in rules:
                _collect_from_rule(each, resource, subjects)
        case Manages(attribute):
            _add_id(subjects.people, resource, attribute)
        case Leads(place) | MemberOf(place) | InGrantedSubtree(place) | Holds(_, place):
            _collect_from_owner(place, resource, subjects)
        case InheritedFrom(_, parent, inner):
            if (found := getattr(resource, parent)) is not None:
                _collect_from_rule(inner, found, subjects)
        case _:
            pass


def _collect_from_owner(owner: OwnerAttributes, resource: object, subjects: Subjects) -> None:
    _add_id(subjects.people, resource, owner.person)
    _add_id(subjects.teams, resource, owner.team)
    _add_id(subjects.organizations, resource, owner.organization)


def _add_id(ids: set[UUID], resource: object, attribute: str | None) -> None:
    id = getattr(resource, attribute) if attribute else None
    if id is not None:
        ids.add(id)


def _freeze_sets(found: dict[UUID, set[UUID]]) -> dict[UUID, frozenset[UUID]]:
    return {id: frozenset(ids) for id, ids in found.items()}
