"""Calibration sessions in the graph: what is compared, by whom, and what was changed."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from api.kernel.schema.declarations import (
    Connection,
    list_of,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.subscriptions import change_subscription
from api.people import Person
from api.reviews.calibration_figures import (
    CalibrationBox,
    CalibrationDistribution,
    CalibrationLeniency,
    CalibrationQuotaFigure,
    CalibrationUnitFigure,
)
from api.reviews.cycles import ReviewCycle
from api.reviews.packets import ReviewPacket
from api.reviews.scales import RatingLevel, RatingScale
from domain.reviews.calibration import (
    MAX_SUBJECTS,
    CalibrationAttribute,
    CalibrationQuotaGroup,
    CalibrationQuotaRounding,
    CalibrationStatus,
)
from domain.reviews.calibration.figures import MIN_STATEMENT
from persistence.reading.read_model import ROOT
from persistence.reviews import (
    CALIBRATION_ADJUSTMENT,
    CALIBRATION_SESSION,
    CALIBRATION_SUBJECT,
)

if TYPE_CHECKING:
    from api.organizations import Organization

HIDDEN = " Null when the viewer may not see them, and for members before `namesAreShown`."


@part(CALIBRATION_ADJUSTMENT)
class CalibrationAdjustment:
    """A change of the level of a row. It never changes, and is never removed."""

    subject: "CalibrationSubject | None" = one("The row. Never null.")
    before: RatingLevel | None = one("The level before. Never null.")
    after: RatingLevel | None = one("The level after. Never null.")
    reason: str | None = value("Why it was changed. Null only after the person was erased.")
    adjusted_by: Person | None = one("Who changed it. Null when the viewer may not see them.")
    adjusted_at: datetime = value("When it was changed.")


@node(CALIBRATION_SUBJECT)
class CalibrationSubject:
    """The review of a person, as a row of a calibration session.

    Nobody sees the row about themselves, and no figure that they see counts it. `version` guards
    changes of the row alone.
    """

    session: "CalibrationSession | None" = one("The session. Never null.")
    person: Person | None = one(f"Whom it is about.{HIDDEN}")
    manager: Person | None = one(f"Who decided the level.{HIDDEN}")
    organization: "Organization | None" = one(
        "The unit of the person when the session was opened. Null for people without one, when"
        " the viewer may not see it, and for members before `namesAreShown`."
    )
    packet: ReviewPacket | None = one(
        "The packet of the review. Null when the viewer may not see it: to take part in a"
        " session gives no access to reviews."
    )
    original_level: RatingLevel | None = one("The level when the session was opened. Never null.")
    level: RatingLevel | None = one("The level now. Never null.")
    horizontal_rating: int | None = value(
        "The cell on the horizontal axis when the session was opened, from 1. Null where the axis"
        " is the level, without a value, and when the viewer may not read the axis."
    )
    vertical_rating: int | None = value(
        "The cell on the vertical axis when the session was opened, from 1. Null where the axis"
        " is the level, without a value, and when the viewer may not read the axis."
    )
    is_left_out: bool = value(
        "Whether its level was not written back when the session was locked, because the review"
        " had changed meanwhile. False before that."
    )
    adjustments: list[CalibrationAdjustment] = list_of(
        "All changes of its level, the first one first.", usual_size=1
    )


@node(
    CALIBRATION_SESSION,
    where=(
        *("id", "name", "held_on", "status", "names_are_shown", "opened_at", "ended_at"),
        *("cycle", "organization", "created_at", "updated_at"),
    ),
    order_by=("name", "held_on", "status", "created_at", "updated_at"),
)
class CalibrationSession:
    """A meeting in which the decided levels of a review cycle are compared, and adjusted.

    Its rows are the reviews of people, one each. Facilitators lead it, and members discuss the
    rows. Those who manage the cycle and the facilitators see it, members until it is locked or
    cancelled. The figures are those of the rows that the viewer sees.
    """

    name: str = value("The name.")
    cycle: ReviewCycle | None = one("The review cycle. Null when the viewer may not see it.")
    organization: "Organization | None" = one(
        "The unit of the cycle. Null for the whole tenant, or when the viewer may not see it."
    )
    units: Connection["Organization"] = many(
        "The units whose people are compared, with all units below them. Empty means all people"
        " of the cycle.",
        usual_size=3,
    )
    held_on: date = value("The day of the meeting.")
    facilitators: Connection[Person] = many(
        "Those who open and lock it. Their own reviews are not part of it.", usual_size=2
    )
    members: Connection[Person] = many(
        "Those who discuss the rows. They adjust levels once `namesAreShown`.", usual_size=10
    )
    scale: RatingScale | None = one("The scale of the levels. Never null.")
    guidance: list[int] = value(
        "The percentage of rows that each level should have, the lowest level first. Empty without"
        " guidance. It is advice, unless `maxGap` has a value."
    )
    max_gap: int | None = value(
        "How many percentage points the share of a level may be from its guidance when the"
        f" session is locked. It is not asked of fewer than {MIN_STATEMENT} rows. Null when the"
        " guidance is advice."
    )
    quotas: list[int] = value(
        "For each level, the lowest first: the highest percentage of the rows of a group that may"
        " have this level or a higher one. 100 allows any number. Empty without quotas."
    )
    quota_group: CalibrationQuotaGroup = value("Which rows a quota counts together.")
    quota_rounding: CalibrationQuotaRounding = value(
        "How the percentage becomes a whole number of rows."
    )
    quotas_are_binding: bool = value(
        "Whether `calibrationSessionLock` is refused while a group exceeds a quota. When false,"
        " quotas are advice only."
    )
    horizontal_attribute: CalibrationAttribute | None = value(
        "What the horizontal axis of the box shows. Null when it is what"
        " `horizontalKey` names, or the level."
    )
    horizontal_key: str | None = value(
        "The key of the question or the section of the managers' form on the horizontal axis of"
        " the box. Null when the axis is an attribute or the level."
    )
    horizontal_bounds: list[Decimal] = value(
        "The begin of each band on the horizontal axis but the first, in ascending order. Empty"
        " when its values are no numbers."
    )
    horizontal_labels: list[str] = value(
        "The names of the cells on the horizontal axis. Empty when they are the levels of a scale."
    )
    vertical_attribute: CalibrationAttribute | None = value(
        "What the vertical axis of the box shows. Null when it is what"
        " `verticalKey` names, or the level."
    )
    vertical_key: str | None = value(
        "The key of the question or the section of the managers' form on the vertical axis of"
        " the box. Null when the axis is an attribute or the level."
    )
    vertical_bounds: list[Decimal] = value(
        "The begin of each band on the vertical axis but the first, in ascending order. Empty"
        " when its values are no numbers."
    )
    vertical_labels: list[str] = value(
        "The names of the cells on the vertical axis. Empty when they are the levels of a scale."
    )
    status: CalibrationStatus = value("Where it stands.")
    names_are_shown: bool = value(
        "Whether members see whom rows are about, and adjust levels. Before that is the first pass,"
        " in which they compare levels without names."
    )
    opened_at: datetime | None = value("When it was opened. Null before.")
    ended_at: datetime | None = value("When it was locked or cancelled. Null before.")
    subjects: list[CalibrationSubject] = list_of(
        f"The rows that the viewer sees, {MAX_SUBJECTS:,} at most, in the order of discussion. It"
        " is random, drawn when the session is opened, and the same for all. Empty before that.",
        usual_size=50,
    )
    adjustments: Connection[CalibrationAdjustment] = many(
        "All changes of the levels of rows that the viewer sees, the first one first.",
        usual_size=10,
    )
    distribution: CalibrationDistribution | None = one(
        "How many rows have each level. Never null.", points=5
    )
    leniency: CalibrationLeniency | None = one(
        "How strict and how lenient managers are, by the levels now. Never null.", points=5
    )
    unit_figures: list[CalibrationUnitFigure] = list_of(
        "Figures of the rows, by the unit of the person. Empty for members before `namesAreShown`.",
        usual_size=10,
    )
    quota_figures: list[CalibrationQuotaFigure] = list_of(
        "How many rows of each group have a level with a quota, or a higher one. Empty without"
        " quotas. For members of the session, figures of units or managers are left out until"
        " `namesAreShown` is true.",
        usual_size=10,
    )
    box: CalibrationBox | None = one(
        "The rows by two attributes. Null when both axes are the level, or when the viewer may not"
        " read an axis.",
        points=5,
    )


@input_type(one_of=True)
class CalibrationSessionBy:
    """Identifies a calibration session by exactly one of these."""

    id: UUID | None = input_field("The session's id.")


@queries(ROOT)
class CalibrationQueries:
    """Root fields of calibration sessions."""

    calibration_session: CalibrationSession | None = look_up(
        "A calibration session. Null when there is none, or when the viewer may not see it.",
        "CalibrationSessionBy",
        "How the session is identified.",
    )
    calibration_sessions: Connection[CalibrationSession] = many(
        "All calibration sessions that the viewer may see, the last one first."
    )


calibration_session_changed = change_subscription(
    CalibrationSession,
    also="Changes of a row that the viewer may see are sent as changes of its session.",
)
