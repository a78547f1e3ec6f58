"""Three public appraisal systems as score rules, each from its own published rule.

- DoD DPMAP: all elements are critical and unweighted, at the levels 5, 3 and 1. Their mean decides:
  4.3 or more is level 5 and less is level 3, but only where no element is at level 1.
- VA Handbook 5013: no score. All elements at the top are level 5, all critical ones at the top with
  the rest at least successful are 4, all critical ones successful are 3, or 2 where another one is
  below. A critical element below is level 1.
- Department of Commerce: weights of 100 in all, points from 100 to 500 in bands, and level 1
  where a critical element is at level 1. Less than 120 days under a plan are unratable, and a
  running improvement plan extends the period.
"""

from decimal import Decimal

from domain.reviews.scoring import (
    Aggregation,
    AtLeast,
    Counts,
    Exclusion,
    FactAtLeast,
    FactHolds,
    Item,
    LevelRule,
    Not,
    Override,
    Rating,
    Scheme,
    ScoreMethod,
    ScoreOutcome,
    ScoreQuantity,
    Selection,
)

CRITICAL, OTHERS = Selection(is_critical=True), Selection(is_critical=False)
TOP, SUCCESSFUL, BELOW = 3, 2, 1
"""The ranks of the three levels that an element can have."""

NO_ELEMENT_BELOW = Counts(ScoreQuantity.NONE, lowest=1, highest=BELOW)
DPMAP = Scheme(
    Aggregation(ScoreMethod.MEAN),
    (
        LevelRule(
            "Outstanding", (AtLeast(Decimal("4.3")), NO_ELEMENT_BELOW), needs_second_level=True
        ),
        LevelRule("Fully Successful", (NO_ELEMENT_BELOW,)),
        LevelRule("Unacceptable", needs_narrative=True, needs_second_level=True),
    ),
)
DPMAP_POINTS = {TOP: 5, SUCCESSFUL: 3, BELOW: 1}

VA = Scheme(
    Aggregation(ScoreMethod.NONE),
    (
        LevelRule("Outstanding", (Counts(ScoreQuantity.ALL, lowest=TOP),)),
        LevelRule(
            "Excellent",
            (
                Counts(ScoreQuantity.ALL, CRITICAL, lowest=TOP),
                Counts(ScoreQuantity.ALL, OTHERS, lowest=SUCCESSFUL),
            ),
        ),
        LevelRule("Fully Successful", (Counts(ScoreQuantity.ALL, lowest=SUCCESSFUL),)),
        LevelRule(
            "Minimally Satisfactory", (Counts(ScoreQuantity.ALL, CRITICAL, lowest=SUCCESSFUL),)
        ),
        LevelRule("Unacceptable"),
    ),
)

COMMERCE = Scheme(
    Aggregation(ScoreMethod.WEIGHTED_SUM),
    (
        LevelRule("Outstanding", (AtLeast(Decimal(460)),)),
        LevelRule("Superior", (AtLeast(Decimal(380)),)),
        LevelRule("Fully Successful", (AtLeast(Decimal(290)),)),
        LevelRule("Marginal", (AtLeast(Decimal(200)),)),
        LevelRule("Unsatisfactory", needs_second_level=True),
    ),
    exclusions=(
        Exclusion(FactHolds("on_improvement_plan"), ScoreOutcome.EXTENDED),
        Exclusion(Not(FactAtLeast("days_under_plan", Decimal(120))), ScoreOutcome.UNRATABLE),
    ),
    overrides=(Override(Counts(ScoreQuantity.ANY, CRITICAL, highest=1), "Unsatisfactory"),),
)


def list_items(*ranks: int, points: dict[int, int] | None = None) -> list[Item]:
    """List critical items with these ranks; the points are the ranks where none are given."""
    return [
        Item(f"e{n}", Rating(rank, Decimal((points or {}).get(rank, rank))), is_critical=True)
        for n, rank in enumerate(ranks, start=1)
    ]


def list_weighted_items(*rated: tuple[int, int]) -> list[Item]:
    """List critical items with these weights and ranks."""
    return [
        Item(f"e{n}", Rating(rank, Decimal(rank)), weight=Decimal(weight), is_critical=True)
        for n, (weight, rank) in enumerate(rated, start=1)
    ]
