"""The axes of a box: what a draft names becomes cells, and values become places among them."""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.fields import ExactNumber, MaxItems
from domain.kernel.labels import Labels
from domain.kernel.text import fold_case
from domain.kernel.unit_of_work import Work
from domain.reviews.calibration.attributes import ATTRIBUTES, CellKind, Decision, Opening
from domain.reviews.calibration.enums import CalibrationAttribute
from domain.reviews.cycles import ReviewCycle
from domain.reviews.directions import ReviewDirection
from domain.reviews.templates import (
    QuestionAudience,
    QuestionKind,
    ReviewQuestion,
    ReviewTemplate,
)
from domain.reviews.writing import Review, ReviewAnswer, ReviewStatus

AXES = ("horizontal", "vertical")
PARTS = ("attribute", "key", "bounds", "labels")
MAX_CELLS, MIN_LABELS = 50, 2
YES_AND_NO = ("No", "Yes")
WITHOUT_SCALE = (QuestionKind.CHOICE, QuestionKind.BOOLEAN, QuestionKind.NUMBER)


@dataclass(frozen=True)
class Bounds(MaxItems):
    """Numbers in ascending order, each the begin of a band. They are kept as texts."""

    subject: str = "An axis"
    items: str = "bounds"
    maximum: int = MAX_CELLS - 1

    def check(self, value: Collection[Any], *path: str | int) -> tuple[str, ...]:  # type: ignore[override]
        """Return the numbers as texts. Raises Invalid and LimitExceeded with all faults."""
        super().check(value, *path)
        found, faults = list[Decimal](), FaultCollector()
        for index, each in enumerate(map(Decimal, value)):
            with faults.collect():
                ExactNumber().check(each, *path, index)
                if found and each <= found[-1]:
                    message = "Each bound is above the one before it. Sort them."
                    raise Invalid(message, *path, index, code=Code.OUT_OF_RANGE)
                found.append(each)
        faults.raise_all()
        return tuple(format((each + 0).normalize(), "f") for each in found)


BOUNDS = Bounds()
CELL_LABELS = Labels("An axis", "cells", MAX_CELLS, "The label", max_length=200)


@dataclass(frozen=True)
class Axis:
    """What an axis shows: an attribute, a question, or the level where it is neither."""

    attribute: CalibrationAttribute | None = None
    key: str | None = None
    bounds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @classmethod
    def of(cls, session: Any, axis: str) -> "Axis":
        """Return an axis of a session."""
        return cls(*(getattr(session, f"{axis}_{part}") for part in PARTS))


@dataclass(frozen=True)
class Cells:
    """The cells of an axis: the levels of a scale, or labels."""

    scale_id: UUID | None
    labels: tuple[str, ...] = ()


async def resolve_cells(work: Work, cycle: ReviewCycle, axis: Axis, name: str) -> Cells:
    """Return the cells of an axis. Raises Invalid with all faults."""
    question = None
    if axis.key is not None:
        if axis.attribute is not None:
            message = "An axis is a question or an attribute. Leave out one of them."
            raise Invalid(message, f"{name}Key")
        question = await _reference_question(work, cycle, axis.key, f"{name}Key")
    kind = _find_kind(axis, question)
    takes_labels = axis.attribute is not None and kind is CellKind.LABELS
    _check_parts(axis, name, takes_bounds=kind is CellKind.BANDS, takes_labels=takes_labels)
    if kind is CellKind.LEVELS:
        return Cells(question.scale_id if question else cycle.scale_id)
    if kind is CellKind.BANDS:
        return Cells(None, describe_bands(axis.bounds))
    if question is None:
        return Cells(None, axis.labels)
    is_choice = question.kind is QuestionKind.CHOICE
    labels = tuple(each.label for each in question.choices) if is_choice else YES_AND_NO
    return Cells(None, labels)


def _find_kind(axis: Axis, question: ReviewQuestion | None) -> CellKind:
    if axis.attribute is not None:
        return ATTRIBUTES[axis.attribute].cells
    if question is None or question.scale_id is not None:
        return CellKind.LEVELS
    return CellKind.BANDS if question.kind is QuestionKind.NUMBER else CellKind.LABELS


def _check_parts(axis: Axis, name: str, *, takes_bounds: bool, takes_labels: bool) -> None:
    """Check that bounds and labels are given where they are needed, and only there."""
    faults = FaultCollector()
    with faults.collect():
        if takes_bounds and not axis.bounds:
            message = "The values of this axis are numbers. Give the bounds of its bands."
            raise Invalid(message, f"{name}Bounds", code=Code.REQUIRED)
        if axis.bounds and not takes_bounds:
            message = "The values of this axis are no numbers. Leave the bounds out."
            raise Invalid(message, f"{name}Bounds")
    with faults.collect():
        if takes_labels and len(axis.labels) < MIN_LABELS:
            message = f"Give the values that are cells of this axis, at least {MIN_LABELS}."
            raise Invalid(message, f"{name}Labels", code=Code.REQUIRED)
        if axis.labels and not takes_labels:
            message = "The labels of this axis follow from what it shows. Leave them out."
            raise Invalid(message, f"{name}Labels")
    faults.raise_all()


