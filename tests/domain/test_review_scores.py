"""Scores of reviews: three public appraisal systems, and each part of the rule language."""

from decimal import Decimal
from fractions import Fraction

import pytest

from domain.reviews.scoring import (
    Aggregation,
    AtLeast,
    Column,
    Counts,
    FactHolds,
    Item,
    LevelRule,
    MissingRule,
    Override,
    Rating,
    ReviewMissingAnswers,
    Rounding,
    Scheme,
    Score,
    ScoreMethod,
    ScoreOutcome,
    ScoreQuantity,
    ScoreRounding,
    Selection,
    combine_by_days,
    compute_score,
)
from tests.domain.public_appraisal_systems import (
    BELOW,
    COMMERCE,
    DPMAP,
    DPMAP_POINTS,
    SUCCESSFUL,
    TOP,
    VA,
    list_items,
    list_weighted_items,
)

ENOUGH = {"days_under_plan": Decimal(120)}
MEAN = Aggregation(ScoreMethod.MEAN)
ANY_LEVEL = (LevelRule("Any"),)


def score_mean(*values: str, rounding: Rounding | None = None) -> Score:
    items = [Item(f"i{n}", Rating(1, Decimal(each))) for n, each in enumerate(values)]
    rule = Scheme(MEAN, ANY_LEVEL, rounding=rounding or Rounding())
    return compute_score(rule, items)


@pytest.mark.parametrize(
    ("ranks", "value", "level"),
    [
        ((TOP, TOP, TOP), "5.00", "Outstanding"),
        ((TOP, TOP, SUCCESSFUL), "4.33", "Outstanding"),
        ((TOP, SUCCESSFUL), "4.00", "Fully Successful"),
        ((SUCCESSFUL, SUCCESSFUL), "3.00", "Fully Successful"),
        ((TOP,) * 9 + (BELOW,), "4.60", "Unacceptable"),  # the floor of both higher levels
        ((TOP, TOP, BELOW), "3.67", "Unacceptable"),
    ],
)
def test_the_program_of_the_department_of_defense(
    ranks: tuple[int, ...], value: str, level: str
) -> None:
    score = compute_score(DPMAP, list_items(*ranks, points=DPMAP_POINTS))
    assert (score.value, score.level) == (Decimal(value), level)


@pytest.mark.parametrize(
    ("critical", "others", "level"),
    [
        ((TOP, TOP), (TOP,), "Outstanding"),
        ((TOP, TOP), (SUCCESSFUL, TOP), "Excellent"),
        ((TOP, SUCCESSFUL), (TOP, TOP), "Fully Successful"),
        ((SUCCESSFUL, SUCCESSFUL), (SUCCESSFUL,), "Fully Successful"),
        ((TOP, TOP), (TOP, BELOW), "Minimally Satisfactory"),
        ((SUCCESSFUL,), (BELOW, BELOW), "Minimally Satisfactory"),
        ((TOP, BELOW), (TOP, TOP), "Unacceptable"),
    ],
)
def test_the_program_of_the_department_of_veterans_affairs(
    critical: tuple[int, ...], others: tuple[int, ...], level: str
) -> None:
    rest = [Item(f"o{n}", Rating(each, Decimal(each))) for n, each in enumerate(others)]
    score = compute_score(VA, [*list_items(*critical), *rest])
    assert (score.level, score.value, score.exact) == (level, None, None)


@pytest.mark.parametrize(
    ("rated", "value", "level"),
    [
        (((60, 5), (40, 4)), "460.00", "Outstanding"),
        (((50, 5), (25, 4), (25, 4)), "450.00", "Superior"),
        (((40, 4), (40, 4), (20, 3)), "380.00", "Superior"),
        (((79, 4), (21, 3)), "379.00", "Fully Successful"),
        (((90, 3), (10, 2)), "290.00", "Fully Successful"),
        (((89, 3), (11, 2)), "289.00", "Marginal"),
        (((30, 4), (30, 4), (30, 4), (10, 1)), "370.00", "Unsatisfactory"),
        # Its points alone would be Fully Successful.
        (((25, 4), (25, 4), (25, 4), (25, 1)), "325.00", "Unsatisfactory"),
    ],
)
def test_the_program_of_the_department_of_commerce(
    rated: tuple[tuple[int, int], ...], value: str, level: str
) -> None:
    score = compute_score(COMMERCE, list_weighted_items(*rated), facts=ENOUGH)
    assert (score.value, score.level) == (Decimal(value), level)
    assert score.needs_second_level is (level == "Unsatisfactory")


