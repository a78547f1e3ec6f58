"""Reporting lines as one actor knows them: a refusal must not depend on hidden plans.

A line that has started is known, and so is its past end. Its planned end, and a line that is yet to
start, are known to those who may plan for the person. For everyone else the line goes on.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from domain.kernel.periods import Period
from persistence.access.units import render_unit
from persistence.kernel.pools import Connection

_LINES = """
WITH RECURSIVE line AS NOT MATERIALIZED (
    SELECT l.person_id, {unit} AS organization_id, l.manager_id, l.starts_on, l.ends_on
    FROM reporting_lines l
    JOIN people p ON p.tenant_id = $1 AND p.id = l.person_id
    JOIN people m ON m.tenant_id = $1 AND m.id = l.manager_id
    WHERE l.tenant_id = $1 AND l.kind = 'primary'
      AND (l.ends_on IS NULL OR l.ends_on > l.starts_on)
      AND (p.left_on IS NULL OR p.left_on > $3) AND (m.left_on IS NULL OR m.left_on > $3)
), walk AS (
    SELECT * FROM line WHERE {first} = $2
    UNION
    SELECT line.* FROM walk JOIN line ON line.{first} = walk.{next}
)
SELECT * FROM walk
"""
ABOVE, BELOW = ("person_id", "manager_id"), ("manager_id", "person_id")
"""The ends of a line at which a walk upwards or downwards begins and goes on."""


@dataclass(frozen=True)
class KnownLine:
    """A primary line of a person, with what access rules look at; `id` is the person's."""

    id: UUID
    organization_id: UUID | None
    manager_id: UUID
    starts_on: date
    ends_on: date | None

    @property
    def period(self) -> Period:
        """The days of the line."""
        return Period(self.starts_on, self.ends_on)


CanPlan = Callable[[KnownLine], Awaitable[bool]]


async def load_lines(
    connection: Connection,
    direction: tuple[str, str],
    tenant_id: UUID,
    person_id: UUID,
    today: date,
) -> list[KnownLine]:
    """Return all lines above or below a person, without those of people who have left."""
    first, following = direction
    sql = _LINES.format(first=first, next=following, unit=render_unit("p", "$3"))
    rows = await connection.fetch(sql, tenant_id, person_id, today)
    return [KnownLine(*row.values()) for row in rows]


async def keep_known(lines: Iterable[KnownLine], today: date, can_plan: CanPlan) -> list[KnownLine]:
    """Return the lines as the actor knows them."""
    known = []
    for line in lines:
        is_planned = line.starts_on > today
        if not (is_planned or (line.ends_on and line.ends_on > today)) or await can_plan(line):
            known.append(line)
        elif not is_planned:
            known.append(replace(line, ends_on=None))
    return known


def list_above(lines: Sequence[KnownLine], id: UUID, period: Period) -> set[UUID]:
    """Return the ids of all above a person on some day of a period."""
    return {line.manager_id for line in _walk(lines, id, period, lambda each: each.id, up=True)}


def list_below(lines: Sequence[KnownLine], id: UUID, period: Period) -> list[KnownLine]:
    """Return a line of each person below somebody on some day of a period."""
    found = _walk(lines, id, period, lambda each: each.manager_id, up=False)
    return list({line.id: line for line in found}.values())


def _walk(
    lines: Sequence[KnownLine],
    id: UUID,
    period: Period,
    read_start: Callable[[KnownLine], UUID],
    *,
    up: bool,
) -> Iterator[KnownLine]:
    """Yield the lines on each way from a person, as long as all of its lines run together."""
    waiting, seen = [(id, period)], set[tuple[UUID, Period]]()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        for line in lines:
            if read_start(line) == node[0] and line.period.overlaps(node[1]):
                yield line
                shared = _intersect(line.period, node[1])
                waiting.append((line.manager_id if up else line.id, shared))


def _intersect(one: Period, other: Period) -> Period:
    ends = [each for each in (one.ends_on, other.ends_on) if each is not None]
    return Period(max(one.starts_on, other.starts_on), min(ends, default=None))
