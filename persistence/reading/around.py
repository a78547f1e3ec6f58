"""Rows inside fixed text, which SQLAlchemy writes faster than a select that says the same."""

from typing import Any

from sqlalchemy import JSON, ColumnElement, Select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


class Around(ColumnElement[Any]):
    """A JSON value made of rows: the text before them, their select, and the text behind it."""

    inherit_cache = False

    def __init__(self, before: str, rows: Select[Any], behind: str) -> None:
        self.before, self.rows, self.behind = before, rows, behind
        self.type = JSON()


@compiles(Around)
def _written(element: Around, compiler: SQLCompiler, **how: Any) -> str:
    how.pop("add_to_result_map", None)
    return element.before + compiler.process(element.rows, **how) + element.behind
