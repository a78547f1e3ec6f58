"""Use cases of annotations."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.annotations.model import Annotation, AnnotationScopeKind
from domain.kernel.aggregate import Aggregate
from domain.kernel.unit_of_work import Work
from domain.kpis import Kpi
from domain.organizations import Organization
from domain.teams import Team

SCOPE_TYPES: dict[AnnotationScopeKind, type[Aggregate]] = {
    AnnotationScopeKind.KPI: Kpi,
    AnnotationScopeKind.ORGANIZATION: Organization,
    AnnotationScopeKind.TEAM: Team,
}


@dataclass(frozen=True)
class AnnotationScope:
    """What an annotation is about, by kind and id; the tenant has no id."""

    kind: AnnotationScopeKind
    id: UUID | None = None


async def create(work: Work, scope: AnnotationScope, **details: Any) -> Annotation:
    """Annotate a KPI, an organization, a team or the tenant.

    Raises Invalid, and NotPermitted where the actor may not do this.
    """
    attributes: dict[str, Any] = {"scope_kind": scope.kind, "author_id": work.actor.person_id}
    about = None
    if scope.id is not None:
        kind = SCOPE_TYPES[scope.kind]
        about = await work.reference(kind, scope.id, "scope", f"{scope.kind}Id")
        attributes[f"{scope.kind}_id"] = scope.id
    example = Annotation(
        tenant_id=work.actor.tenant_id,
        title="",
        starts_on=work.actor.today,
        last_day=work.actor.today,
        **attributes,
    )
    setattr(example, scope.kind, about)
    await work.require(example, to=Annotation.CREATE)
    annotation = Annotation.create(work.actor.tenant_id, attributes, **details)
    setattr(annotation, scope.kind, about)
    await work.add(annotation, to=Annotation.CREATE)
    return annotation


async def delete(work: Work, id: UUID, *, expected_version: int | None = None) -> Annotation:
    """Delete an annotation. Raises what `Work.get` raises."""
    annotation = await work.get(
        Annotation, id, to=Annotation.DELETE, expected_version=expected_version
    )
    annotation.record_event("deleted")
    await work.remove(annotation)
    return annotation
