"""Use cases of organizations: changes to their tree, and values that must be unique."""

from datetime import date
from typing import Any
from uuid import UUID

from domain.kernel import external_references
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.fields import check_fields, new_values
from domain.kernel.identity import OrganizationId
from domain.kernel.periods import new_period
from domain.kernel.unit_of_work import Work
from domain.organizations.model import (
    Organization,
    OrganizationKind,
    OrganizationReference,
)


async def create(
    work: Work,
    *,
    parent_id: UUID | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    **details: Any,
) -> Organization:
    """Create a unit. Raises Invalid (NOT_UNIQUE for a code in use) and NotPermitted."""
    await work.lock_tree(Organization.NAME)
    parent = await work.reference(Organization, parent_id, "parentId")
    await _require_place(work, parent)
    ensure_open(parent, work.actor.today, "parentId")
    period = new_period(starts_on or work.actor.today, ends_on)
    organization = Organization(
        tenant_id=work.actor.tenant_id,
        parent_id=OrganizationId(parent.id) if parent else None,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        **new_values(Organization, details),
    )
    organization.record_event("created")
    await _ensure_unique_code(work, organization.code)
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
            await _ensure_unique_code(work, code)
    organization.edit(**details)
    return organization


async def move(
    work: Work, id: UUID, *, parent_id: UUID | None, expected_version: int | None = None
) -> Organization:
    """Move a unit below another one, or to the top.

    Raises what `Work.get` raises, NotPermitted where the actor may not create units there, and
    Invalid (REFERENCE_NOT_FOUND, REFERENCE_CYCLE).
    """
    await work.lock_tree(Organization.NAME)
    organization = await work.get(
        Organization, id, to=Organization.MOVE, expected_version=expected_version
    )
    parent = await work.reference(Organization, parent_id, "parentId")
    await _require_place(work, parent)
    ensure_open(parent, work.actor.today, "parentId")
    parent_ancestors = await work.ancestors(Organization, parent.id) if parent else ()
    organization.move(OrganizationId(parent.id) if parent else None, parent_ancestors)
    return organization


async def close(
    work: Work, id: UUID, *, ends_on: date | None = None, expected_version: int | None = None
) -> Organization:
    """Close a unit, by default today.

    Raises what `Work.get` raises, Invalid, and StateConflict while units below it are open.
    """
    await work.lock_tree(Organization.NAME)
    await work.lock_value(Organization.NAME, str(id))
    organization = await work.get(
        Organization, id, to=Organization.CLOSE, expected_version=expected_version
    )
    if await work.count(Organization, parent_id=organization.id, ends_on=None):
        raise StateConflict("There are open units below this one. Move or close them first.")
    organization.close(ends_on or work.actor.today)
    return organization


async def add_external_reference(
    work: Work,
    id: UUID,
    source: str,
    external_id: str,
    *,
    expected_version: int | None = None,
) -> Organization:
    """Record the id of a unit in another system. Raises what `Work.get` raises, and Invalid."""
    organization = await work.get(
        Organization, id, to=Organization.ADD_EXTERNAL_REFERENCE, expected_version=expected_version
    )
    own_references = organization.references
    await external_references.ensure_unique_reference(
        work, OrganizationReference, own_references, source, external_id, "reference"
    )
    organization.add_external_reference(source, external_id, "reference")
    return organization


async def reference_place(work: Work, id: UUID | None, *field: str) -> Organization | None:
    """Load the unit that something is placed in, which stays as it is until the end.

    It cannot be closed by another transaction before this one is committed. Raises Invalid.
    """
    if id is not None:
        await work.lock_value(Organization.NAME, str(id))
    return await work.reference(Organization, id, *field)


def ensure_open(unit: Organization | None, today: date, *field: str) -> None:
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


async def _ensure_unique_code(work: Work, code: str) -> None:
    if await work.find(Organization, code=code):
        raise Invalid("Another unit has this code. Choose another.", "code", code=Code.NOT_UNIQUE)
