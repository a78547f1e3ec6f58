"""Who may see and do what: the table of design §2, cell by cell."""

from dataclasses import replace

import pytest

from domain.goals import Goal, GoalStatus, Visibility
from domain.kernel.access import Actor, Rule, is_allowed
from domain.kernel.identity import OrganizationId, PersonId
from domain.members import Member
from domain.organizations import Organization
from domain.people import LineKind, Person
from domain.permission_table import render_permission_table
from domain.roles import TENANT_ADMIN, Role, create_built_in_roles
from domain.teams import Team, TeamRole
from domain.tenants import Tenant
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    TENANT,
    TODAY,
    a_draft,
    a_person,
    a_team,
    a_unit,
    an_actor,
)

COMPANY = a_unit("COMPANY")
NORTH = a_unit("NORTH", below=COMPANY)
SOUTH = a_unit("SOUTH", below=COMPANY)
ADA, BOSS, TOP, DOTTED, LEAD, PEER, FAR, NAMED = (
    a_person(name) for name in ("Ada", "Boss", "Top", "Dotted", "Lead", "Peer", "Far", "Named")
)
for each in (ADA, BOSS, LEAD, PEER, NAMED, DOTTED):
    each.organization_id = OrganizationId(NORTH.id)
TOP.organization_id = OrganizationId(COMPANY.id)
FAR.organization_id = OrganizationId(SOUTH.id)
ADA.assign_manager(PersonId(BOSS.id), starts_on=TODAY, today=TODAY)
BOSS.assign_manager(PersonId(TOP.id), starts_on=TODAY, today=TODAY)
TEAM = a_team(NORTH)
TEAM.add_member(PersonId(ADA.id), starts_on=TODAY)
TEAM.add_member(PersonId(LEAD.id), starts_on=TODAY, role=TeamRole.LEAD)
MEMBER = Member(tenant_id=TENANT, person_id=PersonId(ADA.id), subject="ada")
ROLE = create_built_in_roles(TENANT)[0]
SETTINGS = Tenant.create(TENANT, name="Meridian")
PEOPLE = [ADA, BOSS, TOP, DOTTED, LEAD, PEER, FAR, NAMED]
WORLD = [COMPANY, NORTH, SOUTH, TEAM, MEMBER, ROLE, SETTINGS, *PEOPLE]


def build_employee_actor(person: Person, role: str = "employee") -> Actor:
    """Build an employee with the relationships of a person."""
    memory = FakeWork(an_actor(person, role), list(WORLD))
    standing = memory.compute_relationships()
    unit = standing.organizations[person.id]
    led = {TEAM.id} if person is LEAD else set()
    return replace(
        memory.actor,
        organizations=frozenset(OrganizationId(each) for each in standing.organization_paths[unit]),
        teams_led=frozenset(led),  # type: ignore[arg-type]
    )


def build_unit_actor(role: str, unit: Organization) -> Actor:
    actor = an_actor(role=role)
    return replace(
        actor, grants=frozenset(each.restrict_to(OrganizationId(unit.id)) for each in actor.grants)
    )


ACTORS = {
    "the person": build_employee_actor(ADA),
    "their manager": build_employee_actor(BOSS),
    "a manager above": build_employee_actor(TOP),
    "the team's lead": build_employee_actor(LEAD),
    "a colleague": build_employee_actor(PEER),
    "somebody elsewhere": build_employee_actor(FAR),
    "the person named": build_employee_actor(NAMED),
    "HR": build_employee_actor(FAR, "hr"),
    "HR of the unit": build_unit_actor("hr", NORTH),
    "HR of another unit": build_unit_actor("hr", SOUTH),
    "a tenant admin": build_employee_actor(FAR, TENANT_ADMIN),
    "an analyst": an_actor(role="analyst"),
    "an integration": an_actor(role="integration"),
}
STAFF = set(ACTORS) - {"an integration", "HR of the unit", "HR of another unit"}
LINE = {"the person", "their manager", "a manager above"}
HR = {"HR", "HR of the unit"}


def list_permitted_actors(rule: Rule, subject: object) -> set[str]:
    standing = FakeWork(ACTORS["HR"], list(WORLD)).compute_relationships()
    return {name for name, actor in ACTORS.items() if is_allowed(rule, actor, subject, standing)}


def test_the_directory_is_for_everybody_who_works_here() -> None:
    assert list_permitted_actors(Person.SEE, ADA) == STAFF | HR
    assert list_permitted_actors(Team.SEE, TEAM) == STAFF | HR
    assert list_permitted_actors(Organization.SEE, NORTH) == STAFF | HR
    assert list_permitted_actors(Tenant.SEE, SETTINGS) == set(ACTORS)


def test_employment_facts_are_for_the_line_and_hr() -> None:
    assert list_permitted_actors(Person.SEE_EMPLOYMENT, ADA) == LINE | HR
    rules = [rule for name, rule in Person.GUARDED.items() if "custom_values" not in name]
    assert {list_permitted_actors(rule, ADA) == LINE | HR for rule in rules} == {True}


def test_the_directory_is_written_by_hr_and_admins_and_employment_by_hr() -> None:
    for action in (Person.EDIT, Person.ASSIGN_MANAGER, Person.END_REPORTING_LINE):
        assert list_permitted_actors(action.rule, ADA) == HR | {"a tenant admin"}
    for action in (
        Person.HIRE,
        Person.DEPART,
        Person.REHIRE,
        Person.CHANGE_EMPLOYEE_NUMBER,
        Person.ADD_EXTERNAL_REFERENCE,
    ):
        assert list_permitted_actors(action.rule, ADA) == HR
    for action in Organization.ACTIONS:
        assert list_permitted_actors(action.rule, NORTH) == HR | {"a tenant admin"}


