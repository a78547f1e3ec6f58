"""People for tests."""

from datetime import date
from itertools import count

from domain.kernel.identity import OrganizationId, PersonId, TenantId
from domain.organizations import Organization
from domain.people import Employment, LineKind, Person, ReportingLine

_employee_numbers = count(1)


def a_person(  # noqa: PLR0917 - what a test is about, in order
    tenant_id: TenantId,
    given_name: str = "Mara",
    family_name: str = "Okafor",
    organization: Organization | None = None,
    work_email: str | None = None,
    hired_on: date = date(2020, 1, 1),
    left_on: date | None = None,
) -> Person:
    """Build an employed person."""
    person = Person(
        tenant_id=tenant_id,
        given_name=given_name,
        family_name=family_name,
        name=f"{given_name} {family_name}",
        work_email=work_email,
        employee_number=f"E{next(_employee_numbers)}",
        organization_id=OrganizationId(organization.id) if organization else None,
        hired_on=hired_on,
        left_on=left_on,
    )
    person.employments.append(
        Employment(tenant_id=tenant_id, person_id=person.id, hired_on=hired_on, left_on=left_on)
    )
    return person


def add_reporting_line(
    person: Person,
    manager: Person,
    starts_on: date = date(2020, 1, 1),
    ends_on: date | None = None,
    kind: LineKind = LineKind.PRIMARY,
) -> ReportingLine:
    """Add a reporting line from a person to a manager."""
    line = ReportingLine(
        tenant_id=person.tenant_id,
        person_id=person.id,
        manager_id=PersonId(manager.id),
        kind=kind,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    person.lines.append(line)
    return line
