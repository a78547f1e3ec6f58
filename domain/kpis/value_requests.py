"""Requests for values: who is asked for the next value of a KPI, and by which day."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.kernel.aggregate import Part
from domain.kernel.identity import PersonId
from domain.kernel.todos import MayBeTodo, TaskKind, Todo


@dataclass(kw_only=True, eq=False)
class KpiValueRequest(Part, MayBeTodo):
    """The day by which a value of a KPI is due, for a person who enters its values.

    A worker stores it, because SQL knows no public holidays. With `is_asked` it is a to-do.
    """

    NAME = "kpi_value_request"
    kpi_id: UUID
    person_id: PersonId
    period_ordinal: int
    due_on: date
    is_asked: bool = False

    @property
    def subject(self) -> tuple[str, UUID]:
        """The KPI, as the object of the to-do."""
        return "kpi", self.kpi_id

    def find_todo(self) -> Todo | None:
        """Return the to-do of a person who is asked."""
        return Todo(self.person_id, self.due_on, TaskKind.KPI_VALUE) if self.is_asked else None
