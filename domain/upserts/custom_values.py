"""Custom values in rows of other systems: a row changes the keys that it names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from domain import custom_fields
from domain.custom_fields import ATTRIBUTES, CustomFieldHolder, GivenValue
from domain.kernel.actions import get_sight
from domain.kernel.aggregate import set_attributes
from domain.kernel.faults import FaultCollector
from domain.kernel.unit_of_work import Work
from domain.kernel.upserts import Change, Row, RowField

NAME = "custom_values"

Values = Mapping[str, Any]
"""Stored values by key; None for one that a row removes."""


@dataclass(frozen=True)
class RowValues:
    """The rule of the custom values of a row. Fields of a tenant are not known yet."""

    limit: str = ""

    def check(self, value: Sequence[GivenValue] | Values, *path: str | int) -> dict[str, Any]:
        """Return the values by key as they are stored. Raises Invalid with all faults."""
        if isinstance(value, Mapping):
            return dict(value)  # kept from before
        faults, checked = FaultCollector(), dict[str, Any]()
        for index, each in enumerate(value):
            with faults.collect():
                checked[each.key] = custom_fields.normalize_value(each, *path, index)
        faults.raise_all()
        return checked


@dataclass
class CustomRow:
    """The field of a row that has custom values."""

    custom_values: Annotated[dict[str, Any], RowValues()]


def build_row_field(kind: type[CustomFieldHolder]) -> RowField:
    """Return the field of rows with the custom values of a kind of objects."""
    guards = tuple(get_sight(kind, name) for name in ATTRIBUTES.values() if name in kind.GUARDED)
    return RowField(NAME, _read, CustomRow, guards=guards, complete=_complete, is_json=True)


def _read(holder: CustomFieldHolder, _: Row) -> dict[str, Any]:
    return {
        key: value for name in ATTRIBUTES.values() for key, value in getattr(holder, name).items()
    }


def _complete(value: Values, holder: CustomFieldHolder, row: Row) -> dict[str, Any]:
    """Return all values as they are after the row; one that undoes gives all of them."""
    united = value if row.undoes else {**_read(holder, row), **value}
    return {key: each for key, each in united.items() if each is not None}


async def set_row_values(
    work: Work, holder: CustomFieldHolder, values: Values | None
) -> dict[str, Any]:
    """Return the attributes of a holder with the values of a row.

    Raises what `custom_fields.resolve` raises.
    """
    given = [_build_given(key, each) for key, each in (values or {}).items()]
    return await custom_fields.resolve(work, holder, given, is_new=False, checks_all=False)


async def create_row_values(work: Work, holder: CustomFieldHolder, values: Values | None) -> None:
    """Set the values of a row for a new object."""
    set_attributes(holder, await set_row_values(work, holder, values))


async def _write(work: Work, holder: Any, values: Mapping[str, Any], row: Row) -> None:
    found = await work.get(type(holder), holder.id, to=holder.EDIT)
    wanted = values[NAME]
    if row.undoes:
        present = _read(found, row)
        wanted = {**dict.fromkeys(present), **wanted}
        wanted = {key: each for key, each in wanted.items() if present.get(key) != each}
    found.edit(**await set_row_values(work, found, wanted))


def _build_given(key: str, stored: Mapping[str, Any] | None) -> GivenValue:
    return GivenValue(key, custom_fields.read_stored(stored))


WRITE = Change((NAME,), _write)
"""The verb that applies custom values of a row."""
