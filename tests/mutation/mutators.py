"""Mutators: every small change to a module, in its Python and in the SQL that it holds as text.

Usual tools mutate only code inside functions, and treat SQL as a plain string; most tenant
isolation here is SQL. DROP_PREDICATE marks a predicate that was removed from a statement or a rule,
DROP_CONDITION any other condition.
"""

import ast
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

DROP_PREDICATE = "drop"
DROP_CONDITION = "less"

SWAPPED_OPERATORS: dict[type, type] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.Add: ast.Sub, ast.Sub: ast.Add,
}  # fmt: skip
SWAPPED_NAMES = {
    "any": "all", "all": "any", "and_": "or_", "or_": "and_", "EVERYBODY": "NOBODY",
    "NOBODY": "EVERYBODY", "true": "false", "false": "true", "min": "max", "max": "min",
}  # fmt: skip
CONJUNCTIONS = ("where", "and_", "_build_exists", "tenant_subquery", "exists")
"""Calls whose arguments all have to hold; without one of them more rows pass."""

SQL_PATTERN = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|WHERE|JOIN|current_setting)\b")
OPERAND_PATTERN = (
    r"(?:ANY\([^)]*\)|\(SELECT [^)]*\)|'[^']*'|\$\d+(?:::[\w\[\]]+)?"
    r"|[\w.]+(?:\([^)]*\))?(?:::\w+)?)"
)
CONDITION_PATTERN = re.compile(
    rf"[\w.]+ (?:=|<=|>=|<|>|IN) {OPERAND_PATTERN}|[\w.]+ IS (?:NOT )?NULL"
)
MAX_DESCRIPTION_LENGTH = 200
BOUND_PATTERN = re.compile(r"(?<= )(<=|>=|<|>)(?= )")
SHIFTED_BOUNDS = {"<=": "<", "<": "<=", ">=": ">", ">": ">="}


@dataclass(frozen=True)
class Mutant:
    """A module with one change."""

    path: str
    line: int
    kind: str
    scope: str
    before: str
    after: str
    source: str

    @property
    def name(self) -> str:
        """The description that identifies it, independent of the line number."""
        return f"{self.path} {self.scope} {self.kind}: {self.before} -> {self.after}"


def generate_mutants(path: str, source: str) -> Iterator[Mutant]:
    """Generate every mutant of a module, each once."""
    tree = ast.parse(source)
    whole, seen = ast.unparse(tree), {ast.unparse(tree)}
    homes = _map_scopes(tree)
    for number, node in enumerate(_walk_live_nodes(tree)):
        for kind, now in _mutate_node(node):
            broken = deepcopy(tree)
            _replace_node(broken, list(_walk_live_nodes(broken))[number], now)
            text = ast.unparse(ast.fix_missing_locations(broken))
            if text not in seen:
                seen.add(text)
                line = getattr(node, "lineno", 0)
                is_other = isinstance(node, ast.BoolOp) and not path.startswith("domain/")
                told = DROP_CONDITION if is_other and kind == DROP_PREDICATE else kind
                yield Mutant(
                    path, line, told, homes.get(line, ""), *_describe_change(whole, text), text
                )


def _map_scopes(tree: ast.Module) -> dict[int, str]:
    """Return the innermost function or class of each line."""
    found: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found |= dict.fromkeys(range(node.lineno, (node.end_lineno or 0) + 1), node.name)
    return found


def _walk_live_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes with an effect: no annotations, protocols, docstrings or error messages."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(b) for b in node.bases):
            continue
        if not isinstance(node, ast.Module):
            yield node
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list") or isinstance(node, ast.Raise):
                continue
            found = value if isinstance(value, list) else [value]
            todo += [each for each in reversed(found) if _is_live(each)]


def _is_live(node: object) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    is_import = isinstance(node, ast.Import | ast.ImportFrom | ast.Assert)
    return isinstance(node, ast.AST) and not (is_text or is_import)


