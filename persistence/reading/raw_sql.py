"""A select inside fixed SQL text; SQLAlchemy renders it faster than the equivalent expression."""

from typing import Any

from sqlalchemy import JSON, ColumnElement, Select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


class WrapSelect(ColumnElement[Any]):
    """A JSON value: a select between two fixed pieces of SQL."""

    inherit_cache = False

    def __init__(self, before: str, query: Select[Any], after: str) -> None:
        self.before, self.query, self.after = before, query, after
        self.type = JSON()


@compiles(WrapSelect)
def _compile_wrap_select(element: WrapSelect, compiler: SQLCompiler, **options: Any) -> str:
    options.pop("add_to_result_map", None)
    return element.before + compiler.process(element.query, **options) + element.after
