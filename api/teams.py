"""Teams in the graph: types, queries and mutations."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from api.custom_fields import (
    CustomValue,
    CustomValueInput,
    custom_values_field,
    custom_values_input,
    read_given_values,
)
from api.external_references import ExternalReferenceInput
from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    list_of,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import (
    expected_version_field,
    input_field,
    input_type,
    last_day_field,
    provided_fields,
    today_field,
)
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.people.person import AS_OF_ARGUMENT
from api.self_appointment import self_appointment_field
from domain import teams
from domain.custom_fields import CustomObjectType, want_fields
from domain.kernel.external_references import add_external_reference
from domain.kernel.unit_of_work import Work
from domain.kernel.wanted import Wanted
from domain.self_appointment import REASON
from domain.teams import TeamPlacement, TeamRole
from persistence.reading.read_model import ROOT
from persistence.teams import MEMBERSHIP, TEAM, TEAM_REFERENCE

if TYPE_CHECKING:
    from api.goals import Goal
    from api.kpis import Kpi
    from api.organizations import Organization
    from api.people import Person
    from api.scorecards import Scorecard

graph_enum(
    TeamRole,
    "The part of a person in a team.",
    member="Works in the team.",
    lead="Leads the team: may edit the team and its goals.",
)


@part(
    MEMBERSHIP,
    where=("role", "share", "starts_on", "ends_on", "team", "person"),
    order_by=("starts_on", "role", "share"),
)
class Membership:
    """A period in which a person belongs to a team. A change of role or share begins a new one.

    A membership that was replaced on its first day ends on the day before it starts.
    Memberships that begin later are shown only to viewers who may see plans of the team.
    """

    role: TeamRole = value("The person's part in the team.")
    share: int = value("The share of the person's working time, in percent.")
    starts_on: date = value("The first day.")
    ends_on: date | None = value("The last day. Null while no end is set or visible to the viewer.")
    team: "Team | None" = one("The team. Null when the viewer may not see it.")
    person: "Person | None" = one("The person. Null when the viewer may not see them.")


@part(TEAM_REFERENCE)
class TeamReference:
    """The id that another system uses for a team."""

    source: str = value("The other system, such as `workday-eu`.")
    external_id: str = value("The id in that system.")


@node(
    TEAM,
    where=(
        "id",
        "name",
        "description",
        "starts_on",
        "ends_on",
        "created_at",
        "updated_at",
        "organization",
        "parent",
        "children",
        "memberships",
        "people",
        "leads",
        "goals",
        "custom_values",
    ),
    order_by=("name", "starts_on", "created_at", "updated_at", "custom_values"),
)
class Team:
    """A group of people in an organization. Teams form trees."""

    name: str = value("The name.")
    description: str | None = value("What the team does. Null when nothing was entered.")
    starts_on: date = value("The first day of the team.")
    ends_on: date | None = value("The last day of the team. Null while no end is set.")
    organization: "Organization | None" = one(
        "The unit the team belongs to. Null when the viewer may not see it."
    )
    parent: "Team | None" = one(
        "The team directly above. Null when there is none or the viewer may not see it."
    )
    ancestors: list["Team"] = list_of(
        "All teams above, the nearest first. Those the viewer may not see are left out."
    )
    children: Connection["Team"] = many("The teams directly below.", usual_size=5)
    references: list[TeamReference] | None = list_of(
        "The ids of the team in other systems. Null when the viewer may not see them."
    )
    custom_values: list[CustomValue] = custom_values_field("team")
    memberships: Connection[Membership] = many(
        "The memberships in effect.", usual_size=10, as_of=AS_OF_ARGUMENT
    )
    people: Connection["Person"] = many(
        "The people in the team.", usual_size=10, as_of=AS_OF_ARGUMENT
    )
    leads: Connection["Person"] = many(
        "The people who lead the team.", usual_size=2, as_of=AS_OF_ARGUMENT
    )
    goals: Connection["Goal"] = many("The goals the team owns.", usual_size=10)
    kpis: Connection["Kpi"] = many("The KPIs of the team.", usual_size=10)
    scorecards: Connection["Scorecard"] = many("The scorecards of the team.", usual_size=2)


@input_type(one_of=True)
class TeamBy:
    """Identifies a team by exactly one of these."""

    id: UUID | None = input_field("The team's id.")
    external: ExternalReferenceInput | None = input_field(
        "The id in another system. Only teams whose references the viewer may see are found."
    )


@queries(ROOT)
class TeamQueries:
    """Root fields of teams."""

    team: Team | None = look_up(
        "A team. Null when there is none, or when the viewer may not see it.",
        "TeamBy",
        "How the team is identified.",
    )
    teams: Connection[Team] = many("All teams the viewer may see.")


@input_type(creates=Team)
class TeamCreateInput:
    """Input of `teamCreate`."""

    organization_id: UUID = input_field("The unit the team belongs to.", id_prefix="org")
    parent_id: UUID | None = input_field(
        "The team directly above. Default: none.", id_prefix="team"
    )
    starts_on: date | None = today_field("The first day, within its unit and parent.")
    ends_on: date | None = input_field(
        "The last day, within its unit and parent. Default: no end.", is_period_end=True
    )
    custom_values: list[CustomValueInput] | None = custom_values_input(
        "The values of custom fields. Required ones that the viewer may write must be among them."
    )

    def list_wanted(self) -> Sequence[Wanted]:
        """Return the custom fields, which may be required."""
        return [want_fields(CustomObjectType.TEAM)]


@input_type(edits=Team)
class TeamEditInput:
    """Input of `teamEdit`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the Team.", id_prefix="team")
    custom_values: list[CustomValueInput] | None = custom_values_input(
        "The values of custom fields to change. Others stay as they are."
    )
    expected_version: int | None = expected_version_field()

    def list_wanted(self) -> Sequence[Wanted]:
        """Return the custom fields, where values of them are given."""
        return [want_fields(CustomObjectType.TEAM)] if self.custom_values else []


