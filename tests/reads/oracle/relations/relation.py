"""What the relations of all concepts share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tests.reads.dataset import Row
from tests.reads.oracle import policy
from tests.reads.oracle.journal_facts import held_then
from tests.reads.oracle.node_types import TYPE_BY_ENTITY
from tests.reads.oracle.relationships import OracleCaller

Arguments = dict[str, Any]
RelationResolver = Callable[[OracleCaller, Row, Arguments], list[Row]]


@dataclass(frozen=True)
class Relation:
    """A relation of a field; `inherits_visibility` makes its rows as visible as their source."""

    kind: str
    resolve: RelationResolver
    inherits_visibility: bool = False


def get_day(who: OracleCaller, arguments: Arguments) -> date:
    return arguments.get("asOf") or who.facts.today


def to_one(kind: str, column: str) -> Relation:
    """Build a relation to the referenced row."""

    def walk(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
        found = who.facts.find_row(row[column])
        return [found] if found else []

    return Relation(kind, walk)


def to_many(kind: str, table: str, column: str, *, inherits_visibility: bool = False) -> Relation:
    """Build a relation to the rows that reference this one."""
    return Relation(
        kind,
        lambda who, row, _: who.facts.select_rows(table, **{column: row["id"]}),
        inherits_visibility,
    )


def select_people(who: OracleCaller, ids: list[Any]) -> list[Row]:
    return [row for row in who.facts.select_rows("people") if row["id"] in set(ids)]


def has_come(who: OracleCaller, day: date) -> bool:
    return day <= who.facts.today


def may_know_place_of(who: OracleCaller, person_id: UUID, day: date) -> bool:
    """Return whether the caller may know a person's position on a day; future ones are guarded."""
    return has_come(who, day) or policy.can_see_person_plans(who, who.facts.rows_by_id[person_id])


def build_ancestor_relation(kind: str) -> Relation:
    return Relation(kind, lambda who, row, _: list(who.facts.iterate_ancestors(row))[1:])


def list_history(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
    entries = who.facts.select_rows("journal", entity_id=row["id"])
    return [
        each
        for each in entries
        if held_then(each, who, policy.HISTORY_CHECKS[TYPE_BY_ENTITY[each["entity"]]])
        and policy.may_know_event(who, each)
    ]


def build_people_relation(kind: str, as_what: str = "viewer") -> Relation:
    """Build the relation to a list of people of an object, such as its viewers."""

    def walk(who: OracleCaller, row: Row, _: Arguments) -> list[Row]:
        named = who.facts.select_rows(f"{kind}_{as_what}s", **{f"{kind}_id": row["id"]})
        return select_people(who, [each["person_id"] for each in named])

    return Relation("Person", walk)


def build_assignment_relation(column: str, *, inherits_visibility: bool = False) -> Relation:
    return Relation(
        "RoleAssignment",
        lambda who, row, _: who.facts.list_assignments(**{column: row["id"]}),
        inherits_visibility,
    )


def sort_relation(link: Relation, *names: str) -> Relation:
    """Return the relation sorted by these columns."""

    def walk(who: OracleCaller, row: Row, arguments: Arguments) -> list[Row]:
        found = link.resolve(who, row, arguments)
        return sorted(found, key=lambda each: [each[name] for name in names])

    return Relation(link.kind, walk, link.inherits_visibility)


def select_all(kind: str, table: str) -> Relation:
    return Relation(kind, lambda who, _row, _args: who.facts.select_rows(table))


Relations = dict[str, dict[str, Relation]]
