"""References: what other systems call a thing, one name per system."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from domain.kernel.aggregate import Part
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.texts import line, slug
from domain.kernel.work import Work

MOST = 20


@dataclass(kw_only=True, eq=False)
class Reference(Part):
    """The name that one other system knows something by."""

    NAME = "reference"

    source: str
    external_id: str


R = TypeVar("R", bound=Reference)


def refer(
    references: list[R],
    source: str,
    external_id: str,
    make: Callable[[str, str], R],
    *at: str | int,
) -> bool:
    """Note what a system calls the thing, in place of what it said before; False if nothing is new.

    `at` leads the field paths. Raises Invalid for a malformed source or id, LimitExceeded beyond
    twenty systems.
    """
    source, external_id = _named(source, external_id, *at)
    known = next((each for each in references if each.source == source), None)
    if known is not None:
        changed = known.external_id != external_id
        known.external_id = external_id
        return changed
    if len(references) >= MOST:
        raise LimitExceeded(f"There are {MOST} references already. Forget one first.", *at)
    references.append(make(source, external_id))
    return True


async def refuse_taken(
    work: Work, kind: type[R], held: Iterable[R], source: str, external_id: str, *at: str | int
) -> None:
    """Refuse what a system calls something else already. Raises Invalid (NOT_UNIQUE)."""
    source, external_id = _named(source, external_id, *at)
    if any((each.source, each.external_id) == (source, external_id) for each in held):
        return
    if await work.count(kind, source=source, external_id=external_id):
        raise Invalid(
            f"In {source} something else has the id {external_id}. Correct it, or forget it there.",
            *(*at, "id"),
            code=Code.NOT_UNIQUE,
        )


def _named(source: str, external_id: str, *at: str | int) -> tuple[str, str]:
    return slug("The source", source, *at, "source"), line("The id", external_id, *at, "id")


def forget(references: list[R], source: str) -> bool:
    """Take out what a system calls the thing; False if it called it nothing."""
    known = [each for each in references if each.source == source]
    for each in known:
        references.remove(each)
    return bool(known)
