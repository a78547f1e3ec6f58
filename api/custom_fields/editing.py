"""Mutations that define, change and archive custom fields."""

from uuid import UUID

import strawberry

from api.custom_fields.field import CustomField
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from domain import custom_fields as domain
from domain.custom_fields import (
    MAX_OPTIONS,
    CustomFieldReaders,
    CustomFieldType,
    CustomObjectType,
)
from domain.custom_fields.options import OPTION_KEY, OPTION_LABEL
from domain.kernel.unit_of_work import Work


@input_type()
class CustomOptionInput:
    """An option of a custom field of the type CHOICE."""

    key: str = input_field("The short name for programs.", rule=OPTION_KEY)
    label: str = input_field("The text to show.", rule=OPTION_LABEL)


@input_type(creates=CustomField)
class CustomFieldCreateInput:
    """Input of `customFieldCreate`."""

    object_type: CustomObjectType = input_field("The type of the objects that get the field.")
    key: str = input_field(
        "The short name for programs, unique among the fields of the type. It never changes."
    )
    type: CustomFieldType = input_field("What the values are. It never changes.")
    readers: CustomFieldReaders | None = input_field(
        "Who may read the values. It never changes. Default: EVERYBODY."
    )
    options: list[CustomOptionInput] | None = input_field(
        f"The options of a CHOICE in their order, 1 to {MAX_OPTIONS}. Other types have none.",
        max_items=MAX_OPTIONS,
    )


@input_type(edits=CustomField)
class CustomFieldEditInput:
    """Input of `customFieldEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so. New limits
    hold for new values.
    """

    id: UUID = input_field("Id of the CustomField.", id_prefix="customfield")
    options: strawberry.Maybe[list[CustomOptionInput]] = input_field(
        "The complete new list of options. One that is left out becomes archived, and one that is"
        " given again can be chosen again.",
        max_items=MAX_OPTIONS,
    )
    expected_version: int | None = expected_version_field()


@mutation(CustomField)
async def custom_field_create(work: Work, input: CustomFieldCreateInput) -> domain.CustomField:
    """Add a custom field to people, teams or goals."""
    return await domain.create(
        work,
        object_type=input.object_type,
        key=input.key,
        type=input.type,
        readers=input.readers or CustomFieldReaders.EVERYBODY,
        options=_list_options(input.options or []),
        **given_values(input, domain.CustomField),
    )


@mutation(CustomField)
async def custom_field_edit(work: Work, input: CustomFieldEditInput) -> domain.CustomField:
    """Change the label, the limits, the options or the writers of a custom field."""
    return await domain.edit(
        work,
        input.id,
        options=_list_options(input.options.value) if input.options else None,
        expected_version=input.expected_version,
        **given_values(input, domain.CustomField),
    )


def _list_options(options: list[CustomOptionInput]) -> list[dict[str, str]]:
    return [{"key": each.key, "label": each.label} for each in options]


custom_field_archive = verb(
    CustomField,
    domain.CustomField.ARCHIVE,
    "Archive a custom field: it keeps its values and takes no new ones.",
)
custom_field_restore = verb(
    CustomField, domain.CustomField.RESTORE, "Let an archived custom field take values again."
)
