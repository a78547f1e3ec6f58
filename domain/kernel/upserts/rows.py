"""A row of an upsert: the object that it names, and the values that it gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from domain.kernel.errors import Refusal


@dataclass(frozen=True)
class NamedObject:
    """How a row names an object: by its id, by the id in another system, or by both."""

    id: UUID | None = None
    source: str | None = None
    external_id: str | None = None

    @cached_property
    def reference(self) -> tuple[str, str] | None:
        """The source and the id in it."""
        if self.source is None or self.external_id is None:
            return None
        return self.source, self.external_id

    @property
    def is_empty(self) -> bool:
        """Whether nothing is named. An empty id in another system names nothing."""
        return self.id is None and not self.external_id

    def __str__(self) -> str:
        return self.external_id or str(self.id)


@dataclass(frozen=True, eq=False)
class Row:
    """One row. `values` has the fields that are given, also those with None.

    `valid_from` is the day from which dated values hold; None where the row names none. Then those
    of a row that `is_first` hold from the beginning, because its object is new.

    `faults` are what is wrong with the row by itself; their paths begin at the row. A row that
    `undoes` gives earlier values back; `later` are those that hold from other days on.
    """

    index: int
    name: NamedObject
    values: dict[str, Any]
    today: date
    source_version: str | None = None
    valid_from: date | None = None
    is_first: bool = False
    undoes: bool = False
    later: Sequence["Row"] = ()
    faults: Sequence[Refusal] = field(default=())
