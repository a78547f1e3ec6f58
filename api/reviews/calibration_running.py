"""Mutations of calibration sessions."""

from decimal import Decimal
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import TYPES, get_read_model
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.global_ids import encode_id
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import Computed, mutation
from api.kernel.schema.verbs import verb
from api.people import Person
from api.reviews.calibration import CalibrationSession, CalibrationSubject
from domain import reviews
from domain.kernel.identity import PersonId
from domain.kernel.unit_of_work import Work
from domain.reviews import calibration
from domain.reviews.calibration import (
    MAX_CELLS,
    MAX_FACILITATORS,
    MAX_MEMBERS,
    MAX_UNITS,
    CalibrationAttribute,
)
from domain.reviews.calibration.figures import Leniency
from domain.reviews.scales import MAX_LEVELS

ABOUT_UNITS = (
    "The units whose people are compared, with all units below them. They have to be in the unit of"
    " the cycle."
)
ABOUT_FACILITATORS = (
    "Those who open and lock it, at least one person. Their own reviews are not part of it."
)
ABOUT_MEMBERS = "Those who discuss the rows. A facilitator cannot be a member."
ABOUT_GUIDANCE = (
    "The percentage of rows that each level should have, the lowest level first, with the sum 100."
)
ABOUT_QUOTAS = (
    "For each level, the lowest first: the highest percentage of the rows of a group that may have"
    " this level or a higher one. [100, 100, 60, 20] allows 20 percent at the highest level, and 60"
    " percent at the two highest. The first number is 100, and no number is above the one before"
    " it. The list has a number for each level of the scale."
)
ABOUT_ATTRIBUTE = "An attribute that the axis shows, instead of a question."
ABOUT_KEY = (
    "The key of a question of the managers' form whose answer is a level, a choice, yes or no, or a"
    " number, and which does not have the audience HR_ONLY. The key of a section stands for the"
    " mean of its ratings by their weights, which is a number."
)
ABOUT_BOUNDS = (
    "Where the second band begins, the third, and so on, in ascending order. Needed for an axis of"
    " numbers, and only for one: [12, 36] are the bands below 12, from 12 to below 36, and from 36"
    " on."
)
ABOUT_LABELS = (
    "The levels of positions that are cells, in this order. Needed for POSITION_LEVEL, and only for"
    " it. Rows with other levels are in no cell."
)
ABOUT_EDIT = "A field of an axis replaces the axis, and its other fields become empty."


@input_type(creates=CalibrationSession)
class CalibrationSessionCreateInput:
    """Input of `calibrationSessionCreate`."""

    cycle_id: UUID = input_field(
        "A review cycle that was launched, and has a scale of the overall level.",
        id_prefix="reviewcycle",
    )
    unit_ids: list[UUID] | None = input_field(
        f"{ABOUT_UNITS} Default: all people of the cycle.", id_prefix="org", max_items=MAX_UNITS
    )
    facilitator_ids: list[UUID] = input_field(
        ABOUT_FACILITATORS, id_prefix="person", max_items=MAX_FACILITATORS
    )
    member_ids: list[UUID] | None = input_field(
        f"{ABOUT_MEMBERS} Default: nobody.", id_prefix="person", max_items=MAX_MEMBERS
    )
    guidance: list[int] | None = input_field(
        f"{ABOUT_GUIDANCE} Default: no guidance.", max_items=MAX_LEVELS
    )
    quotas: list[int] | None = input_field(
        f"{ABOUT_QUOTAS} Default: no quotas.", max_items=MAX_LEVELS
    )
    horizontal_attribute: CalibrationAttribute | None = input_field(
        f"{ABOUT_ATTRIBUTE} Default: the question of the key, or the level."
    )
    horizontal_key: str | None = input_field(f"{ABOUT_KEY} Default: the level.")
    horizontal_bounds: list[Decimal] | None = input_field(
        f"{ABOUT_BOUNDS} Default: none.", max_items=MAX_CELLS - 1
    )
    horizontal_labels: list[str] | None = input_field(
        f"{ABOUT_LABELS} Default: none.", max_items=MAX_CELLS
    )
    vertical_attribute: CalibrationAttribute | None = input_field(
        f"{ABOUT_ATTRIBUTE} Default: the question of the key, or the level."
    )
    vertical_key: str | None = input_field(f"{ABOUT_KEY} Default: the level.")
    vertical_bounds: list[Decimal] | None = input_field(
        f"{ABOUT_BOUNDS} Default: none.", max_items=MAX_CELLS - 1
    )
    vertical_labels: list[str] | None = input_field(
        f"{ABOUT_LABELS} Default: none.", max_items=MAX_CELLS
    )


