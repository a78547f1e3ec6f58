"""The state that is shared while one statement is compiled, and the condition of every row.

Filters, search and connections need this module and nothing of the compiler, so that imports run
in one direction.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import ARRAY, Date, FromClause, Select, Table, Text, Uuid, and_, case
from sqlalchemy.types import TypeEngine

from domain.kernel.access import EVERYBODY, Rule
from domain.kernel.permissions import Permission, Population, Reach
from persistence.access.actor_facts import ActorFacts
from persistence.access.rule_simplifier import simplify
from persistence.access.rules_to_sql import compile_rule
from persistence.reading.parameters import (
    ActorAttribute,
    ActorNamed,
    ActorReaches,
    ActorSubtrees,
    ArgumentValue,
    HasActorAttribute,
    HasArgument,
    IdParser,
)
from persistence.reading.plan_cache import ParameterSource, PlanBuilder
from persistence.reading.read_model import ReadModel, Row, Sql, Value
from persistence.reading.selection import Field, Selection

UUID_TYPE = Uuid()
UUID_ARRAY_TYPE = ARRAY(UUID_TYPE)
DATE_TYPE = Date()
TEXT_TYPE = Text()

SelectObject = Callable[[ReadModel, Row | None, Selection], Select[Any]]
"""Return a select of the requested fields of a model's row; the compiler passes it downwards."""


class Parameters(Protocol):
    """Where the facts about an actor are bound."""

    def bind(self, source: ParameterSource, type_: TypeEngine[Any]) -> Sql:
        """Return the parameter that holds the source's value."""
        ...

    def specialize_on(self, source: ParameterSource) -> Any:
        """Return the source's value; only requests with an equal value share the plan."""
        ...


class BoundActorFacts:
    """The facts about the actor that rules need: values are bound, reaches specialize the plan.

    A reach decides the form of the SQL, so actors whose grants reach others need another plan.
    """

    def __init__(self, builder: Parameters) -> None:
        self._builder = builder

    def reaches(self, permission: Permission) -> frozenset[Reach]:
        """Return whom the actor's grants of the permission cover."""
        reaches: frozenset[Reach] = self._builder.specialize_on(ActorReaches(permission))
        return reaches

    def leads(self) -> bool:
        """Return whether the actor leads a team; if not, no team is looked up."""
        return bool(self._builder.specialize_on(HasActorAttribute("teams_led")))

    def manages(self) -> bool:
        """Return whether the actor has reports; if not, no reporting line is looked up."""
        return bool(self._builder.specialize_on(HasActorAttribute("has_reports")))

    def moves(self) -> bool:
        """Return whether a planned change of anybody's unit may have come."""
        return bool(self._builder.specialize_on(HasActorAttribute("has_moves")))

    def tenant(self) -> Sql:
        """Return the id of the tenant that every table of the statement is restricted to."""
        return self._builder.bind(ActorAttribute("tenant_id"), UUID_TYPE)

    def person(self) -> Sql:
        """Return the id of the actor's person."""
        return self._builder.bind(ActorAttribute("person_id"), UUID_TYPE)

    def account(self) -> Sql:
        """Return the id of the actor's account."""
        return self._builder.bind(ActorAttribute("member_id"), UUID_TYPE)

    def today(self) -> Sql:
        """Return the current date in the tenant's time zone."""
        return self._builder.bind(ActorAttribute("today"), DATE_TYPE)

    def organizations(self) -> Sql:
        """Return the ids of the actor's organization and of all its ancestors."""
        return self._builder.bind(ActorAttribute("organizations"), UUID_ARRAY_TYPE)

    def teams_led(self) -> Sql:
        """Return the ids of the teams that the actor leads."""
        return self._builder.bind(ActorAttribute("teams_led"), UUID_ARRAY_TYPE)

    def subtrees(self, permission: Permission, population: Population) -> Sql:
        """Return the root ids of the organization subtrees that limit the actor's grants."""
        return self._builder.bind(ActorSubtrees(permission, population), UUID_ARRAY_TYPE)

    def named(self, permission: Permission) -> Sql:
        """Return the ids that the actor's grants of the permission name."""
        return self._builder.bind(ActorNamed(permission), UUID_ARRAY_TYPE)


