"""Details: what the directory says about a person, and the form in which it is kept."""

from collections.abc import Callable
from typing import TypedDict

from domain.kernel.identity import OrganizationId
from domain.kernel.text import (
    normalize_email,
    optional_single_line,
    single_line,
    validate_time_zone,
)


class PersonDetails(TypedDict, total=False):
    """What may be said and changed about a person; what is left out stays as it is."""

    given_name: str
    family_name: str
    name: str
    work_email: str | None
    job_title: str | None
    level: str | None
    location: str | None
    time_zone: str | None
    organization_id: OrganizationId | None


NORMALIZERS: dict[str, Callable[[str | None], str | None]] = {
    "given_name": lambda text: single_line("The given name", text, "givenName", max_length=100),
    "family_name": lambda text: (
        optional_single_line("The family name", text, "familyName", max_length=100) or ""
    ),
    "name": lambda text: single_line("The name", text, "name"),
    "work_email": lambda text: normalize_email("The work e-mail", text, "workEmail"),
    "employee_number": lambda text: optional_single_line(
        "The employee number", text, "employeeNumber", max_length=50
    ),
    "job_title": lambda text: optional_single_line("The job title", text, "jobTitle"),
    "level": lambda text: optional_single_line("The level", text, "level", max_length=50),
    "location": lambda text: optional_single_line("The location", text, "location"),
    "time_zone": lambda text: validate_time_zone("The time zone", text, "timeZone"),
}
"""Some people have one name only, so a family name may be empty."""


def normalize_details(details: PersonDetails) -> dict[str, object]:
    """These details in the form in which they are kept. Raises Invalid."""
    values: dict[str, object] = dict(details)
    for attribute, normalizer in NORMALIZERS.items():
        if attribute in values:
            text = values[attribute]
            values[attribute] = normalizer(None if text is None else str(text))
    return values


def build_full_name(given_name: str, family_name: str) -> str:
    """The name to show for somebody who did not say how they are called."""
    return f"{given_name} {family_name}".strip()
