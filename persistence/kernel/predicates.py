"""Access rules read for a whole table: the SQL twin of `domain.kernel.access.allows`.

The same words in the same order. What is known of the actor comes from `Facts`: the populations of
a permission decide which words appear at all, everything else is a bound value, so that one
statement serves every actor who holds the same kinds of grant.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Date,
    FromClause,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)

from domain.kernel.access import (
    EVERYBODY,
    NOBODY,
    Actor,
    AllOf,
    Among,
    AnyOf,
    Has,
    Holds,
    Is,
    Leads,
    Manages,
    MemberOf,
    Place,
    Rule,
    Via,
    Within,
    spelled_out,
)
from domain.kernel.permissions import Permission, Population
from persistence.kernel.closures import organization_closure, reporting_closure, team_closure
from persistence.kernel.tables import collection, metadata, pointed_at, table_of

COST: Mapping[type[Rule], int] = {
    Is: 1,
    Has: 1,
    MemberOf: 4,
    Among: 8,
    Manages: 8,
    Within: 8,
    Leads: 10,
    Via: 20,
}
"""What asking a row costs, in comparisons; the cheap is asked first."""


class Facts(Protocol):
    """What a predicate asks about the caller."""

    def populations(self, permission: Permission) -> frozenset[Population]:
        """The kinds of population this permission is held over; known while compiling."""
        ...

    def leads(self) -> bool:
        """Whether the actor leads any team; known while compiling."""
        ...

    def manages(self) -> bool:
        """Whether anybody may report to the actor; known while compiling."""
        ...

    def person(self) -> ColumnElement[Any]:
        """The actor's person."""
        ...

    def today(self) -> ColumnElement[Any]:
        """The date in the tenant's time zone."""
        ...

    def tenant(self) -> ColumnElement[Any]:
        """The tenant; every table of every subselect carries it."""
        ...

    def organizations(self) -> ColumnElement[Any]:
        """The actor's unit and all above it, as an array."""
        ...

    def teams_led(self) -> ColumnElement[Any]:
        """The teams that the actor leads, as an array."""
        ...

    def subtrees(self, permission: Permission) -> ColumnElement[Any]:
        """The roots of the subtrees that the actor holds this permission over, as an array."""
        ...


@dataclass(frozen=True)
class ActorFacts:
    """The facts of one known actor."""

    actor: Actor

    def populations(self, permission: Permission) -> frozenset[Population]:
        """The kinds of population that this actor holds the permission over."""
        return self.actor.populations(permission)

    def leads(self) -> bool:
        """Whether this actor leads any team."""
        return bool(self.actor.teams_led)

    def manages(self) -> bool:
        """Whether anybody may report to this actor."""
        return self.actor.has_reports

    def person(self) -> ColumnElement[UUID | None]:
        """This actor's person."""
        return literal(self.actor.person_id, Uuid)

    def today(self) -> ColumnElement[date]:
        """The date of this actor's day."""
        return literal(self.actor.today, Date)

    def tenant(self) -> ColumnElement[UUID]:
        """This actor's tenant."""
        return literal(self.actor.tenant_id, Uuid)

    def organizations(self) -> ColumnElement[Any]:
        """This actor's unit and all above it."""
        return _array(self.actor.organizations)

    def teams_led(self) -> ColumnElement[Any]:
        """The teams that this actor leads."""
        return _array(self.actor.teams_led)

    def subtrees(self, permission: Permission) -> ColumnElement[Any]:
        """The subtrees that this actor holds the permission over."""
        return _array(self.actor.subtrees(permission))


def _array(ids: Iterable[UUID]) -> ColumnElement[Any]:
    return literal(sorted(ids), ARRAY(Uuid))


def predicate(rule: Rule, facts: Facts, row: FromClause) -> ColumnElement[bool]:
    """Read a rule for the rows of a table or of an alias of one."""
    return _Reading(facts, row).of(plain(rule, facts))


