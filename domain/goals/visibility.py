"""Who may see and change a goal: its owner decides how widely it is shared."""

from enum import StrEnum

from domain.kernel.access import Among, Has, Holds, Is, Leads, Manages, MemberOf, Place
from domain.kernel.permissions import Permission


class GoalStatus(StrEnum):
    """How far along its life a goal is."""

    DRAFT = "draft"
    ACTIVE = "active"
    ACHIEVED = "achieved"
    MISSED = "missed"
    ABANDONED = "abandoned"


class Visibility(StrEnum):
    """Whom a goal is shared with, beyond those who may change it and the people named on it."""

    PUBLIC = "public"
    ORGANIZATION = "organization"
    REPORTING_CHAIN = "reporting_chain"
    PRIVATE = "private"


PLACE = Place(person="owner_person_id", team="owner_team_id", organization="owner_organization_id")
SHARED = Has("visibility", Visibility.PUBLIC, Visibility.ORGANIZATION, Visibility.REPORTING_CHAIN)
BEGUN = Has(
    "status", GoalStatus.ACTIVE, GoalStatus.ACHIEVED, GoalStatus.MISSED, GoalStatus.ABANDONED
)
OWN = Is("owner_person_id") | Leads(Place(team="owner_team_id"))
EDIT = OWN | SHARED & (Manages("owner_person_id") | Holds(Permission.GOALS_MANAGE, over=PLACE))
SEE = EDIT | BEGUN & (
    Has("visibility", Visibility.PUBLIC) & Holds(Permission.GOALS_READ, over=PLACE)
    | Has("visibility", Visibility.ORGANIZATION) & MemberOf(PLACE)
    | Among("viewer_ids")
)
HISTORY = EDIT | SHARED & Holds(Permission.AUDIT_READ, over=PLACE) & SEE
