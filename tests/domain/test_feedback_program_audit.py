"""The auditor of programs: what all readers compute from figures, counts and the response rate.

It goes through all that unnamed raters could have answered, and groups it by what the product
publishes of it. It also knows from a copy of the database how many of each group took part.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from domain.ballots.figures import MARGIN
from domain.feedback_programs.enums import PEER, REPORT, SELF, RaterGroup
from domain.feedback_programs.records import FeedbackProgramResult
from tests.domain.test_feedback_program_results import count

LEVELS = (1, 3, 5)
Answers = Mapping[RaterGroup, tuple[int, ...]]
"""How many raters of each group chose each of three levels of five."""

Sizes = Mapping[RaterGroup, int]


def list_answers(sizes: Sizes) -> Iterator[Answers]:
    """Yield everything that could have been answered."""
    each = [
        [one for one in product(range(size + 1), repeat=len(LEVELS)) if sum(one) <= size]
        for size in sizes.values()
    ]
    for counts in product(*each):
        yield dict(zip(sizes, counts, strict=True))


def publish(sizes: Sizes, answers: Answers, leasts: Mapping[str, int]) -> frozenset[Any]:
    """Return everything that the product publishes about ratings."""
    levels: dict[RaterGroup, list[int | None]] = {SELF: [3]}
    for group, counts in answers.items():
        given = [level for level, number in zip(LEVELS, counts, strict=True) for _ in range(number)]
        levels[group] = [*given, *[None] * (sizes[group] - len(given))]
    counted = count(levels, **leasts)
    facts = {
        (each.rater_group, each.question_id, each.answer_count, each.mean, each.gap)
        for each in counted.list_published()
        if isinstance(each, FeedbackProgramResult)
    }
    return frozenset([*facts, counted.count_responses()])


def find_least_width(possible: Sequence[Answers]) -> Fraction:
    """Return the part of the scale that is left to one answer, where it is least."""
    least = Fraction(1)
    for group, counts in possible[0].items():
        chosen = {n for each in possible for n in range(len(LEVELS)) if each[group][n]}
        if sum(counts):
            least = min(least, Fraction(max(chosen) - min(chosen), len(LEVELS) - 1))
    return least


@pytest.mark.parametrize(
    ("sizes", "leasts"),
    [
        ({PEER: 7}, {}),
        ({PEER: 12}, {}),
        ({PEER: 5, REPORT: 5}, {"least_peers": 3, "least_reports": 3}),
        ({PEER: 6, REPORT: 2}, {"least_peers": 3, "least_reports": 3}),
    ],
)
def test_figures_and_rates_tell_no_answer_and_not_that_all_took_part(
    sizes: Sizes, leasts: Mapping[str, int]
) -> None:
    classes = defaultdict[frozenset[Any], list[Answers]](list)
    for answers in list_answers(sizes):
        classes[publish(sizes, answers, leasts)].append(answers)
    for possible in classes.values():
        known = defaultdict[tuple[int, ...], list[Answers]](list)
        for each in possible:
            known[tuple(map(sum, each.values()))].append(each)
        assert min(map(sum, known)) <= sum(sizes.values()) - MARGIN, possible[0]
        for took_part, those in known.items():
            if sum(took_part) > 1:
                assert find_least_width(those) >= Fraction(1, 2), those
