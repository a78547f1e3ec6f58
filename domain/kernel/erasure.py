"""Erasing personal values of an aggregate and its parts, by the marks on their attributes."""

from typing import Any

from domain.kernel.aggregate import Part
from domain.kernel.fields import FieldSpec, field_specs


def erase_personal_values(entity: Any, pseudonym: str) -> None:
    """Remove every value of a `PERSONAL` attribute; a required text becomes the pseudonym."""
    kind: Any = type(entity)
    for name, spec in field_specs(kind).items():
        value = getattr(entity, name)
        if spec.is_personal:
            setattr(entity, name, _replace_value(spec, value, pseudonym))
        elif isinstance(value, list):
            for part in value:
                if isinstance(part, Part):
                    erase_personal_values(part, pseudonym)


def _replace_value(spec: FieldSpec, value: Any, pseudonym: str) -> Any:
    if isinstance(value, list | dict):
        return type(value)()
    if spec.is_optional:
        return None
    return "" if spec.default == "" else pseudonym
