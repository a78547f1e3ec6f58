"""Filters of SCIM as `where` arguments of the graph. What the graph cannot compare is refused."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scim2_models import InvalidFilterException, SCIMException, TooManyException
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)

from persistence.kernel.wire_format import extract_uuid

Where = Mapping[str, Any]

EVERYTHING: Where = {}
NOTHING: Where = {"id": {"in": []}}

MAX_LENGTH = 2_000
MAX_NESTING = 8
"""Of brackets in the text of a filter, which the parser reads by recursion."""

TEXT = {
    CompareOperator.eq: "eq",
    CompareOperator.ne: "neq",
    CompareOperator.co: "contains",
    CompareOperator.sw: "startsWith",
}
EQUALITY = {CompareOperator.eq: "eq", CompareOperator.ne: "neq"}
ORDER = {
    CompareOperator.gt: "gt",
    CompareOperator.ge: "gte",
    CompareOperator.lt: "lt",
    CompareOperator.le: "lte",
}

Compare = Callable[[CompareOperator, Any], Awaitable[Where]]


def check_size(text: str | None) -> None:
    """Raise SCIMException for a filter that is too long or nested too deeply, before it is read."""
    if text is None:
        return
    depth = deepest = 0
    for each in text[:MAX_LENGTH]:
        depth += (each in "([") - (each in ")]")
        deepest = max(deepest, depth)
    if len(text) > MAX_LENGTH or deepest > MAX_NESTING:
        limits = f"{MAX_LENGTH:,} characters and {MAX_NESTING} levels of brackets"
        raise TooManyException(detail=f"A filter or path has at most {limits}. Make it smaller.")


def refuse(what: object) -> SCIMException:
    """Return the refusal of a comparison that the graph does not have."""
    return InvalidFilterException(detail=f"This filter is not supported: {what}")


def compare_text(*path: str) -> Compare:
    """Return the comparison of a text at a path of the graph."""

    async def compare(operator: CompareOperator, value: Any) -> Where:
        return nest(path, {find_operator(TEXT, operator): value})

    return compare


def compare_time(*path: str) -> Compare:
    """Return the comparison of a moment at a path of the graph."""

    async def compare(operator: CompareOperator, value: Any) -> Where:
        return nest(path, {find_operator(ORDER, operator): str(value)})

    return compare


def compare_id(prefix: str, *path: str) -> Compare:
    """Return the comparison of an id at a path of the graph. What is no such id equals none."""

    async def compare(operator: CompareOperator, value: Any) -> Where:
        name = find_operator(EQUALITY, operator)
        if extract_uuid(str(value), prefix) is None:
            return NOTHING if name == "eq" else EVERYTHING
        return nest(path, {name: str(value)})

    return compare


def find_operator(known: Mapping[CompareOperator, str], operator: CompareOperator) -> str:
    """Return the operator of the graph. Raises SCIMException if it has none."""
    if operator not in known:
        raise refuse(f"the operator {operator.value} for this attribute")
    return known[operator]


def nest(path: tuple[str, ...], comparator: Where) -> Where:
    """Return a comparator below its path."""
    for name in reversed(path):
        comparator = {name: comparator}
    return comparator


@dataclass(frozen=True)
class FilterTranslator:
    """The attributes of one resource that filters may name, by their names in lower case.

    `present` are the conditions that an attribute has a value.
    """

    attributes: Mapping[str, Compare]
    present: Mapping[str, Where]

    async def translate(self, node: FilterNode, prefix: str = "") -> Where:
        """Return the condition of the graph. Raises SCIMException."""
        match node:
            case LogicalExpr(op=op, terms=terms):
                inner = [await self.translate(each, prefix) for each in terms]
                return {"and" if op is LogicalOperator.and_ else "or": inner}
            case Not(expr=expr):
                return {"not": await self.translate(expr, prefix)}
            case ValuePath(attr_path=path, val_filter=inner_filter):
                return await self.translate(inner_filter, f"{_name(path)}.")
            case Present(attr_path=path):
                where: Where = self._find(self.present, path, prefix)
                return where
            case Comparison(attr_path=path, op=operator, value=value):
                compare: Compare = self._find(self.attributes, path, prefix)
                return await compare(operator, value)
        raise refuse(node)

    def _find(self, known: Mapping[str, Any], path: AttrPath, prefix: str) -> Any:
        name = prefix + _name(path)
        if name not in known:
            raise refuse(f"the attribute {prefix}{path}")
        return known[name]


def _name(path: AttrPath) -> str:
    return f"{path.attr}.{path.sub_attr}".lower() if path.sub_attr else path.attr.lower()
