"""What a change of a role would give to members and take from them, before it is made."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, get_kind
from domain.kernel.errors import Code, Invalid, NotPermitted
from domain.kernel.faults import FaultCollector
from domain.kernel.identity import OrganizationId
from domain.kernel.permissions import Grant, Population
from domain.kernel.unit_of_work import Work
from domain.members import LASTING, Member, MemberStatus, RoleAssignment, Term
from domain.organizations import Organization
from domain.people import Person
from domain.roles import Role
from domain.self_appointment import KPI

SEE = Action("see", Member.SEE)
Held = list[tuple[UUID, OrganizationId | None]]
"""The roles of a member, each with the organization that limits it."""


class GrantChange(StrEnum):
    """Whether members would get a grant or lose it."""

    GAINED = "gained"
    LOST = "lost"


@dataclass
class GrantDifference:
    """A grant, as the assignment limits it, and the members who would gain or lose it."""

    change: GrantChange
    grant: Grant
    members: list[Member] = field(default_factory=list)


@dataclass(frozen=True)
class RoleChange:
    """A change of a role: new grants, a further holder, or a holder less; one of the three."""

    grants: Collection[Grant] | None = None
    assigned: tuple[UUID, UUID | None] | None = None
    """The member, and the organization that limits the role."""
    term: Term = LASTING
    """From when and until when that member would have the role."""
    revoked_id: UUID | None = None


async def compare_role(
    work: Work, role_id: UUID, change: RoleChange
) -> tuple[Role, list[GrantDifference]]:
    """Return a role, and what a change of it would give to active members and take from them.

    Members whom the actor does not see are left out. The actor needs the right to make the change;
    what the change itself requires beyond it is not checked. Raises Invalid and NotPermitted.
    """
    role = await work.reference(Role, role_id, "roleId")
    assert role is not None, "The id is given."
    if change.grants is not None:
        await _require(work, role, Role.SET_GRANTS)
        members = await work.find_with_part(Member, RoleAssignment, role_id=role_id)
        await _check_grants(work, role, change.grants)
    else:
        members = [await _load_member(work, role_id, change)]
    members = await _select_compared(work, members)
    return role, await find_differences(work, role_id, change, members)


async def find_differences(
    work: Work, role_id: UUID, change: RoleChange, members: Collection[Member]
) -> list[GrantDifference]:
    """Return what a change of a role would give to these members and take from them.

    Assignments that are over do not count; those that begin later do. What a member holds for a
    part of the term only, a new assignment gives to them.
    """
    comparison = _Comparison(work)
    before = await _load_grants(work, role_id, members)
    after = before if change.grants is None else {**before, role_id: [*change.grants]}
    found: dict[tuple[GrantChange, Grant], GrantDifference] = {}
    for member in members:
        now = await comparison.list_effective(before, _list_held(member, work.now))
        then = await comparison.list_effective(after, _change_held(member, role_id, change, work))
        gained, kept = then, now
        if change.assigned is not None:
            gained = await comparison.list_effective(after, [_get_assigned(role_id, change)])
            kept = await comparison.list_effective(
                before, _list_held(member, work.now, change.term)
            )
        for kind, grants, others in (
            (GrantChange.GAINED, gained, kept),
            (GrantChange.LOST, now, then),
        ):
            for each in grants:
                if not await comparison.is_covered(each, others):
                    found.setdefault((kind, each), GrantDifference(kind, each)).members.append(
                        member
                    )
    return sorted(found.values(), key=_get_order)


async def _check_grants(work: Work, role: Role, grants: Collection[Grant]) -> None:
    """Check the KPIs of new grants, and the organizations of all. Raises Invalid."""
    current = {each.grant for each in role.grants}
    faults = FaultCollector()
    for index, each in enumerate(grants):
        path = ("grants", str(index))
        if each not in current:
            with faults.collect():
                await work.reference(get_kind(KPI), each.kpi_id, *path, "kpiId")
        with faults.collect():
            await work.reference(Organization, each.organization_id, *path, "organizationId")
    faults.raise_all()


async def _require(work: Work, subject: Aggregate, to: Action) -> None:
    """Check that the actor may make the change that is compared. Raises NotPermitted, or faults."""
    if not await work.is_permitted(subject, to=to):
        raise NotPermitted("You may not make this change, so you may not compare it either.")
    await work.require(subject, to=to)


async def _load_member(work: Work, role_id: UUID, change: RoleChange) -> Member:
    """Return the member of an assignment. Raises Invalid and NotPermitted."""
    if change.assigned is not None:
        member_id, organization_id = change.assigned
        member = await work.reference(Member, member_id, "assign", "memberId")
        assert member is not None, "The id is given."
        await _require(work, member, Member.ASSIGN_ROLE)
        await work.reference(Organization, organization_id, "assign", "organizationId")
        change.term.check_change(LASTING, work.now, "assign")
        return member
    parts = await work.list_parts(RoleAssignment, id=change.revoked_id)
    holders = await work.load_all(Member, [each.member_id for each in parts])
    if (
        not holders
        or parts[0].role_id != role_id
        or not await work.is_permitted(holders[0], to=SEE)
    ):
        message = "The role has no such assignment that you may see. Choose another."
        raise Invalid(message, "revokeId", code=Code.REFERENCE_NOT_FOUND)
    await _require(work, holders[0], Member.REVOKE_ROLE)
    return holders[0]


async def _select_compared(work: Work, members: Collection[Member]) -> list[Member]:
    """Return the active accounts that the actor sees, of people who have not left."""
    seen = [
        each
        for each in members
        if each.status is MemberStatus.ACTIVE and await work.is_permitted(each, to=SEE)
    ]
    people = await work.load_all(Person, [each.person_id for each in seen if each.person_id])
    today = work.actor.today
    gone = {each.id for each in people if each.left_on is not None and each.left_on <= today}
    return [each for each in seen if each.person_id not in gone]


async def _load_grants(
    work: Work, role_id: UUID, members: Iterable[Member]
) -> Mapping[UUID, list[Grant]]:
    """Return the grants of a role, and of all roles that members hold."""
    ids = {each.role_id for member in members for each in member.assignments} | {role_id}
    roles = await work.load_all(Role, ids)
    return {each.id: [part.grant for part in each.grants] for each in roles}


def _list_held(
    member: Member, now: datetime, term: Term | None = None, without: UUID | None = None
) -> Held:
    """List the roles that a member holds now or later; with a term, only for the whole of it."""
    return [
        (each.role_id, each.organization_id)
        for each in member.assignments
        if each.id != without
        and not each.term.is_over(now)
        and (term is None or each.term.contains(term, now))
    ]


def _change_held(member: Member, role_id: UUID, change: RoleChange, work: Work) -> Held:
    held = _list_held(member, work.now, without=change.revoked_id)
    return held if change.assigned is None else [*held, _get_assigned(role_id, change)]


def _get_assigned(role_id: UUID, change: RoleChange) -> tuple[UUID, OrganizationId | None]:
    assert change.assigned is not None, "Only assignments are asked for it."
    unit = change.assigned[1]
    return role_id, OrganizationId(unit) if unit else None


def _get_order(difference: GrantDifference) -> tuple[str, str, str, str]:
    grant = difference.grant
    place = str(grant.organization_id or grant.kpi_id or "")
    return difference.change, grant.permission, grant.population, place


class _Comparison:
    """The comparison of grants, with a cache of the units above each unit."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._paths: dict[UUID, frozenset[UUID]] = {}

    async def list_effective(
        self, grants: Mapping[UUID, Collection[Grant]], held: Held
    ) -> list[Grant]:
        """List the grants of roles, each within its own subtree and that of its assignment."""
        found: dict[Grant, None] = {}
        for role_id, limit in held:
            for each in grants.get(role_id, ()):
                limited = await self._restrict(each, limit)
                if limited is not None:
                    found[limited] = None
        return list(found)

    async def is_covered(self, grant: Grant, others: Iterable[Grant]) -> bool:
        """Return whether one of the other grants covers all that a grant covers."""
        for each in others:
            if each == grant:
                return True
            is_wider = each.population in (
                grant.population,
                *(Population.EVERYONE, Population.ORGANIZATION),
            )
            if each.permission is grant.permission and is_wider and each.kpi_id is None:
                limit = each.organization_id
                if limit is None or limit in await self._get_path(grant.organization_id):
                    return True
        return False

    async def _restrict(self, grant: Grant, limit: OrganizationId | None) -> Grant | None:
        """Return a grant within a subtree; None where nothing is left of it."""
        if limit is not None and grant.population is Population.KPI:
            return None
        own = grant.organization_id
        if limit is None or (own is not None and limit in await self._get_path(own)):
            return grant
        if own is None or own in await self._get_path(limit):
            return grant.restrict_to(limit)
        return None

    async def _get_path(self, unit: UUID | None) -> frozenset[UUID]:
        """Return a unit and all above it."""
        if unit is None:
            return frozenset()
        if unit not in self._paths:
            above = await self._work.ancestors(Organization, unit)
            self._paths[unit] = frozenset({unit, *above})
        return self._paths[unit]