def plain(rule: Rule, facts: Facts) -> Rule:  # noqa: PLR0911 - one for each word
    """The rule with grants spelled out, nothing said twice, and the cheap alternatives first."""
    match rule:
        case Holds(permission):
            return plain(spelled_out(rule, facts.populations(permission)), facts)
        case AnyOf(rules):
            return _together(AnyOf, rules, facts, unit=NOBODY, absorbing=EVERYBODY)
        case AllOf(rules):
            return _together(AllOf, rules, facts, unit=EVERYBODY, absorbing=NOBODY)
        case MemberOf(Place(None, None, None)) | Within(Place(None, None, None)):
            return NOBODY
        case Leads(Place(person=None, team=None)):
            return NOBODY
        case Leads():
            return rule if facts.leads() else NOBODY
        case Manages():
            return rule if facts.manages() else NOBODY
        case Via(attribute, whole, inner):
            reached = plain(inner, facts)
            return reached if reached in (EVERYBODY, NOBODY) else Via(attribute, whole, reached)
        case _:
            return rule


def _together(
    kind: type[AnyOf] | type[AllOf],
    rules: Iterable[Rule],
    facts: Facts,
    *,
    unit: Rule,
    absorbing: Rule,
) -> Rule:
    flat: dict[Rule, None] = {}
    for each in (plain(rule, facts) for rule in rules):
        if each == absorbing:
            return absorbing
        for word in each.rules if isinstance(each, kind) else (each,):
            flat[word] = None
    if len(flat) == 1:
        return next(iter(flat))
    return kind(tuple(sorted(flat, key=_cost))) if flat else unit


def _cost(rule: Rule) -> int:
    """All parts of an AllOf may have to be asked; of an AnyOf, often only the first."""
    match rule:
        case AllOf(rules):
            return sum(map(_cost, rules))
        case AnyOf(rules):
            return min(map(_cost, rules))
        case _:
            return COST[type(rule)]


