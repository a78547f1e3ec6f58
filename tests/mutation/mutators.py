"""Every small way to break a module: in its Python, and in the SQL that it holds as text.

The usual tools change only what stands inside functions, and see a string where we see a statement;
most of what keeps tenants apart here is SQL. `DROP` marks a predicate that was taken away from a
statement or a rule, `LESS` any other condition.
"""

import ast
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

DROP = "drop"
LESS = "less"

SWAPPED: dict[type, type] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE,
    ast.GtE: ast.Gt, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.Add: ast.Sub, ast.Sub: ast.Add,
}  # fmt: skip
RENAMED = {
    "any": "all", "all": "any", "and_": "or_", "or_": "and_", "EVERYBODY": "NOBODY",
    "NOBODY": "EVERYBODY", "true": "false", "false": "true", "min": "max", "max": "min",
}  # fmt: skip
CONJUNCTIONS = ("where", "and_", "_exists", "looked_up", "exists")
"""Calls whose arguments all have to hold; without one of them more passes."""

STATEMENT = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|WHERE|JOIN|current_setting)\b")
SIDE = (
    r"(?:ANY\([^)]*\)|\(SELECT [^)]*\)|'[^']*'|\$\d+(?:::[\w\[\]]+)?"
    r"|[\w.]+(?:\([^)]*\))?(?:::\w+)?)"
)
CONDITION = re.compile(rf"[\w.]+ (?:=|<=|>=|<|>|IN) {SIDE}|[\w.]+ IS (?:NOT )?NULL")
LONG = 200
COMPARED = re.compile(r"(?<= )(<=|>=|<|>)(?= )")
AROUND = {"<=": "<", "<": "<=", ">=": ">", ">": ">="}


@dataclass(frozen=True)
class Mutant:
    """A module with one thing broken."""

    path: str
    line: int
    kind: str
    home: str
    was: str
    now: str
    source: str

    @property
    def name(self) -> str:
        """What tells it from the others, wherever the line moves to."""
        return f"{self.path} {self.home} {self.kind}: {self.was} -> {self.now}"


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a module, each once."""
    tree = ast.parse(source)
    whole, seen = ast.unparse(tree), {ast.unparse(tree)}
    homes = _homes(tree)
    for number, node in enumerate(_live(tree)):
        for kind, now in _changes(node):
            broken = deepcopy(tree)
            _put(broken, list(_live(broken))[number], now)
            text = ast.unparse(ast.fix_missing_locations(broken))
            if text not in seen:
                seen.add(text)
                line = getattr(node, "lineno", 0)
                is_other = isinstance(node, ast.BoolOp) and not path.startswith("domain/")
                told = LESS if is_other and kind == DROP else kind
                yield Mutant(path, line, told, homes.get(line, ""), *_said(whole, text), text)


def _homes(tree: ast.Module) -> dict[int, str]:
    """The innermost function or class of each line."""
    found: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found |= dict.fromkeys(range(node.lineno, (node.end_lineno or 0) + 1), node.name)
    return found


def _live(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that do something: no annotations, protocols, docstrings or messages of errors."""
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
            todo += [each for each in reversed(found) if _works(each)]


def _works(node: object) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    is_import = isinstance(node, ast.Import | ast.ImportFrom | ast.Assert)
    return isinstance(node, ast.AST) and not (is_text or is_import)


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    yield from _operators(node)
    yield from _fewer(node)
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield "not", inner
        case ast.Name(id=name) if name in RENAMED:
            yield "name", ast.Name(RENAMED[name], node.ctx)
        case ast.Constant(value=bool(value)):
            yield "constant", ast.Constant(not value)
        case ast.If(test=test) | ast.IfExp(test=test):
            yield "if", _with(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Return(value=ast.AST() as value) if not isinstance(value, ast.Constant):
            yield "return", ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call() | ast.Await() | ast.Yield()) | ast.Raise() | ast.AugAssign():
            yield "statement", ast.Pass()
        case ast.Constant(value=str(text)) if STATEMENT.search(text):
            yield from ((kind, ast.Constant(sql)) for kind, sql in _statements(text))


def _operators(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in SWAPPED:
            yield "operator", _with(node, ops=[SWAPPED[type(operator)]()])
        case ast.BoolOp(op=operator) | ast.BinOp(op=operator) if type(operator) in SWAPPED:
            yield "operator", _with(node, op=SWAPPED[type(operator)]())


def _fewer(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """One condition, one case or one way less."""
    match node:
        case ast.BoolOp(values=values):
            for each in values:
                left = [other for other in values if other is not each]
                yield DROP, left[0] if len(left) == 1 else _with(node, values=left)
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr(), right=right):
            yield DROP, left
            yield DROP, right
        case ast.Call(func=function, args=given) if _called(function) in CONJUNCTIONS:
            for each in given:
                if isinstance(each, ast.Compare | ast.Call | ast.Starred):
                    yield DROP, _with(node, args=[other for other in given if other is not each])
        case ast.Match(cases=cases):
            for each in cases[:-1]:
                yield "case", _with(node, cases=[other for other in cases if other is not each])


def _statements(text: str) -> Iterator[tuple[str, str]]:
    """The same SQL with a condition less, or with a bound moved by one."""
    for found in CONDITION.finditer(text):
        if not text[: found.start()].rstrip().endswith(("SET", ",")):
            yield DROP, text[: found.start()] + "TRUE" + text[found.end() :]
    for found in COMPARED.finditer(text):
        yield "bound", text[: found.start()] + AROUND[found[0]] + text[found.end() :]


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)


def _with(node: Any, **fields: Any) -> Any:
    given = dict(ast.iter_fields(node)) | fields
    return type(node)(**given)


def _put(tree: ast.AST, place: ast.AST, now: ast.AST | None) -> None:
    """Put a node into the place of another."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is place:
                setattr(parent, name, now)
                return
            if isinstance(value, list) and any(each is place for each in value):
                setattr(parent, name, [now if each is place else each for each in value])
                return


def _said(was: str, now: str) -> tuple[str, str]:
    """The first line that differs; of a long one only what differs, with a little around it."""
    lines = zip(was.splitlines(), now.splitlines(), strict=False)
    before, after = next(((a, b) for a, b in lines if a != b), ("", ""))
    if len(before) + len(after) < LONG:
        return before.strip(), after.strip()
    pairs = enumerate(zip(before, after, strict=False))
    first = next((n for n, (a, b) in pairs if a != b), 0)
    rest = zip(reversed(before[first:]), reversed(after[first:]), strict=False)
    last = next((n for n, (a, b) in enumerate(rest) if a != b), 0)
    start, end = max(0, first - 40), max(0, last - 20)
    return before[start : len(before) - end], after[start : len(after) - end]
