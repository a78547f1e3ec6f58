"""Custom fields of the demo, with values of employees and goals."""

from typing import Any

from api.demo.people import Employee
from api.demo.simulation import Simulation
from domain.custom_fields import (
    CustomField,
    CustomFieldReaders,
    CustomFieldType,
    CustomFieldWriters,
    CustomObjectType,
)
from domain.kernel.keyed_values import KeyedValues

FIRST_AIDERS = 11
"""One of so many employees is a first-aider."""

TRAVEL = ("none", "monthly", "weekly")
PERSON: dict[str, Any] = {"object_type": CustomObjectType.PERSON}
FIELDS: tuple[dict[str, Any], ...] = (
    {
        **PERSON,
        "key": "cost_center",
        "type": CustomFieldType.TEXT,
        "label": "Cost centre",
        "description": "Where the hours are booked, as in the ledger.",
        "max_length": 20,
    },
    {**PERSON, "key": "first_aider", "type": CustomFieldType.BOOLEAN, "label": "First-aider"},
    {
        **PERSON,
        "key": "weekly_hours",
        "type": CustomFieldType.NUMBER,
        "label": "Weekly hours",
        "readers": CustomFieldReaders.MANAGERS,
        "writers": CustomFieldWriters.HR,
        "least": 1,
        "most": 60,
    },
    {
        **PERSON,
        "key": "travel",
        "type": CustomFieldType.CHOICE,
        "label": "Travel",
        "readers": CustomFieldReaders.HR,
        "options": tuple(
            {"key": each, "label": each.title(), "is_archived": False} for each in TRAVEL
        ),
    },
)


THEME = {
    "object_type": CustomObjectType.GOAL,
    "key": "theme",
    "type": CustomFieldType.TEXT,
    "label": "Theme",
    "description": "What the goal is about, so that goals of different units can be compared.",
    "max_length": 50,
}


async def define_fields(simulation: Simulation) -> None:
    """Add the fields to a tenant."""
    for details in (*FIELDS, THEME):
        field = CustomField(tenant_id=simulation.tenant_id, **details)
        field.record_event("created")
        await simulation.work.add(field, to=CustomField.CREATE)
        await simulation.attribute(field)


def choose_values(employee: Employee, *, is_part_timer: bool) -> dict[str, Any]:
    """Return the attributes with the values of an employee."""
    open_values: dict[str, Any] = {"cost_center": {"text": f"CC-{employee.unit.code}"}}
    if employee.number % FIRST_AIDERS == 0:
        open_values["first_aider"] = {"boolean": True}
    return {
        "custom_values": open_values,
        "custom_values_of_managers": {
            "weekly_hours": {"number": "32" if is_part_timer else "40"},
        },
        "custom_values_of_hr": {
            "travel": {"options": [TRAVEL[employee.number % len(TRAVEL)]]},
        },
    }


def build_goal_values(theme: str) -> KeyedValues:
    """Return the values of a goal about a theme."""
    return KeyedValues({"theme": {"text": theme}} if theme else {})
