"""Groups of raters: how somebody stands to the person, and whose answers are shown together."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from domain.ballots.figures import MARGIN
from domain.feedback_programs.enums import (
    COUNTED,
    MANAGER,
    OTHER,
    PEER,
    REPORT,
    SELF,
    RaterGroup,
)
from domain.kernel.periods import Period
from domain.kernel.unit_of_work import Work
from domain.people import LineKind, ReportingLine
from domain.teams import Membership


@dataclass(frozen=True)
class Relationships:
    """Who stands next to a person on a day."""

    subject_id: UUID
    manager_ids: Collection[UUID] = field(default=frozenset())
    report_ids: Collection[UUID] = field(default=frozenset())
    peer_ids: Collection[UUID] = field(default=frozenset())

    def find_group(self, person_id: UUID) -> RaterGroup:
        """Return how somebody stands to the person."""
        for group, ids in self.groups.items():
            if person_id in ids:
                return group
        return OTHER

    @property
    def groups(self) -> Mapping[RaterGroup, Collection[UUID]]:
        """The people of each group. Who is in several belongs to the first."""
        return {
            SELF: {self.subject_id},
            MANAGER: self.manager_ids,
            REPORT: self.report_ids,
            PEER: self.peer_ids,
        }

    def propose(self) -> dict[UUID, RaterGroup]:
        """Return everybody who stands next to the person, with the group."""
        people = {id for ids in self.groups.values() for id in ids}
        return {id: self.find_group(id) for id in people}


async def load_relationships(work: Work, subject_id: UUID) -> Relationships:
    """Load who stands next to a person today: by primary lines, and in the same teams."""
    managers = await _list_line_ends(work, "manager_id", person_id=[subject_id])
    reports = await _list_line_ends(work, "person_id", manager_id=[subject_id])
    siblings = await _list_line_ends(work, "person_id", manager_id=managers) if managers else []
    teams = await _list_memberships(work, "team_id", person_id=[subject_id])
    mates = await _list_memberships(work, "person_id", team_id=teams) if teams else []
    return Relationships(
        subject_id, frozenset(managers), frozenset(reports), frozenset({*siblings, *mates})
    )


async def _list_line_ends(work: Work, end: str, **keys: list[UUID]) -> list[UUID]:
    names = (end, "starts_on", "ends_on", "kind")
    rows = await work.find_values(ReportingLine, names, **keys)
    today = work.actor.today
    return [
        id
        for id, starts_on, ends_on, kind in rows
        if kind == LineKind.PRIMARY and Period(starts_on, ends_on).covers(today)
    ]


async def _list_memberships(work: Work, end: str, **keys: list[UUID]) -> list[UUID]:
    rows = await work.find_values(Membership, (end, "starts_on", "ends_on"), **keys)
    today = work.actor.today
    return [id for id, starts_on, ends_on in rows if Period(starts_on, ends_on).covers(today)]


def build_cells(
    groups: Iterable[RaterGroup], leasts: Mapping[RaterGroup, int]
) -> dict[RaterGroup, RaterGroup] | None:
    """Return the group with which each group is shown, given that of each rater.

    A group with so few raters that its least number would mean that almost all took part joins
    OTHER. If that is too small, the smallest of the remaining groups joins, too. None if all of
    them together are too few. It depends only on who is asked, so it tells nothing of answers.
    """
    sizes = Counter(each for each in groups if each in COUNTED)
    alone = {each for each in sizes if is_large_enough([each], sizes, leasts) and each is not OTHER}
    joined = {*sizes} - alone
    while joined and not is_large_enough(joined, sizes, leasts):
        if not alone:
            return None
        smallest = min(alone, key=lambda each: (sizes[each], each))
        alone.remove(smallest)
        joined.add(smallest)
    return {each: each if each in alone else OTHER for each in sizes}


def is_large_enough(
    groups: Collection[RaterGroup],
    sizes: Mapping[RaterGroup, int],
    leasts: Mapping[RaterGroup, int],
) -> bool:
    """Return whether these groups together have enough raters for each one's least number."""
    needed = max(leasts[each] for each in groups) + MARGIN
    return sum(sizes[each] for each in groups) >= needed
