"""Mutations that create, edit, redefine, archive and restore KPIs."""

from collections.abc import Iterable
from datetime import date
from operator import attrgetter
from typing import Annotated
from uuid import UUID

import strawberry

from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    provided_fields,
    today_field,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.kpis.kpi import Kpi, KpiDefinition
from domain import kpis
from domain.kernel.text import fold_case
from domain.kernel.unit_of_work import Work
from domain.kpis import INPUT_ALIAS, MAX_INPUTS, KpiFrequency, KpiScope, KpiScopeKind


@input_type(one_of=True)
class KpiScopeInput:
    """What a KPI or a scorecard is about: exactly one of these."""

    organization_id: UUID | None = input_field("The organization.", id_prefix="org")
    team_id: UUID | None = input_field("The team.", id_prefix="team")


@input_type()
class KpiFormulaInputInput:
    """A name in a formula, and the KPI whose values it stands for."""

    alias: Annotated[str, INPUT_ALIAS] = input_field(
        "The name in the formula: a small letter, then small letters, digits and underscores. Not a"
        " name of a function, nor week, month, quarter, year, points, and, or, not."
    )
    kpi_id: UUID = input_field(
        "The KPI. It has the frequency of the computed KPI, or a shorter one that divides it:"
        " days fill all longer periods, months fill quarters and years, quarters fill years. A"
        " shorter one needs a `timeAggregation` other than NONE.",
        id_prefix="kpi",
    )


@input_type(creates=KpiDefinition)
class KpiDefinitionInput:
    """What the values of a KPI mean."""

    survey_schedule_id: UUID | None = input_field(
        "The schedule whose surveys the values come from. A measure of surveys needs it, no other"
        " has one. The viewer must manage surveys of its unit. Default: none.",
        id_prefix="surveyschedule",
    )
    survey_question_id: UUID | None = input_field(
        "The question of the schedule whose answers the values come from. A measure of surveys"
        " needs it, no other has one. Default: none.",
        id_prefix="bankquestion",
    )
    inputs: list[KpiFormulaInputInput] | None = input_field(
        f"The KPIs that the formula reads. It must use each of them. At most {MAX_INPUTS}.",
        max_items=MAX_INPUTS,
        unique_by=attrgetter("alias"),
    )


@input_type(creates=Kpi)
class KpiCreateInput:
    """Input of `kpiCreate`."""

    scope: KpiScopeInput = input_field("The organization or team. It never changes.")
    frequency: KpiFrequency = input_field("How long the period of one value is. It never changes.")
    definition: KpiDefinitionInput = input_field("What the values mean.")
    starts_on: date | None = today_field(
        "The first day of the first definition. Days before it have this definition, too."
        " `kpiRedefine` is refused for them: give an early day if the definition has changed"
        " since."
    )
    owner_id: UUID | None = input_field(
        "The person who answers for the KPI. Default: the viewer.", id_prefix="person"
    )
    purpose_id: UUID | None = input_field(
        "The goal that the KPI supports. It must not be a draft. Default: none.",
        id_prefix="goal",
    )
    parent_id: UUID | None = input_field(
        "The KPI that this one drives. A tree of drivers has at most 10 levels. Default: none.",
        id_prefix="kpi",
    )
    groups: list[str] | None = input_field(
        "Labels, such as Finance or Network. Each once, whatever its case. Default: none.",
        unique_by=fold_case,
    )
    viewer_ids: list[UUID] | None = input_field(
        "People who may see the KPI whatever its visibility.", id_prefix="person"
    )
    recorder_ids: list[UUID] | None = input_field(
        "People who enter the values of the KPI, and so see it whatever its visibility.",
        id_prefix="person",
    )


