"""Progress is exact: a share does not depend on binary fractions, and a mean on its order."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.goals import Direction
from domain.goals.progress import compute_mean, compute_share

QUANTITIES = st.decimals(-1_000_000, 1_000_000, places=6, allow_nan=False)


def share_of(start: str, target: str, current: str) -> Decimal:
    return compute_share(Decimal(start), Decimal(target), Decimal(current), Direction.INCREASE)


@pytest.mark.parametrize(
    ("measures", "mean"),
    [
        ((("0", "3", "1"),) * 3, 1 / 3),
        ((("0", "3", "1"), ("0", "3", "2")), 0.5),
        ((("0", "10", "1"), ("0", "10", "2")), 0.15),
        ((("0", "10", "1"),) * 3, 0.1),
        ((("0", "7", "1"), ("0", "7", "2"), ("0", "7", "4")), 1 / 3),
        ((("10", "0", "7"), ("10", "0", "-10"), ("10", "0", "12")), 1.3 / 3),
        ((("0", "10", "5.9"),), 0.59),
        ((("0", "6", "1"),) * 6, 1 / 6),
    ],
)
def test_the_float_of_a_mean_is_the_one_next_to_the_exact_mean(
    measures: tuple[tuple[str, str, str], ...], mean: float
) -> None:
    found = compute_mean([share_of(*each) for each in measures])
    assert found is not None
    assert float(found) == mean


@given(st.lists(st.tuples(QUANTITIES, QUANTITIES, QUANTITIES), min_size=1, max_size=6))
def test_a_mean_is_as_near_as_forty_places_allow(
    measures: list[tuple[Decimal, Decimal, Decimal]],
) -> None:
    exact = [_exact_share(*each) for each in measures]
    found = compute_mean([compute_share(*each, Direction.DECREASE) for each in measures])
    assert found is not None
    assert abs(Fraction(found) - sum(exact) / len(exact)) <= Fraction(1, 10**40)
    assert 0 <= found <= 1


def _exact_share(start: Decimal, target: Decimal, current: Decimal) -> Fraction:
    if start == target:
        return Fraction(current <= target)
    share = Fraction(current - start) / Fraction(target - start)
    return max(Fraction(0), min(Fraction(1), share))
