"""Use cases that prepare a session: what it refers to is checked here."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews.calibration.model import AXIS_KEY, CalibrationSession
from domain.reviews.cycles import ReviewCycle, ReviewCycleStatus
from domain.reviews.cycles.use_cases import reference_unit
from domain.reviews.directions import ReviewDirection
from domain.reviews.scales import RatingScale
from domain.reviews.templates import QuestionAudience, ReviewQuestion, ReviewTemplate
from domain.reviews.writing.opening import check_works_here

PEOPLE = ("facilitator_ids", "member_ids")
AXES = ("horizontal", "vertical")
STARTED = (ReviewCycleStatus.RUNNING, ReviewCycleStatus.CLOSED)


async def create(work: Work, cycle_id: UUID, **details: Any) -> CalibrationSession:
    """Draft a session for a cycle that was launched. Raises NotPermitted, Invalid, LimitExceeded.

    A cycle that the actor does not see is answered like one that does not exist.
    """
    cycle = await work.reference(ReviewCycle, cycle_id, "cycleId")
    assert cycle is not None, "The id is given."
    await work.require(_build_example(work, cycle), to=CalibrationSession.CREATE)
    _check_cycle(cycle)
    faults, place, session = FaultCollector(), dict[str, Any](), None
    with faults.collect():
        place = await _check_references(work, cycle, details, known={})
    with faults.collect():
        session = CalibrationSession.create(
            work.actor.tenant_id,
            {"horizontal_scale_id": cycle.scale_id, "vertical_scale_id": cycle.scale_id}
            | {"cycle_id": cycle.id, "scale_id": cycle.scale_id}
            | {"organization_id": cycle.organization_id}
            | place,
            **details,
        )
    faults.raise_all()
    assert session is not None, "Without a fault there is a session."
    await work.add(session, to=CalibrationSession.CREATE)
    return session


async def edit(
    work: Work, id: UUID, *, expected_version: int | None = None, **details: Any
) -> CalibrationSession:
    """Change a draft. Raises what `Work.get` raises, Invalid and LimitExceeded."""
    session = await work.get(
        CalibrationSession, id, to=CalibrationSession.EDIT, expected_version=expected_version
    )
    (cycle,) = await work.load_all(ReviewCycle, [session.cycle_id])
    known = {name: getattr(session, name) for name in (*PEOPLE, "unit_ids")}
    faults, place = FaultCollector(), dict[str, Any]()
    with faults.collect():
        place = await _check_references(work, cycle, details, known)
    with faults.collect():
        session.edit(**details)
    faults.raise_all()
    for name, scale_id in place.items():
        setattr(session, name, scale_id)
    return session


def _build_example(work: Work, cycle: ReviewCycle) -> CalibrationSession:
    """Return a session in the unit of a cycle, to ask who may create one."""
    nobody = UUID(int=0)
    return CalibrationSession(
        tenant_id=work.actor.tenant_id,
        cycle_id=cycle.id,
        organization_id=cycle.organization_id,
        scale_id=nobody,
        horizontal_scale_id=nobody,
        vertical_scale_id=nobody,
        name="",
        held_on=date.min,
        facilitator_ids=set(),
    )


def _check_cycle(cycle: ReviewCycle) -> None:
    """Check that a cycle has levels to compare. Raises Invalid."""
    if cycle.status not in STARTED:
        message = "Levels are compared in a cycle that was launched. Launch it first."
        raise Invalid(message, "cycleId", code=Code.STATE_CONFLICT)
    if cycle.scale_id is None:
        message = "This cycle has no scale for an overall level. Choose another cycle."
        raise Invalid(message, "cycleId")


async def _check_references(
    work: Work,
    cycle: ReviewCycle,
    details: Mapping[str, Any],
    known: Mapping[str, Collection[UUID]],
) -> dict[str, UUID]:
    """Check units, people, guidance and axes. Return the scales of the given axes.

    Raises Invalid with all faults.
    """
    faults, scales = FaultCollector(), dict[str, UUID]()
    for index, unit_id in enumerate(details.get("unit_ids") or ()):
        with faults.collect():
            if unit_id not in known.get("unit_ids", ()):
                await reference_unit(work, cycle.organization_id, unit_id, "unitIds", index)
    for name, field in zip(PEOPLE, ("facilitatorIds", "memberIds"), strict=True):
        for index, person_id in enumerate(details.get(name) or ()):
            with faults.collect():
                if person_id not in known.get(name, ()):
                    await _reference_person(work, person_id, field, index)
    for name in ("guidance", "quotas"):
        with faults.collect():
            await _check_percentages(work, cycle, details.get(name) or (), name)
    for axis in AXES:
        with faults.collect():
            if f"{axis}_key" in details:
                field = f"{axis}Key"
                key = AXIS_KEY.check(details[f"{axis}_key"], field)
                scales[f"{axis}_scale_id"] = await _find_scale(work, cycle, key, field)
    faults.raise_all()
    return scales


async def _reference_person(work: Work, person_id: UUID, field: str, index: int) -> None:
    """Check that a person works here. Raises Invalid."""
    person = await work.reference(Person, person_id, field, str(index))
    check_works_here(work, person, field, index)


async def _check_percentages(
    work: Work, cycle: ReviewCycle, given: Collection[int], field: str
) -> None:
    """Check that there is a percentage for each level. Raises Invalid."""
    if not given or cycle.scale_id is None:
        return
    (scale,) = await work.load_all(RatingScale, [cycle.scale_id])
    if len(given) != len(scale.levels):
        message = f"Give a percentage for each of the {len(scale.levels)} levels, the lowest first."
        raise Invalid(message, field, code=Code.OUT_OF_RANGE)


async def _find_scale(work: Work, cycle: ReviewCycle, key: str | None, field: str) -> UUID:
    """Return the scale of an axis: that of a question, or of the level. Raises Invalid."""
    assert cycle.scale_id is not None, "A session has a scale."
    if key is None:
        return cycle.scale_id
    question = await find_question(work, cycle, key)
    if question is None or question.scale_id is None:
        message = "The managers' form has no question with this key that is answered on a scale."
        raise Invalid(f"{message} Use another key.", field, code=Code.REFERENCE_NOT_FOUND)
    if question.audience is QuestionAudience.HR_ONLY:
        message = "Only HR reads the answers to this question. Choose another one."
        raise Invalid(message, field)
    return question.scale_id


async def find_question(work: Work, cycle: ReviewCycle, key: str) -> ReviewQuestion | None:
    """Return the question with this key in the form that managers fill in."""
    ids = [
        each.template_id for each in cycle.directions if each.direction is ReviewDirection.MANAGER
    ]
    templates = await work.load_all(ReviewTemplate, ids)
    questions = [each for form in templates for each in form.list_questions()]
    return next((each for each in questions if each.key == key), None)