def _mutate_node(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    yield from _swap_operators(node)
    yield from _drop_parts(node)
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield "not", inner
        case ast.Name(id=name) if name in SWAPPED_NAMES:
            yield "name", ast.Name(SWAPPED_NAMES[name], node.ctx)
        case ast.Constant(value=bool(value)):
            yield "constant", ast.Constant(not value)
        case ast.If(test=test) | ast.IfExp(test=test):
            yield "if", _copy_node(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Return(value=ast.AST() as value) if not isinstance(value, ast.Constant):
            yield "return", ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call() | ast.Await() | ast.Yield()) | ast.Raise() | ast.AugAssign():
            yield "statement", ast.Pass()
        case ast.Constant(value=str(text)) if SQL_PATTERN.search(text):
            yield from ((kind, ast.Constant(sql)) for kind, sql in _mutate_sql(text))


def _swap_operators(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in SWAPPED_OPERATORS:
            yield "operator", _copy_node(node, ops=[SWAPPED_OPERATORS[type(operator)]()])
        case ast.BoolOp(op=operator) | ast.BinOp(op=operator) if (
            type(operator) in SWAPPED_OPERATORS
        ):
            yield "operator", _copy_node(node, op=SWAPPED_OPERATORS[type(operator)]())


def _drop_parts(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield the node with one condition, case or alternative less."""
    match node:
        case ast.BoolOp(values=values):
            for each in values:
                left = [other for other in values if other is not each]
                yield DROP_PREDICATE, left[0] if len(left) == 1 else _copy_node(node, values=left)
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr(), right=right):
            yield DROP_PREDICATE, left
            yield DROP_PREDICATE, right
        case ast.Call(func=function, args=given) if _get_call_name(function) in CONJUNCTIONS:
            for each in given:
                if isinstance(each, ast.Compare | ast.Call | ast.Starred):
                    yield (
                        DROP_PREDICATE,
                        _copy_node(node, args=[other for other in given if other is not each]),
                    )
        case ast.Match(cases=cases):
            for each in cases[:-1]:
                yield (
                    "case",
                    _copy_node(node, cases=[other for other in cases if other is not each]),
                )


def _mutate_sql(text: str) -> Iterator[tuple[str, str]]:
    """Yield the SQL with a condition less, or with a bound moved by one."""
    for found in CONDITION_PATTERN.finditer(text):
        if not text[: found.start()].rstrip().endswith(("SET", ",")):
            yield DROP_PREDICATE, text[: found.start()] + "TRUE" + text[found.end() :]
    for found in BOUND_PATTERN.finditer(text):
        yield "bound", text[: found.start()] + SHIFTED_BOUNDS[found[0]] + text[found.end() :]


def _get_call_name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)


def _copy_node(node: Any, **fields: Any) -> Any:
    given = dict(ast.iter_fields(node)) | fields
    return type(node)(**given)


def _replace_node(tree: ast.AST, place: ast.AST, now: ast.AST | None) -> None:
    """Replace a node of the tree."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is place:
                setattr(parent, name, now)
                return
            if isinstance(value, list) and any(each is place for each in value):
                setattr(parent, name, [now if each is place else each for each in value])
                return


def _describe_change(was: str, now: str) -> tuple[str, str]:
    """Return the first line that differs; of a long line only the difference with some context."""
    lines = zip(was.splitlines(), now.splitlines(), strict=False)
    before, after = next(((a, b) for a, b in lines if a != b), ("", ""))
    if len(before) + len(after) < MAX_DESCRIPTION_LENGTH:
        return before.strip(), after.strip()
    pairs = enumerate(zip(before, after, strict=False))
    first = next((n for n, (a, b) in pairs if a != b), 0)
    rest = zip(reversed(before[first:]), reversed(after[first:]), strict=False)
    last = next((n for n, (a, b) in enumerate(rest) if a != b), 0)
    start, end = max(0, first - 40), max(0, last - 20)
    return before[start : len(before) - end], after[start : len(after) - end]
