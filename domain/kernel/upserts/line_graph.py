"""Primary reporting lines in memory: who is above whom, by the rows of a batch applied so far."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

LINES_ABOVE = "lines_above"
"""The statement that returns all primary lines above people, of whatever time."""

Days = tuple[date, date]


@dataclass
class LineGraph:
    """The stored lines of people by their id, and the days on which people have left."""

    lines: dict[UUID, list[tuple[UUID, date, date]]] = field(default_factory=dict)
    left_on: dict[UUID, date | None] = field(default_factory=dict)

    @classmethod
    def create(cls, rows: Iterable[Sequence[Any]]) -> "LineGraph":
        """Create the graph of person, manager, first day, end, and the ends of both people."""
        graph = cls()
        for person_id, manager_id, starts_on, ends_on, *left in rows:
            line = manager_id, starts_on, ends_on or date.max
            graph.lines.setdefault(person_id, []).append(line)
            graph.left_on[person_id], graph.left_on[manager_id] = left
        return graph

    def list_above(
        self, known: Mapping[UUID, Any], person_id: UUID, days: Days, today: date
    ) -> list[UUID]:
        """Return who is above a person on some of these days.

        The lines of `known` people are those that they have in memory. A line of or to somebody who
        has left does not count.
        """
        found, waiting = set[tuple[UUID, date, date]](), [(person_id, *days)]
        while waiting:
            id, since, until = waiting.pop()
            if self._has_left(known, id, today):
                continue
            for manager_id, starts_on, ends_on in self._list_lines(known, id):
                step = manager_id, max(since, starts_on), min(until, ends_on)
                is_new = step[1] < step[2] and step not in found
                if is_new and not self._has_left(known, manager_id, today):
                    found.add(step)
                    waiting.append(step)
        return list({each[0] for each in found})

    def _list_lines(self, known: Mapping[UUID, Any], id: UUID) -> Iterator[tuple[UUID, date, date]]:
        person = known.get(id)
        if person is None:
            yield from self.lines.get(id, ())
            return
        for each in person.lines:
            if each.kind == "primary":
                yield each.manager_id, each.starts_on, each.ends_on or date.max

    def _has_left(self, known: Mapping[UUID, Any], id: UUID, today: date) -> bool:
        person = known.get(id)
        left_on = self.left_on.get(id) if person is None else person.left_on
        return left_on is not None and left_on <= today
