"""Writing values of custom fields: which of them an actor may write, and what they become."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from domain.custom_fields.enums import CustomFieldStatus, CustomFieldWriters, CustomObjectType
from domain.custom_fields.holders import ATTRIBUTES, CustomFieldHolder
from domain.custom_fields.model import CustomField
from domain.custom_fields.values import GivenValue, check_value
from domain.kernel.access import EVERYBODY, Rule
from domain.kernel.actions import Action
from domain.kernel.aggregate import set_attributes
from domain.kernel.errors import Code, Invalid, NotPermitted
from domain.kernel.faults import FaultCollector
from domain.kernel.unit_of_work import Work
from domain.kernel.wanted import Wanted

FIELD = "customValues"
"""The name of the values in inputs."""

H = TypeVar("H", bound=CustomFieldHolder)
Attributes = dict[str, Any]


def want_fields(object_type: CustomObjectType) -> Wanted:
    """Return what `resolve` reads, so that the first statement of a request may read it."""
    return Wanted(CustomField, (("object_type", object_type),), is_kept=True)


async def set_first_values(work: Work, holder: H, given: Sequence[GivenValue]) -> H:
    """Set the values of a new object, and return it. Raises what `resolve` raises."""
    set_attributes(holder, await resolve(work, holder, given))
    return holder


async def resolve(
    work: Work,
    holder: CustomFieldHolder,
    given: Sequence[GivenValue],
    *,
    is_new: bool = True,
    checks_all: bool = True,
) -> Attributes:
    """Return the attributes of an object with the given values; others stay as they are.

    Every required field that the actor may write needs a value afterwards, unless none is given for
    an existing object. Without `checks_all` only the given fields do. Raises NotPermitted, and
    Invalid with all faults.
    """
    if not given and not is_new:
        return {}
    (found,) = await work.read(want_fields(CustomObjectType(holder.NAME)))
    fields = {each.key: each for each in found}
    writable = await _list_writable(work, holder, fields.values())
    attributes = {name: {**getattr(holder, name)} for name in ATTRIBUTES.values()}
    faults, places, refused = FaultCollector(), dict[str, int](), set[str]()
    for index, each in enumerate(given):
        with faults.collect():
            field = _find_field(fields, writable, each.key, places, index)
            refused.add(each.key)
            value = check_value(field, each, FIELD, index)
            refused.remove(each.key)
            values = attributes[ATTRIBUTES[field.readers]]
            values.pop(each.key, None)
            if value is not None:
                values[each.key] = value
    required = [fields[key] for key in sorted(writable - refused) if _is_required(fields[key])]
    if not checks_all:
        required = [each for each in required if each.key in places]
    faults.faults += _find_missing(required, attributes, places)
    faults.raise_all()
    return attributes


async def _list_writable(
    work: Work, holder: CustomFieldHolder, fields: Collection[CustomField]
) -> set[str]:
    """Return the keys of the fields that the actor may read and write."""
    allowed = dict[Any, bool]()
    for each in fields:
        for kind, rule in _list_rules(holder, each):
            if kind not in allowed:
                action = Action("write_custom_values", rule)
                allowed[kind] = await work.is_permitted(holder, to=action)
    return {
        each.key for each in fields if all(allowed[kind] for kind, _ in _list_rules(holder, each))
    }


def _list_rules(holder: CustomFieldHolder, field: CustomField) -> Iterator[tuple[Any, Rule]]:
    """Yield the rules that must hold for writing a field, each with its name."""
    yield ("read", field.readers), holder.GUARDED.get(ATTRIBUTES[field.readers], EVERYBODY)
    if field.writers is CustomFieldWriters.HR:
        yield ("write", field.writers), holder.WRITE_HR_VALUES.rule


def _find_field(
    fields: Mapping[str, CustomField],
    writable: Collection[str],
    key: str,
    places: dict[str, int],
    index: int,
) -> CustomField:
    """Return the field of a given value, and note its place. Raises Invalid and NotPermitted."""
    path = (FIELD, index, "key")
    field = fields.get(key)
    if field is None:
        message = "There is no custom field with this key. Choose one of `customFields`."
        raise Invalid(message, *path, code=Code.REFERENCE_NOT_FOUND)
    if field.status is CustomFieldStatus.ARCHIVED:
        message = f"{field.label} is archived and takes no values. Leave it out, or restore it."
        raise Invalid(message, *path, code=Code.STATE_CONFLICT)
    if key in places:
        message = f"{field.label} is given twice. Remove one."
        raise Invalid(message, *path, code=Code.NOT_UNIQUE)
    places[key] = index
    if key not in writable:
        message = f"You may not write {field.label}. Leave it out, or ask HR."
        raise NotPermitted(message, *path)
    return field


def _is_required(field: CustomField) -> bool:
    return field.is_required and field.status is CustomFieldStatus.ACTIVE


def _find_missing(
    required: Sequence[CustomField], attributes: Mapping[str, Any], places: Mapping[str, int]
) -> Iterator[Invalid]:
    """Yield the required fields without a value, at the given value or at all of them."""
    for each in required:
        if each.key not in attributes[ATTRIBUTES[each.readers]]:
            place = (places[each.key],) if each.key in places else ()
            message = f"{each.label} is required. Give a value with the key {each.key}."
            yield Invalid(message, FIELD, *place, code=Code.REQUIRED)
