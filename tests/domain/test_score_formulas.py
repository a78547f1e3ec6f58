"""Values of scores by formulas: exact, with their numbers, and checked whole before they count."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from domain.kernel.errors import Invalid
from domain.kernel.faults import list_faults
from domain.reviews.score_rules.formulas import check_score_formula
from domain.reviews.scoring import (
    Aggregation,
    AtLeast,
    Column,
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
    compute_score,
    read_formula,
)

LEVELS = (LevelRule("4", (AtLeast(Decimal("3.5")),)), LevelRule("1"))
GOALS = "0.6 * section.goals + 0.4 * section.values"


def rate(key: str, section: str, points: str | None, weight: int = 1, **details: Any) -> Item:
    """Return an item of a form of the manager; without points it is not rated."""
    rating = None if points is None else Rating(3, Decimal(points))
    given = {"form": "m1", "group": "manager"} | details
    return Item(key, rating, weight=Decimal(weight), section=section, **given)


ITEMS = (
    rate("growth", "goals", "5", 2),
    rate("costs", "goals", "4"),
    rate("respect", "values", "3"),
    rate("courage", "values", "4"),
)
"""The weighted means are 14/3 and 7/2."""


def score(formula: str, *items: Item, decimals: int = 2, **scheme: Any) -> Score:
    rule = Scheme(
        Aggregation(ScoreMethod.WEIGHTED_MEAN),
        LEVELS,
        Rounding(decimals),
        formula=read_formula(formula),
        **scheme,
    )
    return compute_score(rule, items or ITEMS)


@pytest.mark.parametrize(
    ("formula", "exact"),
    [
        (GOALS, "21/5"),
        ("(section.goals + section.values) / 2", "49/12"),
        ("min(section.goals, section.values)", "7/2"),
        ("max(section.goals, section.values) - abs(section.values - 4)", "25/6"),
        ("if(question.respect < 4, 3, section.goals)", "3"),
        ("section.goals / 3 * 3", "14/3"),  # no part is rounded
        ("direction.manager", "4.2"),  # all four questions by their weights
        ("coalesce(section.projects, section.values)", "7/2"),
    ],
)
def test_a_formula_over_components_is_exact(formula: str, exact: str) -> None:
    assert score(formula).exact == Fraction(exact)


def test_sections_as_published_systems_weigh_them_are_a_formula() -> None:
    """Goals 60 and competencies 40; and areas of 80 percent with competencies of 20."""
    items = (rate("g", "goals", "4.5"), rate("c", "values", "3.25"))
    assert score(GOALS, *items).exact == Fraction("4")
    eighty = "0.8 * section.goals + 0.2 * section.values"
    assert score(eighty, *items).exact == Fraction("4.25")
    parts = (rate("a", "a", "3.40"), rate("b", "b", "2.75"), rate("c", "c", "3.575"))
    three = "(25 * section.a + 25 * section.b + 50 * section.c) / 100"
    found = score(three, *parts, decimals=3)
    assert (found.exact, found.value) == (Fraction(133, 40), Decimal("3.325"))


def test_the_formula_is_shown_with_its_numbers_and_rounded_once() -> None:
    found = score("(section.goals\n + section.values) / 2")
    assert found.formula == "((14/3) + (7/2)) / 2 = 4.08, rounded from 49/12"
    assert (found.value, found.level) == (Decimal("4.08"), "4")
    assert found.explain == (
        "The value is 4.08, rounded from 49/12.",
        "It is (section.goals + section.values) / 2.",
        "section.goals: (2 * 5 + 1 * 4) / 3 = 14/3.",
        "section.values: (3 + 4) / 2 = 7/2.",
        "4: a value of 3.5 or more.",
    )


def test_numbers_below_zero_stay_what_they_are_in_the_formula() -> None:
    found = score("4 - question.a", rate("a", "s", "-1"))
    assert (found.formula, found.explain[2]) == ("4 - (-1) = 5.00", "question.a: -1.")


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("section.goals / (section.values - 3.5)", "section.values - 3.5 is 0, and nothing is"),
        ("section.goals + section.projects", "nothing is rated in section.projects"),
        ("section.goals * 999999999999999", "the result is too large"),
    ],
)
def test_without_a_value_the_score_is_blocked_with_the_reason(formula: str, reason: str) -> None:
    override = Override(AtLeast(Decimal(-1)), "4")
    found = score(formula, overrides=(override,))
    assert (found.outcome, found.level, found.value) == (ScoreOutcome.BLOCKED, None, None)
    assert found.explain[0].startswith(f"The formula {formula} has no value: {reason}")


def test_missing_ratings_follow_the_rule_of_the_cycle_within_a_component() -> None:
    items = (*ITEMS, rate("pace", "values", None))
    assert score(GOALS, *items).exact == Fraction("4.2")  # it leaves numerator and denominator
    block = MissingRule(ReviewMissingAnswers.BLOCK)
    found = score(GOALS, *items, missing=block)
    assert (found.outcome, found.explain) == (ScoreOutcome.BLOCKED, ("Not rated: pace.",))
    alone = (rate("growth", "goals", None), rate("respect", "values", "3"))
    assert score(GOALS, *alone).outcome is ScoreOutcome.BLOCKED
    assert score("coalesce(section.goals, 2) + section.values", *alone).formula == (
        "coalesce((not rated), 2) + 3 = 5.00"
    )


def test_directions_and_columns_have_values_of_their_own() -> None:
    peers = [rate("k", "s", each, form=f"p{each}", group="peer") for each in ("2", "3", "5")]
    own = Item("k", Rating(1, Decimal(1)), Rating(5, Decimal(5)), form="m", group="manager")
    rule = Scheme(
        Aggregation(ScoreMethod.MEAN),
        LEVELS,
        formula=read_formula("0.75 * direction.manager + 0.25 * direction.peer"),
    )
    initial, final = (compute_score(rule, [own, *peers], column=each) for each in Column)
    assert (initial.exact, final.exact) == (Fraction(19, 12), Fraction(55, 12))


def list_formula_faults(formula: str | None, **rule: Any) -> list[str]:
    values = {"formula": formula, "method": ScoreMethod.MEAN, "directions": ("manager",)} | rule
    try:
        check_score_formula(values)
    except Invalid as refused:
        found = list_faults(refused)
        assert {each.field for each in found} == {("formula",)}
        return [str(each) for each in found]
    return []


@pytest.mark.parametrize("formula", [None, GOALS, "if(question.a >= 3, direction.manager, 1)"])
def test_a_correct_formula_has_no_fault(formula: str | None) -> None:
    assert list_formula_faults(formula) == []


@pytest.mark.parametrize(
    ("formula", "faults"),
    [
        ("3 + 4", ["column 1: The formula names no component. Write one, such as section.results"]),
        (
            "goals + team.a + direction.peer",
            [
                "column 1: There is no component goals. Write section., question. or direction.",
                "column 9: There is no component team.a.",
                "column 18: The rule does not count peer. Name one of its directions: manager.",
            ],
        ),
        (
            "round(section.a, 1) + lag(section.a, 1) + 5 EUR + quarter",
            [
                "column 1: The value is rounded once, as `decimals` and `rounding` say. Remove it.",
                "column 23: lag is no function of scores. There are min, max, abs, if, coalesce.",
                "column 43: Ratings have no unit. Write a plain number without EUR.",
                "column 51: There is no component quarter.",
            ],
        ),
        ("70 % * section.a", ["column 1: Ratings have no unit. Write a plain number without %."]),
        ("section.a > 3", ["column 1: The result is true or false. Choose numbers with if("]),
        (
            "section.a / 0 + section",
            ["column 17: There is no component section.", "column 1: A div"],
        ),
        ("section.a +", ["column 12: The formula ends too early. Write a number, an input"]),
        ("+".join(["section.a"] * 60), ["A formula has at most 200 numbers, names and signs. Sho"]),
    ],
)
def test_all_faults_of_a_formula_are_found_with_their_places(
    formula: str, faults: list[str]
) -> None:
    found = list_formula_faults(formula)
    assert len(found) == len(faults), found
    assert all(text in each for text, each in zip(faults, found, strict=True)), found


def test_a_rule_without_a_value_has_no_formula() -> None:
    assert list_formula_faults(GOALS, method=ScoreMethod.NONE) == [
        "With the method NONE no component has a value. Choose another method."
    ]
