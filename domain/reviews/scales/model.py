"""The aggregate of a rating scale: its levels in their order, from the lowest performance up."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Annotated
from uuid import UUID

from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import EDITABLE, ExactNumber, MultiLine, SingleLine
from domain.reviews import policy
from domain.revisions import Content, PartList, Revision

MIN_LEVELS, MAX_LEVELS = 2, 30


@dataclass(kw_only=True, eq=False)
class RatingScale(Revision, manage=policy.MANAGE):
    """Ordered levels of a rating. Values of levels may rise or fall: 1 is the best in some."""

    NAME = "rating_scale"
    LABEL = "rating scale"

    allows_not_applicable: Annotated[bool, EDITABLE] = False
    levels: list["RatingLevel"] = field(default_factory=list)

    @classmethod
    def find_content_conflicts(cls, content: Content) -> Iterator[Invalid]:
        """Yield values that neither rise nor fall in the order of the levels."""
        values = [each["value"] for each in content["levels"]]
        is_falling = values[-1] < values[0]
        for index, (lower, value) in enumerate(pairwise(values), start=1):
            if (value < lower) is not is_falling:
                message = (
                    "The values of the levels rise or fall from the lowest level to the highest."
                    " Put the levels in their order, or correct the value."
                )
                yield Invalid(message, "levels", index, "value", code=Code.OUT_OF_RANGE)


@dataclass(kw_only=True, eq=False)
class RatingLevel(Part):
    """A level of a scale. The lowest performance has the position 1."""

    NAME = "rating_level"
    SEE = InheritedFrom("scale_id", "rating_scale", RatingScale.SEE)

    scale_id: UUID
    position: int
    label: Annotated[str, SingleLine("The label", 100), EDITABLE]
    value: Annotated[Decimal, ExactNumber(), EDITABLE]
    description: Annotated[str | None, MultiLine("The description", 2_000), EDITABLE] = None


RatingScale.LISTS = {
    "levels": PartList(
        RatingLevel,
        "levels",
        parent="scale_id",
        document="scale_id",
        minimum=MIN_LEVELS,
        maximum=MAX_LEVELS,
        unique=("label", "value"),
    )
}
