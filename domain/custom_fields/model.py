"""The aggregate of a custom field: what its values are, and who may read and write them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from domain.custom_fields.enums import (
    CustomFieldReaders,
    CustomFieldStatus,
    CustomFieldType,
    CustomFieldWriters,
    CustomObjectType,
)
from domain.custom_fields.options import MAX_OPTIONS, Option, Options, replace_options
from domain.kernel.access import EVERYBODY, Holds
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Code, Invalid, LimitExceeded
from domain.kernel.fields import (
    EDITABLE,
    ExactNumber,
    MultiLine,
    SingleLine,
    WholeNumber,
    key_rule,
    to_camel_case,
)
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.permissions import Permission

MAX_FIELDS = 100
"""Of one type of objects, archived ones among them."""

MAX_TEXT_LENGTH, MAX_CHOICES = 2_000, 20
ACTIVE, ARCHIVED = CustomFieldStatus
LIFECYCLE = Lifecycle[CustomFieldStatus](
    {ACTIVE: frozenset({ARCHIVED}), ARCHIVED: frozenset({ACTIVE})}
)
MANAGE = Holds(Permission.SETTINGS_MANAGE)

LIMITS: Mapping[str, CustomFieldType] = {
    "max_length": CustomFieldType.TEXT,
    "least": CustomFieldType.NUMBER,
    "most": CustomFieldType.NUMBER,
    "options": CustomFieldType.CHOICE,
}
"""The limits, and the type whose values each limits."""


@dataclass(kw_only=True, eq=False)
class CustomField(Aggregate):
    """A field that a tenant adds to a type of objects.

    Its type and its readers never change: values were written for these readers, and the history
    has them. Limits hold for new values.
    """

    NAME = "custom_field"
    LABEL = "custom field"
    SEE = EVERYBODY
    SEE_HISTORY = MANAGE | Holds(Permission.AUDIT_READ)
    CREATE: ClassVar = Action("create", MANAGE)
    EDIT: ClassVar = Action("edit", MANAGE)
    ARCHIVE: ClassVar = Action("archive", MANAGE, ACTIVE)
    RESTORE: ClassVar = Action("restore", MANAGE, ARCHIVED)
    ACTIONS = (EDIT, ARCHIVE, RESTORE)
    EVENTS = ("created", "edited", "archived", "restored")

    object_type: CustomObjectType
    key: Annotated[str, key_rule("The key")]
    type: CustomFieldType
    readers: CustomFieldReaders = CustomFieldReaders.EVERYBODY
    label: Annotated[str, SingleLine("The label", 100), EDITABLE]
    description: Annotated[str | None, MultiLine("The description", 1_000), EDITABLE] = None
    writers: Annotated[CustomFieldWriters, EDITABLE] = CustomFieldWriters.EDITORS
    is_required: Annotated[bool, EDITABLE] = False
    max_length: Annotated[
        int | None, WholeNumber("The longest length", 1, MAX_TEXT_LENGTH), EDITABLE
    ] = None
    least: Annotated[Decimal | None, ExactNumber(), EDITABLE] = None
    most: Annotated[Decimal | None, ExactNumber(), EDITABLE] = None
    options: Annotated[tuple[Option, ...], Options("A field", "options", MAX_OPTIONS)] = ()
    max_choices: Annotated[
        int, WholeNumber("The number of options of a value", 1, MAX_CHOICES), EDITABLE
    ] = 1
    status: CustomFieldStatus = ACTIVE

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield limits of another type, a choice without options, and limits without values."""
        type_, least, most = (values.get(each) for each in ("type", "least", "most"))
        for name, limited in LIMITS.items():
            if type_ is not None and type_ is not limited and values.get(name):
                message = f"Only a {limited.name} has this limit. Leave it out."
                yield Invalid(message, to_camel_case(name))
        if type_ is CustomFieldType.CHOICE and "options" in values and not values["options"]:
            message = "A CHOICE needs options. Add some."
            yield Invalid(message, "options", code=Code.REQUIRED)
        if least is not None and most is not None and least > most:
            message = "The most lies below the least. Correct one of them."
            yield Invalid(message, "most", code=Code.OUT_OF_RANGE)

    def change(self, options: Sequence[Option] | None, **details: Any) -> None:
        """Change editable attributes, and the options where some are given. Raises Invalid."""
        if options is not None:
            details["options"] = replace_options(self.options, options)
            if len(details["options"]) > MAX_OPTIONS:
                message = f"A field has at most {MAX_OPTIONS} options, archived ones among them."
                raise LimitExceeded(message, "options")
        self.check_attributes(details)
        self.update_attributes("edited", details)

    def archive(self) -> None:
        """Take no new values. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, ARCHIVED)
        self.record_event("archived")

    def restore(self) -> None:
        """Take values again. Raises StateConflict."""
        self.status = LIFECYCLE.transition(self.status, ACTIVE)
        self.record_event("restored")