@input_type(edits=Kpi)
class KpiEditInput:
    """Input of `kpiEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the Kpi.", id_prefix="kpi")
    owner_id: strawberry.Maybe[UUID] = input_field(
        "The person who answers for the KPI.", id_prefix="person"
    )
    purpose_id: strawberry.Maybe[UUID | None] = input_field(
        "The goal that the KPI supports. It must not be a draft. Null removes it.",
        id_prefix="goal",
    )
    parent_id: strawberry.Maybe[UUID | None] = input_field(
        "The KPI that this one drives; not one of its own drivers. A tree of drivers has at most 10"
        " levels. Null removes it.",
        id_prefix="kpi",
    )
    groups: strawberry.Maybe[list[str]] = input_field(
        "The complete new list of labels. Each once, whatever its case. Empty removes all.",
        unique_by=fold_case,
    )
    viewer_ids: strawberry.Maybe[list[UUID]] = input_field(
        "The complete new list of viewers. Empty removes all.", id_prefix="person"
    )
    recorder_ids: strawberry.Maybe[list[UUID]] = input_field(
        "The complete new list of people who enter the values. Empty removes all.",
        id_prefix="person",
    )
    expected_version: int | None = expected_version_field()


@input_type(edits=KpiDefinition)
class KpiRedefineInput:
    """Input of `kpiRedefine`.

    Fields that are left out stay as they are on that day; null is allowed only where a field says
    so.
    """

    id: UUID = input_field("Id of the Kpi.", id_prefix="kpi")
    starts_on: date | None = today_field(
        "The first day of the new definition, not before the first definition. If a definition"
        " begins on this day, it is corrected."
    )
    survey_schedule_id: strawberry.Maybe[UUID | None] = input_field(
        "The schedule whose surveys the values come from. A measure of surveys needs it. The"
        " viewer must manage surveys of its unit. Null removes it.",
        id_prefix="surveyschedule",
    )
    survey_question_id: strawberry.Maybe[UUID | None] = input_field(
        "The question of the schedule whose answers the values come from. A measure of surveys"
        " needs it. Null removes it.",
        id_prefix="bankquestion",
    )
    inputs: strawberry.Maybe[list[KpiFormulaInputInput]] = input_field(
        f"The complete new list of KPIs that the formula reads. At most {MAX_INPUTS}. Empty removes"
        " all; remove the formula as well.",
        max_items=MAX_INPUTS,
        unique_by=attrgetter("alias"),
    )
    reason: str = input_field("Why the definition changes.")
    expected_version: int | None = expected_version_field()


@mutation(Kpi, batch="kpis")
async def kpi_create(work: Work, input: KpiCreateInput) -> kpis.Kpi:
    """Create a KPI of an organization or a team."""
    return await kpis.create(
        work,
        resolve_scope(input.scope),
        given_values(input.definition, kpis.KpiDefinition) | _pair(input.definition.inputs),
        owner_id=input.owner_id,
        purpose_id=input.purpose_id,
        parent_id=input.parent_id,
        frequency=input.frequency,
        starts_on=input.starts_on,
        **given_values(input, kpis.Kpi),
    )


@mutation(Kpi)
async def kpi_edit(work: Work, input: KpiEditInput) -> kpis.Kpi:
    """Edit a KPI: name, description, owner, purpose, parent, groups, people and visibility."""
    named = provided_fields(input, "owner_id", "purpose_id", "parent_id")
    details = given_values(input, kpis.Kpi) | named
    return await kpis.edit(work, input.id, expected_version=input.expected_version, **details)


@mutation(Kpi)
async def kpi_redefine(work: Work, input: KpiRedefineInput) -> kpis.Kpi:
    """Change what the values of a KPI mean, from a day until its next definition begins.

    Earlier days keep their definition.
    """
    return await kpis.redefine(
        work,
        input.id,
        given_values(input, kpis.KpiDefinition)
        | _pair(input.inputs.value if input.inputs else None),
        starts_on=input.starts_on,
        reason=input.reason,
        expected_version=input.expected_version,
    )


kpi_mark_seen = verb(
    Kpi,
    kpis.Kpi.MARK_SEEN,
    "Note that the viewer has looked at the KPI today; call it when a person opens the KPI. Nobody"
    " sees who has looked, only how many have: `Kpi.audience`. Not noted for the owner and for"
    " clients that are no people.",
    use_case=kpis.mark_seen,
)
kpi_archive = verb(
    Kpi,
    kpis.Kpi.ARCHIVE,
    "Put a KPI out of use. Its definitions and history stay; it cannot be changed until it is used"
    " again.",
)
kpi_restore = verb(Kpi, kpis.Kpi.RESTORE, "Use an archived KPI again.")


def resolve_scope(input: KpiScopeInput) -> KpiScope:
    """Return the organization or team that an input names."""
    if input.organization_id is not None:
        return KpiScope(KpiScopeKind.ORGANIZATION, input.organization_id)
    assert input.team_id is not None, "A @oneOf input has one field."
    return KpiScope(KpiScopeKind.TEAM, input.team_id)


def _pair(inputs: Iterable[KpiFormulaInputInput] | None) -> dict[str, list[tuple[str, UUID]]]:
    """Return the inputs of a formula as pairs; nothing where none are given."""
    return {} if inputs is None else {"inputs": [(each.alias, each.kpi_id) for each in inputs]}
