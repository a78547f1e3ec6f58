"""Goals for tests."""

from datetime import date
from decimal import Decimal

from domain.goals import Goal, GoalStatus, KeyResult, OwnerKind, Visibility
from domain.kernel.identity import OrganizationId, PersonId, TeamId
from domain.organizations import Organization
from domain.people import Person
from domain.teams import Team


def a_goal(
    owner: Person | Team | Organization,
    title: str = "Fewer late parcels",
    visibility: Visibility = Visibility.PUBLIC,
    status: GoalStatus = GoalStatus.ACTIVE,
    *viewers: Person,
) -> Goal:
    """Build a goal of a person, a team or an organization."""
    goal = Goal(
        tenant_id=owner.tenant_id,
        owner_kind=OwnerKind(owner.NAME),
        title=title,
        visibility=visibility,
        status=status,
        starts_on=date(2026, 1, 1),
        due_on=date(2026, 12, 31),
        viewer_ids={PersonId(each.id) for each in viewers},
    )
    match owner:
        case Person():
            goal.owner_person_id = PersonId(owner.id)
        case Team():
            goal.owner_team_id = TeamId(owner.id)
        case Organization():
            goal.owner_organization_id = OrganizationId(owner.id)
    return goal


def add_key_result(goal: Goal, title: str = "Late parcels", target: str = "10") -> KeyResult:
    """Add a key result to a goal."""
    result = KeyResult(
        tenant_id=goal.tenant_id,
        goal_id=goal.id,
        title=title,
        start_value=Decimal(0),
        target_value=Decimal(target),
        current_value=Decimal(0),
        position=len(goal.key_results),
    )
    goal.key_results.append(result)
    return result
