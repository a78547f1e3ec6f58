"""Reporting lines: the primary and the dotted managers of a person, each for a period."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.access import HasStarted, InheritedFrom
from domain.kernel.aggregate import Part
from domain.kernel.fields import PERIOD_END
from domain.kernel.identity import PersonId
from domain.kernel.periods import Period
from domain.people.policy import SEE, SEE_PLANNED

SEE_PLANNED_OF_PERSON = InheritedFrom("person_id", "person", SEE_PLANNED)


class LineKind(StrEnum):
    """The kind of a line. Rights follow from primary lines only."""

    PRIMARY = "primary"
    DOTTED = "dotted"


@dataclass(kw_only=True, eq=False)
class ReportingLine(Part):
    """One manager of one person for a period. A line with an empty period was replaced."""

    NAME = "line"
    SEE = (
        HasStarted("starts_on") & InheritedFrom("person_id", "person", SEE) | SEE_PLANNED_OF_PERSON
    )
    GUARDED: ClassVar = {"ends_on": HasStarted("ends_on") | SEE_PLANNED_OF_PERSON}

    person_id: UUID
    manager_id: PersonId
    kind: LineKind = LineKind.PRIMARY
    starts_on: date
    ends_on: Annotated[date | None, PERIOD_END] = None

    @property
    def period(self) -> Period:
        """The days of the line."""
        return Period(self.starts_on, self.ends_on)

    @property
    def is_superseded(self) -> bool:
        """Whether the line covers no day, because another line replaced it on its first one."""
        return self.ends_on == self.starts_on

    def find_conflicts(self, lines: Iterable["ReportingLine"]) -> list["ReportingLine"]:
        """Return the lines that conflict with this one, in the order of their start.

        A person has one primary manager at a time, and one dotted line to the same manager.
        """
        return sorted(
            (
                each
                for each in lines
                if each is not self
                and each.kind == self.kind
                and not each.is_superseded
                and (self.kind is LineKind.PRIMARY or each.manager_id == self.manager_id)
            ),
            key=lambda each: each.starts_on,
        )


def find_active_line(lines: Iterable[ReportingLine], day: date) -> ReportingLine | None:
    """Return the first of these lines that is active on that day, or None."""
    return next((each for each in lines if each.period.covers(day)), None)
