"""Quotas: how many rows of a group may have a level or a higher one.

A quota is a whole percentage of the rows of a group. The number that is allowed is a whole number,
too: the product is divided by 100 exactly, and then rounded once, up or down as the session says.
`persistence.reviews.calibration_quotas` computes the same in the read statement.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import MaxItems, WholeNumber
from domain.reviews.calibration.enums import CalibrationQuotaGroup, CalibrationQuotaRounding
from domain.reviews.scales import MAX_LEVELS

if TYPE_CHECKING:
    from domain.reviews.calibration.model import CalibrationSession
    from domain.reviews.calibration.subjects import CalibrationSubject

PERCENT = 100


@dataclass(frozen=True)
class Percentages(MaxItems):
    """A whole percentage for each level of a scale, from the lowest on."""

    items: str = "percentages"
    maximum: int = MAX_LEVELS

    def check(self, value: Collection[int], *path: str | int) -> tuple[int, ...]:  # type: ignore[override]
        """Return the percentages. Raises Invalid and LimitExceeded with all faults."""
        given, faults = tuple(value), FaultCollector()
        super().check(given, *path)
        share = WholeNumber("The percentage", 0, PERCENT)
        for index, each in enumerate(given):
            with faults.collect():
                share.check(each, *path, index)
        faults.raise_all()
        return given


@dataclass(frozen=True)
class Ceilings(Percentages):
    """The most percent of a group that each level may have together with the levels above it.

    They stand from the lowest level on, so the first is 100, and none is above the one before it.
    """

    subject: str = "The quota"

    def check(self, value: Collection[int], *path: str | int) -> tuple[int, ...]:  # type: ignore[override]
        """Return the percentages. Raises Invalid and LimitExceeded with all faults."""
        given, faults = super().check(value, *path), FaultCollector()
        if given and given[0] != PERCENT:
            message = f"All rows have the lowest level or a higher one. Begin with {PERCENT}."
            raise Invalid(message, *path, 0, code=Code.OUT_OF_RANGE)
        for index in range(1, len(given)):
            with faults.collect():
                if given[index] > given[index - 1]:
                    message = (
                        "This percentage includes the levels above. Use at most that of the level"
                        " below."
                    )
                    raise Invalid(message, *path, index, code=Code.OUT_OF_RANGE)
        faults.raise_all()
        return given


@dataclass(frozen=True)
class BrokenQuota:
    """More rows of a group have a level or a higher one than its quota allows."""

    group: UUID | None
    level: int
    size: int
    found: int
    limit: int
    percent: int


def compute_limit(size: int, percent: int, rounding: CalibrationQuotaRounding) -> int:
    """Return how many rows of a group of this size a percentage allows."""
    product = size * percent
    return -(-product // PERCENT) if rounding is CalibrationQuotaRounding.UP else product // PERCENT


def find_broken_quotas(
    session: "CalibrationSession", rows: Iterable["CalibrationSubject"]
) -> Iterator[BrokenQuota]:
    """Yield each quota of a session that a group breaks, by group and level."""
    groups = defaultdict[UUID | None, list[int]](list)
    for each in rows:
        groups[_find_group(session, each)].append(each.level)
    for group in sorted(groups, key=lambda each: (each is None, each or UUID(int=0))):
        yield from _find_broken(session, group, groups[group])


def _find_group(session: "CalibrationSession", row: "CalibrationSubject") -> UUID | None:
    """Return the unit or the manager whose rows are counted together."""
    match session.quota_group:
        case CalibrationQuotaGroup.UNIT:
            return row.organization_id
        case CalibrationQuotaGroup.MANAGER:
            return row.manager_id
        case _:
            return None


def _find_broken(
    session: "CalibrationSession", group: UUID | None, levels: Sequence[int]
) -> Iterator[BrokenQuota]:
    size = len(levels)
    for level, percent in enumerate(session.quotas, start=1):
        limit = compute_limit(size, percent, session.quota_rounding)
        found = sum(each >= level for each in levels)
        if found > limit:
            yield BrokenQuota(group, level, size, found, limit, percent)
