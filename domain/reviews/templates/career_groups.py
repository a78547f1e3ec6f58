"""Which parts of a form are for whom: sections and questions name career groups of the template.

A part without groups is for everybody.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from domain.kernel.errors import Code, Invalid
from domain.kernel.fields import Formatted, key_rule
from domain.kernel.labels import UniqueTexts

MAX_CAREER_GROUPS = 30
KEY_RULE = key_rule("The key")


@dataclass(frozen=True)
class CareerGroupKeys(UniqueTexts):
    """A set of keys of career groups, in the order in which they were given."""

    subject: str = "A part of a form"
    items: str = "career groups"
    maximum: int = MAX_CAREER_GROUPS
    max_length: int = KEY_RULE.max_length

    @property
    def item(self) -> Formatted:
        """The rule of one key."""
        return KEY_RULE


def is_meant_for(wanted: Collection[str], held: Collection[str] | None) -> bool:
    """Return whether a part of a form is for somebody in these groups.

    `held` is None where the template has no groups.
    """
    return not wanted or held is None or not set(wanted).isdisjoint(held)


def find_career_group_faults(content: Mapping[str, Any]) -> Iterator[Invalid]:
    """Yield groups without a condition, and keys of groups that the template does not have."""
    groups = content.get("career_groups", ())
    for index, each in enumerate(groups):
        conditions = (each["job_titles"], each["levels"], each["organization_id"])
        if not any(conditions) and each["has_reports"] is None:
            message = "Everybody is in this group. Add a condition, or leave the group out."
            yield Invalid(message, "careerGroups", index, code=Code.REQUIRED)
    known = {each["key"] for each in groups}
    for path, part in _list_parts(content):
        for index, key in enumerate(part["career_group_keys"]):
            if key not in known:
                message = f"The template has no career group {key}. Add it, or correct the key."
                place = (*path, "careerGroupKeys", index)
                yield Invalid(message, *place, code=Code.REFERENCE_NOT_FOUND)


def _list_parts(
    content: Mapping[str, Any],
) -> Iterator[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    """Yield the path and the values of each section and question."""
    for place, section in enumerate(content.get("sections", ())):
        yield ("sections", place), section
        for index, question in enumerate(section.get("questions") or ()):
            yield ("sections", place, "questions", index), question
