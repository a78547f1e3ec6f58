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
from domain.reviews.calibration.attributes import ATTRIBUTES, CellKind, Opening
from domain.reviews.calibration.enums import CalibrationAttribute
from domain.reviews.calibration.form_items import FormItem, find_item, load_item_values
from domain.reviews.cycles import ReviewCycle

AXES = ("horizontal", "vertical")
PARTS = ("attribute", "key", "bounds", "labels")
MAX_CELLS, MIN_LABELS = 50, 2


@dataclass(frozen=True)
class Bounds(MaxItems):
    """Numbers in ascending order, each the begin of a band. They are kept as texts."""

    subject: str = "An axis"
    items: str = "bounds"
    maximum: int = MAX_CELLS - 1

    @property
    def item(self) -> ExactNumber:
        """The rule of one bound."""
        return ExactNumber()

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
    """What an axis shows: an attribute, the question or section of a key, or else the level."""

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
    if axis.key is not None and axis.attribute is not None:
        message = "An axis is a question or an attribute. Leave out one of them."
        raise Invalid(message, f"{name}Key")
    item = await find_item(work, cycle, axis.key) if axis.key is not None else None
    if axis.key is not None and item is None:
        message = (
            "The managers' form has no question with this key that not only HR reads, and whose"
            " answer is a level, a choice, yes or no, or a number, and no section of ratings. Use"
            " another key."
        )
        raise Invalid(message, f"{name}Key", code=Code.REFERENCE_NOT_FOUND)
    kind = _find_kind(axis, item)
    takes_labels = item is None and kind is CellKind.LABELS
    _check_parts(axis, name, takes_bounds=kind is CellKind.BANDS, takes_labels=takes_labels)
    if kind is CellKind.LEVELS:
        return Cells(item.scale_id if item else cycle.scale_id)
    if kind is CellKind.BANDS:
        return Cells(None, describe_bands(axis.bounds))
    return Cells(None, item.labels if item else axis.labels)


def _find_kind(axis: Axis, item: FormItem | None) -> CellKind:
    if item is not None:
        return item.cells
    return ATTRIBUTES[axis.attribute].cells if axis.attribute is not None else CellKind.LEVELS


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


async def load_places(work: Work, axis: Axis, opening: Opening) -> Mapping[UUID, int]:
    """Return the cell of each packet on an axis, from 1; those without a value are left out.

    The level itself has no cells here, because it changes while the session is open.
    """
    item = await find_item(work, opening.cycle, axis.key) if axis.key is not None else None
    if axis.attribute is not None:
        values = await ATTRIBUTES[axis.attribute].load(work, opening)
    elif item is not None:
        values = await load_item_values(work, item, opening)
    else:
        return {}
    kind = _find_kind(axis, item)
    places = {id: _find_place(axis, kind, each) for id, each in values.items()}
    return {id: place for id, place in places.items() if place is not None}


def _find_place(axis: Axis, kind: CellKind, value: Any) -> int | None:
    """Return the cell of a value; None for a text that no cell has."""
    if kind is CellKind.BANDS:
        return bisect_right([Fraction(each) for each in axis.bounds], Fraction(value)) + 1
    if kind is CellKind.LEVELS:
        return int(value)
    labels, label = [fold_case(each) for each in axis.labels], fold_case(value)
    return labels.index(label) + 1 if label in labels else None