def test_too_few_days_are_unratable_and_an_improvement_plan_extends_the_period() -> None:
    items = list_weighted_items((50, 5), (50, 5))
    few = compute_score(COMMERCE, items, facts={"days_under_plan": Decimal(119)})
    assert (few.outcome, few.level, few.value) == (ScoreOutcome.UNRATABLE, None, None)
    assert few.explain == ("There is no level: days under plan: less than 120.",)
    plan = compute_score(COMMERCE, items, facts=ENOUGH | {"on_improvement_plan": True})
    assert plan.outcome is ScoreOutcome.EXTENDED


FLOORS = Scheme(
    MEAN,
    (
        *(
            LevelRule(
                str(level),
                (AtLeast(Decimal(least)), Counts(ScoreQuantity.NONE, highest=level - 2)),
            )
            for level, least in ((5, "4.5"), (4, "3.5"), (3, "2.5"))
        ),
        LevelRule("2", (AtLeast(Decimal("1.5")),)),
        LevelRule("1"),
    ),
)


def test_a_floor_falls_through_to_the_highest_level_where_both_hold() -> None:
    score = compute_score(FLOORS, list_items(5, 5, 5, 5, 5, 2))
    assert (score.value, score.level) == (Decimal("4.50"), "3")
    assert score.explain == (
        "The value is 4.50.",
        "Not 5: it needs no item at level 3 or lower.",
        "Not 4: it needs no item at level 2 or lower.",
        "3: a value of 2.5 or more, and no item at level 1.",
    )


def test_an_override_decides_the_level_and_keeps_the_value() -> None:
    lowest = Counts(ScoreQuantity.ANY, Selection(is_critical=True), highest=1)
    rule = Scheme(
        MEAN,
        (LevelRule("4", (AtLeast(Decimal("3.5")),)), LevelRule("1")),
        overrides=(Override(lowest, "1"),),
    )
    items = list_items(5, 5, 5, 1)
    items[0] = Item("e1", Rating(6, Decimal(6)), is_critical=True)
    score = compute_score(rule, items)
    assert (score.value, score.level) == (Decimal("4.25"), "1")
    not_critical = [*list_items(5, 5, 6), Item("other", Rating(1, Decimal(1)))]
    assert compute_score(rule, not_critical).level == "4"


def test_sections_are_weighted_without_rounding_their_parts() -> None:
    values = {"a": (25, "3.40"), "b": (25, "2.75"), "c": (50, "3.575")}
    items = [
        Item(name, Rating(3, Decimal(each)), section=name, section_weight=Decimal(weight))
        for name, (weight, each) in values.items()
    ]
    rule = Scheme(Aggregation(ScoreMethod.WEIGHTED_MEAN, has_sections=True), ANY_LEVEL, Rounding(3))
    assert compute_score(rule, items).value == Decimal("3.325")
    assert compute_score(rule, items).exact == Fraction(133, 40)
    without_c = compute_score(rule, items[:2])
    assert without_c.exact == Fraction(Decimal("3.075"))


@pytest.mark.parametrize(
    ("values", "rounding", "expected"),
    [
        (("4.495",), Rounding(2), "4.50"),
        (("4.495",), Rounding(2, ScoreRounding.TRUNCATE), "4.49"),
        (("4.5",), Rounding(0), "5"),
        (("4.5",), Rounding(0, ScoreRounding.HALF_EVEN), "4"),
        (("2.675",), Rounding(2), "2.68"),  # floats: 2.67
        (("2.675",), Rounding(2, ScoreRounding.HALF_EVEN), "2.68"),
        (("-0.5",), Rounding(0), "-1"),
        (("5", "5"), Rounding(2), "5.00"),
    ],
)
def test_a_value_is_rounded_once_in_a_stated_way(
    values: tuple[str, ...], rounding: Rounding, expected: str
) -> None:
    assert score_mean(*values, rounding=rounding).value == Decimal(expected)


