"""Results of surveys: which groups are published, and how coarse their figures are."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ballots.envelopes import compute_length, decode, encode
from domain.ballots.figures import compute_mean, compute_score, compute_shares, round_count
from domain.kernel.identity import TenantId
from domain.surveys.cells import build_cells, count_invited, find_path
from domain.surveys.counting import Ballot, count
from domain.surveys.enums import SurveyAudience, SurveyQuestionKind
from domain.surveys.model import Survey
from domain.surveys.records import SurveyResult
from domain.surveys.wording import explain
from tests.factories.actors import TODAY

TENANT = TenantId(UUID(int=99))
RATING = {"kind": SurveyQuestionKind.RATING, "text": "How is work?"}
TOP, LEFT, RIGHT, LEAF = (UUID(int=each) for each in range(1, 5))
PARENTS = {TOP: None, LEFT: TOP, RIGHT: TOP, LEAF: LEFT}
Matrix = list[list[Fraction]]


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        (
            SurveyAudience.MANAGERS,
            "Only people with the permission SURVEYS_MANAGE over the unit read",
        ),
        (SurveyAudience.EVERYONE, "Everybody who sees the survey reads the figures of all answers"),
    ],
)
def test_the_words_say_what_the_survey_says(audience: SurveyAudience, readers: str) -> None:
    words = explain(audience, 7)
    assert words.index(readers) < words.index("Figures are rounded")
    assert "each is about at least 7 people who answered" in words
    assert "when 10 people or more have answered, and not fewer than 7" in words
    assert "{" not in words


def count_cells(sizes: Mapping[UUID | None, int], threshold: int = 5) -> dict[UUID | None, int]:
    """Return how many answers are in each cell, with so many people in each unit."""
    answers = [(unit, number) for unit, size in sizes.items() for number in range(size)]
    cells = build_cells(answers, PARENTS, top=TOP, threshold=threshold)
    return {unit: len(found) for unit, found in cells.items()}


def test_a_unit_with_enough_answers_has_a_cell_of_its_own() -> None:
    assert count_cells({TOP: 5, LEFT: 6, RIGHT: 7, LEAF: 8}) == {
        TOP: 5,
        LEFT: 6,
        RIGHT: 7,
        LEAF: 8,
    }


def test_a_small_unit_joins_the_one_above_it() -> None:
    assert count_cells({LEAF: 4, LEFT: 1, RIGHT: 5, TOP: 5}) == {LEFT: 5, RIGHT: 5, TOP: 5}


def test_a_small_rest_at_the_top_joins_the_smallest_outermost_cell() -> None:
    # Without this, the rest would be the total less the published cells.
    assert count_cells({LEFT: 9, RIGHT: 6, TOP: 1}) == {LEFT: 9, TOP: 7}
    assert count_cells({LEFT: 9, LEAF: 5, RIGHT: 10, TOP: 1}) == {LEAF: 5, RIGHT: 10, TOP: 10}


def test_too_few_answers_have_no_cell() -> None:
    assert count_cells({LEFT: 2, RIGHT: 2}) == {}
    assert count_cells({}) == {}


def test_people_of_a_unit_elsewhere_belong_to_the_top() -> None:
    assert find_path(UUID(int=9), PARENTS, top=TOP) == [TOP]
    assert count_cells({None: 3, UUID(int=9): 2}) == {TOP: 5}


def list_published_units(
    sizes: Mapping[UUID | None, int], parents: Mapping[UUID, UUID | None], threshold: int
) -> list[set[UUID | None]]:
    """Return the units of each published figure: all answers, and those of each cell."""
    answers = [(unit, unit) for unit, size in sizes.items() for _ in range(size)]
    cells = build_cells(answers, parents, top=None, threshold=threshold)
    return [{*sizes}, *(set(each) for each in cells.values())] if len(answers) >= threshold else []


def list_published_naively(
    sizes: Mapping[UUID | None, int], parents: Mapping[UUID, UUID | None], threshold: int
) -> list[set[UUID | None]]:
    """Publish each unit with those below it if it is large enough, as naive products do."""
    units = {above for each in sizes for above in find_path(each, parents, top=None)}
    groups = [
        {each for each in sizes if unit in find_path(each, parents, top=None)} for unit in units
    ]
    return [each for each in groups if sum(sizes[unit] for unit in each) >= threshold]


def exposes_a_small_group(
    published: Iterable[set[UUID | None]], sizes: Mapping[UUID | None, int], threshold: int
) -> bool:
    """Return whether sums and differences of published figures speak of too few people.

    The audit of Gusfield (1988) for units as atoms: whether a set of atoms with fewer people than
    the threshold lies in the row space, tried for single atoms and pairs.
    """
    atoms = [each for each in sizes if sizes[each]]
    rows = [[Fraction(atom in group) for atom in atoms] for group in published]
    rank = compute_rank(rows)
    small = [[each] for each in atoms] + [[a, b] for a in atoms for b in atoms if str(a) < str(b)]
    return any(
        compute_rank([*rows, [Fraction(atom in group) for atom in atoms]]) == rank
        for group in small
        if sum(sizes[each] for each in group) < threshold
    )


def compute_rank(rows: Sequence[Sequence[Fraction]]) -> int:
    """Compute the rank of a matrix by elimination."""
    left, rank = [list(each) for each in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((each for each in left[rank:] if each[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(rank, pivot)
        for each in left[rank + 1 :]:
            factor = each[column] / pivot[column]
            each[:] = [a - factor * b for a, b in zip(each, pivot, strict=True)]
        rank += 1
    return rank


def build_random_tree(random: Random) -> tuple[dict[UUID | None, int], dict[UUID, UUID | None]]:
    units = [UUID(int=each) for each in range(1, 9)]
    parents = {
        unit: random.choice([None, *units[:place]]) if place else None
        for place, unit in enumerate(units)
    }
    return {unit: random.randint(0, 9) for unit in units}, parents


def test_no_sum_or_difference_of_published_figures_speaks_of_too_few_people() -> None:
    random, exposed_naively = Random(7), 0
    for _ in range(150):
        sizes, parents = build_random_tree(random)
        for publish in (list_published_units, list_published_naively):
            published = publish(sizes, parents, 5)
            is_exposed = exposes_a_small_group(published, sizes, 5)
            if publish is list_published_units:
                assert not is_exposed
                assert all(sum(sizes[unit] for unit in each) >= 5 for each in published)
            exposed_naively += is_exposed
    assert exposed_naively > 50


def test_a_mean_leaves_several_sums_possible() -> None:
    assert compute_mean([3, 4, 4, 5, 5], 1, 5) == Fraction(4)  # 4.2
    assert compute_mean([3, 4, 4, 5, 4], 1, 5) == Fraction(4)
    assert compute_mean([4] * 12 + [5], 1, 5) == Fraction(4)  # 4.077 in steps of 0.2
    assert compute_mean([4] * 20 + [5] * 5, 1, 5) == Fraction("4.2")


@pytest.mark.parametrize(("count", "highest"), [(5, "4.5"), (13, "4.8"), (25, "4.9")])
def test_a_mean_never_says_that_all_gave_the_best_answer(count: int, highest: str) -> None:
    assert compute_mean([5] * count, 1, 5) == Fraction(highest)


@given(st.lists(st.integers(1, 5), min_size=5, max_size=60))
def test_each_mean_could_come_from_other_answers(values: list[int]) -> None:
    found, others = compute_mean(values, 1, 5), set[int]()
    for total in range(len(values), 5 * len(values) + 1):
        low, rest = divmod(total, len(values))
        answers = [low + 1] * rest + [low] * (len(values) - rest)
        if compute_mean(answers, 1, 5) == found:
            others.add(total)
    assert len(others) >= 2


def test_the_net_promoter_score_is_coarse_and_never_100() -> None:
    assert compute_score([10] * 6) == Fraction("0.5")
    assert compute_score([0] * 6) == Fraction("-0.5")
    assert compute_score([9] * 9 + [0] * 4) == Fraction("0.4")  # 5 of 13, in steps of 0.2


def test_shares_need_ten_answers_and_never_tell_that_all_are_alike() -> None:
    assert compute_shares({1: 4, 2: 5}) is None
    assert compute_shares({1: 0, 2: 10}) == {1: Fraction(0), 2: Fraction(1, 2)}
    assert compute_shares({1: 1, 2: 9}) == {1: Fraction(0), 2: Fraction(1, 2)}
    assert compute_shares({1: 12, 2: 13}) == {1: Fraction("0.5"), 2: Fraction("0.5")}


def test_counts_are_rounded_down_so_that_nobody_learns_that_all_took_part() -> None:
    assert [round_count(each, 100, 5) for each in (5, 9, 10, 14)] == [5, 5, 10, 10]
    assert [round_count(each, 100, 3) for each in (3, 4, 7)] == [3, 3, 5]
    assert [round_count(each, 11, 5) for each in (9, 10, 11)] == [5, 5, 5]
    assert [round_count(each, 12, 5) for each in (9, 10, 11, 12)] == [5, 10, 10, 10]


@given(st.integers(3, 20), st.integers(2, 60))
def test_each_published_count_fits_several_numbers_of_people(threshold: int, more: int) -> None:
    invited, found = threshold + more, dict[int, set[int]]()
    for each in range(threshold, invited + 1):
        found.setdefault(round_count(each, invited, threshold), set()).add(each)
    assert all(min(each) <= invited - 2 for each in found.values())


def test_the_people_who_were_asked_are_counted_in_the_cell_of_their_unit() -> None:
    invited = [LEAF, LEAF, LEFT, RIGHT, None]
    assert count_invited(invited, [LEFT, TOP], PARENTS, top=TOP) == {LEFT: 3, TOP: 2}


def test_a_cell_to_which_too_few_were_invited_is_never_published() -> None:
    survey = Survey.launch(TENANT, None, [RATING], today=TODAY, title="Pulse")
    invited = [LEFT] * 6 + [RIGHT] * 7
    survey.invited_count = len(invited)
    ballots = [Ballot(each, {survey.questions[0].id: 3}) for each in [LEFT] * 6 + [RIGHT] * 5]
    found = count(survey, ballots, invited, {LEFT: None, RIGHT: None})
    cells = [each for each in found if isinstance(each, SurveyResult) and each.scope == "cell"]
    assert [(each.organization_id, each.answer_count) for each in cells] == [(RIGHT, 5)]


def test_all_ballots_of_a_survey_have_one_length() -> None:
    length = compute_length([0, 100])
    short = encode({TOP: 1}, length)
    long = encode({TOP: 5, LEFT: "\U0001f600" * 100}, length)
    assert len(short) == len(long) == length
    assert decode(long) == {TOP: 5, LEFT: "\U0001f600" * 100}
    with pytest.raises(ValueError, match="longer than a ballot"):
        encode({TOP: "a" * 1_000}, length)
