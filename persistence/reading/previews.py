"""Previews: reads of what a person sees, for a reader who may see it, too.

The rule of each row and each guard holds for both. For the person it may compare only facts that
everyone knows who sees the object, as for explanations. So a preview shows nothing that depends on
what is hidden from its reader, such as who wrote feedback.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case
from sqlalchemy.types import TypeEngine

from domain.kernel.access import Rule
from persistence.access.joint_facts import JointFacts, NotPreviewable, SharedFacts, refuse
from persistence.access.rules_to_sql import compile_rule
from persistence.kernel.wire_format import to_camel_case
from persistence.reading.compile_context import (
    BoundActorFacts,
    BoundFieldContext,
    CompileContext,
    require_row,
)
from persistence.reading.compiler import Compiler
from persistence.reading.plan_cache import ParameterSource, PlanBuilder
from persistence.reading.read_model import ReadModel, Row, Sql
from persistence.reading.reader import PlanRegistry
from persistence.reading.selection import Field, ReadRequest


@dataclass(frozen=True)
class OfReader:
    """What a source returns for the reader of a preview."""

    source: ParameterSource

    def __call__(self, request: ReadRequest) -> Any:
        """Return the source's value for the reader."""
        return self.source(request.for_reader())


@dataclass(frozen=True)
class _ReaderParameters:
    """The parameters of a plan, with the reader of the preview as the actor."""

    builder: PlanBuilder

    def bind(self, source: ParameterSource, type_: TypeEngine[Any]) -> ColumnElement[Any]:
        """Return the parameter that holds the source's value for the reader."""
        return self.builder.bind(OfReader(source), type_)

    def specialize_on(self, source: ParameterSource) -> Any:
        """Return the source's value for the reader."""
        return self.builder.specialize_on(OfReader(source))


class PreviewContext(CompileContext):
    """The state of a statement that shows what two actors may see.

    Rows, guards and relations have rules, which hold for both. Values have no rule, so one that
    asks about its viewer is refused.
    """

    def __init__(self, builder: PlanBuilder) -> None:
        super().__init__(builder)
        person = self.facts
        reader = BoundActorFacts(_ReaderParameters(builder))
        self.facts = JointFacts(shared=person, person_facts=person, reader_facts=reader)

    def create_value_context(self, field: Field) -> BoundFieldContext:
        """Create the context of a value, which may not ask about the actor."""
        return BoundFieldContext(SharedFacts(self.facts), self.builder, field)

    def build_row_condition(
        self, model: ReadModel, row: Row, *conditions: Sql, rule: Rule | None = None
    ) -> Sql:
        """Return the condition for a row. Raises NotPreviewable for entries of the journal."""
        if rule is None and model.visibility_condition is not None:
            refuse()
        return super().build_row_condition(model, row, *conditions, rule=rule)

    def is_unrestricted(self, _: ReadModel) -> bool:
        """Return False: the rule is asked in any case."""
        return False

    def guard_value(self, rule: Rule | None, row: Row | None, sql: Sql) -> Sql:
        """Return the expression, which is null where the rule does not hold for both."""
        if rule is None:
            return sql
        return case((compile_rule(rule, self.facts, require_row(row)), sql))

    def guard_condition(self, rule: Rule | None, row: Row, condition: Sql) -> Sql:
        """Return the condition, which is false where the rule does not hold for both."""
        if rule is None:
            return condition
        return and_(compile_rule(rule, self.facts, row), condition)


class PreviewCompiler(Compiler):
    """The compiler of previews. A field that it cannot show is refused by name."""

    CONTEXT = PreviewContext

    def compile_field(self, model: ReadModel, row: Row | None, field: Field) -> Sql:
        """Return the expression of one field. Raises NotPreviewable."""
        try:
            shown = model.shown_in_previews
            if shown is not None and field.name not in {*shown, "__typename"}:
                refuse()
            return super().compile_field(model, row, field)
        except NotPreviewable as refusal:
            if refusal.args == _UNNAMED:
                name = to_camel_case(field.name)
                message = f"`{name}` of {model.name} is not part of a preview. Leave it out."
                refusal.args = (message,)
            raise


_UNNAMED = ("This field is not part of a preview. Leave it out.",)

PREVIEW_PLANS = PlanRegistry(compiler=PreviewCompiler)
"""The plans of previews. They are never those of other reads."""
