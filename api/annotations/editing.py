"""Mutations that create, edit and delete annotations."""

from datetime import date
from uuid import UUID

from api.annotations.annotation import Annotation
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import edit_verb, verb
from domain import annotations
from domain.annotations import AnnotationScope, AnnotationScopeKind
from domain.kernel.unit_of_work import Work


@input_type(one_of=True)
class AnnotationScopeInput:
    """What an annotation is about: exactly one of these."""

    kpi_id: UUID | None = input_field("The KPI.", id_prefix="kpi")
    organization_id: UUID | None = input_field(
        "The organization, with all units below it.", id_prefix="org"
    )
    team_id: UUID | None = input_field("The team, with all teams below it.", id_prefix="team")


@input_type(creates=Annotation)
class AnnotationCreateInput:
    """Input of `annotationCreate`."""

    scope: AnnotationScopeInput | None = input_field(
        "The KPI, organization or team. It never changes. Default: the whole tenant."
    )
    last_day: date | None = input_field("The last day. Default: the first day.")


@mutation(Annotation)
async def annotation_create(work: Work, input: AnnotationCreateInput) -> annotations.Annotation:
    """Say what happened on some days: for a KPI, an organization, a team or the whole tenant."""
    scope = _resolve_scope(input.scope)
    return await annotations.create(work, scope, **given_values(input, annotations.Annotation))


annotation_edit = edit_verb(Annotation, annotations.Annotation.EDIT, "Edit an annotation.")
annotation_delete = verb(
    Annotation,
    annotations.Annotation.DELETE,
    "Delete an annotation for good. The payload's `annotation` is null on success.",
    use_case=annotations.delete,
)


def _resolve_scope(input: AnnotationScopeInput | None) -> AnnotationScope:
    if input is None:
        return AnnotationScope(AnnotationScopeKind.TENANT)
    found = {
        AnnotationScopeKind.KPI: input.kpi_id,
        AnnotationScopeKind.ORGANIZATION: input.organization_id,
        AnnotationScopeKind.TEAM: input.team_id,
    }
    return next(AnnotationScope(kind, id) for kind, id in found.items() if id is not None)
