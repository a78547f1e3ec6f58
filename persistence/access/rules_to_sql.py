"""Compilation of access rules to SQL, with the same result as `domain.kernel.access.is_allowed`.

The actor's populations decide which conditions appear; everything else is a bound value. So one
statement serves all actors with the same kinds of grants.
"""

from collections.abc import Callable, Mapping, Sequence
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
    not_,
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
    IsAccount,
    IsAnother,
    IsNamedByGrant,
    IsOneOf,
    Lacks,
    Leads,
    Manages,
    MemberOf,
    OwnerAttributes,
    Rule,
    list_attributes,
)
from domain.kernel.aggregate import Part
from domain.kernel.permissions import Permission, Population
from persistence.access.actor_facts import ActorFacts
from persistence.access.closure_tables import organization_closure, reporting_closure, team_closure
from persistence.access.facts_row import FactsRow
from persistence.access.joint_facts import JointFacts
from persistence.access.rule_simplifier import simplify
from persistence.access.units import build_unit, match_unit
from persistence.kernel.mapping.registry import find_kind_of_table
from persistence.kernel.schema.tables import (
    EnumText,
    find_link_collection,
    find_referenced_table,
    metadata,
    resolve_table,
    shared_alias,
)

NEVER: ColumnElement[bool] = literal_column("(SELECT false)", Boolean())
"""False, as a query. If a row source had a constant condition, PostgreSQL 15 and 16 would read the
tenant of its policy while they plan, and a statement enters its tenant only later."""


def compile_rule(
    rule: Rule, facts: ActorFacts, row: FromClause, parents: Mapping[str, FromClause] | None = None
) -> ColumnElement[bool]:
    """Return the condition that a rule sets on the rows of a table or of an alias.

    `parents` are the rows that attributes name, where the query has them already.
    """
    if not isinstance(facts, JointFacts):
        return _RuleCompiler(facts, row, parents or {}).build_condition(simplify(rule, facts))
    person, reader = facts.person_facts, facts.reader_facts
    known = _KnownRuleCompiler(person, row, parents or {}, reader)
    return and_(
        known.build_condition(simplify(rule, person)), compile_rule(rule, reader, row, parents)
    )


