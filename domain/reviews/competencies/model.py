"""The aggregate of a competency framework: what is expected at each level of each track."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from domain.kernel.access import InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.errors import Code, Invalid, LimitExceeded, Refusal
from domain.kernel.fields import EDITABLE, MultiLine, SingleLine, key_rule
from domain.reviews import policy
from domain.revisions import Content, PartList, Revision

MAX_COMPETENCIES, MAX_TRACKS, MAX_LEVELS, MAX_EXPECTATIONS = 100, 20, 20, 1_000
KEY_RULE = key_rule("The key")
NAME_RULE = SingleLine("The name", 100)


@dataclass(kw_only=True, eq=False)
class CompetencyFramework(Revision, manage=policy.MANAGE):
    """Competencies, and tracks of levels with an expectation for each competency."""

    NAME = "competency_framework"
    LABEL = "competency framework"

    competencies: list["Competency"] = field(default_factory=list)
    tracks: list["CompetencyTrack"] = field(default_factory=list)

    @classmethod
    def find_content_conflicts(cls, content: Content) -> Iterator[Refusal]:
        """Yield expectations of unknown competencies, and that there are too many of them."""
        known, count = {each["key"] for each in content["competencies"]}, 0
        for path, key in _list_expectations(content):
            count += 1
            if key not in known:
                message = f"The framework has no competency {key}. Add it, or correct the key."
                yield Invalid(message, *path, "competencyKey", code=Code.REFERENCE_NOT_FOUND)
        if count > MAX_EXPECTATIONS:
            message = f"A framework has at most {MAX_EXPECTATIONS:,} expectations. Remove some."
            yield LimitExceeded(message, "tracks")


def _list_expectations(content: Content) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the path and the competency of each expectation."""
    for number, track in enumerate(content["tracks"]):
        for place, level in enumerate(track["levels"]):
            for index, each in enumerate(level["expectations"]):
                path = ("tracks", number, "levels", place, "expectations", index)
                yield path, each["competency_key"]


SEE_PART = InheritedFrom("framework_id", "competency_framework", CompetencyFramework.SEE)


@dataclass(kw_only=True, eq=False)
class Competency(Part):
    """A competency. Its key stays the same in later revisions."""

    NAME = "competency"
    SEE = SEE_PART

    framework_id: UUID
    position: int
    key: Annotated[str, KEY_RULE, EDITABLE]
    name: Annotated[str, NAME_RULE, EDITABLE]
    theme: Annotated[str | None, SingleLine("The theme", 100), EDITABLE] = None
    description: Annotated[str | None, MultiLine("The description", 4_000), EDITABLE] = None


@dataclass(kw_only=True, eq=False)
class CompetencyTrack(Part):
    """A career track, such as Engineering, with its levels from the lowest up."""

    NAME = "competency_track"
    SEE = SEE_PART

    framework_id: UUID
    position: int
    key: Annotated[str, KEY_RULE, EDITABLE]
    name: Annotated[str, NAME_RULE, EDITABLE]
    levels: list["CompetencyLevel"] = field(default_factory=list)


@dataclass(kw_only=True, eq=False)
class CompetencyLevel(Part):
    """A level of a track, named as in the jobs of people."""

    NAME = "competency_level"
    SEE = SEE_PART

    framework_id: UUID
    track_id: UUID
    position: int
    key: Annotated[str, KEY_RULE, EDITABLE]
    name: Annotated[str, NAME_RULE, EDITABLE]
    expectations: list["CompetencyExpectation"] = field(default_factory=list)


@dataclass(kw_only=True, eq=False)
class CompetencyExpectation(Part):
    """What is expected of a competency at a level."""

    NAME = "competency_expectation"
    SEE = SEE_PART

    framework_id: UUID
    level_id: UUID
    position: int
    competency_key: Annotated[str, KEY_RULE, EDITABLE]
    text: Annotated[str, MultiLine("The text", 4_000), EDITABLE]


EXPECTATIONS = PartList(
    CompetencyExpectation,
    "expectations",
    parent="level_id",
    document="framework_id",
    maximum=MAX_COMPETENCIES,
    unique=("competency_key",),
)
LEVELS = PartList(
    CompetencyLevel,
    "levels",
    parent="track_id",
    document="framework_id",
    maximum=MAX_LEVELS,
    unique=("key", "name"),
    lists={"expectations": EXPECTATIONS},
)
CompetencyFramework.LISTS = {
    "competencies": PartList(
        Competency,
        "competencies",
        parent="framework_id",
        document="framework_id",
        minimum=1,
        maximum=MAX_COMPETENCIES,
        unique=("key", "name"),
    ),
    "tracks": PartList(
        CompetencyTrack,
        "tracks",
        parent="framework_id",
        document="framework_id",
        maximum=MAX_TRACKS,
        unique=("key", "name"),
        lists={"levels": LEVELS},
    ),
}
