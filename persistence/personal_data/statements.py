"""The statements of personal data: the rows of an export, and hashes of all rows about a person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Column

from domain.kernel.fields import to_camel_case
from domain.personal_data import EXPORT_STATEMENTS, HASH_STATEMENTS, Section
from persistence.kernel.schema.tables import PeriodEnd, metadata
from persistence.kernel.wire_format import GRAPH_NAME_KEY
from persistence.personal_data.declarations import BY_KEY, LINKS
from persistence.personal_data.links import Link, find_target
from persistence.personal_data.omissions import OMITTED_COLUMNS
from persistence.unit_of_work.declared_statements import declare_statement

LABELS: Mapping[str, str] = {
    **dict.fromkeys(("people", "organizations", "teams", "roles", "review_cycles"), "name"),
    **dict.fromkeys(("rating_scales", "review_templates", "fairness_attributes"), "name"),
    "review_questions": "text",
}
"""What a reader knows a row of a table by. Those who may read the column may know these texts."""


@dataclass(frozen=True)
class _Condition:
    """A link as a SQL condition on the row `t`."""

    link: Link
    has_only: bool

    def build(self, *, is_office: bool = False) -> str:
        """Return the condition. `$1` is the tenant, `$2` the person and `$3` the day."""
        link = self.link
        if link.through is None:
            found = f"t.{link.column} = $2"
        else:
            parent = BY_KEY[link.through]
            within = _Condition(parent, self.has_only).build(is_office=is_office)
            found = f"t.{link.column} IN (SELECT t.id FROM {parent.table} t WHERE {within})"
        rules = (link.only, link.officer if is_office else None) if self.has_only else ()
        only = "".join(f" AND ({each})" for each in rules if each)
        return f"t.tenant_id = $1 AND {found}{only}"


def _build_export(link: Link, *, is_office: bool) -> str:
    """Return the statement of the rows of a link, each as JSON."""
    columns = link.list_columns(is_office=is_office)
    shown = ", ".join(value for each in columns for value in _build_values(link, each))
    order = ", ".join(f"t.{each.name}" for each in link.source.primary_key)
    return (
        f"SELECT row_to_json(r)::text FROM (SELECT {shown} FROM {link.table} t"
        f" WHERE {_Condition(link, has_only=True).build(is_office=is_office)} ORDER BY {order}) r"
        " WHERE $3::date IS NOT NULL"
    )


def _build_values(link: Link, column: Column[object]) -> Iterator[str]:
    """Yield the value of a column, and the name of what it refers to."""
    name = to_camel_case(column.info.get(GRAPH_NAME_KEY, column.name))
    target = find_target(link.source, column.name)
    table = link.source if column.name == "id" else metadata.tables.get(target or "")
    prefix = table.info.get("prefix") if table is not None else None
    value = f"t.{column.name}"
    if isinstance(column.type, PeriodEnd):
        value = f"{value} - 1"
    if prefix:
        value = f"'{prefix}_' || {value}::text"
    condition = link.conceals.get(column.name)
    yield f'{_conceal(value, condition)} AS "{name}"'
    if target is not None and target in LABELS:
        label = (
            f"(SELECT x.{LABELS[target]} FROM {target} x"
            f" WHERE x.tenant_id = $1 AND x.id = t.{column.name})"
        )
        yield f'{_conceal(label, condition)} AS "{name.removesuffix("Id")}"'


def _conceal(value: str, condition: str | None) -> str:
    return f"CASE WHEN {condition} THEN {value} END" if condition else value


@cache
def _list_hashed() -> Mapping[str, list[str]]:
    """Return the conditions of all rows about a person, by table."""
    found = dict[str, list[str]]()
    for link in LINKS:
        found.setdefault(link.table, []).append(_Condition(link, has_only=False).build())
    for key in OMITTED_COLUMNS:
        table, column = key.split(".")
        if find_target(metadata.tables[table], column) == "people":
            found.setdefault(table, []).append(f"t.tenant_id = $1 AND t.{column} = $2")
    return found


def declare_statements() -> None:
    """Declare the statements of all links, once the tables are known."""
    for position, link in enumerate(LINKS):
        for is_office in (False, True):
            if is_office or not link.is_office:
                name = f"export of {link.key} {position} {'office' if is_office else 'own'}"
                text = _build_export(link, is_office=is_office)
                declare_statement(name, text, "person_id", "today")
                section = Section(link.table, link.column, name)
                EXPORT_STATEMENTS.setdefault(is_office, []).append(section)
    for table, conditions in _list_hashed().items():
        key = ", ".join(f"t.{each.name}" for each in metadata.tables[table].primary_key)
        text = (
            f"SELECT md5(({key})::text), md5(row_to_json(t)::text) FROM {table} t"
            f" WHERE ({') OR ('.join(conditions)})"
        )
        declare_statement(f"hashes of {table}", text, "person_id")
        HASH_STATEMENTS[table] = f"hashes of {table}"
