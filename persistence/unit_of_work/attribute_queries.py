"""SQL that compares rows by the values of attributes, or of their parts."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from domain.kernel.guarded_values import NoneOrAfter, ensure_comparable
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.mapping.row_mapper import select_all
from persistence.kernel.schema.derived_columns import find_folded_column

MAX_FOUND = 10
"""How many aggregates are read to name what stands in the way of a change."""


def build_conditions(kind: type, values: Mapping[str, Any], today: date) -> tuple[str, list[Any]]:
    """Return the SQL that a row has these values, and its parameters from `$2` on.

    A text is compared in its folded form, where it has one. Raises ValueError for a guarded value
    that a refusal must not depend on.
    """
    ensure_comparable(kind, values, today=today)
    text, parameters = "", []
    for name, value in values.items():
        table = MAPPINGS[kind].table
        column, fold = find_folded_column(table, name) or (table.c[name].name, None)
        if value is None:
            text += f" AND it.{column} IS NULL"
            continue
        is_open = isinstance(value, NoneOrAfter)
        given = value.day if is_open else value
        parameters.append(fold(given) if fold else given)
        place = f"${len(parameters) + 1}"
        equals = f"it.{column} = {place}"
        is_open_or_later = f"(it.{column} IS NULL OR it.{column} > {place})"
        text += f" AND {is_open_or_later if is_open else equals}"
    return text, parameters


def build_running_query(
    kind: type, values: Mapping[str, Any], today: date, *, runs_on: date
) -> tuple[str, list[Any]]:
    """Return the SQL of aggregates with these values that run on a day or later, the last first.

    It comes with its parameters from `$2` on.
    """
    conditions, parameters = build_conditions(kind, values, today)
    parameters.append(runs_on)
    place = f"${len(parameters) + 1}"
    runs = f"(it.ends_on IS NULL OR it.ends_on > greatest(it.starts_on, {place}::date))"
    order = f"ORDER BY it.ends_on DESC NULLS FIRST, it.id LIMIT {MAX_FOUND}"
    return f"{select_all(MAPPINGS[kind])}{conditions} AND {runs} {order}", parameters


def build_part_query(
    kind: type, part: type, values: Mapping[str, Any], today: date, *, runs_on: date | None
) -> tuple[str, list[Any]]:
    """Return the SQL of aggregates with such a part, and its parameters from `$2` on."""
    conditions, parameters = build_conditions(part, values, today)
    if runs_on is not None:
        parameters.append(runs_on)
        conditions += f" AND (it.ends_on IS NULL OR it.ends_on > ${len(parameters) + 1})"
    children = next(each for each in MAPPINGS[kind].children.values() if each.kind is part)
    owners = (
        f"SELECT it.{children.parent_column} FROM {children.table.name} it"
        f" WHERE it.tenant_id = $1{conditions}"
    )
    return f"{select_all(MAPPINGS[kind])} AND it.id IN ({owners}) ORDER BY it.id", parameters
