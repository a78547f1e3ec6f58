"""Results of surveys: which groups are published, and how coarse their figures are."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.ballots.envelopes import compute_length, decode, encode
from domain.ballots.figures import compute_mean, compute_score, compute_shares, round_count
from domain.kernel.identity import TenantId
from domain.surveys.cells import CellPlan, build_cells, find_path
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


def find_mean(values: Sequence[int], known: int | None = None) -> Fraction:
    """Return the published mean of answers from 1 to 5, of which so many are published."""
    return compute_mean(values, 1, 5, known or len(values))


def test_a_mean_leaves_several_sums_possible() -> None:
    assert find_mean([3, 4, 4, 5, 5]) == Fraction(4)  # 4.2
    assert find_mean([3, 4, 4, 5, 4]) == Fraction(4)
    assert find_mean([4] * 12 + [5]) == Fraction(4)  # 4.077 in steps of 0.2
    assert find_mean([4] * 20 + [5] * 5) == Fraction("4.2")
    assert find_mean([4] * 20 + [5] * 5, 10) == Fraction(4)  # of 10 or more: in steps of 0.5


@pytest.mark.parametrize(("count", "highest"), [(5, "4.5"), (13, "4.8"), (25, "4.9")])
def test_a_mean_never_says_that_all_gave_the_best_answer(count: int, highest: str) -> None:
    assert find_mean([5] * count) == Fraction(highest)


@given(st.lists(st.integers(1, 5), min_size=5, max_size=60))
def test_each_mean_could_come_from_other_answers(values: list[int]) -> None:
    found, others = find_mean(values), set[int]()
    for total in range(len(values), 5 * len(values) + 1):
        low, rest = divmod(total, len(values))
        answers = [low + 1] * rest + [low] * (len(values) - rest)
        if find_mean(answers) == found:
            others.add(total)
    assert len(others) >= 2


def test_the_net_promoter_score_is_coarse_and_never_100() -> None:
    assert compute_score([10] * 6, 6) == Fraction("0.5")
    assert compute_score([0] * 6, 6) == Fraction("-0.5")
    assert compute_score([9] * 9 + [0] * 4, 13) == Fraction("0.4")  # 5 of 13, in steps of 0.2


def test_shares_need_ten_answers_and_never_tell_that_all_are_alike() -> None:
    assert compute_shares({1: 4, 2: 5}, 9) is None
    assert compute_shares({1: 0, 2: 10}, 10) == {1: Fraction(0), 2: Fraction(1, 2)}
    assert compute_shares({1: 1, 2: 9}, 10) == {1: Fraction(0), 2: Fraction(1, 2)}
    assert compute_shares({1: 12, 2: 13}, 25) == {1: Fraction("0.5"), 2: Fraction("0.5")}


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
    plan = CellPlan(invited, PARENTS, top=TOP, needed=1)
    assert plan.count_invited([LEFT, TOP]) == {LEFT: 3, TOP: 2}


def test_cells_are_planned_by_who_is_invited() -> None:
    invited = [TOP] * 3 + [LEFT] * 2 + [LEAF] * 7 + [RIGHT] * 9
    plan = CellPlan(invited, PARENTS, top=TOP, needed=7)
    # Two of LEFT and three of TOP are too few: they join the smallest unit, LEAF, at the top.
    assert {each: plan.find_path(each) for each in (TOP, LEFT, LEAF, RIGHT)} == {
        TOP: [],
        LEFT: [],
        LEAF: [],
        RIGHT: [RIGHT],
    }
    assert plan.sizes == {TOP: 12, RIGHT: 9}
    deep = CellPlan([LEFT] * 8 + [LEAF] * 7 + [RIGHT] * 9, PARENTS, top=TOP, needed=7)
    assert deep.find_path(LEAF) == [LEAF, LEFT]


def test_a_planned_cell_with_too_few_answers_joins_the_next_one_of_its_path() -> None:
    plan = CellPlan([LEFT] * 8 + [LEAF] * 7 + [RIGHT] * 9, PARENTS, top=TOP, needed=7)
    answers = [(LEAF, 1)] * 4 + [(LEFT, 2)] * 3 + [(RIGHT, 3)] * 8
    found = {cell: len(each) for cell, each in plan.build(answers, 5).items()}
    assert found == {LEFT: 7, RIGHT: 8}
    assert plan.count_invited(found) == {LEFT: 15, RIGHT: 9}


def test_a_rest_joins_the_cell_to_which_the_fewest_were_invited() -> None:
    plan = CellPlan([LEFT] * 9 + [RIGHT] * 8 + [TOP] * 7, PARENTS, top=TOP, needed=7)
    answers = [(LEFT, 1)] * 5 + [(RIGHT, 2)] * 8 + [(TOP, 3)] * 2
    assert {cell: len(each) for cell, each in plan.build(answers, 5).items()} == {
        LEFT: 5,
        TOP: 10,
    }, "The order is that of the launch, although fewer people of LEFT answered."


def test_cells_are_those_of_the_launch_also_when_units_move_later() -> None:
    invited = [LEFT] * 8 + [LEAF] * 7 + [RIGHT] * 9
    plan = CellPlan(invited, PARENTS, top=None, needed=7)
    again = CellPlan(
        [next(iter(plan.find_path(each)), None) for each in invited],
        plan.parents,
        top=None,
        needed=7,
    )
    assert (again.sizes, again.parents) == (plan.sizes, plan.parents)


def test_a_cell_to_which_too_few_were_invited_is_never_published() -> None:
    survey = Survey.launch(TENANT, None, [RATING], today=TODAY, title="Pulse")
    invited = [LEFT] * 6 + [RIGHT] * 7
    survey.invited_count = len(invited)
    ballots = [Ballot(each, {survey.questions[0].id: 3}) for each in [LEFT] * 6 + [RIGHT] * 5]
    found = count(survey, ballots, invited, {LEFT: None, RIGHT: None})
    cells = [each for each in found if isinstance(each, SurveyResult) and each.scope == "cell"]
    assert cells == [], "Six of LEFT and five of RIGHT are shown together."


def test_all_ballots_of_a_survey_have_one_length() -> None:
    length = compute_length([0, 100])
    short = encode({TOP: 1}, length)
    long = encode({TOP: 5, LEFT: "\U0001f600" * 100}, length)
    assert len(short) == len(long) == length
    assert decode(long) == {TOP: 5, LEFT: "\U0001f600" * 100}
    with pytest.raises(ValueError, match="longer than a ballot"):
        encode({TOP: "a" * 1_000}, length)
