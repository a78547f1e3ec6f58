"""Mutations that write review cycles down."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Any
from uuid import UUID

import strawberry

from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.reviews.cycles import (
    ReviewCycle,
    ReviewCycleDirection,
    ReviewCycleGroup,
    ReviewCycleGroupPhase,
    ReviewCyclePhase,
    ReviewCycleSelection,
)
from domain.kernel.unit_of_work import Work
from domain.people import EmploymentType
from domain.reviews import ReviewDirection, cycles
from domain.reviews.cycles import (
    MAX_GROUPS,
    MAX_SELECTIONS,
    MAX_UNITS,
    ReviewPhaseKind,
)
from domain.reviews.cycles.reminder_rules import ReminderDays
from domain.reviews.nominations import ReviewNominator

ABOUT_UNITS = "The units in the population, with what is below them; all lie in the cycle's unit."
ABOUT_CONTRACTS = "The kinds of contracts in the population."
ABOUT_REMINDERS = (
    "How many days before something is due people are reminded of it, on the next working"
    " day where they work. Empty for no such reminders."
)
ABOUT_DIRECTIONS = "The directions in which reviews are written, at least one, each once."
ABOUT_PHASES = (
    "The phases in their order, at least one, each once. A phase starts and ends no earlier than"
    " the one before it."
)
ABOUT_GROUPS = (
    "Groups of people whose reviews have days of their own. Of several groups that fit a person,"
    " the first one counts."
)
ABOUT_SELECTIONS = "People who are added or excluded by hand, each once."


@input_type(creates=ReviewCycleDirection)
class ReviewCycleDirectionInput:
    """A direction in which forms are written, and their template."""

    template_id: UUID = input_field(
        "A published template that is meant for this direction.",
        id_prefix="reviewtemplate",
    )
    nominators: list[ReviewNominator] | None = input_field(
        "Who nominates the writers, for PEER, UPWARD and EXTRA. Default: the manager and HR; with"
        " UPWARD nobody, so that all direct reports write.",
        max_items=len(ReviewNominator),
    )


@input_type(creates=ReviewCyclePhase)
class ReviewCyclePhaseInput:
    """The days of a phase."""


@input_type(creates=ReviewCycleGroupPhase)
class ReviewCycleGroupPhaseInput:
    """The days of a phase for a group."""


@input_type(creates=ReviewCycleGroup)
class ReviewCycleGroupInput:
    """People whose reviews have days of their own. At least one condition is needed."""

    organization_id: UUID | None = input_field(
        "They work in this unit or below, which lies in the cycle's unit. Default: any.",
        id_prefix="org",
    )
    employment_types: list[EmploymentType] | None = input_field(
        "They work under one of these contracts. Default: any.", max_items=len(EmploymentType)
    )
    phases: list[ReviewCycleGroupPhaseInput] = input_field(
        "The days of their own, at least of one phase of the cycle. With those of the cycle, a"
        " phase starts and ends no earlier than the one before it.",
        max_items=len(ReviewPhaseKind),
        unique_by=attrgetter("kind"),
    )


@input_type(creates=ReviewCycleSelection)
class ReviewCycleSelectionInput:
    """A person who is added to the population by hand, or excluded from it."""

    person_id: UUID = input_field("The person.", id_prefix="person")


@input_type(creates=ReviewCycle)
class ReviewCycleCreateInput:
    """Input of `reviewCycleCreate`."""

    organization_id: UUID | None = input_field(
        "The unit whose people are reviewed. It never changes. Default: the whole tenant.",
        id_prefix="org",
    )
    scale_id: UUID | None = input_field(
        "The scale of the overall level, published. Default: no overall level.",
        id_prefix="ratingscale",
    )
    score_rule_id: UUID | None = input_field(
        "The rule of the scores, in the revision that is in force on the last day. It is for the"
        " scale in `scaleId`. Default: no scores.",
        id_prefix="scorerule",
    )
    unit_ids: list[UUID] | None = input_field(
        f"{ABOUT_UNITS} Default: no restriction.", id_prefix="org", max_items=MAX_UNITS
    )
    employment_types: list[EmploymentType] | None = input_field(
        f"{ABOUT_CONTRACTS} Default: no restriction.", max_items=len(EmploymentType)
    )
    reminder_days: list[int] | None = input_field(
        f"{ABOUT_REMINDERS} Default: 14, 7 and 3.", max_items=ReminderDays.maximum
    )
    appeal_days: int | None = input_field(
        "For how many days after sharing people may appeal; 0 for no appeals. Default:"
        " `Tenant.appealDays`."
    )
    directions: list[ReviewCycleDirectionInput] = input_field(
        ABOUT_DIRECTIONS, max_items=len(ReviewDirection), unique_by=attrgetter("direction")
    )
    phases: list[ReviewCyclePhaseInput] = input_field(
        ABOUT_PHASES, max_items=len(ReviewPhaseKind), unique_by=attrgetter("kind")
    )
    groups: list[ReviewCycleGroupInput] | None = input_field(
        f"{ABOUT_GROUPS} Default: none.", max_items=MAX_GROUPS, unique_by=attrgetter("name")
    )
    selections: list[ReviewCycleSelectionInput] | None = input_field(
        f"{ABOUT_SELECTIONS} Default: none.",
        max_items=MAX_SELECTIONS,
        unique_by=attrgetter("person_id"),
    )


@input_type(edits=ReviewCycle)
class ReviewCycleEditInput:
    """Input of `reviewCycleEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the ReviewCycle.", id_prefix="reviewcycle")
    scale_id: strawberry.Maybe[UUID | None] = input_field(
        "The scale of the overall level, published. Null for no overall level.",
        id_prefix="ratingscale",
    )
    score_rule_id: strawberry.Maybe[UUID | None] = input_field(
        "The rule of the scores, in the revision that is in force on the last day. Null for no"
        " scores.",
        id_prefix="scorerule",
    )
    unit_ids: strawberry.Maybe[list[UUID]] = input_field(
        f"{ABOUT_UNITS} Empty removes the restriction.", id_prefix="org", max_items=MAX_UNITS
    )
    employment_types: strawberry.Maybe[list[EmploymentType]] = input_field(
        f"{ABOUT_CONTRACTS} Empty removes the restriction.", max_items=len(EmploymentType)
    )
    reminder_days: strawberry.Maybe[list[int]] = input_field(
        ABOUT_REMINDERS, max_items=ReminderDays.maximum
    )
    directions: strawberry.Maybe[list[ReviewCycleDirectionInput]] = input_field(
        f"The complete new list. {ABOUT_DIRECTIONS}",
        max_items=len(ReviewDirection),
        unique_by=attrgetter("direction"),
    )
    phases: strawberry.Maybe[list[ReviewCyclePhaseInput]] = input_field(
        f"The complete new list. {ABOUT_PHASES}",
        max_items=len(ReviewPhaseKind),
        unique_by=attrgetter("kind"),
    )
    groups: strawberry.Maybe[list[ReviewCycleGroupInput]] = input_field(
        f"The complete new list. {ABOUT_GROUPS}",
        max_items=MAX_GROUPS,
        unique_by=attrgetter("name"),
    )
    selections: strawberry.Maybe[list[ReviewCycleSelectionInput]] = input_field(
        f"The complete new list. {ABOUT_SELECTIONS}",
        max_items=MAX_SELECTIONS,
        unique_by=attrgetter("person_id"),
    )
    expected_version: int | None = expected_version_field()


@mutation(ReviewCycle)
async def review_cycle_create(work: Work, input: ReviewCycleCreateInput) -> cycles.ReviewCycle:
    """Draft a review cycle. Nobody has to do anything before it is launched."""
    content = {
        "directions": list_values(input.directions, cycles.ReviewCycleDirection),
        "phases": list_values(input.phases, cycles.ReviewCyclePhase),
        "groups": _list_groups(input.groups or ()),
        "selections": list_values(input.selections or (), cycles.ReviewCycleSelection),
    }
    return await cycles.create(
        work,
        content,
        organization_id=input.organization_id,
        **given_values(input, cycles.ReviewCycle),
    )


@mutation(ReviewCycle)
async def review_cycle_edit(work: Work, input: ReviewCycleEditInput) -> cycles.ReviewCycle:
    """Change a draft of a review cycle."""
    kinds = {
        "directions": cycles.ReviewCycleDirection,
        "phases": cycles.ReviewCyclePhase,
        "selections": cycles.ReviewCycleSelection,
    }
    given = {name: getattr(input, name) for name in kinds}
    groups = {} if input.groups is None else {"groups": _list_groups(input.groups.value)}
    content = {
        name: list_values(each.value, kinds[name])
        for name, each in given.items()
        if each is not None
    } | groups
    return await cycles.edit(
        work,
        input.id,
        content,
        expected_version=input.expected_version,
        **given_values(input, cycles.ReviewCycle),
    )


def _list_groups(rows: Iterable[ReviewCycleGroupInput]) -> list[dict[str, Any]]:
    return [
        given_values(each, cycles.ReviewCycleGroup)
        | {"phases": list_values(each.phases, cycles.ReviewCycleGroupPhase)}
        for each in rows
    ]


def list_values(rows: Iterable[object], kind: type) -> list[dict[str, Any]]:
    """Return the given attributes of parts."""
    return [given_values(each, kind) for each in rows]