@input_type()
class TeamMoveInput:
    """Input of `teamMove`.

    Fields that are left out stay unchanged; null is allowed only where a field says so.
    """

    id: UUID = input_field("Id of the Team.", id_prefix="team")
    organization_id: UUID | None = input_field("The unit the team moves to.", id_prefix="org")
    parent_id: strawberry.Maybe[UUID | None] = input_field(
        "The team directly above. Null means none.", id_prefix="team"
    )
    self_appointment_reason: Annotated[str | None, REASON] = self_appointment_field()
    expected_version: int | None = expected_version_field()


@input_type()
class TeamAddExternalReferenceInput:
    """Input of `teamAddExternalReference`."""

    id: UUID = input_field("Id of the Team.", id_prefix="team")
    reference: ExternalReferenceInput = input_field("The other system, and its id for the team.")
    expected_version: int | None = expected_version_field()


@mutation(Team)
async def team_create(work: Work, input: TeamCreateInput) -> teams.Team:
    """Create a team in an organization."""
    return await teams.create(
        work,
        organization_id=input.organization_id,
        parent_id=input.parent_id,
        starts_on=input.starts_on,
        ends_on=input.ends_on,
        custom_values=read_given_values(input.custom_values),
        **given_values(input, teams.Team),
    )


@mutation(Team)
async def team_edit(work: Work, input: TeamEditInput) -> teams.Team:
    """Edit a team's name, description or custom values."""
    return await teams.edit(
        work,
        input.id,
        custom_values=read_given_values(input.custom_values),
        expected_version=input.expected_version,
        **given_values(input, teams.Team),
    )


@mutation(Team)
async def team_move(work: Work, input: TeamMoveInput) -> teams.Team:
    """Move a team, with all teams below it, to another organization or under another team."""
    place: TeamPlacement = provided_fields(input, "parent_id")
    if input.organization_id is not None:
        place["organization_id"] = input.organization_id
    return await teams.move(
        work,
        input.id,
        self_appointment_reason=input.self_appointment_reason,
        expected_version=input.expected_version,
        **place,
    )


@mutation(Team, returns_part=TeamReference)
async def team_add_external_reference(
    work: Work, input: TeamAddExternalReferenceInput
) -> teams.TeamReference:
    """Set the id that another system uses for a team. It replaces that system's earlier id."""
    kind, reference, version = teams.Team, input.reference, input.expected_version
    return await add_external_reference(
        work, kind, input.id, reference.source, reference.id, expected_version=version
    )


team_remove_external_reference = verb(
    Team,
    teams.Team.REMOVE_EXTERNAL_REFERENCE,
    "Remove the id that another system uses for a team. Without one nothing changes.",
    source=input_field("The other system."),
)
team_close = verb(
    Team,
    teams.Team.CLOSE,
    "Close a team and end its memberships. The teams below it must end by then.",
    use_case=teams.close,
    ends_on=last_day_field("The last day of the team, within those of its unit and parent."),
)
team_reopen = verb(
    Team,
    teams.Team.REOPEN,
    "Reopen a closed team by removing its end date. Ended memberships stay ended. Its unit and the"
    " team above must have no end.",
    use_case=teams.reopen,
)
team_add_member = verb(
    Team,
    teams.Team.ADD_MEMBER,
    "Add a person to a team.",
    use_case=teams.add_member,
    returns_part=Membership,
    person_id=input_field("The person.", id_prefix="person"),
    role=input_field("The person's part in the team. Default: MEMBER."),
    share=input_field("Share of the person's working time in percent. Default: 100."),
    starts_on=today_field("The first day, within the team and an employment of the person."),
    ends_on=input_field(
        "The last day of the membership, within the team. Default: the team's, if it has one.",
        is_period_end=True,
    ),
    self_appointment_reason=self_appointment_field(),
)
team_change_membership = verb(
    Team,
    teams.Team.CHANGE_MEMBERSHIP,
    "Change a person's part or share in a team by beginning a new membership.",
    use_case=teams.change_membership,
    returns_part=Membership,
    membership_id=input_field(
        "The membership that is in effect on the day of the change.", id_prefix="membership"
    ),
    role=input_field("The new part. Default: unchanged."),
    share=input_field("The new share in percent. Default: unchanged."),
    starts_on=today_field("The day of the change."),
    self_appointment_reason=self_appointment_field(),
)
team_end_membership = verb(
    Team,
    teams.Team.END_MEMBERSHIP,
    "Remove a person from a team, after the given day.",
    membership_id=input_field("The membership.", id_prefix="membership"),
    ends_on=last_day_field("The last day of the membership."),
)
