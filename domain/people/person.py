"""A person: who somebody is, where they work, and since when."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import OrganizationId
from domain.people import visibility
from domain.people.employment import Employment, Leave, PersonReference
from domain.people.reporting_lines import ReportingLine


@dataclass(kw_only=True, eq=False)
class Person(Aggregate):
    """Somebody who works, will work or has worked for the tenant.

    `hired_on` and `left_on` repeat the dates of the latest employment.
    """

    NAME = "person"
    PLACE = visibility.PLACE
    SEE = visibility.SEE
    SEE_EMPLOYMENT: ClassVar = visibility.SEE_EMPLOYMENT
    GUARDED: ClassVar = dict.fromkeys(
        ("hired_on", "left_on", "employee_number", "employments", "leaves", "references"),
        visibility.SEE_EMPLOYMENT,
    )
    HISTORY = visibility.HISTORY
    HIRE: ClassVar = Action("hire", visibility.EDIT & visibility.EMPLOY)
    EDIT: ClassVar = Action("edit", visibility.EDIT)
    ASSIGN_MANAGER: ClassVar = Action("assign_manager", visibility.EDIT)
    END_LINE: ClassVar = Action("end_line", visibility.EDIT)
    RENUMBER: ClassVar = Action("renumber", visibility.EMPLOY)
    REFER: ClassVar = Action("refer", visibility.EMPLOY)
    START_LEAVE: ClassVar = Action("start_leave", visibility.EMPLOY)
    RETURN_FROM_LEAVE: ClassVar = Action("return_from_leave", visibility.EMPLOY)
    LEAVE: ClassVar = Action("leave", visibility.EMPLOY)
    STAY: ClassVar = Action("stay", visibility.EMPLOY)
    REHIRE: ClassVar = Action("rehire", visibility.EMPLOY)
    ACTIONS = (EDIT, ASSIGN_MANAGER, END_LINE, RENUMBER, REFER, START_LEAVE, RETURN_FROM_LEAVE)
    ACTIONS += (LEAVE, STAY, REHIRE)
    SEARCH = ("name", "given_name", "family_name", "work_email")

    given_name: str
    family_name: str
    name: str
    work_email: str | None = None
    employee_number: str | None = None
    job_title: str | None = None
    level: str | None = None
    location: str | None = None
    time_zone: str | None = None
    organization_id: OrganizationId | None = None
    hired_on: date
    left_on: date | None = None
    employments: list[Employment] = field(default_factory=list)
    leaves: list[Leave] = field(default_factory=list)
    references: list[PersonReference] = field(default_factory=list)
    lines: list[ReportingLine] = field(default_factory=list)
