"""A team and its memberships."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from domain import custom_fields
from domain.kernel import external_references
from domain.kernel.access import HasStarted, Holds, InheritedFrom, Is
from domain.kernel.actions import Action
from domain.kernel.aggregate import Part
from domain.kernel.counted_people import COUNTING
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.fields import EDITABLE, PERIOD_END, MultiLine, WholeNumber, name_rule
from domain.kernel.identity import OrganizationId, PersonId, TeamId
from domain.kernel.nesting import Nesting, clip_end, new_period_inside
from domain.kernel.periods import Period, find_period_faults
from domain.kernel.permissions import Permission
from domain.organizations import UNIT_IN_UNIT, Organization
from domain.people import Employment, end_with_departure
from domain.people.dated_parts import fit_between
from domain.teams.policy import (
    LEAD_OR_MANAGE,
    MANAGE,
    OWNER_ATTRIBUTES,
    PARENT_OWNER_ATTRIBUTES,
    SEE,
    SEE_HR_VALUES,
    SEE_PLANNED_OF_TEAM,
    WRITE_HR_VALUES,
)

FULL_SHARE = 100
"""All of a person's working time, in percent."""


SHARE = WholeNumber("A share", 0, FULL_SHARE)


class TeamRole(StrEnum):
    """The role of a person in a team."""

    MEMBER = "member"
    LEAD = "lead"


@dataclass(kw_only=True, eq=False)
class Membership(Part):
    """A person's membership of a team for a period.

    A change of role or share ends it and creates a new one, so the history remains.
    """

    NAME = "membership"
    SEE = (
        HasStarted("starts_on") & (Is("person_id") | InheritedFrom("team_id", "team", SEE))
        | SEE_PLANNED_OF_TEAM
    )
    GUARDED: ClassVar = {"ends_on": HasStarted("ends_on") | SEE_PLANNED_OF_TEAM}

    team_id: UUID
    person_id: PersonId
    role: TeamRole = TeamRole.MEMBER
    share: Annotated[int, SHARE] = FULL_SHARE
    starts_on: date
    ends_on: Annotated[date | None, PERIOD_END] = None

    @property
    def period(self) -> Period:
        """The days of the membership."""
        return Period(self.starts_on, self.ends_on)


@dataclass(kw_only=True, eq=False)
class TeamReference(external_references.ExternalReference):
    """The id of a team in another system."""

    SEE = InheritedFrom("team_id", "team", MANAGE)

    team_id: UUID


