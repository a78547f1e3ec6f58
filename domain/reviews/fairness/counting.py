"""What is shown of groups and levels, so that nobody's group follows from it.

Those who read the figures know the level of everybody. So each number that is shown counts at least
as many people as the threshold: each group, all people of no shown group together, and each of
these within each band of levels. Everything else follows from these numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from domain.reviews.fairness.statistics import (
    Outcome,
    compute_fisher,
    compute_ratio,
    count_flips,
)

Member = tuple[int | None, int]
"""The position of a person's group, None for none, and the person's level."""


@dataclass(frozen=True)
class GroupFigures:
    """The figures of a group. `outcome` and what follows are None where they are not shown."""

    position: int
    counts: tuple[int, ...]
    mean: Fraction
    gap: Fraction
    outcome: Outcome | None = None
    is_reference: bool = False
    ratio: Fraction | None = None
    p: Fraction | None = None
    flips: int | None = None


@dataclass(frozen=True)
class Figures:
    """The figures of all groups that are shown. `bands` are the first levels of bands."""

    count: int
    hidden: int
    bands: tuple[int, ...]
    mean: Fraction | None
    groups: tuple[GroupFigures, ...]


def count_groups(
    members: Sequence[Member], values: Sequence[Fraction], favoured_from: int, threshold: int
) -> Figures:
    """Return what is shown of these people, on a scale with these values of its levels."""
    rows = _count_levels(members, len(values))
    shown = _choose_groups({key: sum(row) for key, row in rows.items()}, threshold)
    hidden = [rows[key] for key in rows if key not in shown]
    rest = [sum(column) for column in zip(*hidden, strict=True)] if hidden else []
    table = [*(rows[each] for each in shown), *([rest] if any(rest) else [])]
    bands = _choose_bands(table, len(values), favoured_from, threshold)
    if not shown:
        return Figures(len(members), len(members), bands, None, ())
    everybody = [sum(column) for column in zip(*table, strict=True)]
    means = _average_bands(everybody, values, bands)
    mean = _average(_join(everybody, bands), means)
    groups = [(each, _join(rows[each], bands)) for each in shown]
    figures = [
        GroupFigures(each, counts, own := _average(counts, means), own - mean)
        for each, counts in groups
    ]
    if favoured_from in bands:
        figures = _compare(figures, bands.index(favoured_from))
    return Figures(len(members), sum(rest), bands, mean, tuple(figures))


def _count_levels(members: Sequence[Member], levels: int) -> dict[int | None, list[int]]:
    """Return how many people of each group have each level."""
    rows: dict[int | None, list[int]] = {}
    for group, level in members:
        rows.setdefault(group, [0] * levels)[level - 1] += 1
    return rows


def _choose_groups(sizes: Mapping[int | None, int], threshold: int) -> list[int]:
    """Return the groups that are shown, in their order.

    All others are too few for a total to tell them, or none: the smallest group is hidden, too,
    until that holds.
    """
    shown = sorted(key for key, size in sizes.items() if key is not None and size >= threshold)
    hidden = sum(sizes.values()) - sum(sizes[each] for each in shown)
    while shown and 0 < hidden < threshold:
        smallest = min(shown, key=lambda each: (sizes[each], each))
        shown.remove(smallest)
        hidden += sizes[smallest]
    # One row alone, or one beside nothing, compares nothing and tells the group of all its people.
    return shown if len(shown) + (hidden > 0) > 1 else []


def _choose_bands(
    table: Sequence[Sequence[int]], levels: int, favoured_from: int, threshold: int
) -> tuple[int, ...]:
    """Return the first levels of bands in which each row of the table has enough people.

    The lowest band that has too few is joined with the one below, or the lowest with the one above.
    Favoured levels are joined with others at last.
    """

    def is_enough(start: int, end: int) -> bool:
        return all(sum(row[start - 1 : end - 1]) >= threshold for row in table)

    bands = list(range(1, levels + 1))
    while len(bands) > 1:
        ends = [*bands[1:], levels + 1]
        pairs = list(zip(bands, ends, strict=True))
        low = next((n for n, pair in enumerate(pairs) if not is_enough(*pair)), None)
        if low is None:
            break
        below, above = low, low + 1  # which start is removed: that of the band, or the next one
        choices = [each for each in (below, above) if 0 < each < len(bands)]
        kept = [each for each in choices if bands[each] != favoured_from]
        del bands[(kept or choices)[0]]
    return tuple(bands)


def _join(row: Sequence[int], bands: Sequence[int]) -> tuple[int, ...]:
    ends = [*bands[1:], len(row) + 1]
    return tuple(sum(row[start - 1 : end - 1]) for start, end in zip(bands, ends, strict=True))


def _average_bands(
    everybody: Sequence[int], values: Sequence[Fraction], bands: Sequence[int]
) -> list[Fraction]:
    """Return the mean value of each band, of all people: it tells nothing about a group."""
    weighted = [count * value for count, value in zip(everybody, values, strict=True)]
    ends = [*bands[1:], len(values) + 1]
    return [
        Fraction(sum(weighted[start - 1 : end - 1]), sum(everybody[start - 1 : end - 1]) or 1)
        for start, end in zip(bands, ends, strict=True)
    ]


def _average(counts: Sequence[int], means: Sequence[Fraction]) -> Fraction:
    total = sum((count * mean for count, mean in zip(counts, means, strict=True)), Fraction())
    return total / sum(counts)


def _compare(figures: Sequence[GroupFigures], first: int) -> list[GroupFigures]:
    """Add what compares each group with the one that has the highest share of favoured people."""
    outcomes = [Outcome(sum(each.counts[first:]), sum(each.counts)) for each in figures]
    best = max(range(len(outcomes)), key=lambda n: (outcomes[n].share, -n))
    reference, found = outcomes[best], list[GroupFigures]()
    for number, (each, own) in enumerate(zip(figures, outcomes, strict=True)):
        base = (each.position, each.counts, each.mean, each.gap, own)
        if number == best:
            found.append(GroupFigures(*base, is_reference=True))
            continue
        ratio = compute_ratio(own, reference)
        p = compute_fisher(own, reference)
        found.append(GroupFigures(*base, False, ratio, p, count_flips(own, reference)))  # noqa: FBT003 - of a record
    return found
