"""Faults of a formula: what is wrong, where, and what would be right."""

from domain.kernel.errors import Code, Invalid
from domain.kpis.formulas.nodes import Span

FIELD = "formula"


class FormulaFault(Invalid):
    """A fault at a place of a formula. The message begins with the line and the column."""

    def __init__(self, message: str, text: str, span: Span, code: Code | None = None) -> None:
        before = text[: span.start]
        self.line, self.column = before.count("\n") + 1, span.start - before.rfind("\n")
        self.length = span.end - span.start
        super().__init__(f"Line {self.line}, column {self.column}: {message}", FIELD, code=code)