def describe_bands(bounds: Sequence[str]) -> tuple[str, ...]:
    """Return a label for each band: the first has no lower end, and the last no upper one."""
    inner = (f"{low} to below {high}" for low, high in pairwise(bounds))
    return (f"below {bounds[0]}", *inner, f"{bounds[-1]} or more")


async def _reference_question(
    work: Work, cycle: ReviewCycle, key: str, field: str
) -> ReviewQuestion:
    """Return a question that can be an axis. Raises Invalid."""
    question = await find_question(work, cycle, key)
    if question is None or not _can_be_axis(question):
        message = (
            "The managers' form has no question with this key that not only HR reads, and whose"
            " answer is a level, a choice, yes or no, or a number. Use another key."
        )
        raise Invalid(message, field, code=Code.REFERENCE_NOT_FOUND)
    return question


def _can_be_axis(question: ReviewQuestion) -> bool:
    """Return whether the answers have cells. The form promises that only HR reads some of them."""
    has_cells = question.scale_id is not None or question.kind in WITHOUT_SCALE
    return has_cells and question.audience is not QuestionAudience.HR_ONLY


async def find_question(work: Work, cycle: ReviewCycle, key: str) -> ReviewQuestion | None:
    """Return the question with this key in the form that managers fill in."""
    ids = [
        each.template_id for each in cycle.directions if each.direction is ReviewDirection.MANAGER
    ]
    templates = await work.load_all(ReviewTemplate, ids)
    questions = [each for form in templates for each in form.list_questions()]
    return next((each for each in questions if each.key == key), None)


async def load_places(work: Work, axis: Axis, opening: Opening) -> Mapping[UUID, int]:
    """Return the cell of each packet on an axis, from 1; those without a value are left out.

    The level itself has no cells here, because it changes while the session is open.
    """
    if axis.attribute is not None:
        declared = ATTRIBUTES[axis.attribute]
        values = await declared.load(work, opening)
        places = {id: _find_place(axis, declared.cells, each) for id, each in values.items()}
    elif axis.key is not None:
        question = await find_question(work, opening.cycle, axis.key)
        if question is None:
            return {}
        answers = await _load_answers(work, question, opening.decisions)
        places = {id: _place_answer(axis, question, each) for id, each in answers.items()}
    else:
        return {}
    return {id: place for id, place in places.items() if place is not None}


def _find_place(axis: Axis, kind: CellKind, value: Any) -> int | None:
    if kind is CellKind.BANDS:
        return bisect_right([Fraction(each) for each in axis.bounds], Fraction(value)) + 1
    if kind is CellKind.LEVELS:
        return int(value)
    labels, label = [fold_case(each) for each in axis.labels], fold_case(value)
    return labels.index(label) + 1 if label in labels else None


def _place_answer(axis: Axis, question: ReviewQuestion, answer: Sequence[Any]) -> int | None:
    level, choice_key, is_true, number = answer
    if level is not None:
        return int(level)
    if number is not None:
        return _find_place(axis, CellKind.BANDS, number)
    if is_true is not None:
        return 2 if is_true else 1
    keys: list[str | None] = [each.key for each in question.choices]
    return keys.index(choice_key) + 1 if choice_key in keys else None


async def _load_answers(
    work: Work, question: ReviewQuestion, decisions: Sequence[Decision]
) -> Mapping[UUID, Sequence[Any]]:
    """Return the answers of managers to a question, by packet."""
    managers = {each.packet_id: each.manager_id for each in decisions}
    forms = await work.find_values(
        Review,
        ("id", "packet_id", "writer_id"),
        packet_id=list(managers),
        direction=[ReviewDirection.MANAGER] * len(managers),
        status=[ReviewStatus.SUBMITTED] * len(managers),
    )
    # A packet may have forms of an earlier manager, too: that of who decides counts.
    forms = sorted(forms, key=lambda row: row[2] == managers[row[1]])
    packets = {id: packet_id for id, packet_id, _ in forms}
    rows = await work.find_values(
        ReviewAnswer,
        ("review_id", "level", "choice_key", "is_true", "number"),
        review_id=list(packets),
        question_id=[question.id] * len(packets),
    )
    answers = {row[0]: row[1:] for row in rows}
    return {packet_id: answers[id] for id, packet_id in packets.items() if id in answers}
