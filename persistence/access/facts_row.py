"""Access facts as a row, so that a rule can be compiled for an aggregate that has changed or gone.

    row = FactsRow(Goal, entry.c.entity_id, facts_sql)
    compile_rule(Goal.SEE, actor_facts, row)

A missing attribute is null, and a comparison with null is not true. So what is unknown satisfies
no rule.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, TableClause, Text, cast, func, type_coerce

from persistence.kernel.access_facts import list_fact_names
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.sql_literals import literal_text

Sql = ColumnElement[Any]


class FactsRow(TableClause):
    """An aggregate as its access facts show it. `element` is the table that it is or was in."""

    def __init__(self, kind: type, id: Sql, facts: Sql) -> None:
        super().__init__("facts")
        self.kind = kind
        self.element = MAPPINGS[kind].table
        self.id = id
        self.facts = facts

    @property
    def c(self) -> Any:
        """The attributes, with the same access as the columns of a table."""
        return _FactColumns(self)

    def contains(self, attribute: str, id: Sql) -> Sql:
        """Return the condition that a collection of ids contains this one."""
        ids = func.jsonb_build_array(cast(id, Text))
        return self.facts.op("@>")(func.jsonb_build_object(literal_text(attribute), ids))


@dataclass(frozen=True)
class _FactColumns:
    row: FactsRow

    def __getitem__(self, name: str) -> Sql:
        if name == "id":
            return self.row.id
        if name not in list_fact_names(self.row.kind):
            raise LookupError(f"The journal does not store {name} of {self.row.kind.__name__}.")
        type_ = self.row.element.c[name].type
        text = self.row.facts.op("->>", return_type=Text())(literal_text(name))
        return type_coerce(text, type_) if isinstance(type_, EnumText | Text) else cast(text, type_)
