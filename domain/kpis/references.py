"""What inputs about KPIs refer to, also on scorecards and action items: units and people."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.errors import Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.unit_of_work import Work
from domain.kpis.enums import KpiScopeKind
from domain.kpis.scopes import KpiScope
from domain.organizations import Organization
from domain.people import Person
from domain.teams import Team

SCOPE_TYPES: dict[KpiScopeKind, type[Aggregate]] = {
    KpiScopeKind.ORGANIZATION: Organization,
    KpiScopeKind.TEAM: Team,
}
FORMER_SCOPES = {
    KpiScopeKind.ORGANIZATION: "This organization is closed. Choose another.",
    KpiScopeKind.TEAM: "This team has ended. Choose another.",
}


async def reference_scope(
    work: Work, scope: KpiScope, example: Aggregate, *, to: Action, path: tuple[str, ...] = ()
) -> None:
    """Check the unit of something new, of which `example` shows who may create it.

    Raises Invalid where the unit is unknown or has ended, and NotPermitted where the actor may not
    create such a thing there.
    """
    field_path = (*(path or ("scope",)), f"{scope.kind}Id")
    found: Any = await work.reference(SCOPE_TYPES[scope.kind], scope.id, *field_path)
    await work.require(example, to=to)
    if found.ends_on is not None and found.ends_on <= work.actor.today:
        raise Invalid(FORMER_SCOPES[scope.kind], *field_path)


async def reference_owner(work: Work, owner_id: UUID | None) -> None:
    """Check a new owner. Raises Invalid."""
    owner = await work.reference(Person, owner_id, "ownerId")
    if owner is not None and owner.has_left(work.actor.today):
        raise Invalid("This person has left. Choose another owner.", "ownerId")


async def reference_people(
    work: Work, ids: Collection[UUID], field: str, existing_ids: Collection[UUID] = ()
) -> None:
    """Check the people who are new in a list of ids. Raises Invalid with all faults."""
    faults = FaultCollector()
    for index, id in enumerate(ids):
        if id not in existing_ids:
            with faults.collect():
                await work.reference(Person, id, field, str(index))
    faults.raise_all()