@dataclass(kw_only=True, eq=False)
class Team(external_references.ReferencedAggregate[TeamReference], custom_fields.CustomFieldHolder):
    """A group of people under an organization, possibly below another team."""

    NAME = "team"
    OWNER_ATTRIBUTES = OWNER_ATTRIBUTES
    SEE = SEE
    GUARDED: ClassVar = {
        "references": MANAGE,
        **custom_fields.guard_custom_values(managers=LEAD_OR_MANAGE, hr=SEE_HR_VALUES),
    }
    WRITE_HR_VALUES = custom_fields.write_hr_values(WRITE_HR_VALUES)
    SEE_PLANNED = LEAD_OR_MANAGE
    SEE_HISTORY = LEAD_OR_MANAGE | Holds(Permission.AUDIT_READ, over=OWNER_ATTRIBUTES)
    KNOWN_FACTS = frozenset({"organization_id"})
    CREATE: ClassVar = Action(
        "create", Holds(Permission.TEAMS_MANAGE, over=PARENT_OWNER_ATTRIBUTES)
    )
    EDIT: ClassVar = Action("edit", LEAD_OR_MANAGE)
    ADD_MEMBER: ClassVar = Action("add_member", LEAD_OR_MANAGE)
    CHANGE_MEMBERSHIP: ClassVar = Action("change_membership", LEAD_OR_MANAGE)
    END_MEMBERSHIP: ClassVar = Action("end_membership", LEAD_OR_MANAGE)
    MOVE: ClassVar = Action("move", MANAGE)
    CLOSE: ClassVar = Action("close", MANAGE)
    REOPEN: ClassVar = Action("reopen", MANAGE)
    REFERENCE = TeamReference
    ADD_EXTERNAL_REFERENCE: ClassVar = Action("add_external_reference", MANAGE)
    REMOVE_EXTERNAL_REFERENCE: ClassVar = Action("remove_external_reference", MANAGE)
    ACTIONS = (
        *(EDIT, ADD_MEMBER, CHANGE_MEMBERSHIP, END_MEMBERSHIP, MOVE, CLOSE, REOPEN),
        *(ADD_EXTERNAL_REFERENCE, REMOVE_EXTERNAL_REFERENCE),
    )
    EVENTS = (
        "created",
        "edited",
        "moved",
        "closed",
        "reopened",
        "member_added",
        "membership_changed",
        "membership_ended",
        "self_appointed",
        "external_reference_added",
        "external_reference_removed",
    )
    GUARDED_EVENTS: ClassVar = {
        "external_reference_added": "references",
        "external_reference_removed": "references",
    }
    PLANNED_EVENTS = ("member_added", "membership_changed", "membership_ended")
    EVENT_TASKS: ClassVar = dict.fromkeys((*PLANNED_EVENTS, "closed"), COUNTING)
    SEARCH_ATTRIBUTES = ("name",)

    organization_id: OrganizationId
    parent_id: TeamId | None = None
    name: Annotated[str, name_rule("The name"), EDITABLE]
    description: Annotated[str | None, MultiLine("The description"), EDITABLE] = None
    starts_on: date
    ends_on: Annotated[date | None, PERIOD_END] = None
    memberships: list[Membership] = field(default_factory=list)
    references: list[TeamReference] = field(default_factory=list)

    @classmethod
    def find_value_conflicts(cls, values: Mapping[str, Any]) -> Iterator[Invalid]:
        """Yield an end that does not come after the start."""
        return find_period_faults(values.get("starts_on"), values.get("ends_on"))

    def move(
        self,
        organization_id: OrganizationId,
        parent_id: TeamId | None,
        parent_ancestors: Collection[UUID],
    ) -> None:
        """Move the team, with all teams below it. Raises Invalid with REFERENCE_CYCLE."""
        if parent_id is not None and self.id in (parent_id, *parent_ancestors):
            raise Invalid(
                "A team cannot stand below itself. Choose a team outside of it.",
                "parentId",
                code=Code.REFERENCE_CYCLE,
            )
        self.update_attributes(
            "moved", {"organization_id": organization_id, "parent_id": parent_id}
        )

    def close(self, ends_on: date) -> None:
        """Set the first day on which the team no longer exists, and end memberships by then.

        Raises Invalid.
        """
        Period(self.starts_on, ends_on)
        for each in self.memberships:
            if each.ends_on is None or each.ends_on > ends_on:
                each.ends_on = max(each.starts_on, ends_on)
        self.update_attributes("closed", {"ends_on": ends_on}, effective_on=ends_on)

    def reopen(self) -> None:
        """Remove the end of the team. Memberships that ended with it stay ended.

        Raises StateConflict where the team has no end.
        """
        if self.ends_on is None:
            raise StateConflict("No end of this team is set, so there is nothing to reopen.")
        self.update_attributes("reopened", {"ends_on": None})

    def add_member(
        self,
        person_id: PersonId,
        *,
        role: TeamRole = TeamRole.MEMBER,
        share: Annotated[int, SHARE] = FULL_SHARE,
        starts_on: date,
        ends_on: date | None = None,
        employment: Period | None = None,
    ) -> Membership:
        """Add a person, by default until the end of the team if it has one.

        `employment` is the person's, where the actor may see it. Raises Invalid, with NOT_UNIQUE
        for a member in that time.
        """
        period = new_period_inside(
            starts_on,
            clip_end(None, self) if ends_on is None else ends_on,
            (MEMBERSHIP_IN_TEAM, self),
            (MEMBERSHIP_IN_EMPLOYMENT, employment),
        )
        if any(
            each.person_id == person_id and _overlaps(each, period) for each in self.memberships
        ):
            raise Invalid(
                "This person is in the team in that time already. Change that membership.",
                "personId",
                code=Code.NOT_UNIQUE,
            )
        membership = self._create_membership(person_id, role, share, period)
        self.record_event("member_added", effective_on=starts_on)
        return membership

    def change_membership(
        self,
        membership_id: UUID,
        *,
        role: TeamRole | None = None,
        share: Annotated[int | None, SHARE] = None,
        starts_on: date,
    ) -> Membership:
        """Change the role or share of a member from a day on. Raises Invalid."""
        old = self.get_membership(membership_id)
        if not old.period.covers(starts_on):
            raise Invalid(
                "The membership does not run on that day. Choose a day within it.",
                "startsOn",
                code=Code.OUT_OF_RANGE,
            )
        role = role or old.role
        share = old.share if share is None else share
        if (role, share) == (old.role, old.share):
            return old
        period = new_period_inside(
            starts_on, clip_end(old.ends_on, self), (MEMBERSHIP_IN_TEAM, self)
        )
        membership = self._create_membership(old.person_id, role, share, period)
        old.ends_on = starts_on
        self.record_event("membership_changed", effective_on=starts_on)
        return membership

    def end_membership(self, membership_id: UUID, ends_on: date) -> Membership:
        """End a membership on a day, or earlier than planned; it cannot be extended.

        Raises Invalid.
        """
        membership = self.get_membership(membership_id)
        Period(membership.starts_on, ends_on)
        if membership.ends_on is not None and membership.ends_on < ends_on:
            raise Invalid(
                "The membership ends before that day. Add the person again instead.",
                "endsOn",
                code=Code.OUT_OF_RANGE,
            )
        if membership.ends_on != ends_on:
            membership.ends_on = ends_on
            self.record_event("membership_ended", effective_on=ends_on)
        return membership

    def end_memberships_of(
        self, person_id: PersonId, left_on: date, before: date = date.max
    ) -> None:
        """End the memberships of a person who has left, of those that begin before a day."""
        for each in self.memberships:
            if each.person_id == person_id and end_with_departure(each, left_on, before):
                self.record_event("membership_ended", effective_on=each.ends_on)

    def restore_membership_ends(self, ends: Mapping[UUID, date | None]) -> None:
        """Give memberships the ends that they had before the team was closed."""
        for each in self.memberships:
            end = ends.get(each.id, each.ends_on)
            if each.ends_on != end:
                each.ends_on = end
                self.record_event("membership_changed", effective_on=end)

    def replace_person(self, old_id: PersonId, new_id: PersonId) -> None:
        """Give the memberships of one person to another, on days when the other has none here."""
        own = [each for each in self.memberships if each.person_id != old_id]
        given = [
            replace(each, person_id=new_id) for each in self.memberships if each.person_id == old_id
        ]
        self.memberships = [*own, *fit_between(own, given, _is_of_same_person)]
        self.record_event("membership_changed")

    def get_membership(self, id: UUID) -> Membership:
        """Return one of the team's memberships. Raises Invalid with REFERENCE_NOT_FOUND."""
        for each in self.memberships:
            if each.id == id:
                return each
        raise Invalid(
            "The team has no such membership. Look at its members again.",
            "membershipId",
            code=Code.REFERENCE_NOT_FOUND,
        )

    def _create_membership(
        self, person_id: PersonId, role: TeamRole, share: int, period: Period
    ) -> Membership:
        membership = Membership(
            tenant_id=self.tenant_id,
            team_id=self.id,
            person_id=person_id,
            role=role,
            share=SHARE.check(share, "share"),
            starts_on=period.starts_on,
            ends_on=period.ends_on,
        )
        self.memberships.append(membership)
        return membership


