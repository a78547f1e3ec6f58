"""A person's reporting lines."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.identity import PersonId
from domain.people.employed_person import EmployedPerson
from domain.people.employment import Employment, end_with_departure
from domain.people.reporting_lines import LineKind, ReportingLine, find_active_line


@dataclass(kw_only=True, eq=False)
class ReportingPerson(EmployedPerson):
    """The part of a person that concerns managers.

    `lines` are whom the person reports to, and never who reports to them.
    """

    lines: list[ReportingLine] = field(default_factory=list)

    def get_manager_id(self, day: date) -> PersonId | None:
        """Return the primary manager on that day, or None. Leavers have none.

        The departure of the manager, which ends the line as well, is not known here.
        """
        if self.has_left(day):
            return None
        line = self.find_primary_line(day)
        return line.manager_id if line else None

    def find_primary_line(self, day: date) -> ReportingLine | None:
        """Return the line to the primary manager on that day, or None."""
        return find_active_line((each for each in self.lines if each.kind is LineKind.PRIMARY), day)

    def assign_manager(
        self,
        manager_id: PersonId,
        *,
        kind: LineKind = LineKind.PRIMARY,
        starts_on: date,
        today: date,
    ) -> ReportingLine:
        """Create a reporting line from today or later, until the next planned line starts.

        The first line may start as early as the first employment that the actor may see. If the new
        line replaces another one on its first day, the replaced line is stored with an empty
        period. A line to the same manager continues instead. Raises Invalid.
        """
        line = self.plan_reporting_line(manager_id, kind=kind, starts_on=starts_on, today=today)
        return self.add_reporting_line(line)

    def add_reporting_line(self, line: ReportingLine) -> ReportingLine:
        """Add a line that `plan_reporting_line` has returned, as `assign_manager` does."""
        starts_on = line.starts_on
        current = find_active_line(line.find_conflicts(self.lines), starts_on)
        if current is not None and current.manager_id == line.manager_id:
            if current.ends_on == line.ends_on:
                return current
            current.ends_on = line.ends_on
            line = current
        else:
            if current is not None:
                current.ends_on = starts_on
            self.lines.append(line)
        self.record_event("manager_assigned", effective_on=starts_on)
        return line

    def plan_reporting_line(
        self, manager_id: PersonId, *, kind: LineKind, starts_on: date, today: date
    ) -> ReportingLine:
        """Return the line that assigning this manager would create. Raises Invalid."""
        if manager_id == self.id:
            raise Invalid(
                "Nobody reports to themselves. Choose somebody else.",
                "managerId",
                code=Code.REFERENCE_CYCLE,
            )
        line = ReportingLine(
            tenant_id=self.tenant_id,
            person_id=self.id,
            manager_id=manager_id,
            kind=kind,
            starts_on=starts_on,
        )
        conflicts = line.find_conflicts(self.lines)
        first_hired_on = min((each.hired_on for each in self.employments), default=today)
        self._check_line_start(
            starts_on, max(today, first_hired_on) if conflicts else first_hired_on
        )
        line.ends_on = min(
            (each.starts_on for each in conflicts if each.starts_on > starts_on), default=None
        )
        return line

    def end_reporting_line(self, line_id: UUID, *, ends_on: date, today: date) -> ReportingLine:
        """End a reporting line today or later, without a new manager.

        A line that has not started is cancelled by ending it on its first day. Raises Invalid.
        """
        line = self.get_line(line_id)
        has_ended = line.ends_on is not None and line.ends_on < ends_on
        if has_ended or ends_on < max(today, line.starts_on):
            raise Invalid(
                "A line ends today or later, and not after its last day. Choose another day.",
                "endsOn",
                code=Code.OUT_OF_RANGE,
            )
        if line.ends_on != ends_on:
            line.ends_on = ends_on
            self.record_event("line_ended", effective_on=ends_on)
        return line

    def get_line(self, line_id: UUID) -> ReportingLine:
        """Return one of the lines. Raises Invalid with REFERENCE_NOT_FOUND."""
        line = next((each for each in self.lines if each.id == line_id), None)
        if line is None:
            raise Invalid(
                "The person has no such reporting line. Look at their lines again.",
                "lineId",
                code=Code.REFERENCE_NOT_FOUND,
            )
        return line

    def has_line_to(self, manager_id: PersonId, since: date, until: date = date.max) -> bool:
        """Return whether a primary line to this manager runs on some day of these."""
        return any(
            each.starts_on <= until and (each.ends_on is None or each.ends_on > since)
            for each in self._list_primary_lines(manager_id)
        )

    def replace_manager(self, manager_id: PersonId, successor_id: PersonId, day: date) -> None:
        """Let a successor take over all primary lines to a manager from that day on."""
        for line in self._list_primary_lines(manager_id):
            if line.ends_on is None or line.ends_on > day:
                starts_on = max(line.starts_on, day)
                self.lines.append(
                    ReportingLine(
                        tenant_id=self.tenant_id,
                        person_id=self.id,
                        manager_id=successor_id,
                        starts_on=starts_on,
                        ends_on=line.ends_on,
                    )
                )
                line.ends_on = starts_on
        self.record_event("manager_assigned", effective_on=day)

    def restore_manager(self, manager_id: PersonId, successor_id: PersonId, day: date) -> bool:
        """Undo `replace_manager`, and return whether there was anything to undo.

        Lines to the successor that were ended since keep their end.
        """
        taken = {each.starts_on: each for each in self._list_primary_lines(successor_id)}
        restored = False
        for line in self.lines:
            end = line.ends_on
            if (line.manager_id, line.kind) != (manager_id, LineKind.PRIMARY) or end not in taken:
                continue
            if end is not None and end >= day:
                line.ends_on, taken[end].ends_on = taken[end].ends_on, end
                restored = True
        if restored:
            self.record_event("manager_assigned", effective_on=day)
        return restored

    def end_lines_to(self, manager_id: PersonId, left_on: date, before: date = date.max) -> None:
        """End all lines to a manager who has left, of those that begin before a day."""
        for line in self.lines:
            if line.manager_id == manager_id and end_with_departure(line, left_on, before):
                self.record_event("line_ended", effective_on=line.ends_on)

    def rehire(self, hired_on: date, *, today: date) -> Employment:
        """Start a new employment, without the managers of the earlier one."""
        left_on = self.left_on
        employment = super().rehire(hired_on, today=today)
        for line in self.lines:
            if left_on is not None:
                end_with_departure(line, left_on)
        return employment

    def _list_primary_lines(self, manager_id: PersonId) -> list[ReportingLine]:
        return [
            each
            for each in self.lines
            if each.manager_id == manager_id
            and each.kind is LineKind.PRIMARY
            and not each.is_superseded
        ]

    def _check_line_start(self, starts_on: date, earliest: date) -> None:
        if starts_on < earliest:
            raise Invalid(
                f"What was true stays recorded. Choose {earliest} or a later day.",
                "startsOn",
                code=Code.OUT_OF_RANGE,
            )
        if self.has_left(starts_on):
            raise Invalid(
                f"{self.describe_departure('The person')} Choose an earlier day.",
                "startsOn",
                code=Code.OUT_OF_RANGE,
            )
