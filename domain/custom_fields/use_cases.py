"""Use cases of custom fields: defining and changing them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from domain.custom_fields.enums import CustomFieldType, CustomObjectType
from domain.custom_fields.model import MAX_FIELDS, CustomField
from domain.custom_fields.options import Option
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.faults import FaultCollector, raise_faults
from domain.kernel.fields import check_fields, new_values
from domain.kernel.unit_of_work import Work


async def create(work: Work, **details: Any) -> CustomField:
    """Define a field of a type of objects. Raises NotPermitted, LimitExceeded and Invalid."""
    object_type: CustomObjectType = details["object_type"]
    example = CustomField(
        tenant_id=work.actor.tenant_id,
        object_type=object_type,
        key="",
        type=CustomFieldType.TEXT,
        label="",
    )
    await work.require(example, to=CustomField.CREATE)
    values = new_values(CustomField, {"options": (), **details})
    raise_faults(CustomField.find_value_conflicts(values))
    await work.lock_value("custom_fields", object_type)
    if await work.count(CustomField, object_type=object_type) >= MAX_FIELDS:
        message = (
            f"Objects of one type have at most {MAX_FIELDS} custom fields, archived ones among"
            " them. Use an existing one."
        )
        raise LimitExceeded(message, "objectType")
    if await work.count(CustomField, object_type=object_type, key=values["key"]):
        message = "Another field of this type has this key. Choose another."
        raise Invalid(message, "key", code=Code.NOT_UNIQUE)
    field = CustomField(tenant_id=work.actor.tenant_id, **values)
    field.record_event("created")
    await work.add(field, to=CustomField.CREATE)
    return field


async def edit(
    work: Work,
    id: UUID,
    *,
    options: Sequence[Option] | None = None,
    expected_version: int | None = None,
    **details: Any,
) -> CustomField:
    """Change a field. Options that are left out are archived.

    Raises what `Work.get` raises, and Invalid with all faults.
    """
    field = await work.get(CustomField, id, to=CustomField.EDIT, expected_version=expected_version)
    faults, checked = FaultCollector(), dict[str, Any]()
    with faults.collect():
        checked = check_fields(CustomField, details)
    if options is not None:
        with faults.collect():
            options = check_fields(CustomField, {"options": options})["options"]
    faults.raise_all()
    field.change(options, **checked)
    return field