def test_the_level_follows_from_the_exact_value_unless_the_rule_says_otherwise() -> None:
    levels = (LevelRule("4", (AtLeast(Decimal("3.5")),)), LevelRule("3"))
    items = [Item("i", Rating(3, Decimal("3.495")))]
    exact = Scheme(MEAN, levels, Rounding(2))
    rounded = Scheme(MEAN, levels, Rounding(2, is_before_levels=True))
    assert compute_score(exact, items).level == "3"
    assert compute_score(rounded, items).level == "4"


@pytest.mark.parametrize(
    ("missing", "outcome", "exact"),
    [
        (MissingRule(), ScoreOutcome.LEVEL, Fraction(5)),
        (MissingRule(ReviewMissingAnswers.MINIMUM, 66), ScoreOutcome.LEVEL, Fraction(5)),
        (MissingRule(ReviewMissingAnswers.MINIMUM, 67), ScoreOutcome.BLOCKED, None),
        (MissingRule(ReviewMissingAnswers.BLOCK), ScoreOutcome.BLOCKED, None),
    ],
)
def test_a_missing_rating_never_counts_as_zero_by_accident(
    missing: MissingRule, outcome: ScoreOutcome, exact: Fraction | None
) -> None:
    scheme = Scheme(MEAN, ANY_LEVEL, missing=missing)
    score = compute_score(scheme, [*list_items(5, 5), Item("skipped")])
    assert (score.outcome, score.exact) == (outcome, exact)


def test_nothing_rated_is_not_rendered() -> None:
    score = compute_score(DPMAP, [Item("e1"), Item("e2")])
    assert (score.outcome, score.level) == (ScoreOutcome.NOT_RENDERED, None)


def test_both_columns_are_kept_and_scored() -> None:
    changed = Item("e1", Rating(BELOW, Decimal(1)), Rating(SUCCESSFUL, Decimal(3)))
    items = [changed, *list_items(SUCCESSFUL, points=DPMAP_POINTS)]
    initial, final = (compute_score(DPMAP, items, column=each) for each in Column)
    assert (initial.level, final.level) == ("Unacceptable", "Fully Successful")
    assert (initial.needs_narrative, final.needs_narrative) == (True, False)


def test_points_are_not_ranks() -> None:
    points = {1: 0, 2: 1, 3: 3}
    rule = Scheme(MEAN, (LevelRule("ok", (AtLeast(Decimal(1)),)), LevelRule("no")))
    assert compute_score(rule, list_items(3, 1, 1, points=points)).exact == Fraction(1)
    counted = Scheme(
        MEAN,
        (LevelRule("ok", (Counts(ScoreQuantity.AT_MOST, highest=1, number=1),)), LevelRule("no")),
    )
    assert compute_score(counted, list_items(3, 1, 1, points=points)).level == "no"
    assert compute_score(counted, list_items(3, 3, 1, points=points)).level == "ok"


def test_a_gate_has_to_be_met() -> None:
    gates = (FactHolds("training_done"), FactHolds("live_sanction", is_true=False))
    rule = Scheme(MEAN, ANY_LEVEL, gates=gates)
    passed = compute_score(rule, list_items(3), facts={"training_done": True})
    assert passed.outcome is ScoreOutcome.LEVEL
    failed = compute_score(rule, list_items(3), facts={"live_sanction": True})
    assert (failed.outcome, failed.level) == (ScoreOutcome.NOT_PASSED, None)
    assert failed.explain == (
        "The value is 3.00.",
        "Not met: training done.",
        "Not met: live sanction: no.",
    )


def test_interim_appraisals_count_by_their_days() -> None:
    parts = [(Decimal("4.0"), Fraction(120)), (Decimal("3.0"), Fraction(240))]
    assert combine_by_days(parts) == Fraction(10, 3)
    assert combine_by_days([]) is None


def test_every_rule_ends_with_a_level_and_names_only_its_own() -> None:
    with pytest.raises(ValueError, match="the last one has no conditions"):
        Scheme(MEAN, (LevelRule("5", (AtLeast(Decimal(4)),)),))
    with pytest.raises(ValueError, match="There is no level 9"):
        Scheme(MEAN, ANY_LEVEL, overrides=(Override(FactHolds("x"), "9"),))
