"""Figures of calibrations, checked against worked numbers as exact fractions."""

from collections.abc import Sequence
from fractions import Fraction

import pytest

from domain.reviews.calibration import LeniencyMethod
from domain.reviews.calibration.figures import (
    compare,
    compute_leniency,
    compute_variance,
    compute_variances,
    is_central,
)

EVEN = {"A": (4, 4, 5, 3), "B": (3, 3, 4, 2), "C": (3, 3, 4, 4)}
FAR_APART = {"A": (4, 5, 4, 5, 5), "B": (3, 3, 2, 3), "C": (3, 4, 3, 4, 3, 3)}


def ratings(groups: dict[str, Sequence[int]]) -> dict[str, list[Fraction]]:
    return {name: [Fraction(each) for each in values] for name, values in groups.items()}


def test_the_variances_of_three_equal_groups() -> None:
    found = compute_variances(list(ratings(EVEN).values()))
    assert (found.mean, found.between, found.within) == (Fraction(7, 2), 1, Fraction(5, 9))
    assert found.of_managers == Fraction(1, 9)


def test_leniency_is_shrunk_by_the_estimated_variance() -> None:
    found = compute_leniency(ratings(EVEN), min_managers=3)
    assert (found.method, found.shrinkage) == (LeniencyMethod.ESTIMATED, 5)
    assert found.shrunk == {"A": Fraction(2, 9), "B": Fraction(-2, 9), "C": 0}
    assert found.raw == {"A": Fraction(1, 2), "B": Fraction(-1, 2), "C": 0}
    assert round(float(5 - found.shrunk["A"]), 4) == 4.7778


def test_three_managers_would_switch_the_shrinkage_off() -> None:
    variances = compute_variances(list(ratings(FAR_APART).values()))
    assert variances.mean == Fraction(18, 5)
    found = [variances.between, variances.within, variances.of_managers]
    assert [round(float(each or 0), 6) for each in found] == [4.158333, 0.273611, 0.787444]
    estimated = compute_leniency(ratings(FAR_APART), min_managers=3)
    assert estimated.shrinkage is not None
    assert round(float(estimated.shrinkage), 6) == 0.347468
    rounded = {name: round(float(each), 6) for name, each in estimated.shrunk.items()}
    assert rounded == {"A": 0.935022, "B": -0.782064, "C": -0.252069}
    # So below ten managers it is 5.
    advised = compute_leniency(ratings(FAR_APART))
    assert (advised.method, advised.shrinkage) == (LeniencyMethod.DEFAULT, 5)
    assert advised.shrunk == {
        "A": Fraction(5, 10) * 1,
        "B": Fraction(4, 9) * Fraction(-17, 20),
        "C": Fraction(6, 11) * Fraction(-4, 15),
    }


def test_offsets_that_are_no_more_than_chance_are_no_leniency() -> None:
    alike = {str(number): (3, 4) for number in range(10)}
    found = compute_leniency(ratings(alike))
    assert (found.method, found.shrinkage) == (LeniencyMethod.ESTIMATED, None)
    assert set(found.shrunk.values()) == {0}


def test_one_rating_of_each_manager_gives_no_estimate() -> None:
    found = compute_leniency(ratings({str(each): (each,) for each in range(10)}))
    assert (found.method, found.shrinkage) == (LeniencyMethod.DEFAULT, 5)


def test_a_distribution_beside_its_guidance() -> None:
    found = compare((0, 4, 22, 12, 2), (5, 15, 60, 15, 5))
    assert found.count == 40
    assert found.shares == tuple(Fraction(each, 40) for each in (0, 4, 22, 12, 2))
    assert found.deviation == Fraction(15, 100)
    assert found.largest_gap == Fraction(15, 100)


@pytest.mark.parametrize("counts", [(0, 2, 11, 6, 0), (0, 0, 0, 0, 0)])
def test_fewer_than_twenty_rows_allow_no_statement(counts: Sequence[int]) -> None:
    found = compare(counts, (5, 15, 60, 15, 5))
    assert (found.deviation, found.largest_gap) == (None, None)
    assert compare((0, 2, 11, 6, 1), (5, 15, 60, 15, 5)).deviation is not None


def test_each_unit_can_say_the_opposite_of_all_of_them() -> None:
    favoured = {"field": ((8, 40), (3, 20)), "office": ((18, 30), (66, 120))}
    for (one, of_one), (other, of_other) in favoured.values():
        first, second = compare((of_one - one, one)), compare((of_other - other, other))
        assert first.shares[1] > second.shares[1]
    pooled = [
        compare([sum(each[side][1] - each[side][0] for each in favoured.values()), favoured_count])
        for side, favoured_count in enumerate((8 + 18, 3 + 66))
    ]
    assert [round(float(each.shares[1]), 4) for each in pooled] == [0.3714, 0.4929]


def test_who_rates_near_the_middle_has_half_the_usual_spread() -> None:
    everybody = [Fraction(each) for each in (1, 2, 3, 4, 5) * 4]
    middle = [Fraction(3)] * 7 + [Fraction(4)]
    assert is_central(middle, everybody)
    assert not is_central(middle[1:], everybody)  # too few
    assert not is_central([Fraction(each) for each in (1, 5) * 4], everybody)
    assert compute_variance([Fraction(1)]) is None
    assert not is_central([Fraction(3)] * 8, [Fraction(3)])
