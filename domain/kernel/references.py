"""References: what other systems call a thing, one name per system."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from domain.kernel.aggregate import Part
from domain.kernel.errors import LimitExceeded
from domain.kernel.texts import key, line

MOST = 20


@dataclass(kw_only=True, eq=False)
class Reference(Part):
    """The name that one other system knows something by."""

    NAME = "reference"

    source: str
    external_id: str


R = TypeVar("R", bound=Reference)


def refer(
    references: list[R], source: str, external_id: str, make: Callable[[str, str], R]
) -> bool:
    """Note what a system calls the thing, in place of what it said before; False if nothing is new.

    Raises Invalid for a malformed source or id, LimitExceeded beyond twenty systems.
    """
    source = key("The source", source, "source")
    external_id = line("The external id", external_id, "externalId")
    known = next((each for each in references if each.source == source), None)
    if known is not None:
        changed = known.external_id != external_id
        known.external_id = external_id
        return changed
    if len(references) >= MOST:
        raise LimitExceeded(f"There are {MOST} references already. Remove one first.", "source")
    references.append(make(source, external_id))
    return True


def forget(references: list[R], source: str) -> bool:
    """Take out what a system calls the thing; False if it called it nothing."""
    known = [each for each in references if each.source == source]
    for each in known:
        references.remove(each)
    return bool(known)
