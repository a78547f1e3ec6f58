"""The map of buckets of a question: which numbers count as unfavorable, and which as favorable."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from domain.ballots.figures import DETRACTORS, PROMOTERS
from domain.kernel.errors import Code, Invalid
from domain.surveys.enums import SurveyQuestionKind

RATING, RECOMMENDATION = SurveyQuestionKind.RATING, SurveyQuestionKind.RECOMMENDATION
NAMES = {"highest_unfavorable": "highestUnfavorable", "lowest_favorable": "lowestFavorable"}


class Buckets(NamedTuple):
    """Numbers up to the first are unfavorable, those from the second on favorable."""

    highest_unfavorable: int
    lowest_favorable: int


RECOMMENDED = Buckets(DETRACTORS[-1], PROMOTERS[0])
"""Those of the employee Net Promoter Score: detractors, passives and promoters."""


def complete_buckets(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a question with its map of buckets, where its kind has one.

    By default the two best ratings are favorable, and as many below the middle are unfavorable:
    4 and 2 of 5. Of three ratings, the best and the worst are.
    """
    if values["kind"] is RECOMMENDATION:
        return {**values, **RECOMMENDED._asdict()}
    if values["kind"] is not RATING:
        return {**values}
    highest = values["highest_rating"]
    width = max(1, min(2, (highest - 1) // 2))
    usual = Buckets(width, highest + 1 - width)._asdict()
    return {**values, **{each: values.get(each) or usual[each] for each in NAMES}}


def find_bucket_faults(values: Mapping[str, Any]) -> Iterator[Invalid]:
    """Yield buckets where the kind of question has none of its own, and those that overlap."""
    given = {name: values[name] for name in NAMES if values.get(name) is not None}
    if values["kind"] is not RATING:
        for name in given:
            message = (
                "Only a RATING has limits of its own for favorable answers. Leave this field out."
            )
            yield Invalid(message, NAMES[name])
        return
    if "highest_rating" not in values:
        return
    complete = complete_buckets(values)
    lowest, highest = complete["lowest_favorable"], complete["highest_rating"]
    if lowest > highest:
        message = f"The best rating is {highest}. Choose that or a lower number."
        yield Invalid(message, NAMES["lowest_favorable"], code=Code.OUT_OF_RANGE)
    elif complete["highest_unfavorable"] >= lowest:
        message = f"Ratings from {lowest} on are favorable. Choose a lower number."
        yield Invalid(message, NAMES["highest_unfavorable"], code=Code.OUT_OF_RANGE)


def add_shares(
    shares: Mapping[int, Decimal], buckets: Buckets, limit: Decimal
) -> tuple[Decimal, Decimal]:
    """Return the unfavorable and the favorable share, as sums of published shares.

    Neither is above the limit, as no published share is.
    """
    below = [each for answer, each in shares.items() if answer <= buckets.highest_unfavorable]
    above = [each for answer, each in shares.items() if answer >= buckets.lowest_favorable]
    return min(sum(below, Decimal(0)), limit), min(sum(above, Decimal(0)), limit)