@input_type(edits=CalibrationSession)
class CalibrationSessionEditInput:
    """Input of `calibrationSessionEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the CalibrationSession.", id_prefix="calibrationsession")
    unit_ids: strawberry.Maybe[list[UUID]] = input_field(
        f"{ABOUT_UNITS} Empty means all people of the cycle.", id_prefix="org", max_items=MAX_UNITS
    )
    facilitator_ids: strawberry.Maybe[list[UUID]] = input_field(
        f"The complete new list. {ABOUT_FACILITATORS}",
        id_prefix="person",
        max_items=MAX_FACILITATORS,
    )
    member_ids: strawberry.Maybe[list[UUID]] = input_field(
        f"The complete new list. {ABOUT_MEMBERS}", id_prefix="person", max_items=MAX_MEMBERS
    )
    guidance: strawberry.Maybe[list[int]] = input_field(
        f"{ABOUT_GUIDANCE} Empty removes it.", max_items=MAX_LEVELS
    )
    quotas: strawberry.Maybe[list[int]] = input_field(
        f"{ABOUT_QUOTAS} Empty removes them.", max_items=MAX_LEVELS
    )
    horizontal_attribute: strawberry.Maybe[CalibrationAttribute | None] = input_field(
        f"{ABOUT_ATTRIBUTE} {ABOUT_EDIT}"
    )
    horizontal_key: strawberry.Maybe[str | None] = input_field(
        f"{ABOUT_KEY} Null stands for the level. {ABOUT_EDIT}"
    )
    horizontal_bounds: strawberry.Maybe[list[Decimal]] = input_field(
        f"{ABOUT_BOUNDS} {ABOUT_EDIT}", max_items=MAX_CELLS - 1
    )
    horizontal_labels: strawberry.Maybe[list[str]] = input_field(
        f"{ABOUT_LABELS} {ABOUT_EDIT}", max_items=MAX_CELLS
    )
    vertical_attribute: strawberry.Maybe[CalibrationAttribute | None] = input_field(
        f"{ABOUT_ATTRIBUTE} {ABOUT_EDIT}"
    )
    vertical_key: strawberry.Maybe[str | None] = input_field(
        f"{ABOUT_KEY} Null stands for the level. {ABOUT_EDIT}"
    )
    vertical_bounds: strawberry.Maybe[list[Decimal]] = input_field(
        f"{ABOUT_BOUNDS} {ABOUT_EDIT}", max_items=MAX_CELLS - 1
    )
    vertical_labels: strawberry.Maybe[list[str]] = input_field(
        f"{ABOUT_LABELS} {ABOUT_EDIT}", max_items=MAX_CELLS
    )
    expected_version: int | None = expected_version_field()


@mutation(CalibrationSession)
async def calibration_session_create(
    work: Work, input: CalibrationSessionCreateInput
) -> reviews.CalibrationSession:
    """Draft a calibration session for a review cycle that was launched."""
    values = given_values(input, reviews.CalibrationSession)
    return await calibration.create(work, input.cycle_id, **values)


@mutation(CalibrationSession)
async def calibration_session_edit(
    work: Work, input: CalibrationSessionEditInput
) -> reviews.CalibrationSession:
    """Change the draft of a calibration session."""
    return await calibration.edit(
        work,
        input.id,
        expected_version=input.expected_version,
        **given_values(input, reviews.CalibrationSession),
    )


calibration_session_open = verb(
    CalibrationSession,
    reviews.CalibrationSession.OPEN,
    "Open a calibration session: each review of its people that is decided and not shared becomes a"
    " row, in random order. Reviews of facilitators, and those in another open session, do not.",
    use_case=calibration.open_session,
)
calibration_session_show_names = verb(
    CalibrationSession,
    reviews.CalibrationSession.SHOW_NAMES,
    "End the first pass of a calibration session: members see names, and may adjust levels.",
)
calibration_session_adjust = verb(
    CalibrationSubject,
    reviews.CalibrationSubject.ADJUST,
    "Change the level of a row in an open session; the review changes when the session is"
    " locked. Facilitators may do it, and members once names are shown. It fails with"
    " NOT_PERMITTED for people whose level the viewer decided, and for those below the"
    " viewer. The same level again changes nothing.",
    use_case=calibration.adjust,
    level=input_field("The place of the new level on the scale of the session."),
    reason=input_field("The reason. All who see the row read it."),
    before=input_field(
        "The position of the level that you read. If the level has changed since, the mutation"
        " fails with VERSION_CONFLICT: read the row again, and decide again. Default: no check, so"
        " a change that somebody else made is overwritten."
    ),
)
calibration_session_cancel = verb(
    CalibrationSession,
    reviews.CalibrationSession.CANCEL,
    "End a calibration session without any effect on reviews. What was discussed stays.",
    reason=input_field("Why it is cancelled."),
)


@strawberry.type(description="The leniency of a manager before a calibration session and after it.")
class CalibratedManager:
    """A manager in the result of a lock."""

    manager_id: strawberry.ID = strawberry.field(description="The id of the manager.")
    leniency_before: float = strawberry.field(
        description="The leniency by the levels when the session was opened, as in"
        " `CalibrationManagerFigure`."
    )
    leniency_after: float = strawberry.field(
        description="The leniency by the levels that were written back."
    )


@strawberry.type(description="What the lock of a calibration session did.")
class CalibrationLockResult:
    """The result of a lock."""

    changed_count: int = strawberry.field(
        description="The number of reviews whose level was changed."
    )
    unchanged_count: int = strawberry.field(
        description="The number of reviews that keep their level."
    )
    left_out_count: int = strawberry.field(
        description="The number of rows that were left out, because their review had changed"
        " meanwhile."
    )
    managers: list[CalibratedManager] = strawberry.field(
        description="The managers, the most lenient before the session first."
    )


for each in (CalibratedManager, CalibrationLockResult):
    TYPES[each.__name__] = each


@input_type()
class CalibrationSessionLockInput:
    """Input of `calibrationSessionLock`."""

    id: UUID = input_field("Id of the CalibrationSession.", id_prefix="calibrationsession")
    leaves_out_changed: bool | None = input_field(
        "Whether rows are left out whose review was decided again, shared or cancelled since the"
        " session was opened. If not, each of them is an error, and nothing is written. Default:"
        " false."
    )
    expected_version: int | None = expected_version_field()


@mutation(CalibrationSession, computes={"lock": CalibrationLockResult})
async def calibration_session_lock(work: Work, input: CalibrationSessionLockInput) -> Computed:
    """Write all levels of a calibration session back to the reviews, at once, and end it.

    Who decided a review stays, and its history has both levels.
    """
    session, done = await calibration.lock(
        work,
        input.id,
        leaves_out_changed=bool(input.leaves_out_changed),
        expected_version=input.expected_version,
    )
    result = CalibrationLockResult(
        changed_count=done.changed_count,
        unchanged_count=done.unchanged_count,
        left_out_count=done.left_out_count,
        managers=_list_managers(done.before, done.after),
    )
    return Computed(session.id, result)


def _list_managers(
    before: Leniency[PersonId] | None, after: Leniency[PersonId] | None
) -> list[CalibratedManager]:
    if before is None or after is None:
        return []
    prefix = get_read_model(Person).prefix
    ordered = sorted(before.shrunk, key=lambda each: (-before.shrunk[each], str(each)))
    return [
        CalibratedManager(
            manager_id=strawberry.ID(encode_id(prefix, each)),
            leniency_before=float(before.shrunk[each]),
            leniency_after=float(after.shrunk[each]),
        )
        for each in ordered
    ]