def _is_of_same_person(membership: Membership, other: Membership) -> bool:
    return membership.person_id == other.person_id


def _overlaps(membership: Membership, period: Period) -> bool:
    return membership.ends_on != membership.starts_on and membership.period.overlaps(period)


TEAM_IN_UNIT = Nesting(
    inner=Team,
    attribute="organization_id",
    outer=Organization,
    inner_name="this team",
    inner_names="teams in this unit",
    outer_name="The unit",
)
TEAM_IN_TEAM = Nesting(
    inner=Team,
    attribute="parent_id",
    outer=Team,
    inner_name="this team",
    inner_names="teams below this one",
    outer_name="The team above",
)
MEMBERSHIP_IN_TEAM = Nesting(
    inner=Membership,
    attribute="team_id",
    outer=Team,
    inner_name="this membership",
    inner_names="memberships of this team",
    outer_name="The team",
)
MEMBERSHIP_IN_EMPLOYMENT = Nesting(
    inner=Membership,
    attribute="person_id",
    outer=Employment,
    inner_name="this membership",
    inner_names="memberships of this person",
    outer_name="The employment",
)
NESTINGS = (UNIT_IN_UNIT, TEAM_IN_UNIT, TEAM_IN_TEAM, MEMBERSHIP_IN_TEAM, MEMBERSHIP_IN_EMPLOYMENT)
"""Every pair of a period and the one that it lies inside. A lead is a membership."""
