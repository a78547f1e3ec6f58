"""Outcomes of a formula: a number or a truth, or the reason why there is none.

Not measured, not applicable and zero are three different things.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from domain.kpis.formulas.nodes import Span


class KpiGapReason(StrEnum):
    """Why there is no value. Only what is not measured yet may be measured later."""

    NOT_MEASURED = "not_measured"
    NOT_APPLICABLE = "not_applicable"
    DIVISION_BY_ZERO = "division_by_zero"
    NO_SUCH_PERIOD = "no_such_period"
    OUT_OF_RANGE = "out_of_range"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True)
class Gap:
    """A missing value: the inputs that cause it, or the place in the formula."""

    reason: KpiGapReason
    inputs: tuple[str, ...] = ()
    span: Span | None = None


@dataclass(frozen=True, order=True)
class Coverage:
    """How many periods of a window an input was measured in, such as 11 of 12."""

    name: str
    measured: int
    expected: int


@dataclass(frozen=True)
class Outcome:
    """A value, or a gap. `incomplete` names the inputs with periods that were skipped."""

    value: Fraction | bool | None = None
    gap: Gap | None = None
    incomplete: frozenset[Coverage] = frozenset()

    @property
    def number(self) -> Fraction:
        """The value of an outcome that has one, as a number."""
        assert self.value is not None
        return self.value if isinstance(self.value, Fraction) else Fraction(self.value)


def combine(
    outcomes: Sequence[Outcome], compute: Callable[[list[Fraction]], Fraction | bool]
) -> Outcome:
    """Return what is computed from the values of all outcomes; a gap if one of them has none."""
    gaps = [each.gap for each in outcomes if each.gap is not None]
    gap = join_gaps(gaps) if gaps else None
    parts = [each.incomplete for each in outcomes if each.incomplete]
    incomplete = frozenset[Coverage]().union(*parts)
    if gap is not None:
        return Outcome(gap=gap, incomplete=incomplete)
    return Outcome(compute([each.number for each in outcomes]), incomplete=incomplete)


def join_gaps(gaps: Iterable[Gap | None]) -> Gap | None:
    """Return the gap that several ones cause; None without any.

    A value that can never exist is stronger than one that is not measured yet. A suppressed one is
    the strongest, so that no other gap tells anything about it.
    """
    found = [each for each in gaps if each is not None]
    suppressed = [each for each in found if each.reason is KpiGapReason.SUPPRESSED]
    if suppressed:
        names = dict.fromkeys(name for each in suppressed for name in each.inputs)
        return Gap(KpiGapReason.SUPPRESSED, tuple(names))
    lasting = [each for each in found if each.reason is not KpiGapReason.NOT_MEASURED]
    if lasting or not found:
        return lasting[0] if lasting else None
    names = dict.fromkeys(name for each in found for name in each.inputs)
    return Gap(KpiGapReason.NOT_MEASURED, tuple(names))


def round_half_up(value: Fraction, decimals: int) -> Decimal:
    """Return the number with that many decimals; a half is rounded away from zero.

    `numeric` of PostgreSQL rounds like this, too.
    """
    above, below = value.numerator, value.denominator
    digits = (2 * abs(above) * 10**decimals + below) // (2 * below)
    return Decimal(f"{-digits if value < 0 else digits}e-{decimals}")
