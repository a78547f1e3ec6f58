"""Progress: the share of the way from a start to a target, and the mean of such shares.

Shares are decimals with 40 places. PostgreSQL computes the same ones (`persistence.goals`), so that
a filter finds what the domain says. They become floats only in `persistence.kernel.wire_format`.
"""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from domain.goals.enums import Direction

PLACES = 40
"""Decimal places of a share.

A float has 17 digits. With 40 places the float of a mean is the one next to the exact mean, also
where the shares do not end, such as 1/3 and 2/3.
"""

EXACT = Context(prec=100, rounding=ROUND_HALF_UP)
"""It rounds like the type `numeric` of PostgreSQL; the digits are enough to round only once."""

UNIT = Decimal(1).scaleb(-PLACES)
NONE, ALL = Decimal(0), Decimal(1)


def compute_share(
    start: Decimal, target: Decimal, current: Decimal, direction: Direction
) -> Decimal:
    """Return the share of the way from start to target, from 0 to 1.

    clamp((current - start) / (target - start), 0, 1), as d3's clamped linear scale and other
    OKR products compute it. Both signs flip for a decrease, so one formula serves both
    directions. Where target and start are equal ("keep it there"), it is 1 while the current
    value is no worse than the target, else 0.
    """
    with localcontext(EXACT):
        if target == start:
            is_held = current >= target if direction is Direction.INCREASE else current <= target
            return ALL if is_held else NONE
        share = (current - start) / (target - start)
        return min(max(share, NONE), ALL).quantize(UNIT)


def compute_mean(shares: Sequence[Decimal]) -> Decimal | None:
    """Return the mean of shares; None without any."""
    if not shares:
        return None
    with localcontext(EXACT):
        return (sum(shares, NONE) / len(shares)).quantize(UNIT)
