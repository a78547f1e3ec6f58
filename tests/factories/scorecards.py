"""Scorecards for tests."""

from collections.abc import Iterable

from domain.kernel.identity import PersonId
from domain.kpis import Kpi, KpiScope, KpiScopeKind, KpiVisibility
from domain.organizations import Organization
from domain.people import Person
from domain.scorecards import Scorecard
from domain.teams import Team


def a_scorecard(
    scope: Organization | Team,
    owner: Person,
    *kpis: Kpi,
    name: str = "Network",
    visibility: KpiVisibility = KpiVisibility.TENANT,
    viewers: Iterable[Person] = (),
) -> Scorecard:
    """Build a scorecard of an organization or a team, with these KPIs."""
    scorecard = Scorecard.create(
        scope.tenant_id,
        KpiScope(KpiScopeKind(scope.NAME), scope.id),
        owner_id=owner.id,
        name=name,
        visibility=visibility,
        viewer_ids={PersonId(each.id) for each in viewers},
    )
    scorecard.set_entries([(each.id, {}) for each in kpis])
    scorecard.events.clear()
    return scorecard