@dataclass(frozen=True)
class _RuleCompiler:
    """A compiler for the rows of one source and one caller."""

    facts: ActorFacts
    row: FromClause
    parents: Mapping[str, FromClause]

    def build_condition(self, rule: Rule) -> ColumnElement[bool]:  # noqa: C901, PLR0911, PLR0912 - one case per kind of rule
        """Return the condition of a simplified rule."""
        match rule:
            case AnyOf(rules):
                return or_(*(self.build_condition(each) for each in rules)) if rules else NEVER
            case AllOf(rules):
                return and_(true(), *(self.build_condition(each) for each in rules))
            case Is(attribute):
                return self.row.c[attribute] == self.facts.person()
            case IsAccount(attribute):
                return self.row.c[attribute] == self.facts.account()
            case IsAnother(attribute):
                return self.row.c[attribute].is_distinct_from(self.facts.person())
            case IsNamedByGrant(permission):
                return self.row.c["id"] == any_(self.facts.named(permission))
            case IsOneOf(attribute):
                return self._compile_is_one_of(attribute)
            case Manages(attribute):
                return self._compile_manages(attribute)
            case Leads(owner):
                return self._compile_leads(owner)
            case MemberOf(owner):
                return self._compile_member_of(owner)
            case InGrantedSubtree(owner, permission, population):
                return self._compile_in_granted_subtree(owner, permission, population)
            case Has(attribute, values):
                return _compile_has(self.row.c[attribute], values)
            case Lacks(attribute):
                return self.row.c[attribute].is_(None)
            case HasStarted(attribute):
                return self.row.c[attribute] <= self.facts.today()
            case InheritedFrom(attribute, _, inner):
                return self._compile_inherited_from(attribute, inner)
            case _:
                raise TypeError(f"{rule!r} is not an access rule.")

    def _compile_is_one_of(self, attribute: str) -> ColumnElement[bool]:
        if isinstance(self.row, FactsRow):
            return self.row.contains(attribute, self.facts.person())
        found = find_link_collection(self.row, attribute)
        link = shared_alias(found.links)
        return self._build_exists(
            link,
            link.c[found.owner_column] == self.row.c["id"],
            link.c[found.target_column] == self.facts.person(),
        )

    def _compile_manages(self, attribute: str) -> ColumnElement[bool]:
        line = shared_alias(reporting_closure)
        return self._build_exists(
            line,
            line.c.descendant_id == self.row.c[attribute],
            line.c.ancestor_id == self.facts.person(),
            is_effective_on(line, self.facts.today()),
            or_(line.c.left_on.is_(None), line.c.left_on > self.facts.today()),
        )

    def _compile_leads(self, owner: OwnerAttributes) -> ColumnElement[bool]:
        alternatives = []
        if owner.team:
            above = shared_alias(team_closure)
            alternatives.append(
                self._build_exists(
                    above,
                    above.c.descendant_id == self.row.c[owner.team],
                    above.c.ancestor_id == any_(self.facts.teams_led()),
                )
            )
        if owner.person:
            alternatives.append(self._compile_leads_person(owner.person))
        return or_(false(), *alternatives)

    def _compile_leads_person(self, attribute: str) -> ColumnElement[bool]:
        membership = shared_alias(metadata.tables["team_memberships"])
        above = shared_alias(team_closure)
        return self._build_exists(
            membership,
            membership.c.person_id == self.row.c[attribute],
            is_effective_on(membership, self.facts.today()),
            not_(has_left(self.facts, self.facts.today(), membership.c.person_id)),
            above.c.tenant_id == self.facts.tenant(),
            above.c.descendant_id == membership.c.team_id,
            above.c.ancestor_id == any_(self.facts.teams_led()),
            joined=above,
        )

    def _compile_member_of(self, owner: OwnerAttributes) -> ColumnElement[bool]:
        """Return the condition that the row's organization is one of the actor's.

        It is the row's own organization, else that of its team, else that of its person. The IN
        sets are computed once per statement, not once per row.
        """
        actor_organizations = any_(self.facts.organizations())
        alternatives: list[ColumnElement[bool]] = []
        null_checks: list[ColumnElement[bool]] = []
        for attribute, table in (
            (owner.organization, None),
            (owner.team, "teams"),
            (owner.person, "people"),
        ):
            if attribute is None:
                continue
            column = self.row.c[attribute]
            alternatives.append(
                and_(*null_checks, self._match_organization(column, table, actor_organizations))
            )
            null_checks.append(column.is_(None))
        return or_(*alternatives)

    def _match_organization(
        self, column: ColumnElement[Any], table: str | None, organizations: ColumnElement[Any]
    ) -> ColumnElement[bool]:
        if table is None:
            return column == organizations
        owners = shared_alias(metadata.tables[table])
        is_inside = (
            match_unit(owners, self.facts, lambda unit: unit == organizations)
            if _is_person(owners)
            else owners.c.organization_id == organizations
        )
        return column.in_(
            select(owners.c.id)
            .where(owners.c.tenant_id == self.facts.tenant(), is_inside)
            .correlate_except(owners)
        )

    def _compile_in_granted_subtree(
        self, owner: OwnerAttributes, permission: Permission, population: Population
    ) -> ColumnElement[bool]:
        above = shared_alias(organization_closure)

        def lies_below(unit: ColumnElement[Any]) -> ColumnElement[bool]:
            return self._build_exists(
                above,
                above.c.descendant_id == unit,
                above.c.ancestor_id == any_(self.facts.subtrees(permission, population)),
            )

        if _is_person(self.row):
            return match_unit(self.row, self.facts, lies_below)
        return lies_below(self._resolve_organization(owner))

    def _compile_inherited_from(self, attribute: str, inner: Rule) -> ColumnElement[bool]:
        if attribute in self.parents:
            return self._build_condition_of_parent(self.parents[attribute], inner)
        parent = find_referenced_table(self.row, attribute).alias()
        return self._build_exists(
            parent,
            parent.c.id == self.row.c[attribute],
            self._build_condition_of_parent(parent, inner),
        )

    def _build_condition_of_parent(self, parent: FromClause, rule: Rule) -> ColumnElement[bool]:
        return _RuleCompiler(self.facts, parent, {}).build_condition(rule)

    def _resolve_organization(self, owner: OwnerAttributes) -> ColumnElement[Any]:
        """Return the organization of the row: its own, else its team's, else its person's."""
        alternatives: list[ColumnElement[Any]] = []
        if owner.organization:
            alternatives.append(self.row.c[owner.organization])
        if owner.team:
            alternatives.append(self._look_up_organization("teams", owner.team))
        if owner.person:
            alternatives.append(self._look_up_organization("people", owner.person))
        return alternatives[0] if len(alternatives) == 1 else func.coalesce(*alternatives)

    def _look_up_organization(self, table: str, attribute: str) -> ColumnElement[Any]:
        owner_table = metadata.tables[table]
        if attribute == "id" and resolve_table(self.row) is owner_table:
            return self._read_unit(self.row)
        other = shared_alias(owner_table)
        return (
            select(self._read_unit(other))
            .where(other.c.tenant_id == self.facts.tenant(), other.c.id == self.row.c[attribute])
            .correlate_except(other)
            .scalar_subquery()
        )

    def _read_unit(self, owner: FromClause) -> ColumnElement[Any]:
        """Return the organization of a team or a person today."""
        return build_unit(owner, self.facts) if _is_person(owner) else owner.c["organization_id"]

    def _build_exists(
        self, source: FromClause, *conditions: ColumnElement[bool], joined: FromClause | None = None
    ) -> ColumnElement[bool]:
        sources = [source] if joined is None else [source, joined]
        found: Select[Any] = select(literal_column("1")).select_from(*sources)
        return (
            found.where(source.c.tenant_id == self.facts.tenant(), *conditions)
            .correlate_except(*sources)
            .exists()
        )


