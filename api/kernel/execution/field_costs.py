"""The cost of each field of an operation, by its declaration and its arguments."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from api.kernel.documents.cost import (
    CONNECTION_COST,
    ESTIMATED_LIST_ROWS,
    ROW_COST,
    TEXT_SCAN_COST,
    TOTAL_COST,
    Cost,
    billable_rows,
    price_filter,
)
from api.kernel.execution.argument_templates import ArgumentTemplate
from api.kernel.schema.declarations import FieldDeclaration
from api.kernel.schema.mutations import MAX_BATCH_SIZE
from persistence.reading.parameters import DEFAULT_PAGE_SIZE
from persistence.reading.selection import ArgumentResolver, ReadRequest, Selection


def compute_field_cost(
    field_declaration: FieldDeclaration | None,
    name: str,
    arguments: ArgumentResolver,
    selection: Selection,
    inner_cost: Cost,
) -> Cost:
    """Return the cost of a field with all fields below it."""
    match field_declaration:
        case FieldDeclaration(kind="many", usual_size=usual_size):
            count_rows = partial(_count_page_rows, usual_size=usual_size)
            rows = _estimate(arguments, count_rows, "first", "last")
            return _compute_connection_cost(arguments, selection) + inner_cost.multiply(rows)
        case FieldDeclaration(kind="listed", usual_size=usual_size, size_by=size_by):
            count_rows = partial(_count_list_rows, usual_size=usual_size, size_by=size_by)
            rows = _estimate(arguments, count_rows, "ids", "by")
            return (Cost(1).name("the list") + inner_cost).multiply(rows)
        case FieldDeclaration(kind="one", points=points):
            return Cost(points).name("the object") + inner_cost
        case _:
            is_row = name in ("node", "nodes")
            return Cost(1).name("the rows") + inner_cost if is_row else inner_cost


def _compute_connection_cost(arguments: ArgumentResolver, selection: Selection) -> Cost:
    """Return the cost of a connection without its rows: its filter, its search and its total."""
    has_total = any(
        field.name == "total_count"
        for fields in selection.fields_by_type.values()
        for field in fields
    )
    cost = Cost(CONNECTION_COST).name("the list")
    if has_total:
        cost += Cost(TOTAL_COST).name("the total")
    for argument, price, name in (
        ("where", _price_filter, "the filter"),
        ("search", _price_search, "the search"),
    ):
        points = _estimate(arguments, price, argument)
        if points:
            part = Cost(0, (points,)) if callable(points) else Cost(points)
            cost += part.name(name).multiply(1 + has_total)
    return cost


def compute_batch_cost(cost: Cost, arguments: ArgumentTemplate) -> Cost:
    """Return the cost of a mutation that is applied to each input of a batch."""
    return cost.multiply(_estimate(arguments, _count_batch_rows, "input"))


def compute_row_cost(cost: Cost, inner_cost: Cost, arguments: ArgumentTemplate, rows: str) -> Cost:
    """Return the cost of a mutation whose input has rows; `inner_cost` is that of one object."""
    row_count = partial(_count_rows, rows=rows)
    objects = partial(_count_rows, rows=rows, maximum=MAX_BATCH_SIZE)
    return (
        cost
        + Cost(ROW_COST).name("the rows").multiply(_estimate(arguments, row_count, "input"))
        + inner_cost.multiply(_estimate(arguments, objects, "input"))
    )


def _count_rows(arguments: Mapping[str, Any], rows: str, maximum: int = 1_000) -> float:
    return min(len(arguments["input"].get(rows) or ()), maximum)


def _estimate(
    arguments: ArgumentResolver, measure: Callable[[Mapping[str, Any]], float], *names: str
) -> float | Callable[[ReadRequest], float]:
    """Return a number that depends on these arguments, or a function if they may vary."""
    if not isinstance(arguments, ArgumentTemplate):
        return measure({})
    if any(map(arguments.may_vary, names)):
        return lambda request: measure(arguments.fill_in(request))
    return measure(arguments.constant_arguments(*names))


def _count_page_rows(arguments: Mapping[str, Any], usual_size: int | None) -> float:
    size = arguments.get("last", arguments.get("first", DEFAULT_PAGE_SIZE))
    return billable_rows(size, usual_size)


def _count_list_rows(
    arguments: Mapping[str, Any], usual_size: int | None, size_by: int | None
) -> float:
    if size_by is not None and arguments.get("by") is not None:
        return size_by
    if usual_size is not None:
        return usual_size
    ids = arguments.get("ids")
    return ESTIMATED_LIST_ROWS if ids is None else len(ids)


def _price_filter(arguments: Mapping[str, Any]) -> float:
    return price_filter(arguments.get("where") or {})


def _price_search(arguments: Mapping[str, Any]) -> float:
    return TEXT_SCAN_COST if arguments.get("search") else 0


def _count_batch_rows(arguments: Mapping[str, Any]) -> float:
    return len(arguments["input"])
