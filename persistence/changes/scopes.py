"""What the visibility of objects depends on beside their own rows: grants, places and parents.

When one of these changes, objects come into view or out of view without an entry of their own. The
feed then names the types that a reader has to read again. A cursor holds two fingerprints: that of
the reader's grants, and that of their scope, which are the people, teams and units that they
manage, lead, or have in the subtrees of their grants.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sqlalchemy import (
    BigInteger,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    literal_column,
    select,
)

from domain.kernel.access import (
    AllOf,
    AnyOf,
    HasStarted,
    InGrantedSubtree,
    InheritedFrom,
    Leads,
    Manages,
    MemberOf,
    OwnerAttributes,
    Rule,
    list_attributes,
)
from domain.kernel.permissions import Permission, Reach
from persistence.access.actor_facts import ActorFacts
from persistence.access.rule_simplifier import simplify
from persistence.access.rules_to_sql import compile_rule
from persistence.journal_access import describe_subject, list_journaled_models
from persistence.kernel.access_facts import list_fact_names
from persistence.kernel.journal import journal
from persistence.kernel.schema.tables import find_referenced_table, metadata
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.reading.read_model import ReadModel, Row, Sql
from persistence.reading.selection import ReadRequest

PLACES = (
    ("people", OwnerAttributes(person="id")),
    ("teams", OwnerAttributes(team="id")),
    ("organizations", OwnerAttributes(organization="id")),
)
"""What a rule can place in a hierarchy: a table, and its rows as owners."""

Scope = tuple[str, Rule]
"""A table, and the rule that its rows must satisfy."""


@dataclass(frozen=True)
class GrantsFingerprint:
    """A number that changes when the actor's own grants do, or the actor's person."""

    def __call__(self, request: ReadRequest) -> int:
        """Return the number."""
        actor = request.actor
        grants = sorted(
            f"{each.permission}:{each.population}:{each.organization_id or each.kpi_id}"
            for each in actor.grants
        )
        text = f"{actor.member_id}:{actor.person_id}:{','.join(grants)}"
        digest = hashlib.sha256(text.encode()).digest()
        return int.from_bytes(digest[:8], signed=True)


@dataclass(frozen=True)
class _Grants:
    """What is known about an actor who may have had reports or teams when a cursor was made."""

    facts: ActorFacts

    def reaches(self, permission: Permission) -> frozenset[Reach]:
        return self.facts.reaches(permission)

    def leads(self) -> bool:
        return True

    def manages(self) -> bool:
        return True


def list_rules(model: ReadModel, facts: ActorFacts) -> list[Rule]:
    """Return the rules of a model for an actor: of its rows, and of its guarded values."""
    rules, grants = (model.see, *model.guarded.values()), _Grants(facts)
    return list(dict.fromkeys(simplify(each, grants) for each in rules))


def list_scopes(models: Sequence[ReadModel], facts: ActorFacts) -> list[Scope]:
    """Return the scopes that the visibility of these models depends on, each once."""
    found = (
        scope
        for model in models
        for rule in list_rules(model, facts)
        for each in _iterate_words(rule)
        for scope in _build_scopes(each)
    )
    return list(dict.fromkeys(found))


def depends_on_day(model: ReadModel, facts: ActorFacts) -> bool:
    """Return whether rows of the model come into view on a day that they name."""
    words = (each for rule in list_rules(model, facts)[:1] for each in _iterate_words(rule))
    return any(isinstance(each, HasStarted) for each in words)


def build_scope_fingerprint(models: Sequence[ReadModel], facts: ActorFacts) -> Sql:
    """Return a number that changes when rows come into a scope of the actor, or leave it."""
    numbers = [_hash_scope(each, facts) for each in list_scopes(models, facts)]
    return reduce(lambda one, other: one.op("#")(other), numbers, literal_column("0::bigint"))


def _hash_scope(scope: Scope, facts: ActorFacts) -> Sql:
    """Return a number for the set of rows that satisfy a rule; 0 for none."""
    table, rule = scope
    row = metadata.tables[table].alias()
    seed = int.from_bytes(hashlib.sha256(repr(scope).encode()).digest()[:4])
    mixed = func.hashtextextended(cast(row.c.id, Text), literal_number(seed))
    found = (
        select(func.bit_xor(mixed, type_=BigInteger()))
        .where(row.c.tenant_id == facts.tenant(), compile_rule(rule, facts, row))
        .correlate_except(row)
    )
    return func.coalesce(found.scalar_subquery(), literal_column("0::bigint"))


def _iterate_words(rule: Rule) -> Iterator[Rule]:
    match rule:
        case AnyOf(rules) | AllOf(rules):
            for each in rules:
                yield from _iterate_words(each)
        case InheritedFrom(_, _, inner):
            yield from _iterate_words(inner)
        case _:
            yield rule


def _build_scopes(word: Rule) -> Iterator[Scope]:
    match word:
        case Manages():
            yield "people", Manages("id")
        case Leads(owner):
            yield from ((table, Leads(place)) for table, place in _list_places(owner))
        case MemberOf(owner):
            yield from ((table, MemberOf(place)) for table, place in _list_places(owner))
        case InGrantedSubtree(owner, permission, population):
            for table, place in _list_places(owner):
                yield table, InGrantedSubtree(place, permission, population)
        case _:
            pass


def _list_places(owner: OwnerAttributes) -> Iterator[tuple[str, OwnerAttributes]]:
    for table, place in PLACES:
        kind = next(iter(name for name, value in vars(place).items() if value))
        if getattr(owner, kind) is not None:
            yield table, place


# -- parents ----------------------------------------------------------------------------------


def list_parents(model: ReadModel, facts: ActorFacts) -> list[tuple[ReadModel, Rule]]:
    """Return the concepts whose objects decide who sees rows of the model, with their rules."""
    assert model.table is not None, "An aggregate has a table."
    rules = list_rules(model, facts)
    return list(
        dict.fromkeys(each for rule in rules for each in _iterate_parents(model.table, rule))
    )


def _iterate_parents(table: Row, rule: Rule) -> Iterator[tuple[ReadModel, Rule]]:
    match rule:
        case AnyOf(rules) | AllOf(rules):
            for each in rules:
                yield from _iterate_parents(table, each)
        case InheritedFrom(attribute, _, inner):
            parent = find_referenced_table(table, attribute)
            models = [each for each in list_journaled_models() if each.table is parent]
            yield from ((each, inner) for each in models)
            yield from _iterate_parents(parent, inner)
        case _:
            pass


def has_changed_parent(
    parents: Sequence[tuple[ReadModel, Rule]], facts: ActorFacts, after: Sql, until: Sql
) -> Sql:
    """Return the condition that entries between two numbers changed what a parent's rule says."""
    entry = journal.alias()
    conditions = [
        and_(
            entry.c.entity == literal_text(model.entity),
            func.jsonb_array_length(entry.c.access_facts) > literal_number(1),
            _has_changed(model, rule, facts, entry),
        )
        for model, rule in parents
    ]
    found: Select[Any] = select(literal_column("1")).where(
        entry.c.tenant_id == facts.tenant(),
        entry.c.number > after,
        entry.c.number <= until,
        reduce(lambda one, other: one | other, conditions),
    )
    return exists(found.correlate_except(entry))


def _has_changed(model: ReadModel, rule: Rule, facts: ActorFacts, entry: Row) -> Sql:
    """Return the condition that the rule held before a change or after it, and not both."""
    kind: Any = model.aggregate
    if not list_attributes(rule) <= {*list_fact_names(kind), "id"}:
        rule = simplify(model.see, facts)  # the journal does not store what this rule looks at
    before, after = (
        compile_rule(rule, facts, describe_subject(model, entry, place)) for place in ("0", "-1")
    )
    return func.coalesce(before, False).is_distinct_from(func.coalesce(after, False))
