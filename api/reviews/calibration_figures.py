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
    QUOTA_FIGURE,
    UNIT_FIGURE,
)

if TYPE_CHECKING:
    from api.organizations import Organization

ABOUT_STATEMENT = f" Null without guidance, and for fewer than {MIN_STATEMENT} rows."


@part(LEVEL_FIGURE)
class CalibrationLevelFigure:
    """How many rows have a level."""

    level: RatingLevel | None = one("The level. Never null.")
    count: int = value("The number of rows that have it now.")
    original_count: int = value("The number of rows that had it when the session was opened.")
    share: float | None = value("The share of the rows now, from 0 to 1. Null without any row.")
    target: float | None = value(
        "The share that the guidance asks for, from 0 to 1. Null without guidance."
    )
    gap: float | None = value(
        "`share` less `target`: above 0 where more rows have the level than the guidance"
        f" says.{ABOUT_STATEMENT}"
    )


@part(DISTRIBUTION)
class CalibrationDistribution:
    """The distribution of the levels now, beside its guidance."""

    count: int = value("The number of rows that the viewer sees.")
    deviation: float | None = value(
        "The share of rows that would have to change their level to match the guidance: half the"
        f" sum of the absolute gaps.{ABOUT_STATEMENT}"
    )
    largest_gap: float | None = value(f"The gap that is farthest from 0.{ABOUT_STATEMENT}")
    levels: list[CalibrationLevelFigure] = list_of(
        "All levels of the scale, the lowest first.", usual_size=5
    )


@part(MANAGER_FIGURE)
class CalibrationManagerFigure:
    """How a manager has rated, by the levels now."""

    manager: Person | None = one("The manager who decided. Null when the viewer may not see them.")
    count: int = value("The number of rows whose level the manager decided.")
    mean: float = value("The mean of the values of their levels.")
    offset: float = value("`mean` less the mean of all rows. With few rows it is mostly chance.")
    leniency: float = value(
        "`offset` times n / (n + k), where n is `count` and k is"
        " `CalibrationLeniency.shrinkage`: with few rows it is close to 0. A good team also"
        " raises it, so it is advice, and changes no level."
    )
    standard_deviation: float | None = value(
        "The standard deviation of these values. Null for a single row."
    )
    is_central: bool = value(
        f"Whether the manager may avoid both ends of the scale: with at least {MIN_CENTRAL} rows,"
        " and less than half the standard deviation of all rows."
    )
    is_outlier: bool = value(
        "Whether the leniency is at least half the mean distance of two levels, up or down."
    )


@part(LENIENCY)
class CalibrationLeniency:
    """How strict and how lenient managers are: how far their levels lie from the mean of all rows.

    `managers` is empty for members before `namesAreShown`.
    """

    count: int = value("The number of rows that it is computed from.")
    mean: float | None = value("The mean of the values of all levels. Null without rows.")
    standard_deviation: float | None = value(
        "The standard deviation of these values. Null for fewer than two rows."
    )
    method: LeniencyMethod = value("How `shrinkage` was found.")
    shrinkage: float | None = value(
        "The k in the formula of `leniency`: a manager with so many rows has half of the offset"
        " as leniency. Null when the offsets are no more than chance; then each `leniency` is 0."
    )
    managers: list[CalibrationManagerFigure] = list_of(
        "The managers, the most lenient first.", usual_size=20
    )


@part(UNIT_FIGURE)
class CalibrationUnitFigure:
    """Figures of the rows of one unit."""

    organization: "Organization | None" = one(
        "The unit in which people worked when the session was opened. Null for people without one,"
        " or when the viewer may not see it."
    )
    count: int = value("The number of rows of the unit.")
    mean: float = value("The mean of the values of their levels.")
    levels: list[CalibrationLevelFigure] = list_of(
        "All levels of the scale, the lowest first.", usual_size=5
    )


@part(QUOTA_FIGURE)
class CalibrationQuotaFigure:
    """The number of rows of a group with a level or a higher one, and the quota for that level."""

    organization: "Organization | None" = one(
        "The unit of the group. Null unless `quotaGroup` is UNIT, for people without a unit, and"
        " when the viewer may not see the unit."
    )
    manager: Person | None = one(
        "The manager of the group. Null unless `quotaGroup` is MANAGER, and when the viewer may"
        " not see the manager."
    )
    level: RatingLevel | None = one("The level. Never null.")
    size: int = value("The number of rows of the group.")
    count: int = value("The number of these rows with this level or a higher one.")
    limit: int = value("The highest number of these rows that the quota allows, after rounding.")
    is_exceeded: bool = value("Whether `count` is above `limit`.")


@part(BOX_CELL)
class CalibrationBoxCell:
    """A cell of the box: one place on each axis."""

    horizontal: int = value("The place in `horizontalLabels`, from 1.")
    vertical: int = value("The place in `verticalLabels`, from 1.")
    count: int = value("The number of rows in it.")


@part(BOX)
class CalibrationBox:
    """A table of the rows by two attributes, often called nine-box."""

    horizontal_scale: RatingScale | None = one(
        "The scale of the horizontal axis. Null when its cells are no levels."
    )
    horizontal_labels: list[str] = value(
        "The names of the cells on the horizontal axis, in their order."
    )
    vertical_scale: RatingScale | None = one(
        "The scale of the vertical axis. Null when its cells are no levels."
    )
    vertical_labels: list[str] = value(
        "The names of the cells on the vertical axis, in their order."
    )
    unplaced: int = value("The number of rows without a value on an axis, which are in no cell.")
    cells: list[CalibrationBoxCell] = list_of(
        "The cells that have rows. All others are empty.", usual_size=9
    )
