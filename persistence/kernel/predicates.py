"""Access rules read for a whole table: the SQL twin of `domain.kernel.access.allows`.

The same words in the same order. What is known of the actor comes from `Facts`: the populations of
a permission decide which words appear at all, everything else is a bound value, so that one
statement serves every actor who holds the same kinds of grant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    any_,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
)

from domain.kernel.access import (
    AllOf,
    AnyOf,
    Has,
    HasStarted,
    InGrantedSubtree,
    InheritedFrom,
    Is,
    IsOneOf,
    Leads,
    Manages,
    MemberOf,
    OwnerAttributes,
    Rule,
)
from domain.kernel.permissions import Permission
from persistence.kernel.closures import organization_closure, reporting_closure, team_closure
from persistence.kernel.facts import Facts
from persistence.kernel.plain import plain
from persistence.kernel.tables import Word, another, collection, metadata, pointed_at, table_of


def predicate(rule: Rule, facts: Facts, row: FromClause) -> ColumnElement[bool]:
    """Read a rule for the rows of a table or of an alias of one."""
    return _Reading(facts, row).of(plain(rule, facts))


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
            case IsOneOf(attribute):
                return self._among(attribute)
            case Manages(attribute):
                return self._manages(attribute)
            case Leads(place):
                return self._leads(place)
            case MemberOf(place):
                return self._member_of(place)
            case InGrantedSubtree(place, permission):
                return self._within(place, permission)
            case Has(attribute, values):
                return _has(self.row.c[attribute], values)
            case HasStarted(attribute):
                return self.row.c[attribute] <= self.facts.today()
            case InheritedFrom(attribute, _, inner):
                return self._via(attribute, inner)
            case _:
                raise TypeError(f"{rule!r} is not a word of the access vocabulary.")

    def _among(self, attribute: str) -> ColumnElement[bool]:
        found = collection(self.row, attribute)
        link = another(found.links)
        return self._exists(
            link,
            link.c[found.by] == self.row.c["id"],
            link.c[found.of] == self.facts.person(),
        )

    def _manages(self, attribute: str) -> ColumnElement[bool]:
        line = another(reporting_closure)
        return self._exists(
            line,
            line.c.descendant_id == self.row.c[attribute],
            line.c.ancestor_id == self.facts.person(),
            runs_on(line, self.facts.today()),
        )

    def _leads(self, place: OwnerAttributes) -> ColumnElement[bool]:
        ways = []
        if place.team:
            above = another(team_closure)
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
        membership = another(metadata.tables["team_memberships"])
        above = another(team_closure)
        return self._exists(
            membership,
            membership.c.person_id == self.row.c[attribute],
            runs_on(membership, self.facts.today()),
            above.c.tenant_id == self.facts.tenant(),
            above.c.descendant_id == membership.c.team_id,
            above.c.ancestor_id == any_(self.facts.teams_led()),
            also=above,
        )

    def _member_of(self, place: OwnerAttributes) -> ColumnElement[bool]:
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
        named = another(metadata.tables[table])
        return column.in_(
            select(named.c.id)
            .where(named.c.tenant_id == self.facts.tenant(), named.c.organization_id == units)
            .correlate_except(named)
        )

    def _within(self, place: OwnerAttributes, permission: Permission) -> ColumnElement[bool]:
        above = another(organization_closure)
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

    def _unit(self, place: OwnerAttributes) -> ColumnElement[Any]:
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
        other = another(named)
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


def _has(column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
    """The column has one of these values: or none of the others, where its list has fewer of those.

    A CHECK keeps the list closed. A process takes a word that it does not know for one of these: so
    all have to know a new word one release before a migration lets it in.
    """
    if isinstance(column.type, Boolean):
        return or_(*(column.is_(value == str(True)) for value in values))
    words = column.type.words if isinstance(column.type, Word) else ()
    others = [word for word in words if word not in values]
    if others and len(others) < len(values):
        return and_(*(column != _quoted(word) for word in others))
    return or_(*(column == _quoted(value) for value in values))


def _quoted(word: str) -> ColumnElement[Any]:
    return literal_column("'" + word.replace("'", "''") + "'", Text)
