"""Example aggregates for tests of the domain, and a way to expect a refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.goals import Goal, Owner, OwnerKind
from domain.kernel.access import Actor
from domain.kernel.errors import Code, Refusal
from domain.kernel.identity import OrganizationId, PersonId, TenantId, generate_id
from domain.kernel.permissions import Grant
from domain.organizations import Organization, OrganizationKind
from domain.people import Person
from domain.roles import BUILT_IN_ROLES
from domain.teams import Team
from domain.tenants import Tenant

TENANT = TenantId(UUID(int=1))
SETTINGS = Tenant.create(TENANT, name="Meridian")
TODAY = date(2025, 6, 16)
NOW = datetime(2025, 6, 16, 9, 30, tzinfo=UTC)
YEAR = timedelta(days=365)
GRANTS_BY_ROLE = {
    role.key: frozenset(Grant(permission) for permission in role.permissions)
    for role in BUILT_IN_ROLES
}


def an_actor(person: Person | None = None, role: str = "employee") -> Actor:
    return Actor(
        tenant_id=TENANT,
        today=TODAY,
        person_id=PersonId(person.id) if person else None,
        grants=GRANTS_BY_ROLE[role],
    )


def a_person(name: str = "Ada", hired_on: date = TODAY - YEAR) -> Person:
    person = Person.hire(TENANT, given_name=name, family_name="Moreau", hired_on=hired_on)
    person.events.clear()
    return person


def place(person: Person, unit: Organization | None) -> None:
    """Let the person be in a unit since the first day."""
    for job in person.jobs:
        job.organization_id = OrganizationId(unit.id) if unit else None
    person.update_directory_fields(TODAY)


def a_unit(code: str = "HQ", below: Organization | None = None) -> Organization:
    return Organization(
        tenant_id=TENANT,
        kind=OrganizationKind.DEPARTMENT,
        code=code,
        name=code,
        parent_id=OrganizationId(below.id) if below else None,
        starts_on=TODAY - YEAR,
    )


def a_team(unit: Organization | None = None) -> Team:
    unit_id = OrganizationId(unit.id if unit else generate_id())
    return Team(tenant_id=TENANT, organization_id=unit_id, name="Web", starts_on=TODAY - YEAR)


def a_draft(owner: Person | None = None, **details: object) -> Goal:
    values = {"title": "Ship on time", "due_on": TODAY + YEAR} | details
    whose = Owner(OwnerKind.PERSON, owner.id if owner else generate_id())
    goal = Goal.draft(TENANT, whose, today=TODAY, **values)
    goal.events.clear()
    return goal


def a_goal(owner: Person | None = None, **details: object) -> Goal:
    goal = a_draft(owner, **details)
    goal.activate()
    goal.events.clear()
    return goal


def a_measure(title: str = "Parcels", start: str = "0", target: str = "10") -> dict[str, Any]:
    return {"title": title, "start_value": Decimal(start), "target_value": Decimal(target)}


def days_from_today(number: int) -> date:
    return TODAY + timedelta(days=number)


def list_event_actions(aggregate: object) -> list[str]:
    return [each.action for each in aggregate.events]  # type: ignore[attr-defined]


@contextmanager
def expect_error(code: Code, *field: str) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    with pytest.raises(Refusal) as caught:
        yield caught
    assert (caught.value.code, caught.value.field) == (code, field)
