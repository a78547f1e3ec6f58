"""SQL that compares rows by the values of attributes, or of their parts."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import count
from typing import Any, TypeAlias

from domain.kernel.guarded_values import NoneOrAfter, ensure_comparable
from domain.kernel.wanted import Taken, Wanted
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.mapping.row_mapper import build_row_sql, select_all
from persistence.kernel.schema.derived_columns import find_folded_column

Shape: TypeAlias = tuple[type, tuple[tuple[str, Any], ...]]
"""A kind with its attributes, each with 0, or with the shape and attribute it is taken from."""

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
    kind: type, values: Mapping[str, Any], today: date, runs_on: date
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
    kind: type, part: type, values: Mapping[str, Any], today: date, runs_on: date | None
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


def list_wanted_values(wanted: Wanted) -> Iterator[Any]:
    """Yield the values of what is wanted, in the order of the parameters of its SQL."""
    for _, each in wanted.values:
        if isinstance(each, Taken):
            yield from list_wanted_values(each.wanted)
        else:
            yield each


def describe_shape(wanted: Wanted) -> Shape:
    """Return what the SQL of what is wanted depends on."""
    return wanted.kind, tuple(
        [
            (name, (describe_shape(each.wanted), each.attribute) if isinstance(each, Taken) else 0)
            for name, each in wanted.values
        ]
    )


def select_wanted(shapes: Iterable[Shape], first: int) -> Iterator[str]:
    """Yield an array of rows for each shape; their parameters begin with this position.

    Raises ValueError for a guarded value, as `build_conditions` does.
    """
    places = count(first)
    for shape in shapes:
        row = build_row_sql(MAPPINGS[shape[0]], "it")
        yield f"ARRAY(SELECT {row} {_render_source(shape, places)})"


def _render_source(shape: Shape, places: Iterator[int]) -> str:
    """Return the SQL from FROM on, in which `it` are the rows of the shape.

    An array of what another one has is found first, so that an index finds the rows.
    """
    kind, attributes = shape
    ensure_comparable(kind, dict(attributes), today=date.min)
    table, text = MAPPINGS[kind].table, ""
    for name, taken in attributes:
        found = taken and f"SELECT it.{taken[1]} {_render_source(taken[0], places)}"
        value = f"ANY(ARRAY({found}))" if found else f"${next(places)}"
        text += f" AND it.{table.c[name].name} = {value}"
    return f"FROM {table.name} it WHERE it.tenant_id = $1{text}"