def test_a_lead_runs_the_own_team() -> None:
    for action in (Team.EDIT, Team.ADD_MEMBER, Team.CHANGE_MEMBERSHIP, Team.END_MEMBERSHIP):
        assert list_permitted_actors(action.rule, TEAM) == HR | {
            "a tenant admin",
            "the team's lead",
        }
    for action in (Team.MOVE, Team.CLOSE, Team.REOPEN):
        assert list_permitted_actors(action.rule, TEAM) == HR | {"a tenant admin"}


def test_members_roles_and_settings_are_read_by_hr_and_run_by_admins() -> None:
    assert list_permitted_actors(Member.SEE, MEMBER) == HR | {"a tenant admin", "the person"}
    assert list_permitted_actors(Role.SEE, ROLE) == HR | {"a tenant admin", "HR of another unit"}
    assert list_permitted_actors(Member.PREVIEW.rule, MEMBER) == {"HR", "a tenant admin"}
    for action in set(Member.ACTIONS) - {Member.EXPLAIN, Member.PREVIEW}:
        assert list_permitted_actors(action.rule, MEMBER) == {"a tenant admin"}
    assert list_permitted_actors(Role.EDIT.rule, ROLE) == {"a tenant admin"}
    assert list_permitted_actors(Tenant.EDIT.rule, SETTINGS) == {"a tenant admin"}


def build_goal(visibility: Visibility, status: GoalStatus = GoalStatus.ACTIVE) -> Goal:
    made = a_draft(ADA, visibility=visibility, viewer_ids={PersonId(NAMED.id)})
    made.status = status
    return made


@pytest.mark.parametrize(
    ("visibility", "seen", "changed"),
    [
        (Visibility.PUBLIC, STAFF | HR, LINE | HR),
        (
            Visibility.ORGANIZATION,
            LINE | HR | {"the team's lead", "a colleague", "the person named"},
            LINE | HR,
        ),
        (Visibility.REPORTING_CHAIN, LINE | HR | {"the person named"}, LINE | HR),
        (Visibility.PRIVATE, {"the person", "the person named"}, {"the person"}),
    ],
)
def test_a_goal_is_seen_as_its_owner_shares_it(
    visibility: Visibility, seen: set[str], changed: set[str]
) -> None:
    subject = build_goal(visibility)
    assert list_permitted_actors(Goal.SEE, subject) == seen
    for action in Goal.ACTIONS:
        if "external_reference" in action.name or action == Goal.WRITE_HR_VALUES:
            continue
        assert list_permitted_actors(action.rule, subject) == changed


@pytest.mark.parametrize("visibility", list(Visibility))
def test_a_draft_is_for_those_who_may_change_it(visibility: Visibility) -> None:
    draft = build_goal(visibility, GoalStatus.DRAFT)
    assert list_permitted_actors(Goal.SEE, draft) == list_permitted_actors(Goal.EDIT.rule, draft)


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        (Visibility.PUBLIC, LINE | HR | {"a tenant admin"}),
        (Visibility.ORGANIZATION, LINE | HR),
        (Visibility.REPORTING_CHAIN, LINE | HR),
        (Visibility.PRIVATE, {"the person"}),
    ],
)
def test_an_auditor_reads_the_history_of_what_they_may_know_of(
    visibility: Visibility, readers: set[str]
) -> None:
    assert list_permitted_actors(Goal.SEE_HISTORY, build_goal(visibility)) == readers


def test_a_private_goal_is_hidden_from_an_auditor_who_is_named() -> None:
    subject = build_goal(Visibility.PRIVATE)
    auditor = build_employee_actor(NAMED, "hr")
    standing = FakeWork(auditor, list(WORLD)).compute_relationships()
    assert is_allowed(Goal.SEE, auditor, subject, standing)
    assert not is_allowed(Goal.SEE_HISTORY, auditor, subject, standing)


@pytest.mark.parametrize("visibility", list(Visibility))
def test_a_teams_goal_is_the_leads(visibility: Visibility) -> None:
    subject = build_goal(visibility)
    subject.owner_person_id = None
    subject.owner_team_id = TEAM.id  # type: ignore[assignment]
    hr = set() if visibility is Visibility.PRIVATE else HR
    assert list_permitted_actors(Goal.EDIT.rule, subject) == hr | {"the team's lead"}


def test_a_dotted_manager_has_no_rights() -> None:
    boss = PersonId(DOTTED.id)
    ADA.assign_manager(boss, kind=LineKind.DOTTED, starts_on=TODAY, today=TODAY)
    actor = build_employee_actor(DOTTED)
    standing = FakeWork(actor, list(WORLD)).compute_relationships()
    assert not is_allowed(Person.SEE_EMPLOYMENT, actor, ADA, standing)


def test_an_actor_without_grants_sees_only_the_tenants_name() -> None:
    nobody = Actor(tenant_id=TENANT, today=TODAY)
    standing = FakeWork(nobody, list(WORLD)).compute_relationships()
    seen = [
        each
        for each in [*WORLD, *(build_goal(visibility) for visibility in Visibility)]
        if is_allowed(type(each).SEE, nobody, each, standing)
    ]
    assert seen == [SETTINGS]


def test_the_permission_table_is_read_off_the_code() -> None:
    lines = render_permission_table().splitlines()
    assert "| edit | `settings:manage` |" in lines
    assert any("create<br>edit (draft or active)<br>align" in line for line in lines)
    assert "| employment:manage |  | ● |  |  |  |" in lines
