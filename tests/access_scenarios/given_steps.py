"""Given steps: sentences about an organization, stored as plain rows."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from domain.goals import Goal, GoalStatus, Visibility
from domain.kpis import Kpi
from domain.members import Member
from domain.organizations import Organization
from domain.people import Person
from domain.roles import BUILT_IN_ROLES, Role
from domain.teams import Team
from domain.tenants import Tenant
from tests.access_scenarios.step_registry import (
    StepError,
    StepRegistry,
    parse_day,
    parse_period,
    split_names,
)
from tests.factories.actors import TODAY
from tests.reads.dataset import Row, TenantDataset

GIVEN_STEPS = StepRegistry()

POPULATIONS = {
    "everyone": "everyone",
    "the teams they lead": "teams_led",
    "their reporting chain": "reporting_chain",
    "themselves": "self",
}
VISIBILITIES = {
    "for everybody": Visibility.PUBLIC,
    "for the organization": Visibility.ORGANIZATION,
    "for the reporting chain": Visibility.REPORTING_CHAIN,
    "private": Visibility.PRIVATE,
}
DEFAULT_START = TODAY - timedelta(days=1500)


class Scenario:
    """A small organization under construction: its rows, and its entities by their names."""

    def __init__(self, tenant_id: UUID, seed: int) -> None:
        self.dataset = TenantDataset(f"scenario-{tenant_id}", tenant_id, TODAY, seed)
        self.entities: dict[str, tuple[type, Row]] = {}
        tenant = self.dataset.add_root(
            "tenants",
            name="Meridian",
            fiscal_year_start_month=1,
            fiscal_year_named_by="last_year",
            week_start="monday",
            time_zone="UTC",
            locale="en",
            labels={},
            field_owners={},
            allows_self_appointment=False,
            allows_granting_unheld=False,
            check_in_backdating_days=31,
            kpi_tolerance_percent=10,
            suppression_threshold=5,
            appeal_days=14,
            changes_retention_days=90,
        )
        tenant["id"] = tenant_id
        self.entities["the settings"] = (Tenant, tenant)
        for each in BUILT_IN_ROLES:
            role = self.get_or_create_role(each.key, is_built_in=True)
            for permission in each.permissions:
                self.dataset.add_part(
                    "role_grants",
                    role_id=role["id"],
                    permission=permission.value,
                    population="everyone",
                    organization_id=None,
                    kpi_id=None,
                )

    def run_given_steps(self, sentences: list[str]) -> None:
        for each in sentences:
            GIVEN_STEPS.run(each, self)

    def find_row(self, kind: type, name: str) -> Row:
        """Return the row of that name and type. Raises StepError."""
        found = self.entities.get(name)
        if found is None or found[0] is not kind:
            raise StepError(f"There is no {kind.__name__} called {name}.")
        return found[1]

    def has_entity(self, kind: type, name: str) -> bool:
        return name in self.entities and self.entities[name][0] is kind

    def get_or_create_role(self, key: str, *, is_built_in: bool = False) -> Row:
        """Return the role of that key; create it if needed."""
        name = f"the role {key}"
        if name not in self.entities:
            role = self.dataset.add_root(
                "roles",
                key=key.replace(" ", "_").lower(),
                name=key,
                description=None,
                is_built_in=is_built_in,
            )
            self.entities[name] = (Role, role)
        return self.entities[name][1]

    @property
    def person_names(self) -> list[str]:
        return [name for name, (kind, _) in self.entities.items() if kind is Person]


@GIVEN_STEPS.register(r"(?P<unit>.+) is a company")
def _add_company(story: Scenario, unit: str, below: str | None = None) -> None:
    parent_id = story.find_row(Organization, below)["id"] if below else None
    row = story.dataset.add_root(
        "organizations",
        kind="division",
        code=unit,
        name=unit,
        parent_id=parent_id,
        starts_on=DEFAULT_START,
        ends_on=None,
    )
    story.entities[unit] = (Organization, row)


@GIVEN_STEPS.register(r"(?P<unit>.+) is part of (?P<below>.+)")
def _add_unit(story: Scenario, unit: str, below: str) -> None:
    _add_company(story, unit, below)


@GIVEN_STEPS.register(r"the team (?P<team>.+?) belongs to (?P<unit>.+?)(?: below (?P<below>.+))?")
def _add_team(story: Scenario, team: str, unit: str, below: str | None) -> None:
    row = story.dataset.add_root(
        "teams",
        organization_id=story.find_row(Organization, unit)["id"],
        parent_id=story.find_row(Team, below)["id"] if below else None,
        name=team,
        description=None,
        starts_on=DEFAULT_START,
        ends_on=None,
    )
    story.entities[team] = (Team, row)


@GIVEN_STEPS.register(r"(?P<who>\w+) works in (?P<unit>no unit|.+)")
def _place_person(story: Scenario, who: str, unit: str) -> None:
    unit_id = None if unit == "no unit" else story.find_row(Organization, unit)["id"]
    if story.has_entity(Person, who):
        story.find_row(Person, who)["organization_id"] = unit_id
        return
    person = story.dataset.add_root(
        "people",
        given_name=who,
        family_name="",
        name=who,
        work_email=None,
        employee_number=None,
        job_title=None,
        level=None,
        location=None,
        time_zone=None,
        organization_id=unit_id,
        hired_on=DEFAULT_START,
        left_on=None,
    )
    story.entities[who] = (Person, person)
    story.dataset.add_part(
        "employments",
        person_id=person["id"],
        hired_on=DEFAULT_START,
        left_on=None,
        leaving_reason=None,
        leaving_kind=None,
        successor_id=None,
    )
    member = story.dataset.add_root("members", person_id=person["id"], subject=who, status="active")
    story.entities[f"{who}'s account"] = (Member, member)
    _assign_role(story, who, "employee", None)


@GIVEN_STEPS.register(
    r"(?P<who>\w+) reports to (?P<boss>\w+)(?P<dotted> on a dotted line)?(?P<days>.*)"
)
def _add_reporting_line(
    story: Scenario, who: str, boss: str, dotted: str | None, days: str
) -> None:
    since, until = parse_period(days, story.dataset.today)
    story.dataset.add_part(
        "reporting_lines",
        person_id=story.find_row(Person, who)["id"],
        manager_id=story.find_row(Person, boss)["id"],
        starts_on=since,
        ends_on=until,
        kind="dotted" if dotted else "primary",
    )


@GIVEN_STEPS.register(r"(?P<who>\w+) reports to nobody")
def _remove_reporting_lines(story: Scenario, who: str) -> None:
    id = story.find_row(Person, who)["id"]
    lines = story.dataset.tables["reporting_lines"]
    lines[:] = [each for each in lines if each["person_id"] != id]


GIVEN_STEPS.handlers[-1], GIVEN_STEPS.handlers[-2] = (
    GIVEN_STEPS.handlers[-2],
    GIVEN_STEPS.handlers[-1],
)


@GIVEN_STEPS.register(
    r"(?P<who>\w+) (?P<part>leads|is in) (?P<team>.+?)(?P<days>(?: from .+| until .+)?)"
)
def _add_membership(story: Scenario, who: str, part: str, team: str, days: str) -> None:
    since, until = parse_period(days, story.dataset.today)
    story.dataset.add_part(
        "team_memberships",
        team_id=story.find_row(Team, team)["id"],
        person_id=story.find_row(Person, who)["id"],
        share=100,
        starts_on=since,
        ends_on=until,
        role="lead" if part == "leads" else "member",
    )


@GIVEN_STEPS.register(r"(?P<who>\w+) left (?P<when>[a-z ]+)")
@GIVEN_STEPS.register(r"(?P<who>\w+) leaves (?P<when>[a-z ]+)")
def _set_last_day(story: Scenario, who: str, when: str) -> None:
    person = story.find_row(Person, who)
    person["left_on"] = parse_day(when, story.dataset.today)
    for each in story.dataset.tables["employments"]:
        if each["person_id"] == person["id"]:
            each["left_on"] = person["left_on"]


@GIVEN_STEPS.register(r"(?P<who>\w+) has no account")
def _delete_member(story: Scenario, who: str) -> None:
    member = story.entities.pop(f"{who}'s account")[1]
    _remove_roles(story, who, member)
    story.dataset.tables["members"].remove(member)


@GIVEN_STEPS.register(r"(?P<who>\w+)'s account is removed")
def _mark_member_removed(story: Scenario, who: str) -> None:
    story.find_row(Member, f"{who}'s account")["status"] = "removed"


@GIVEN_STEPS.register(r"(?P<who>\w+) has no role")
def _remove_roles(story: Scenario, who: str, member: Row | None = None) -> None:
    member = member or story.find_row(Member, f"{who}'s account")
    held = story.dataset.tables["role_assignments"]
    held[:] = [each for each in held if each["member_id"] != member["id"]]


@GIVEN_STEPS.register(r"(?P<who>\w+) is (?:an? )?(?P<role>[\w ]+?)(?: for (?P<unit>.+))?")
def _assign_role(story: Scenario, who: str, role: str, unit: str | None) -> None:
    if role.startswith("only "):
        _remove_roles(story, who)
    key = role.removeprefix("only ").replace("HR", "hr").replace(" ", "_")
    unit_id = story.find_row(Organization, unit)["id"] if unit else None
    member = story.find_row(Member, f"{who}'s account")
    story.dataset.add_part(
        "role_assignments",
        member_id=member["id"],
        organization_id=unit_id,
        role_id=story.find_row(Role, f"the role {key}")["id"],
    )


@GIVEN_STEPS.register(r"the role (?P<key>\w+) grants (?P<permissions>.+?) over (?P<whom>.+)")
def _add_grants(story: Scenario, key: str, permissions: str, whom: str) -> None:
    role = story.get_or_create_role(key)
    covered: dict[str, Any] = {"organization_id": None, "kpi_id": None}
    if whom in POPULATIONS:
        covered["population"] = POPULATIONS[whom]
    else:
        kind = Kpi if story.has_entity(Kpi, whom) else Organization
        id = story.find_row(kind, whom)["id"]
        covered |= {"population": kind.NAME, f"{kind.NAME}_id": id}
    for permission in split_names(permissions):
        story.dataset.add_part("role_grants", role_id=role["id"], permission=permission, **covered)


@GIVEN_STEPS.register(r"the role (?P<key>\w+) grants nothing any more")
def _remove_grants(story: Scenario, key: str) -> None:
    role = story.find_row(Role, f"the role {key}")
    grants = story.dataset.tables["role_grants"]
    grants[:] = [each for each in grants if each["role_id"] != role["id"]]


@GIVEN_STEPS.register(r"(?P<whose>.+?) has the goal (?P<title>[^,]+)(?P<rest>(?:, .+)?)")
def _add_goal(story: Scenario, whose: str, title: str, rest: str) -> None:
    kind, owner = story.entities[whose]
    words: dict[str, Any] = {"visibility": "public", "status": "active"}
    named: list[str] = []
    for each in rest.split(", ")[1:]:
        if each in VISIBILITIES:
            words["visibility"] = VISIBILITIES[each].value
        elif each.removeprefix("a ") in set(GoalStatus):
            words["status"] = each.removeprefix("a ")
        elif each.startswith("naming "):
            named = split_names(each.removeprefix("naming "))
        else:
            raise StepError(f"Nobody understands of the goal {title}: {each}")
    word = {Person: "person", Team: "team", Organization: "organization"}[kind]
    owners = {f"owner_{each}_id": None for each in ("person", "team", "organization")}
    goal = story.dataset.add_root(
        "goals",
        owner_kind=word,
        **owners | {f"owner_{word}_id": owner["id"]},
        title=title,
        description=None,
        purpose=None,
        **words,
        starts_on=DEFAULT_START,
        due_on=TODAY,
        closing_note=None,
        closed_at=None,
        parent_id=None,
    )
    story.entities[title] = (Goal, goal)
    for each in named:
        story.dataset.add_row(
            "goal_viewers", goal_id=goal["id"], person_id=story.find_row(Person, each)["id"]
        )


@GIVEN_STEPS.register(
    r"(?P<unit>.+?) has the KPI (?P<name>.+?) of (?P<owner>\w+)(?P<state>, archived)?"
)
def _add_kpi(story: Scenario, unit: str, name: str, owner: str, state: str | None) -> None:
    kpi = story.dataset.add_root(
        "kpis",
        scope_kind="organization",
        organization_id=story.find_row(Organization, unit)["id"],
        team_id=None,
        name=name,
        description=None,
        purpose_id=None,
        parent_id=None,
        influence=None,
        groups=[],
        owner_id=story.find_row(Person, owner)["id"],
        visibility="named",
        frequency="monthly",
        due_after_days=7,
        due_in_working_days=False,
        describes_people=False,
        state="archived" if state else "active",
    )
    story.entities[name] = (Kpi, kpi)
