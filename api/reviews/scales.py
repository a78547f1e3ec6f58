"""Rating scales in the graph: what a rating may be, and what it is on another scale."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import (
    Connection,
    argument,
    list_of,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.revisions import declare_revision_verbs
from domain import reviews, revisions
from domain.kernel.unit_of_work import Work
from domain.reviews.scales import CONVERTED_DECIMALS, MAX_LEVELS, MIN_LEVELS
from domain.revisions import RevisionStatus
from persistence.reading.read_model import ROOT
from persistence.reviews import (
    CONVERTED_RATING_LEVEL,
    RATING_CONVERSION,
    RATING_LEVEL,
    RATING_SCALE,
)

figure = value
"""The attribute `value` hides the function of that name in a class."""


@part(RATING_LEVEL)
class RatingLevel:
    """A level of a rating scale."""

    position: int = figure("The place on the scale. The lowest performance is 1.")
    label: str = figure("The label, such as Meets expectations.")
    value: Decimal = figure("The value that scores use.")
    description: str | None = figure("What the level means. Null when there is no text.")


@part(CONVERTED_RATING_LEVEL)
class ConvertedRatingLevel:
    """A level of a scale, with its value on another scale."""

    level: RatingLevel | None = one("The level. Never null.")
    converted_value: Decimal = figure("Its value on the other scale.")


@part(RATING_CONVERSION)
class RatingConversion:
    """How values of a rating scale become values of another one.

    The conversion is linear: the lowest level becomes the lowest, the highest becomes the highest.
    """

    target: "RatingScale | None" = one("The other scale. Never null.")
    formula: str = figure(
        "The formula with the numbers of both scales, such as 0 + (value - 1) * (100 - 0) / (5 -"
        " 1)."
        f" Its result is rounded to {CONVERTED_DECIMALS} decimals, halves away from zero."
    )
    converted_value: Decimal | None = figure(
        "The argument `value` on the other scale. Null without that argument."
    )
    levels: list[ConvertedRatingLevel] = list_of(
        f"The levels in their order, {MAX_LEVELS} at most, with their values on the other scale.",
        usual_size=5,
    )


@node(
    RATING_SCALE,
    where=(
        *("id", "name", "description", "status", "revision", "published_at"),
        *("allows_not_applicable", "created_at", "updated_at"),
    ),
    order_by=("name", "status", "revision", "created_at", "updated_at"),
)
class RatingScale:
    """One revision of a rating scale. What uses a revision keeps it."""

    name: str = value("The name.")
    description: str | None = value("A longer description. Null when there is none.")
    revision: int = value("The number of the revision, from 1.")
    status: RevisionStatus = value("Where the revision stands.")
    published_at: datetime | None = value("When it was published. Null for a draft.")
    allows_not_applicable: bool = value("Whether a rating may be left out as not applicable.")
    levels: list[RatingLevel] = list_of(
        f"The levels from the lowest performance to the highest, {MAX_LEVELS} at most.",
        usual_size=5,
    )
    revisions: Connection["RatingScale"] = many(
        "All revisions of this scale that the viewer may see.", usual_size=3
    )
    conversion: RatingConversion | None = one(
        "The conversion to another scale. Null when there is no such scale, or when the viewer may"
        " not see it.",
        to_id=argument(strawberry.ID, "The id of the other scale.", is_required=True),
        value=argument(
            Decimal, "A value of this scale, such as the mean of some ratings. Default: none."
        ),
    )


@input_type(one_of=True)
class RatingScaleBy:
    """Identifies a revision of a rating scale by exactly one of these."""

    id: UUID | None = input_field("The revision's id.")


@queries(ROOT)
class RatingScaleQueries:
    """Root fields of rating scales."""

    rating_scale: RatingScale | None = look_up(
        "A revision of a rating scale. Null when there is none, or when the viewer may not see it.",
        "RatingScaleBy",
        "How the revision is identified.",
    )
    rating_scales: Connection[RatingScale] = many(
        "All revisions of rating scales that the viewer may see. Those in use are published."
    )


@input_type(creates=RatingLevel)
class RatingLevelInput:
    """A level of a rating scale."""


@input_type(creates=RatingScale)
class RatingScaleCreateInput:
    """Input of `ratingScaleCreate`."""

    levels: list[RatingLevelInput] = input_field(
        f"The levels from the lowest performance to the highest, {MIN_LEVELS} to {MAX_LEVELS}."
        " Labels and values are unique, and the values rise or fall.",
        max_items=MAX_LEVELS,
    )


@input_type(edits=RatingScale)
class RatingScaleEditInput:
    """Input of `ratingScaleEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the RatingScale.", id_prefix="ratingscale")
    levels: strawberry.Maybe[list[RatingLevelInput]] = input_field(
        f"The complete new list of levels, {MIN_LEVELS} to {MAX_LEVELS}.", max_items=MAX_LEVELS
    )
    expected_version: int | None = expected_version_field()


@mutation(RatingScale)
async def rating_scale_create(work: Work, input: RatingScaleCreateInput) -> reviews.RatingScale:
    """Create the first draft of a rating scale."""
    return await revisions.create(
        work,
        reviews.RatingScale,
        {"levels": _list_values(input.levels)},
        **given_values(input, reviews.RatingScale),
    )


@mutation(RatingScale)
async def rating_scale_edit(work: Work, input: RatingScaleEditInput) -> reviews.RatingScale:
    """Change a draft of a rating scale. To change a published one, revise it first."""
    scale = await work.get(
        reviews.RatingScale,
        input.id,
        to=reviews.RatingScale.EDIT,
        expected_version=input.expected_version,
    )
    levels = {"levels": _list_values(input.levels.value)} if input.levels else {}
    scale.edit(levels, **given_values(input, reviews.RatingScale))
    return scale


def _list_values(levels: list[RatingLevelInput]) -> list[dict[str, Any]]:
    return [given_values(each, reviews.RatingLevel) for each in levels]


declare_revision_verbs(RatingScale, reviews.RatingScale, "rating scale")
