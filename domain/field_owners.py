"""Field owners: which source may change a field of the objects that it knows.

A tenant declares them. Rows of other sources leave such a field as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.kernel.errors import Code, Invalid
from domain.kernel.external_references import SOURCE
from domain.kernel.fields import check_required


class OwnedField(StrEnum):
    """A field of the rows of another system that a source may own."""

    PERSON_GIVEN_NAME = "person_given_name"
    PERSON_FAMILY_NAME = "person_family_name"
    PERSON_NAME = "person_name"
    PERSON_WORK_EMAIL = "person_work_email"
    PERSON_TIME_ZONE = "person_time_zone"
    PERSON_EMPLOYEE_NUMBER = "person_employee_number"
    PERSON_JOB_TITLE = "person_job_title"
    PERSON_LEVEL = "person_level"
    PERSON_LOCATION = "person_location"
    PERSON_EMPLOYMENT_TYPE = "person_employment_type"
    PERSON_WORKING_TIME_SHARE = "person_working_time_share"
    PERSON_ORGANIZATION = "person_organization"
    PERSON_MANAGER = "person_manager"
    PERSON_HIRED_ON = "person_hired_on"
    PERSON_LAST_DAY = "person_last_day"
    PERSON_CUSTOM_VALUES = "person_custom_values"
    ORGANIZATION_KIND = "organization_kind"
    ORGANIZATION_CODE = "organization_code"
    ORGANIZATION_NAME = "organization_name"
    ORGANIZATION_PARENT = "organization_parent"
    ORGANIZATION_ENDS_ON = "organization_ends_on"
    TEAM_NAME = "team_name"
    TEAM_DESCRIPTION = "team_description"
    TEAM_ORGANIZATION = "team_organization"
    TEAM_PARENT = "team_parent"
    TEAM_ENDS_ON = "team_ends_on"
    TEAM_CUSTOM_VALUES = "team_custom_values"
    GOAL_TITLE = "goal_title"
    GOAL_DESCRIPTION = "goal_description"
    GOAL_PURPOSE = "goal_purpose"
    GOAL_VISIBILITY = "goal_visibility"
    GOAL_STARTS_ON = "goal_starts_on"
    GOAL_DUE_ON = "goal_due_on"
    GOAL_OWNER_PERSON = "goal_owner_person"
    GOAL_OWNER_TEAM = "goal_owner_team"
    GOAL_OWNER_ORGANIZATION = "goal_owner_organization"
    GOAL_PARENT = "goal_parent"
    GOAL_STATUS = "goal_status"
    GOAL_CLOSING_NOTE = "goal_closing_note"
    GOAL_CUSTOM_VALUES = "goal_custom_values"


@dataclass(frozen=True)
class FieldOwners:
    """The sources by the fields that they own."""

    limit: str = ""

    def check(self, value: Mapping[str, str], *path: str | int) -> dict[str, str]:
        """Return the trimmed sources by field. Raises Invalid at the entry."""
        for index, key in enumerate(value):
            if key not in set(OwnedField):
                message = "There is no such field. Choose one of `OwnedField`."
                raise Invalid(message, *path, index, "field", code=Code.INVALID_FORMAT)
        return {
            str(key): check_required(SOURCE, source, *path, index, "source")
            for index, (key, source) in enumerate(value.items())
        }
