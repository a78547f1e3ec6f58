"""Expressions inside fixed SQL text, which is shorter and rendered faster than SQLAlchemy's own."""

from typing import Any

from sqlalchemy import JSON, ColumnElement, Select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine


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


class SqlTemplate(ColumnElement[Any]):
    """A value: SQL text with names in braces, each of which stands for another expression.

    It adds nothing to a FROM clause, so a select of it names its tables itself.
    """

    inherit_cache = False

    def __init__(self, template: str, type_: TypeEngine[Any], **parts: ColumnElement[Any]) -> None:
        self.template, self.parts = template, parts
        self.type = type_


@compiles(SqlTemplate)
def _compile_template(element: SqlTemplate, compiler: SQLCompiler, **options: Any) -> str:
    options.pop("add_to_result_map", None)
    parts = {name: compiler.process(part, **options) for name, part in element.parts.items()}
    return element.template.format(**parts)
