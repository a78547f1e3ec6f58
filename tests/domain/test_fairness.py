"""Fairness figures as sentences: worked numbers, and what readers who know all levels can infer."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.kernel.errors import Invalid
from domain.kernel.faults import list_faults
from domain.kernel.identity import TenantId, generate_id
from domain.reviews.fairness import FairnessAttribute
from domain.reviews.fairness.counting import Figures, Member, count_groups
from domain.reviews.fairness.statistics import Outcome, compute_fisher, compute_ratio, count_flips

VALUES = [Fraction(each) for each in (1, 2, 3, 4, 5)]
THRESHOLD = 5


@pytest.mark.parametrize(
    ("group", "reference", "ratio", "p", "flips"),
    [
        # The table of adverse impact in the research of this project; p as scipy prints it.
        ((6, 30), (14, 40), 0.5714, 0.1928, 3),
        ((300, 1500), (690, 3000), 0.8696, 0.0220, 25),
        ((3, 12), (8, 20), 0.625, 0.4647, 1),
        ((4, 12), (8, 20), 0.8333, 1.0, 1),
        # The example of scipy.stats.fisher_exact: 8 and 2 against 1 and 5.
        ((1, 6), (8, 10), 0.2083, 0.0350, 3),
        ((0, 6), (3, 6), 0.0, 0.1818, 3),
    ],
)
def test_adverse_impact_has_a_ratio_p_and_people_who_flip_it(
    group: tuple[int, int], reference: tuple[int, int], ratio: float, p: float, flips: int
) -> None:
    own, other = Outcome(*group), Outcome(*reference)
    assert round(float(compute_ratio(own, other) or 0), 4) == ratio
    assert round(float(compute_fisher(own, other)), 4) == p
    assert compute_fisher(own, other) == compute_fisher(other, own)
    assert count_flips(own, other) == flips


def test_nothing_is_compared_with_a_share_of_zero() -> None:
    none = Outcome(0, 9)
    assert (compute_ratio(none, none), count_flips(none, none)) == (None, None)
    assert compute_fisher(none, none) == 1


def count(rows: dict[int | None, tuple[int, ...]], favoured_from: int = 4) -> Figures:
    """Count people with so many at each level, by group."""
    members = [
        (group, level)
        for group, counts in rows.items()
        for level, number in enumerate(counts, start=1)
        for _ in range(number)
    ]
    return count_groups(members, VALUES, favoured_from, THRESHOLD)


def test_levels_are_joined_until_each_number_is_about_enough_people() -> None:
    found = count({1: (1, 4, 20, 9, 6), 2: (0, 6, 15, 8, 2)})
    assert (found.count, found.hidden, found.bands) == (71, 0, (1, 3, 4))
    first, second = found.groups
    assert (first.counts, second.counts) == ((5, 20, 15), (6, 15, 10))
    # Of levels 4 and 5, seventeen people have 4, and eight 5; of 1 and 2 ten have 2.
    bands = [Fraction(21, 11), Fraction(3), Fraction(17 * 4 + 8 * 5, 25)]
    assert first.mean == sum(n * m for n, m in zip((5, 20, 15), bands, strict=True)) / 40
    assert (first.outcome, second.outcome) == (Outcome(15, 40), Outcome(10, 31))
    assert (first.is_reference, second.ratio) == (True, Fraction(10, 31) / Fraction(15, 40))


def test_a_small_group_is_hidden_with_another_one() -> None:
    rows = {1: (0, 9, 20, 9, 0), 2: (0, 6, 9, 6, 0), 3: (0, 1, 1, 1, 0)}
    found = count(rows)
    # Three people alone would follow from the total, so the smaller group is hidden, too.
    assert ([each.position for each in found.groups], found.hidden) == ([1], 24)
    # With six people who are in no group, three are not alone. Levels are not shown then.
    many = count(rows | {None: (0, 2, 2, 2, 0)})
    assert ([each.position for each in many.groups], many.hidden, many.bands) == ([1, 2], 9, (1,))


def test_a_level_that_one_group_alone_has_is_not_shown_apart() -> None:
    found = count({1: (0, 0, 20, 20, 9), 2: (0, 0, 20, 20, 0)})
    assert found.bands == (1, 4)
    assert [each.counts for each in found.groups] == [(20, 29), (20, 20)]
    alone = count({1: (0, 0, 0, 0, 30), 2: (0, 0, 30, 0, 0)})
    assert (alone.bands, [each.outcome for each in alone.groups]) == ((1,), [None, None])


def test_one_group_alone_tells_nothing() -> None:
    assert count({1: (5, 5, 5, 5, 5)}).groups == ()
    assert count({None: (9, 9, 9, 9, 9)}).groups == ()


MEMBERS = st.lists(
    st.tuples(st.sampled_from([None, 1, 2, 3, 4]), st.integers(1, 5)), min_size=1, max_size=120
)


@settings(max_examples=150, deadline=None)
@given(members=MEMBERS, favoured_from=st.integers(2, 5))
def test_readers_who_know_all_levels_find_at_least_five_people_in_every_number(
    members: list[Member], favoured_from: int
) -> None:
    found = count_groups(members, VALUES, favoured_from, THRESHOLD)
    ends = [*found.bands[1:], 6]
    by_level = Counter(level for _, level in members)
    totals = [
        sum(by_level[level] for level in range(start, end))
        for start, end in zip(found.bands, ends, strict=True)
    ]
    rows = [list(each.counts) for each in found.groups]
    rest = [total - sum(column) for total, *column in zip(totals, *rows, strict=True)]
    assert sum(rest) == found.hidden
    if rows:
        assert all(each >= THRESHOLD for row in rows for each in row)
        # What is not shown is nobody, or enough people in each band.
        assert found.hidden == 0 or min(rest) >= THRESHOLD
        assert len(rows) + (found.hidden > 0) > 1
        # The means follow from the numbers above, so they tell nothing more.
        gaps = sum(sum(each.counts) * each.gap for each in found.groups)
        assert found.hidden or gaps == 0
        ordered = sorted(members, key=str)
        assert count_groups(ordered, VALUES, favoured_from, THRESHOLD) == found


def test_an_attribute_has_two_groups_or_more() -> None:
    tenant = TenantId(generate_id())
    for groups in ((), ("One",)):
        with pytest.raises(Invalid) as raised:
            FairnessAttribute.create(tenant, name="Age", groups=groups)
        assert [each.field for each in list_faults(raised.value)] == [("groups",)]
    assert FairnessAttribute.create(tenant, name="Age", groups=("A", "B")).groups == ("A", "B")
