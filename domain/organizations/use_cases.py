"""Use cases of organizations: changes to their tree, and values that must be unique."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from domain.kernel.errors import Invalid
from domain.kernel.faults import raise_faults
from domain.kernel.fields import check_fields, new_values
from domain.kernel.identity import OrganizationId
from domain.kernel.nesting import new_period_inside
from domain.kernel.unique_claims import UniqueClaim, UniqueField
from domain.kernel.uniqueness import ensure_unique
from domain.kernel.unit_of_work import Work
from domain.organizations.model import (
    UNIT_IN_UNIT,
    Organization,
    OrganizationKind,
)

UNIQUE_CODE = UniqueField(Organization, "code", "unit", "code", "code")


async def create(
    work: Work,
    *,
    parent_id: UUID | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    **details: Any,
) -> Organization:
    """Create a unit inside the dates of its parent.

    Raises Invalid (NOT_UNIQUE for a code in use) and NotPermitted.
    """
    await work.lock_tree(Organization.NAME)
    parent = await work.reference(Organization, parent_id, "parentId")
    await _require_place(work, parent)
    ensure_not_over(parent, work.actor.today, "parentId")
    period = new_period_inside(starts_on or work.actor.today, ends_on, (UNIT_IN_UNIT, parent))
    organization = Organization(
        tenant_id=work.actor.tenant_id,
        parent_id=OrganizationId(parent.id) if parent else None,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        **new_values(Organization, details),
    )
    organization.record_event("created")
    await _ensure_unique_code(work, organization, organization.code)
    await work.add(organization, to=Organization.CREATE)
    return organization


async def edit(
    work: Work,
    id: UUID,
    *,
    expected_version: int | None = None,
    **details: Any,
) -> Organization:
    """Change the kind, code or name of a unit. Raises what `Work.get` raises, and Invalid."""
    organization = await work.get(
        Organization, id, to=Organization.EDIT, expected_version=expected_version
    )
    if "code" in details:
        code = check_fields(Organization, {"code": details["code"]})["code"]
        if code != organization.code:
            await _ensure_unique_code(work, organization, code)
    organization.edit(**details)
    return organization


async def move(
    work: Work, id: UUID, *, parent_id: UUID | None, expected_version: int | None = None
) -> Organization:
    """Move a unit below another one that exists as long, or to the top.

    Raises what `Work.get` raises, NotPermitted where the actor may not create units there, and
    Invalid (REFERENCE_NOT_FOUND, REFERENCE_CYCLE).
    """
    await work.lock_tree(Organization.NAME)
    organization = await work.get(
        Organization, id, to=Organization.MOVE, expected_version=expected_version
    )
    parent = await work.reference(Organization, parent_id, "parentId")
    await _require_place(work, parent)
    ensure_not_over(parent, work.actor.today, "parentId")
    raise_faults(UNIT_IN_UNIT.find_misfits(organization, parent))
    parent_ancestors = await work.ancestors(Organization, parent.id) if parent else ()
    organization.move(OrganizationId(parent.id) if parent else None, parent_ancestors)
    return organization


async def close(
    work: Work, id: UUID, *, ends_on: date | None = None, expected_version: int | None = None
) -> Organization:
    """Close a unit, by default today, or set another end within that of the unit above.

    Raises what `get_to_close` raises.
    """
    ends_on = work.actor.today if ends_on is None else ends_on
    organization = await get_to_close(work, id, ends_on, expected_version=expected_version)
    organization.close(ends_on)
    return organization


async def get_to_close(
    work: Work, id: UUID, ends_on: date, *, expected_version: int | None = None
) -> Organization:
    """Load a unit that may get this end, as far as other units matter; nothing is placed in it.

    Raises what `Work.get` raises, StateConflict while units below it are open, and Invalid where
    they end later, or the unit above ends before.
    """
    await work.lock_tree(Organization.NAME)
    await hold_open(work, id)
    organization = await work.get(
        Organization, id, to=Organization.CLOSE, expected_version=expected_version
    )
    await UNIT_IN_UNIT.ensure_none_outlasts(work, organization, ends_on)
    await UNIT_IN_UNIT.ensure_end_inside(work, organization, ends_on)
    return organization


async def reopen(work: Work, id: UUID, *, expected_version: int | None = None) -> Organization:
    """Remove the end of a unit.

    Raises what `Work.get` raises, and StateConflict where it has no end, or the unit above has one.
    """
    await work.lock_tree(Organization.NAME)
    organization = await work.get(
        Organization, id, to=Organization.REOPEN, expected_version=expected_version
    )
    await UNIT_IN_UNIT.ensure_reopenable(work, organization)
    organization.reopen()
    return organization


async def reference_place(work: Work, id: UUID | None, *field: str) -> Organization | None:
    """Load the unit that something is placed in, which stays as it is until the end.

    It cannot be closed by another transaction before this one is committed. Raises Invalid.
    """
    if id is not None:
        await hold_open(work, id)
    return await work.reference(Organization, id, *field)


async def hold_open(work: Work, id: UUID) -> None:
    """Let no other transaction close the unit, or place anything in it, until this one ends."""
    await work.lock_value(Organization.NAME, str(id))


def ensure_open(unit: Organization | None, today: date, *field: str) -> None:
    """Raise Invalid where a unit that people are placed in has ended, or will end.

    People stay in a unit until they are moved, so it gets no end while they are there.
    """
    ensure_not_over(unit, today, *field)
    if unit is not None and unit.ends_on is not None:
        last_day = unit.ends_on - timedelta(days=1)
        raise Invalid(f"This unit ends on {last_day}. Choose another, or reopen it.", *field)


def ensure_not_over(unit: Organization | None, today: date, *field: str) -> None:
    """Raise Invalid where a unit that an input refers to has ended."""
    if unit is not None and unit.ends_on is not None and unit.ends_on <= today:
        raise Invalid("This unit has ended. Choose another, or reopen it.", *field)


async def _require_place(work: Work, parent: Organization | None) -> None:
    """Raise NotPermitted where the actor may not create units below this one."""
    place = Organization(
        tenant_id=work.actor.tenant_id,
        kind=OrganizationKind.SITE,
        code="",
        name="",
        parent_id=OrganizationId(parent.id) if parent else None,
        starts_on=work.actor.today,
    )
    await work.require(place, to=Organization.CREATE)


async def _ensure_unique_code(work: Work, organization: Organization, code: str) -> None:
    """Raise Invalid where another unit has this code, in any case."""
    await ensure_unique(work, UniqueClaim(UNIQUE_CODE, organization, code))
