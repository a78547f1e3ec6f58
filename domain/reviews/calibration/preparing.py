"""Use cases that prepare a session: what it refers to is checked here."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.unit_of_work import Work
from domain.people import Person
from domain.reviews.calibration.axes import (
    AXES,
    BOUNDS,
    CELL_LABELS,
    PARTS,
    Axis,
    resolve_cells,
)
from domain.reviews.calibration.model import AXIS_KEY, CalibrationSession
from domain.reviews.cycles import ReviewCycle, ReviewCycleStatus
from domain.reviews.cycles.use_cases import reference_unit
from domain.reviews.scales import RatingScale
from domain.reviews.writing.opening import check_works_here

PEOPLE = ("facilitator_ids", "member_ids")
OF_AXES = frozenset(f"{axis}_{part}" for axis in AXES for part in PARTS)
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
            | {name: each for name, each in place.items() if name not in OF_AXES},
            **_replace_axes(details, place),
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
        session.edit(**_replace_axes(details, place))
    faults.raise_all()
    for name in place.keys() - OF_AXES:
        setattr(session, name, place[name])
    return session


def _replace_axes(details: Mapping[str, Any], place: Mapping[str, Any]) -> dict[str, Any]:
    """Return the details with the axes as they were resolved."""
    kept = {name: value for name, value in details.items() if name not in OF_AXES}
    return kept | {name: value for name, value in place.items() if name in OF_AXES}


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
) -> dict[str, Any]:
    """Check units, people, guidance and axes. Return all attributes of the given axes.

    Raises Invalid with all faults.
    """
    faults, place = FaultCollector(), dict[str, Any]()
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
            place |= await _resolve_axis(work, cycle, details, axis)
    faults.raise_all()
    return place


async def _resolve_axis(
    work: Work, cycle: ReviewCycle, details: Mapping[str, Any], axis: str
) -> dict[str, Any]:
    """Return all attributes of an axis; none if no part of it is given. Raises Invalid.

    What is not given of an axis is empty: its parts belong together.
    """
    given = {part: details[name] for part in PARTS if (name := f"{axis}_{part}") in details}
    if not given:
        return {}
    faults = FaultCollector()
    for part, rule in (("key", AXIS_KEY), ("bounds", BOUNDS), ("labels", CELL_LABELS)):
        with faults.collect():
            if given.get(part) is not None:
                given[part] = rule.check(given[part], f"{axis}{part.title()}")
    faults.raise_all()
    shown = Axis(**{part: value for part, value in given.items() if value is not None})
    cells = await resolve_cells(work, cycle, shown, axis)
    found = vars(replace(shown, labels=cells.labels)) | {"scale_id": cells.scale_id}
    return {f"{axis}_{part}": value for part, value in found.items()}


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
