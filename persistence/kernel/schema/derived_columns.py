"""Derived columns: the form in which a text is compared or sorted, beside the text itself.

The domain does not know them. The unit of work writes them together with their attribute, and
filters, look-ups and unique indexes use them in its place.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, FromClause, Table, Text

from persistence.kernel.collation import DEFAULT_LOCALE, build_sort_key
from persistence.kernel.schema.tables import resolve_table

DERIVATION_KEY = "derivation"
"""Under this key a derived column's info has its derivation."""

FOLDED_SUFFIX = "_folded"
SORT_KEY_SUFFIX = "_sort_key"


@dataclass(frozen=True)
class Derivation:
    """How a column follows from an attribute and, for a sort key, from the tenant's locale.

    Without a value of the attribute it has none either.
    """

    attribute: str
    fold: Callable[[str], str] | None = None
    """None for a sort key."""

    def derive(self, value: str, locale: str) -> str:
        """Return the derived text."""
        return build_sort_key(value, locale) if self.fold is None else self.fold(value)


def folded_column(attribute: str, fold: Callable[[str], str]) -> Column[Any]:
    """Return the column with the form in which a text is compared.

    It is nullable: processes of the previous release do not write it during a rolling restart.
    """
    info = {DERIVATION_KEY: Derivation(attribute, fold)}
    return Column(attribute + FOLDED_SUFFIX, Text, nullable=True, info=info)


def sort_key_column(attribute: str) -> Column[Any]:
    """Return the column by which a name is sorted. What writes no key is sorted first."""
    return Column(
        attribute + SORT_KEY_SUFFIX,
        Text(collation="C"),
        nullable=False,
        server_default="",
        info={DERIVATION_KEY: Derivation(attribute)},
    )


def find_derivation(column: Column[Any]) -> Derivation | None:
    """Return how a column is derived, or None for an ordinary one."""
    derivation: Derivation | None = column.info.get(DERIVATION_KEY)
    return derivation


@cache
def list_derivations(table: Table) -> dict[str, Derivation]:
    """Return the derived columns of a table by name, and how they follow from attributes."""
    found = {each.name: find_derivation(each) for each in table.columns}
    return {name: each for name, each in found.items() if each is not None}


def derive_values(
    table: Table, row: Mapping[str, Any], locale: str = DEFAULT_LOCALE
) -> dict[str, Any]:
    """Return the values of the derived columns for a row with values of its attributes."""
    return {
        name: each.derive(value, locale)
        for name, each in list_derivations(table).items()
        if (value := row.get(each.attribute)) is not None
    }


def find_folded_column(row: FromClause, attribute: str) -> tuple[str, Callable[[str], str]] | None:
    """Return the column in which a text is compared and how it is derived, or None."""
    name = attribute + FOLDED_SUFFIX
    column = resolve_table(row).c.get(name)
    derivation = None if column is None else find_derivation(column)
    return None if derivation is None or derivation.fold is None else (name, derivation.fold)


def find_sort_key_column(row: FromClause, attribute: str) -> str | None:
    """Return the column by which an attribute is sorted, or None where it is its own."""
    name = attribute + SORT_KEY_SUFFIX
    return name if name in resolve_table(row).c else None
