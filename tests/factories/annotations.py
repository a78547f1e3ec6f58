"""Annotations for tests."""

from collections.abc import Mapping
from datetime import date

from domain.annotations import Annotation, AnnotationScopeKind
from domain.kernel.identity import TenantId
from domain.kpis import Kpi
from domain.organizations import Organization
from domain.people import Person
from domain.teams import Team


def an_annotation(
    tenant_id: TenantId,
    author: Person,
    about: Kpi | Organization | Team | None,
    title: str = "Rain",
    starts_on: date = date(2026, 3, 2),
    last_day: date = date(2026, 3, 20),
) -> Annotation:
    """Build an annotation of a KPI, an organization, a team or the tenant."""
    kind = AnnotationScopeKind(about.NAME) if about else AnnotationScopeKind.TENANT
    scope = {"scope_kind": kind, "author_id": author.id}
    if about is not None:
        scope |= {f"{kind}_id": about.id}
    annotation = Annotation.create(
        tenant_id, scope, title=title, starts_on=starts_on, last_day=last_day
    )
    annotation.events.clear()
    return annotation


def some_annotations(
    author: Person,
    kpis: Mapping[str, Kpi],
    units: Mapping[str, Organization],
    teams: Mapping[str, Team],
) -> dict[str, Annotation]:
    """Build annotations of a company: one of each scope, and one of a KPI for named people."""
    about = {
        "of_tenant": None,
        "of_kpi": kpis["shared"],
        "of_named_kpi": kpis["named"],
        "of_unit": units["ops"],
        "of_team": teams["dispatch"],
    }
    return {name: an_annotation(author.tenant_id, author, each) for name, each in about.items()}
