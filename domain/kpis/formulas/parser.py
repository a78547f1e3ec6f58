"""The parser of formulas. It is the only module of the domain that imports a library: lark.

Length and nesting are limited before the parser runs. So its work is bounded, and no function that
walks over a tree calls itself deeper than parentheses nest.
"""

import re
from collections.abc import Collection
from functools import cache
from typing import Any, NoReturn

from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import FILL_IN
from domain.kpis.formulas.faults import FIELD, FormulaFault
from domain.kpis.formulas.nodes import Node, Span
from domain.kpis.formulas.tree_builder import TreeBuilder

MAX_LENGTH = 1_000
MAX_WORDS = 200
"""The most numbers, names and signs of a formula."""

MAX_NESTING = 32
WORD = re.compile(r"[^\W\d]\w*|\d[\d.]*|\S")

GRAMMAR = r"""
?either: both (OR both)*
?both: condition (AND condition)*
?condition: NOT comparison -> negation | comparison
?comparison: sum (COMPARE sum)?
?sum: product (ADD product)*
?product: factor (MULTIPLY factor)*
?factor: MINUS atom -> negation | atom
?atom: number | (NAME | PATH) -> input | call | "(" either ")"
call: NAME "(" (either ("," either)*)? ")"
number: NUMBER (PERCENT | CURRENCY | NAME)?

OR.2: /or\b/
AND.2: /and\b/
NOT.2: /not\b/
COMPARE: /<=|>=|!=|<|>|=/
ADD: /[+\u2212-]/
MULTIPLY: /[*\/\u00d7\u00f7]/
MINUS: /[\u2212-]/
PERCENT: "%"
NUMBER: /(0|[1-9][0-9]*)(\.[0-9]+)?(?![\w.])/
NAME: /[a-z][a-z0-9_]*(?!\w)/
PATH.1: /[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*(?!\w)/
CURRENCY: /[A-Z]{3}(?!\w)/
%ignore /\s+/
"""

HINTS = (
    (r"[\d.]", "Write a number like 1000 or 0.5, without exponents and leading zeros."),
    (r"\^|\*", "There are no powers. Multiply instead."),
    (r"&", "Write the word and."),
    (r"\|", "Write the word or."),
    (r"!", "Write the word not, or != between two values."),
    (r"=", "Write one = between two equal values."),
    (r"[\"'“”„]", "There are no texts in formulas. Write the name of an input without quotes."),
    (r"[\[\]{};:]", "Write parentheses like (, and commas between arguments."),
    (r"[^\W\d_]\w*", "Write inputs in small letters, such as net_sales, and currencies like EUR."),
)
"""What to write instead of a character that begins nothing."""

TOKEN_HINTS = {
    "*": "There are no powers. Multiply instead.",
    "=": "Write one sign between two values: =, !=, <, <=, > or >=.",
    "<": "Join two comparisons with and.",
    ">": "Join two comparisons with and.",
    ")": "It closes no parenthesis. Remove it.",
}
"""What to write instead of a sign where an operator is expected, or a second one."""

SPLIT = "Split it into several KPIs."
"""What to do with a formula of a KPI that is too long."""

OPERAND = "Write a number, an input or a function here."
OPERATOR = "Write an operator such as + before it, or remove it."


def parse(text: str, *, advice: str = SPLIT) -> Node:
    """Return the tree of a formula. Raises FormulaFault at the first place that is wrong.

    `advice` says what to do with one that is too long. A name with a dot, such as `section.goals`,
    is an input of formulas of scores; no input of a KPI has such a name.
    A text without any sign has no such place, so the fault is that of a required text.
    """
    if not text.strip():
        raise Invalid(f"The formula is missing. {FILL_IN}", FIELD, code=Code.REQUIRED)
    _check_size(text, advice)
    try:
        tree: Any = _get_parser().parse(text)
    except UnexpectedInput as error:
        _refuse(text, error)
    assert isinstance(tree, Node)
    return tree


def _check_size(text: str, advice: str) -> None:
    if len(text) > MAX_LENGTH:
        message = f"A formula has at most {MAX_LENGTH:,} characters. {advice}"
        raise FormulaFault(message, text, Span(MAX_LENGTH, len(text)), Code.TOO_LONG)
    depth = 0
    for index, found in enumerate(WORD.finditer(text)):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if index >= MAX_WORDS:
            message = f"A formula has at most {MAX_WORDS} numbers, names and signs. {advice}"
            raise FormulaFault(message, text, Span(*found.span()), Code.TOO_LONG)
        if depth > MAX_NESTING:
            message = f"Parentheses nest at most {MAX_NESTING} deep. Split the formula."
            raise FormulaFault(message, text, Span(*found.span()), Code.TOO_LONG)


@cache
def _get_parser() -> Lark:
    builder: Any = TreeBuilder()
    return Lark(GRAMMAR, start="either", parser="lalr", transformer=builder)


def _refuse(text: str, error: UnexpectedInput) -> NoReturn:
    """Raise the fault of a text that the grammar does not allow."""
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        token: Token = error.token
        assert token.start_pos is not None
        hint = TOKEN_HINTS.get(token)
        message = f"{token} is not allowed here. {hint or _explain(error)}"
        raise FormulaFault(message, text, Span(token.start_pos, token.start_pos + len(token)))
    if isinstance(error, UnexpectedCharacters):
        start = error.pos_in_stream or 0
        found = text[start]
        hint = next((hint for each, hint in HINTS if re.match(each, text[start:])), "Remove it.")
        raise FormulaFault(f"{found} is not allowed here. {hint}", text, Span(start, start + 1))
    end = len(text.rstrip())
    message = f"The formula ends too early. {_explain(error)}"
    raise FormulaFault(message, text, Span(end, end))


def _explain(error: UnexpectedInput) -> str:
    expected: Collection[str] = getattr(error, "expected", ())
    if "NUMBER" in expected:
        return OPERAND
    is_end = not isinstance(error, UnexpectedToken) or error.token.type == "$END"
    return "Close the parenthesis." if is_end else OPERATOR
