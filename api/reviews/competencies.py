"""Competency frameworks in the graph: what is expected at each level of each track."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import (
    Connection,
    list_of,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.revisions import declare_revision_verbs
from domain import reviews, revisions
from domain.kernel.unit_of_work import Work
from domain.reviews import competencies as domain
from domain.reviews.competencies import MAX_COMPETENCIES, MAX_EXPECTATIONS, MAX_LEVELS, MAX_TRACKS
from domain.revisions import RevisionStatus
from persistence.reading.read_model import ROOT
from persistence.reviews import (
    COMPETENCY,
    COMPETENCY_EXPECTATION,
    COMPETENCY_FRAMEWORK,
    COMPETENCY_LEVEL,
    COMPETENCY_TRACK,
)


@part(COMPETENCY)
class Competency:
    """A competency of a framework."""

    position: int = value("The place in the framework, from 1.")
    key: str = value("A short name for programs, which stays the same in later revisions.")
    name: str = value("The name.")
    theme: str | None = value("The theme under which it is shown. Null when there is none.")
    description: str | None = value("What it means. Null when there is no text.")


@part(COMPETENCY_EXPECTATION)
class CompetencyExpectation:
    """What is expected of a competency at a level."""

    position: int = value("The place among the expectations of the level, from 1.")
    competency_key: str = value("The key of the competency.")
    text: str = value("What is expected.")
    competency: Competency | None = one("The competency. Never null.")
    level: "CompetencyLevel | None" = one("The level. Never null.")


@part(COMPETENCY_LEVEL)
class CompetencyLevel:
    """A level of a track."""

    position: int = value("The place on the track. The lowest level is 1.")
    key: str = value("A short name for programs, which stays the same in later revisions.")
    name: str = value("The name. Jobs of this level have the same in `level`.")
    expectations: list[CompetencyExpectation] = list_of(
        f"What is expected, {MAX_COMPETENCIES} at most.", usual_size=8
    )
    track: "CompetencyTrack | None" = one("The track. Never null.")


@part(COMPETENCY_TRACK)
class CompetencyTrack:
    """A career track with its levels."""

    position: int = value("The place in the framework, from 1.")
    key: str = value("A short name for programs, which stays the same in later revisions.")
    name: str = value("The name, such as Engineering.")
    levels: list[CompetencyLevel] = list_of(
        f"The levels from the lowest up, {MAX_LEVELS} at most.", usual_size=5
    )


@node(
    COMPETENCY_FRAMEWORK,
    where=(
        *("id", "name", "description", "status", "revision", "published_at"),
        *("created_at", "updated_at"),
    ),
    order_by=("name", "status", "revision", "created_at", "updated_at"),
)
class CompetencyFramework:
    """One revision of a competency framework. What uses a revision keeps it."""

    name: str = value("The name.")
    description: str | None = value("A longer description. Null when there is none.")
    revision: int = value("The number of the revision, from 1.")
    status: RevisionStatus = value("Where the revision stands.")
    published_at: datetime | None = value("When it was published. Null for a draft.")
    competencies: list[Competency] = list_of(
        f"The competencies in their order, {MAX_COMPETENCIES} at most.", usual_size=10
    )
    tracks: list[CompetencyTrack] = list_of(
        f"The career tracks in their order, {MAX_TRACKS} at most.", usual_size=3
    )
    revisions: Connection["CompetencyFramework"] = many(
        "All revisions of this framework that the viewer may see.", usual_size=3
    )


@input_type(one_of=True)
class CompetencyFrameworkBy:
    """Identifies a revision of a competency framework by exactly one of these."""

    id: UUID | None = input_field("The revision's id.")


@queries(ROOT)
class CompetencyFrameworkQueries:
    """Root fields of competency frameworks."""

    competency_framework: CompetencyFramework | None = look_up(
        "A revision of a competency framework. Null when there is none, or when the viewer may not"
        " see it.",
        "CompetencyFrameworkBy",
        "How the revision is identified.",
    )
    competency_frameworks: Connection[CompetencyFramework] = many(
        "All revisions of competency frameworks that the viewer may see. Those in use are"
        " published."
    )


@input_type(creates=Competency)
class CompetencyInput:
    """A competency of a framework."""


@input_type(creates=CompetencyExpectation)
class CompetencyExpectationInput:
    """What is expected of a competency at a level."""


@input_type(creates=CompetencyLevel)
class CompetencyLevelInput:
    """A level of a track."""

    expectations: list[CompetencyExpectationInput] | None = input_field(
        f"What is expected, one text for a competency. At most {MAX_COMPETENCIES}. Default: none.",
        max_items=MAX_COMPETENCIES,
    )


@input_type(creates=CompetencyTrack)
class CompetencyTrackInput:
    """A career track with its levels."""

    levels: list[CompetencyLevelInput] | None = input_field(
        f"The levels from the lowest up. At most {MAX_LEVELS}. Default: none.",
        max_items=MAX_LEVELS,
    )


@input_type(creates=CompetencyFramework)
class CompetencyFrameworkCreateInput:
    """Input of `competencyFrameworkCreate`. Keys and names are unique in their list."""

    competencies: list[CompetencyInput] = input_field(
        f"The competencies in their order, 1 to {MAX_COMPETENCIES}.", max_items=MAX_COMPETENCIES
    )
    tracks: list[CompetencyTrackInput] | None = input_field(
        f"The career tracks in their order, at most {MAX_TRACKS}, with {MAX_EXPECTATIONS:,}"
        " expectations in all. Default: none.",
        max_items=MAX_TRACKS,
    )


@input_type(edits=CompetencyFramework)
class CompetencyFrameworkEditInput:
    """Input of `competencyFrameworkEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the CompetencyFramework.", id_prefix="framework")
    competencies: strawberry.Maybe[list[CompetencyInput]] = input_field(
        f"The complete new list of competencies, 1 to {MAX_COMPETENCIES}.",
        max_items=MAX_COMPETENCIES,
    )
    tracks: strawberry.Maybe[list[CompetencyTrackInput]] = input_field(
        f"The complete new list of tracks, at most {MAX_TRACKS}. Empty removes all.",
        max_items=MAX_TRACKS,
    )
    expected_version: int | None = expected_version_field()


@mutation(CompetencyFramework)
async def competency_framework_create(
    work: Work, input: CompetencyFrameworkCreateInput
) -> reviews.CompetencyFramework:
    """Create the first draft of a competency framework."""
    return await revisions.create(
        work,
        domain.CompetencyFramework,
        {
            "competencies": _list_values(input.competencies),
            "tracks": _list_tracks(input.tracks or ()),
        },
        **given_values(input, domain.CompetencyFramework),
    )


@mutation(CompetencyFramework)
async def competency_framework_edit(
    work: Work, input: CompetencyFrameworkEditInput
) -> reviews.CompetencyFramework:
    """Change a draft of a competency framework. To change a published one, revise it first."""
    framework = await work.get(
        domain.CompetencyFramework,
        input.id,
        to=domain.CompetencyFramework.EDIT,
        expected_version=input.expected_version,
    )
    content = dict[str, Any]()
    if input.competencies:
        content["competencies"] = _list_values(input.competencies.value)
    if input.tracks:
        content["tracks"] = _list_tracks(input.tracks.value)
    framework.edit(content, **given_values(input, domain.CompetencyFramework))
    return framework


def _list_values(competencies: Sequence[CompetencyInput]) -> list[dict[str, Any]]:
    return [given_values(each, domain.Competency) for each in competencies]


def _list_tracks(tracks: Sequence[CompetencyTrackInput]) -> list[dict[str, Any]]:
    return [
        given_values(each, domain.CompetencyTrack) | {"levels": _list_levels(each.levels or ())}
        for each in tracks
    ]


def _list_levels(levels: Sequence[CompetencyLevelInput]) -> list[dict[str, Any]]:
    return [
        given_values(each, domain.CompetencyLevel)
        | {
            "expectations": [
                given_values(one, domain.CompetencyExpectation) for one in each.expectations or ()
            ]
        }
        for each in levels
    ]


declare_revision_verbs(CompetencyFramework, domain.CompetencyFramework, "competency framework")
