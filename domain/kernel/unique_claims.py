"""Claims: a value that no two aggregates of a tenant may have, and who is about to have it.

A single change is checked at once. A batch checks its claims together at its end, so that two rows
may swap their values.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import field_specs


@dataclass(frozen=True)
class UniqueField:
    """An attribute whose value no two aggregates may have, and how refusals name it.

    The message says that another `owner` has this `noun`. `path` is its name in inputs.
    `is_held` says whether an aggregate keeps its value from others on a day. `free_from` is the
    field of a row with the day from which its object does not. With `is_locked`, nothing but a lock
    keeps the value from another request.
    """

    kind: Any
    attribute: str
    owner: str
    noun: str
    path: str
    free_from: str = ""
    is_locked: bool = False
    is_held: Callable[[Any, date], bool] = field(default=lambda *_: True)

    @cached_property
    def fold(self) -> Callable[[str], str]:
        """The function that returns the form in which values are compared."""
        return field_specs(self.kind)[self.attribute].fold or str

    def build_refusal(self, named: str = "") -> Invalid:
        """Return the refusal of a value that another aggregate has, perhaps with its name."""
        return Invalid(
            f"Another {self.owner}{named} has this {self.noun}. Choose another.",
            self.path,
            code=Code.NOT_UNIQUE,
        )


@dataclass(frozen=True)
class UniqueClaim:
    """A value that an aggregate is about to have."""

    unique: UniqueField
    aggregate: Aggregate
    value: str
