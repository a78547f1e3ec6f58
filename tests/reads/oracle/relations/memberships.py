"""Relations between people and teams."""

from typing import Any

from tests.reads.dataset import Row
from tests.reads.oracle import policy
from tests.reads.oracle.relations.relation import Arguments, Relation, get_day, has_come
from tests.reads.oracle.relationships import OracleCaller


def _list_memberships(who: OracleCaller, arguments: Arguments, **having: Any) -> list[Row]:
    """List the memberships on the requested day; future ones only for planners of the team."""
    day = get_day(who, arguments)
    held = who.facts.list_memberships(day, policy.build_departure_check(who), **having)
    return [
        each for each in held if has_come(who, day) or policy.can_see_plans(who, "Membership", each)
    ]


def build_membership_relation(column: str, *, inherits_visibility: bool) -> Relation:
    return Relation(
        "Membership",
        lambda who, row, args: _list_memberships(who, args, **{column: row["id"]}),
        inherits_visibility,
    )


def build_team_relation(kind: str, mine: str, theirs: str, **having: str) -> Relation:
    table = {"Person": "people", "Team": "teams"}[kind]

    def walk(who: OracleCaller, row: Row, arguments: Arguments) -> list[Row]:
        ids = {
            each[theirs]
            for each in _list_memberships(who, arguments, **{mine: row["id"]}, **having)
        }
        return [each for each in who.facts.select_rows(table) if each["id"] in ids]

    return Relation(kind, walk)