@dataclass(frozen=True)
class _KnownRuleCompiler(_RuleCompiler):
    """A compiler for which a rule holds only where facts decide it that a reader knows.

    It is the SQL of `Reader.may_know` (domain/kernel/explanations.py), for a reader who sees the
    rows and the whole directory. No rule negates another one, so a leaf that is not known counts as
    false.
    """

    reader: ActorFacts

    def build_condition(self, rule: Rule) -> ColumnElement[bool]:
        """Return the condition of a simplified rule."""
        kind = _find_kind(self.row)
        is_known = (
            isinstance(rule, AnyOf | AllOf)
            or list_attributes(rule) <= {"id", *kind.KNOWN_FACTS}
            or (isinstance(rule, InheritedFrom) and issubclass(kind, Part))
        )
        return super().build_condition(rule) if is_known else NEVER

    def _build_condition_of_parent(self, parent: FromClause, rule: Rule) -> ColumnElement[bool]:
        known = _KnownRuleCompiler(self.facts, parent, {}, self.reader)
        return and_(
            known.build_condition(rule), compile_rule(_find_kind(parent).SEE, self.reader, parent)
        )


def _find_kind(row: FromClause) -> type[Any]:
    """Return the class of the objects that the rows are."""
    return row.kind if isinstance(row, FactsRow) else find_kind_of_table(resolve_table(row))


def _is_person(row: FromClause) -> bool:
    """Return whether a row is one of the table of people, and no stored facts about a person."""
    return not isinstance(row, FactsRow) and resolve_table(row) is metadata.tables["people"]


def is_effective_on(row: FromClause, day: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that the row's period covers that day."""
    return and_(row.c.starts_on <= day, or_(row.c.ends_on.is_(None), row.c.ends_on > day))


def has_left(
    facts: ActorFacts,
    day: ColumnElement[Any],
    *people: ColumnElement[Any],
    is_known: Callable[[FromClause], ColumnElement[bool]] | None = None,
) -> ColumnElement[bool]:
    """Return the condition that one of these people has left by that day.

    It ends their lines and memberships without a write. `is_known` restricts it to departures that
    the actor may know of.
    """
    leaver = shared_alias(metadata.tables["people"])
    conditions = [
        leaver.c.tenant_id == facts.tenant(),
        leaver.c.id == people[0] if len(people) == 1 else leaver.c.id.in_(people),
        leaver.c.left_on <= day,
        *([is_known(leaver)] if is_known else []),
    ]
    return select(literal_column("1")).where(*conditions).correlate_except(leaver).exists()


def _compile_has(column: ColumnElement[Any], values: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that the column has one of these values.

    Where fewer other values exist, it is that the column has none of those; a CHECK constraint
    closes the list. Such a process takes a value that it does not know for one of these, so a new
    value must be known to all processes one release before a migration allows it.
    """
    if isinstance(column.type, Boolean):
        return or_(*(column.is_(value == str(True)) for value in values))
    enum_values = column.type.enum_type if isinstance(column.type, EnumText) else ()
    others = [enum_value for enum_value in enum_values if enum_value not in values]
    if others and len(others) < len(values):
        return and_(*(column != _quote_literal(value) for value in others))
    return or_(*(column == _quote_literal(value) for value in values))


def _quote_literal(text: str) -> ColumnElement[Any]:
    return literal_column("'" + text.replace("'", "''") + "'", Text)
