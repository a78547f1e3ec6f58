"""The closed lists of scores in the graph."""

from api.kernel.schema.declarations import graph_enum
from domain.reviews.score_rules import ReviewOutcome, ScoreConditionKind
from domain.reviews.scoring import (
    ScoreMethod,
    ScoreOutcome,
    ScoreQuantity,
    ScoreRounding,
    ScoreStepKind,
)

graph_enum(
    ScoreMethod,
    "How the ratings of a form become a value. A rating counts with the value of its level.",
    mean="Their mean.",
    weighted_mean="Their mean by the weights of the questions.",
    weighted_sum="The sum of rating times weight: 100 to 500 for ratings from 1 to 5 and weights"
    " that add up to 100.",
    none="There is no value. Levels follow from counted ratings and facts.",
)
graph_enum(
    ScoreRounding,
    "What becomes of digits that a value does not have after its only rounding.",
    half_up="They are rounded, halves away from zero: 4.5 becomes 5.",
    half_even="They are rounded, halves to the even digit: 4.5 becomes 4.",
    truncate="They are cut off: 4.9 becomes 4.",
)
graph_enum(
    ScoreStepKind,
    "What a step of a score rule does where all its conditions hold.",
    exclude="There is no level: the result is its `outcome`. Where a condition fails, the rule"
    " goes on.",
    require="The rule goes on. Where a condition fails, the result is NOT_PASSED.",
    override="It gives its level, whatever the value is. The value is kept. Where a condition"
    " fails, the rule goes on.",
    level="It gives its level. Where a condition fails, the rule goes on.",
)
graph_enum(
    ScoreConditionKind,
    "What a condition of a score rule is about, and which fields it takes.",
    value_at_least="The value is `value` or more.",
    value_below="The value is below `value`, or there is none.",
    ratings="`quantity` of the ratings of the questions that `isCritical` and `sectionKey` select"
    " lie from `lowest` to `highest`, both included.",
    fact_at_least="The number that answers the question `fact` is `value` or more.",
    fact_below="The number that answers the question `fact` is below `value`, or not known.",
    fact_holds="The question `fact` is answered with yes.",
    fact_fails="The question `fact` is answered with no, or not at all.",
)
graph_enum(
    ScoreQuantity,
    "How many of the selected ratings have to lie in a range.",
    all="All of them. It holds where nothing is selected.",
    any="One or more.",
    none="None of them. It holds where nothing is selected.",
    at_least="`number` or more.",
    at_most="`number` or fewer.",
)
graph_enum(
    ReviewOutcome,
    "What a review may end with instead of a level.",
    unratable="There was too little to rate, such as too few days of work.",
    extended="The period goes on, for example until the end of an improvement plan.",
    not_rendered="Nobody has rated anything.",
    not_passed="What is required was not met.",
)
graph_enum(
    ScoreOutcome,
    "The result of a score rule.",
    level="A level.",
    unratable="There was too little to rate.",
    extended="The period goes on.",
    not_rendered="Nothing is rated.",
    blocked="Too many ratings are missing.",
    not_passed="A REQUIRE step failed.",
)
