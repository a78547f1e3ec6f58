"""Statements that a concept declares for its use cases: each about the tenant as a whole."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DeclaredStatement:
    """SQL text, in which `$1` is the tenant and the others are the parameters in their order."""

    text: str
    parameters: tuple[str, ...]


STATEMENTS: dict[str, DeclaredStatement] = {}


def declare_statement(name: str, text: str, *parameters: str) -> None:
    """Declare a statement for `Work.run_statement`."""
    STATEMENTS[name] = DeclaredStatement(text, parameters)
