"""Self-appointment: changes by which an actor would get rights that the actor does not hold.

A tenant may allow them, with a reason that the audit log shows. A tenant may also allow granting to
others what one does not hold.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from domain.kernel.access import Actor, AllOf, Holds, Leads, OwnerAttributes, Rule
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, get_kind
from domain.kernel.errors import Code, Invalid, NotPermitted
from domain.kernel.fields import MultiLine
from domain.kernel.identity import OrganizationId
from domain.kernel.permissions import Grant, Permission, Population
from domain.kernel.unit_of_work import Work
from domain.tenants import Tenant

REASON = MultiLine("The reason", max_length=1_000)
REASON_FIELD = "selfAppointmentReason"
KPI = "kpi"
"""The NAME of the concept that a grant may name. It is looked up, because KPIs import people."""
SELF_APPOINTED = "self_appointed"
"""The event that the audit log shows beside the change itself."""

LEAD = Action("lead", Leads(OwnerAttributes(team="id")))
"""Leading a team or a team above it; no permission confers the same."""


@dataclass(frozen=True)
class _Place:
    """The organization that a grant is limited to; None is the whole tenant."""

    organization_id: UUID | None


async def authorize(work: Work, aggregate: Aggregate, reason: str | None, *field: str) -> None:
    """Record a change of this aggregate as a self-appointment, if the tenant allows one.

    `reason` is a result of `check_reason`. Raises NotPermitted with SELF_APPOINTMENT, and Invalid
    without a reason.
    """
    tenant = await _load_tenant(work)
    if not (tenant and tenant.allows_self_appointment):
        raise NotPermitted(
            "You would give yourself rights that you do not hold. Ask somebody who holds them.",
            *field,
            code=Code.SELF_APPOINTMENT,
        )
    if reason is None:
        message = "The reason is missing. Write why you give yourself these rights."
        raise Invalid(message, REASON_FIELD, code=Code.REQUIRED)
    aggregate.record_event(SELF_APPOINTED, reason=reason)


def check_reason(reason: str | None) -> str | None:
    """Return the trimmed reason, or None for an empty one. Raises Invalid.

    For each change that takes a reason, also where none is needed.
    """
    return REASON.check(reason, REASON_FIELD)


async def find_unheld(
    work: Work, grants: Iterable[Grant], within: OrganizationId | None = None
) -> int | None:
    """Return the index of the first grant that the actor does not hold as widely, or None.

    `within` is the organization that an assignment limits the grants to. What the actor holds until
    some day only does not count: otherwise a right could be given on before it ends.
    """
    with _without_temporary_grants(work):
        for index, grant in enumerate(grants):
            if not await _is_held(work, grant, within):
                return index
    return None


def list_lasting(actor: Actor) -> frozenset[Grant]:
    """Return the grants of an actor that have no end, which alone may be given on."""
    return actor.grants - actor.temporary_grants


@contextmanager
def _without_temporary_grants(work: Work) -> Iterator[None]:
    """Let rules see only the grants of the actor that have no end."""
    actor = work.actor
    if actor.temporary_grants:
        work.actor = replace(actor, grants=list_lasting(actor), temporary_grants=frozenset())
    try:
        yield
    finally:
        work.actor = actor


async def require_policy_for_unheld(work: Work, *field: str) -> None:
    """Refuse to grant others what the actor does not hold, unless the tenant allows it.

    Raises NotPermitted.
    """
    tenant = await _load_tenant(work)
    if not (tenant and tenant.allows_granting_unheld):
        raise NotPermitted(
            "This grants permissions that you do not hold, or hold for fewer people or objects. Ask"
            " somebody who holds them, or let an administrator set `allowsGrantingUnheld`.",
            *field,
        )


def list_permissions(actor: Actor, population: Population) -> Collection[Permission]:
    """Return the permissions that the actor holds over such a population, limited or not."""
    return sorted({each.permission for each in actor.grants if each.population is population})


def hold_all(permissions: Iterable[Permission], over: OwnerAttributes) -> Rule:
    """Return the rule of holding all these permissions over such rows."""
    return AllOf(tuple(Holds(each, over=over) for each in permissions))


async def _is_held(work: Work, grant: Grant, within: OrganizationId | None) -> bool:
    """Return whether what the actor holds covers everything that the grant would.

    Populations such as a reporting chain differ from member to member, so only everyone or an
    organization covers them. A grant of one KPI is held by who may record its values.
    """
    if grant.kpi_id is not None:
        kind: Any = get_kind(KPI)
        kpi = await work.find(kind, id=grant.kpi_id)
        return kpi is not None and await work.is_permitted(kpi, to=kind.RECORD)
    over = OwnerAttributes(organization="organization_id")
    action = Action("grant", Holds(grant.permission, over=over))
    limits = {grant.organization_id, within} - {None} or {None}
    for each in limits:
        if await work.is_permitted(_Place(each), to=action):
            return True
    return False


async def _load_tenant(work: Work) -> Tenant | None:
    return await work.find(Tenant, id=UUID(str(work.actor.tenant_id)))