@dataclass(frozen=True)
class _Reading:
    """One row source, and the caller it is read for."""

    facts: Facts
    row: FromClause

    def of(self, rule: Rule) -> ColumnElement[bool]:  # noqa: C901, PLR0911 - one for each word
        """The condition that a plain rule sets."""
        match rule:
            case AnyOf(rules):
                return or_(false(), *(self.of(each) for each in rules))
            case AllOf(rules):
                return and_(true(), *(self.of(each) for each in rules))
            case Is(attribute):
                return self.row.c[attribute] == self.facts.person()
            case Among(attribute):
                return self._among(attribute)
            case Manages(attribute):
                return self._manages(attribute)
            case Leads(place):
                return self._leads(place)
            case MemberOf(place):
                return self._member_of(place)
            case Within(place, permission):
                return self._within(place, permission)
            case Has(attribute, values):
                return or_(*(_has(self.row.c[attribute], value) for value in values))
            case Via(attribute, _, inner):
                return self._via(attribute, inner)
            case _:
                raise TypeError(f"{rule!r} is not a word of the access vocabulary.")

    def _among(self, attribute: str) -> ColumnElement[bool]:
        found = collection(self.row, attribute)
        link = found.links.alias()
        return self._exists(
            link,
            link.c[found.by] == self.row.c["id"],
            link.c[found.of] == self.facts.person(),
        )

    def _manages(self, attribute: str) -> ColumnElement[bool]:
        line = reporting_closure.alias()
        return self._exists(
            line,
            line.c.descendant_id == self.row.c[attribute],
            line.c.ancestor_id == self.facts.person(),
            runs_on(line, self.facts.today()),
        )

    def _leads(self, place: Place) -> ColumnElement[bool]:
        ways = []
        if place.team:
            above = team_closure.alias()
            ways.append(
                self._exists(
                    above,
                    above.c.descendant_id == self.row.c[place.team],
                    above.c.ancestor_id == any_(self.facts.teams_led()),
                )
            )
        if place.person:
            ways.append(self._leads_person(place.person))
        return or_(false(), *ways)

    def _leads_person(self, attribute: str) -> ColumnElement[bool]:
        membership = metadata.tables["team_memberships"].alias()
        above = team_closure.alias()
        return self._exists(
            membership,
            membership.c.person_id == self.row.c[attribute],
            runs_on(membership, self.facts.today()),
            above.c.tenant_id == self.facts.tenant(),
            above.c.descendant_id == membership.c.team_id,
            above.c.ancestor_id == any_(self.facts.teams_led()),
            also=above,
        )

    def _member_of(self, place: Place) -> ColumnElement[bool]:
        """The row's own organization, else its team's, else its person's, is one of the actor's.

        Written as sets that are looked up once for the whole statement, not once for every row.
        """
        mine = any_(self.facts.organizations())
        ways: list[ColumnElement[bool]] = []
        unnamed: list[ColumnElement[bool]] = []
        for attribute, table in (
            (place.organization, None),
            (place.team, "teams"),
            (place.person, "people"),
        ):
            if attribute is None:
                continue
            column = self.row.c[attribute]
            ways.append(and_(*unnamed, self._stands_in(column, table, mine)))
            unnamed.append(column.is_(None))
        return or_(*ways)

    def _stands_in(
        self, column: ColumnElement[Any], table: str | None, units: ColumnElement[Any]
    ) -> ColumnElement[bool]:
        if table is None:
            return column == units
        named = metadata.tables[table].alias()
        return column.in_(
            select(named.c.id)
            .where(named.c.tenant_id == self.facts.tenant(), named.c.organization_id == units)
            .correlate_except(named)
        )

    def _within(self, place: Place, permission: Permission) -> ColumnElement[bool]:
        above = organization_closure.alias()
        return self._exists(
            above,
            above.c.descendant_id == self._unit(place),
            above.c.ancestor_id == any_(self.facts.subtrees(permission)),
        )

    def _via(self, attribute: str, inner: Rule) -> ColumnElement[bool]:
        whole = pointed_at(self.row, attribute).alias()
        return self._exists(
            whole,
            whole.c.id == self.row.c[attribute],
            _Reading(self.facts, whole).of(inner),
        )

    def _unit(self, place: Place) -> ColumnElement[Any]:
        """The organization in which the row stands: its own, else its team's, else its person's."""
        ways: list[ColumnElement[Any]] = []
        if place.organization:
            ways.append(self.row.c[place.organization])
        if place.team:
            ways.append(self._unit_of("teams", place.team))
        if place.person:
            ways.append(self._unit_of("people", place.person))
        return ways[0] if len(ways) == 1 else func.coalesce(*ways)

    def _unit_of(self, table: str, attribute: str) -> ColumnElement[Any]:
        named = metadata.tables[table]
        if attribute == "id" and table_of(self.row) is named:
            return self.row.c["organization_id"]
        other = named.alias()
        return (
            select(other.c.organization_id)
            .where(other.c.tenant_id == self.facts.tenant(), other.c.id == self.row.c[attribute])
            .correlate_except(other)
            .scalar_subquery()
        )

    def _exists(
        self, source: FromClause, *conditions: ColumnElement[bool], also: FromClause | None = None
    ) -> ColumnElement[bool]:
        sources = [source] if also is None else [source, also]
        found: Select[Any] = select(literal_column("1")).select_from(*sources)
        return (
            found.where(source.c.tenant_id == self.facts.tenant(), *conditions)
            .correlate_except(*sources)
            .exists()
        )


def runs_on(row: FromClause, day: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the row's period covers that day."""
    return and_(row.c.starts_on <= day, or_(row.c.ends_on.is_(None), row.c.ends_on > day))


def _has(column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
    if isinstance(column.type, Boolean):
        return column.is_(value == str(True))
    return column == literal_column("'" + value.replace("'", "''") + "'", Text)
