"""Aggregates with custom fields: where their values are, and who may read them.

    class Person(CustomFieldHolder, …):
        GUARDED = {…, **guard_custom_values(managers=…, hr=…)}
        WRITE_HR_VALUES = write_hr_values(…)

There is one attribute for each kind of readers, so values are guarded, concealed, journaled and
erased like any other attribute.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Final

from domain.custom_fields.enums import CustomFieldReaders
from domain.kernel.access import NOBODY, Rule
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.fields import PERSONAL
from domain.kernel.keyed_values import KeyedValues

ATTRIBUTES: Final[Mapping[CustomFieldReaders, str]] = {
    CustomFieldReaders.EVERYBODY: "custom_values",
    CustomFieldReaders.MANAGERS: "custom_values_of_managers",
    CustomFieldReaders.HR: "custom_values_of_hr",
}
"""The attribute with the values of the fields that these may read."""


def write_hr_values(rule: Rule) -> Action:
    """Return the action of writing values that only HR writes."""
    return Action("write_hr_values", rule)


@dataclass(kw_only=True, eq=False)
class CustomFieldHolder(Aggregate):
    """An aggregate with custom fields. `WRITE_HR_VALUES` says who writes the fields of HR."""

    WRITE_HR_VALUES: ClassVar[Action] = write_hr_values(NOBODY)

    custom_values: Annotated[KeyedValues, PERSONAL] = field(default_factory=KeyedValues)
    custom_values_of_managers: Annotated[KeyedValues, PERSONAL] = field(default_factory=KeyedValues)
    custom_values_of_hr: Annotated[KeyedValues, PERSONAL] = field(default_factory=KeyedValues)


def guard_custom_values(*, managers: Rule, hr: Rule) -> Mapping[str, Rule]:
    """Return the entries of GUARDED for the values that not everybody may read."""
    return {
        ATTRIBUTES[CustomFieldReaders.MANAGERS]: managers,
        ATTRIBUTES[CustomFieldReaders.HR]: hr,
    }


def unite_custom_values(staying: CustomFieldHolder, given: CustomFieldHolder) -> dict[str, Any]:
    """Return the values of two records of one object; those of the one that stays come first."""
    return {
        name: {**getattr(given, name), **getattr(staying, name)} for name in ATTRIBUTES.values()
    }
