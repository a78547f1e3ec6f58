"""Figures of calibration sessions in the graph. They are advice, and never applied."""

from typing import TYPE_CHECKING

from api.kernel.schema.declarations import list_of, one, part, value
from api.people import Person
from api.reviews import calibration_enums  # noqa: F401 - declares the enums
from api.reviews.scales import RatingLevel, RatingScale
from domain.reviews.calibration import LeniencyMethod
from domain.reviews.calibration.figures import MIN_CENTRAL, MIN_STATEMENT
from persistence.reviews import (
    BOX,
    BOX_CELL,
    DISTRIBUTION,
    LENIENCY,
    LEVEL_FIGURE,
    MANAGER_FIGURE,
    UNIT_FIGURE,
)

if TYPE_CHECKING:
    from api.organizations import Organization

ABOUT_STATEMENT = f" Null without guidance, and for fewer than {MIN_STATEMENT} rows."


@part(LEVEL_FIGURE)
class CalibrationLevelFigure:
    """How many rows have a level."""

    level: RatingLevel | None = one("The level. Never null.")
    count: int = value("The rows that have it now.")
    original_count: int = value("The rows that had it when the session was opened.")
    share: float | None = value("The share of the rows now, from 0 to 1. Null without any row.")
    target: float | None = value("The share by the guidance. Null without guidance.")
    gap: float | None = value(f"The share less its target.{ABOUT_STATEMENT}")


@part(DISTRIBUTION)
class CalibrationDistribution:
    """The distribution of the levels now, beside its guidance."""

    count: int = value("The rows that the viewer sees.")
    deviation: float | None = value(
        f"Half the sum of the absolute gaps: the share of rows to move.{ABOUT_STATEMENT}"
    )
    largest_gap: float | None = value(f"The gap that is farthest from 0.{ABOUT_STATEMENT}")
    levels: list[CalibrationLevelFigure] = list_of(
        "All levels of the scale, the lowest first.", usual_size=5
    )


@part(MANAGER_FIGURE)
class CalibrationManagerFigure:
    """How a manager has rated, by the levels now."""

    manager: Person | None = one("The manager who decided. Null when the viewer may not see them.")
    count: int = value("The rows of the manager.")
    mean: float = value("The mean of the values of their levels.")
    offset: float = value("That mean less the mean of all rows. With few rows it is mostly chance.")
    leniency: float = value(
        "The offset, shrunk to 0: times n / (n + k), where n is `count` and k is `shrinkage`. A"
        " value less the leniency of its manager is what would be advised. It also contains how"
        " good a team really is."
    )
    standard_deviation: float | None = value("The spread of the values. Null for a single row.")
    is_central: bool = value(
        f"Whether at least {MIN_CENTRAL} rows have less than half the standard deviation of all"
        " rows, so that the manager may avoid both ends."
    )
    is_outlier: bool = value(
        "Whether the leniency is at least half the mean distance of two levels, up or down."
    )


@part(LENIENCY)
class CalibrationLeniency:
    """How strict and how lenient managers are, as far as their ratings tell.

    Members see no manager in it before `namesAreShown`.
    """

    count: int = value("The rows that it is computed from.")
    mean: float | None = value("The mean of the values of all levels. Null without rows.")
    standard_deviation: float | None = value("Their spread. Null for fewer than two rows.")
    method: LeniencyMethod = value("Where `shrinkage` comes from.")
    shrinkage: float | None = value(
        "k: how many rows of a manager weigh as much as the mean of all. Null when the offsets are"
        " no more than chance; then each `leniency` is 0."
    )
    managers: list[CalibrationManagerFigure] = list_of(
        "The managers, the most lenient first.", usual_size=20
    )


@part(UNIT_FIGURE)
class CalibrationUnitFigure:
    """The rows of one unit. A difference between units can be the opposite of that of all rows."""

    organization: "Organization | None" = one(
        "The unit in which people worked when the session was opened. Null for people without one,"
        " or when the viewer may not see it."
    )
    count: int = value("The rows of the unit.")
    mean: float = value("The mean of the values of their levels.")
    levels: list[CalibrationLevelFigure] = list_of(
        "All levels of the scale, the lowest first.", usual_size=5
    )


@part(BOX_CELL)
class CalibrationBoxCell:
    """A cell of the box that has rows."""

    horizontal: int = value("The place on the scale of the horizontal axis, from 1.")
    vertical: int = value("The place on the scale of the vertical axis, from 1.")
    count: int = value("The rows in it.")


@part(BOX)
class CalibrationBox:
    """The rows by two attributes. Its size is that of the two scales."""

    horizontal_scale: RatingScale | None = one("The scale of the horizontal axis. Never null.")
    vertical_scale: RatingScale | None = one("The scale of the vertical axis. Never null.")
    unplaced: int = value("The rows without an answer to a question of an axis.")
    cells: list[CalibrationBoxCell] = list_of("The cells that have rows.", usual_size=9)
