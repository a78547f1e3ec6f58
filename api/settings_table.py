"""The table of settings in docs/configuration.md."""

from dataclasses import dataclass

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from api.settings import ENV_PREFIX, Settings


@dataclass(frozen=True)
class SettingDescription:
    """One environment variable, as the table in docs/configuration.md shows it."""

    variable: str
    default: str
    description: str


def list_settings() -> tuple[SettingDescription, ...]:
    """List every environment variable that Trellis reads, in order of declaration."""
    return tuple(
        SettingDescription(
            variable=_get_variable_name(name, field),
            default="" if _has_no_default(field) else str(field.default),
            description=field.description or "",
        )
        for name, field in Settings.model_fields.items()
    )


def render_settings_table() -> str:
    """Render the settings as a Markdown table."""
    rows = (
        f"| `{each.variable}` | {each.default and f'`{each.default}`'} | {each.description} |"
        for each in list_settings()
    )
    return "\n".join(("| variable | default | meaning |", "| --- | --- | --- |", *rows))


def _has_no_default(field: FieldInfo) -> bool:
    return field.default in (None, ()) or field.default_factory is not None


def _get_variable_name(name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        raise TypeError(f"{name} has several aliases. Give it one.")
    return str(alias) if alias else ENV_PREFIX + name.upper()
