"""Reporting lines: whom somebody reports to, in which way, from when to when."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from domain.kernel.access import Via
from domain.kernel.aggregate import Part
from domain.kernel.identity import PersonId
from domain.people.visibility import SEE


class LineKind(StrEnum):
    """The primary line is the one that carries rights; dotted lines say who else gives direction."""

    PRIMARY = "primary"
    DOTTED = "dotted"


@dataclass(kw_only=True, eq=False)
class ReportingLine(Part):
    """One manager of one person for a time. An empty period was superseded before it began to count."""

    NAME = "line"
    SEE = Via("person_id", "person", SEE)

    person_id: UUID
    manager_id: PersonId
    kind: LineKind = LineKind.PRIMARY
    starts_on: date
    ends_on: date | None = None