class BoundFieldContext:
    """The `FieldContext` of one field: its arguments and its actor as parameters of the plan."""

    def __init__(self, facts: ActorFacts, builder: PlanBuilder, field: Field) -> None:
        self.facts = facts
        self._builder = builder
        self._field = field

    def bind_member_id(self) -> Sql:
        """Bind the id of the actor's membership."""
        return self._builder.bind(ActorAttribute("member_id"), UUID_TYPE)

    def bind_argument(self, name: str, type_: TypeEngine[Any]) -> Sql:
        """Bind an argument of the field."""
        return self._builder.bind(ArgumentValue(self._field, (name,)), type_)

    def bind_id(self, *path: str, prefix: str) -> Sql:
        """Bind the global id at a path in the arguments, as a UUID."""
        return self._builder.bind(ArgumentValue(self._field, path, IdParser((prefix,))), UUID_TYPE)

    def bind_text(self, *path: str, parse: Callable[[Any], Any] | None = None) -> Sql:
        """Bind the text at a path in the arguments, after `parse`."""
        return self._builder.bind(ArgumentValue(self._field, path, parse), TEXT_TYPE)

    def has_argument(self, name: str, value: str | None = None) -> bool:
        """Return whether the argument has a value, or this one; it is part of the plan's key."""
        return bool(self._builder.specialize_on(HasArgument(self._field, name, value)))

    def bind(self, create_source: Callable[[Any], Any], type_: TypeEngine[Any]) -> Sql:
        """Bind what a source returns for the field."""
        return self._builder.bind(create_source(self._field), type_)

    def specialize(self, create_source: Callable[[Any], Any]) -> Any:
        """Return what a source returns for the field; it is part of the plan's key."""
        return self._builder.specialize_on(create_source(self._field))


class CompileContext:
    """The state of one statement: its parameters, its aliases, and what the actor may see.

    `build_row_condition` is the only place that adds the tenant and the visibility rule, so a row
    that the actor may not see is never counted, paged over, filtered by or aggregated.
    """

    def __init__(self, builder: PlanBuilder) -> None:
        self.builder = builder
        self.facts: ActorFacts = BoundActorFacts(builder)
        self._name_count = 0

    def create_alias(self, model: ReadModel) -> FromClause:
        """Create an alias of the model's table with a name of its own."""
        assert model.table is not None, f"{model.name} has no table."
        return _create_alias(model.table, self.create_name())

    def create_name(self) -> str:
        """Create a name for an alias; no response key can begin with a tilde."""
        self._name_count += 1
        return f"~{self._name_count}"

    def create_field_context(self, field: Field) -> BoundFieldContext:
        """Create the context in which the declarations of this field are evaluated."""
        return BoundFieldContext(self.facts, self.builder, field)

    def create_value_context(self, field: Field) -> BoundFieldContext:
        """Create the context in which the source of a value or of computed rows is evaluated."""
        return self.create_field_context(field)

    def build_row_condition(
        self, model: ReadModel, row: Row, *conditions: Sql, rule: Rule | None = None
    ) -> Sql:
        """Return the condition for a row: its tenant, the given conditions, and its visibility.

        `rule` replaces the model's own rule; it is EVERYBODY for a part of a visible aggregate.
        """
        if rule is None and model.visibility_condition is not None:
            visibility = model.visibility_condition(self.facts, row)
        else:
            visibility = compile_rule(model.see if rule is None else rule, self.facts, row)
        return and_(row.c.tenant_id == self.facts.tenant(), *conditions, visibility)

    def is_unrestricted(self, model: ReadModel) -> bool:
        """Return whether the actor may see every row of the model."""
        return model.visibility_condition is None and simplify(model.see, self.facts) == EVERYBODY

    def compile_value(self, value: Value, row: Row, field: Field) -> Sql:
        """Return a leaf in the database's own form; null where the actor may not see it."""
        sql = value.build_sql(row, self.create_value_context(field))
        return self.guard_value(value.see, row, sql)

    def guard_value(self, rule: Rule | None, row: Row | None, sql: Sql) -> Sql:
        """Return the expression, which is null where the rule does not hold for the row."""
        if rule is None or simplify(rule, self.facts) == EVERYBODY:
            return sql
        return case((compile_rule(rule, self.facts, require_row(row)), sql))

    def guard_condition(self, rule: Rule | None, row: Row, condition: Sql) -> Sql:
        """Return the condition, which is false where the rule does not hold for the row."""
        if rule is None or simplify(rule, self.facts) == EVERYBODY:
            return condition
        return and_(compile_rule(rule, self.facts, row), condition)


def require_row(row: Row | None) -> Row:
    """Return the row; only fields of the root have none, and this is not one of them."""
    assert row is not None, "The root has no row."
    return row


# An alias copies all columns of its table, which costs more than the rest of a small statement.
@lru_cache(maxsize=2_000)
def _create_alias(table: Table, name: str) -> FromClause:
    return table.alias(name)
