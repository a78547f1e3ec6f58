"""What is given: sentences about an organization, written down as plain rows."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from domain.goals import Goal, GoalStatus, Visibility
from domain.members import Member
from domain.organizations import Organization
from domain.people import Person
from domain.roles import BUILT_IN_ROLES, Role
from domain.teams import Team
from domain.tenants import Tenant
from tests.access_scenarios.step_registry import Grammar, Misread, day, listed, span
from tests.factories.actors import TODAY
from tests.reads.dataset import Row, World

given = Grammar()

POPULATIONS = {
    "everyone": "everyone",
    "the teams they lead": "teams_led",
    "their reporting chain": "reporting_chain",
    "themselves": "self",
}
SHARING = {
    "for everybody": Visibility.PUBLIC,
    "for the organization": Visibility.ORGANIZATION,
    "for the reporting chain": Visibility.REPORTING_CHAIN,
    "private": Visibility.PRIVATE,
}
YEARS_AGO = TODAY - timedelta(days=1500)


class Story:
    """A small organization in the making: its rows, and its things by the names they are called."""

    def __init__(self, tenant_id: UUID, seed: int) -> None:
        self.world = World(f"scenario-{tenant_id}", tenant_id, TODAY, seed)
        self.things: dict[str, tuple[type, Row]] = {}
        tenant = self.world.root("tenants", name="Meridian", fiscal_year_start_month=1,
                                 week_start="monday", time_zone="UTC", locale="en",
                                 labels={})  # fmt: skip
        tenant["id"] = tenant_id
        self.things["the settings"] = (Tenant, tenant)
        for each in BUILT_IN_ROLES:
            role = self.role(each.key, is_built_in=True)
            for permission in each.permissions:
                self.world.part("role_grants", role_id=role["id"], permission=permission.value,
                                population="everyone", organization_id=None)  # fmt: skip

    def tell(self, sentences: list[str]) -> None:
        for each in sentences:
            given.read(each, self)

    def row(self, kind: type, name: str) -> Row:
        """What is called that, and is of that kind. Raises Misread."""
        found = self.things.get(name)
        if found is None or found[0] is not kind:
            raise Misread(f"There is no {kind.__name__} called {name}.")
        return found[1]

    def is_a(self, kind: type, name: str) -> bool:
        return name in self.things and self.things[name][0] is kind

    def role(self, key: str, *, is_built_in: bool = False) -> Row:
        """The role of that key; made where there is none."""
        name = f"the role {key}"
        if name not in self.things:
            role = self.world.root("roles", key=key.replace(" ", "_").lower(), name=key,
                                   description=None, is_built_in=is_built_in)  # fmt: skip
            self.things[name] = (Role, role)
        return self.things[name][1]

    @property
    def people(self) -> list[str]:
        return [name for name, (kind, _) in self.things.items() if kind is Person]


@given.says(r"(?P<unit>.+) is a company")
def _company(story: Story, unit: str, below: str | None = None) -> None:
    parent_id = story.row(Organization, below)["id"] if below else None
    row = story.world.root("organizations", kind="division", code=unit, name=unit,
                           parent_id=parent_id, starts_on=YEARS_AGO, ends_on=None)  # fmt: skip
    story.things[unit] = (Organization, row)


@given.says(r"(?P<unit>.+) is part of (?P<below>.+)")
def _part(story: Story, unit: str, below: str) -> None:
    _company(story, unit, below)


@given.says(r"the team (?P<team>.+?) belongs to (?P<unit>.+?)(?: below (?P<below>.+))?")
def _team(story: Story, team: str, unit: str, below: str | None) -> None:
    row = story.world.root("teams", organization_id=story.row(Organization, unit)["id"],
                           parent_id=story.row(Team, below)["id"] if below else None, name=team,
                           description=None, starts_on=YEARS_AGO, ends_on=None)  # fmt: skip
    story.things[team] = (Team, row)


@given.says(r"(?P<who>\w+) works in (?P<unit>no unit|.+)")
def _works(story: Story, who: str, unit: str) -> None:
    unit_id = None if unit == "no unit" else story.row(Organization, unit)["id"]
    if story.is_a(Person, who):
        story.row(Person, who)["organization_id"] = unit_id
        return
    person = story.world.root("people", given_name=who, family_name="", name=who,
                              work_email=None, employee_number=None, job_title=None, level=None,
                              location=None, time_zone=None, organization_id=unit_id,
                              hired_on=YEARS_AGO, left_on=None)  # fmt: skip
    story.things[who] = (Person, person)
    story.world.part("employments", person_id=person["id"], hired_on=YEARS_AGO, left_on=None,
                     leaving_reason=None)  # fmt: skip
    member = story.world.root("members", person_id=person["id"], subject=who, status="active")
    story.things[f"{who}'s account"] = (Member, member)
    _is(story, who, "employee", None)


@given.says(r"(?P<who>\w+) reports to (?P<boss>\w+)(?P<dotted> on a dotted line)?(?P<days>.*)")
def _reports(story: Story, who: str, boss: str, dotted: str | None, days: str) -> None:
    since, until = span(days, story.world.today)
    story.world.part("reporting_lines", person_id=story.row(Person, who)["id"],
                     manager_id=story.row(Person, boss)["id"], starts_on=since, ends_on=until,
                     kind="dotted" if dotted else "primary")  # fmt: skip


@given.says(r"(?P<who>\w+) reports to nobody")
def _reports_to_nobody(story: Story, who: str) -> None:
    id = story.row(Person, who)["id"]
    lines = story.world.tables["reporting_lines"]
    lines[:] = [each for each in lines if each["person_id"] != id]


given.meanings[-1], given.meanings[-2] = given.meanings[-2], given.meanings[-1]


@given.says(r"(?P<who>\w+) (?P<part>leads|is in) (?P<team>.+?)(?P<days>(?: from .+| until .+)?)")
def _belongs(story: Story, who: str, part: str, team: str, days: str) -> None:
    since, until = span(days, story.world.today)
    story.world.part("team_memberships", team_id=story.row(Team, team)["id"],
                     person_id=story.row(Person, who)["id"], share=100, starts_on=since,
                     ends_on=until, role="lead" if part == "leads" else "member")  # fmt: skip


@given.says(r"(?P<who>\w+) left (?P<when>[a-z ]+)")
@given.says(r"(?P<who>\w+) leaves (?P<when>[a-z ]+)")
def _left(story: Story, who: str, when: str) -> None:
    person = story.row(Person, who)
    person["left_on"] = day(when, story.world.today)
    for each in story.world.tables["employments"]:
        if each["person_id"] == person["id"]:
            each["left_on"] = person["left_on"]


@given.says(r"(?P<who>\w+) has no account")
def _stranger(story: Story, who: str) -> None:
    member = story.things.pop(f"{who}'s account")[1]
    _has_no_role(story, who, member)
    story.world.tables["members"].remove(member)


@given.says(r"(?P<who>\w+)'s account is removed")
def _removed(story: Story, who: str) -> None:
    story.row(Member, f"{who}'s account")["status"] = "removed"


@given.says(r"(?P<who>\w+) has no role")
def _has_no_role(story: Story, who: str, member: Row | None = None) -> None:
    member = member or story.row(Member, f"{who}'s account")
    held = story.world.tables["role_assignments"]
    held[:] = [each for each in held if each["member_id"] != member["id"]]


@given.says(r"(?P<who>\w+) is (?:an? )?(?P<role>[\w ]+?)(?: for (?P<unit>.+))?")
def _is(story: Story, who: str, role: str, unit: str | None) -> None:
    if role.startswith("only "):
        _has_no_role(story, who)
    key = role.removeprefix("only ").replace("HR", "hr").replace(" ", "_")
    unit_id = story.row(Organization, unit)["id"] if unit else None
    member = story.row(Member, f"{who}'s account")
    story.world.part("role_assignments", member_id=member["id"], organization_id=unit_id,
                     role_id=story.row(Role, f"the role {key}")["id"])  # fmt: skip


@given.says(r"the role (?P<key>\w+) grants (?P<permissions>.+?) over (?P<whom>.+)")
def _grants(story: Story, key: str, permissions: str, whom: str) -> None:
    role, unit = story.role(key), None
    if whom not in POPULATIONS:
        unit = story.row(Organization, whom)["id"]
    for permission in listed(permissions):
        story.world.part("role_grants", role_id=role["id"], permission=permission,
                         population=POPULATIONS.get(whom, "organization"),
                         organization_id=unit)  # fmt: skip


@given.says(r"the role (?P<key>\w+) grants nothing any more")
def _grants_nothing(story: Story, key: str) -> None:
    role = story.row(Role, f"the role {key}")
    grants = story.world.tables["role_grants"]
    grants[:] = [each for each in grants if each["role_id"] != role["id"]]


@given.says(r"(?P<whose>.+?) has the goal (?P<title>[^,]+)(?P<rest>(?:, .+)?)")
def _goal(story: Story, whose: str, title: str, rest: str) -> None:
    kind, owner = story.things[whose]
    words: dict[str, Any] = {"visibility": "public", "status": "active"}
    named: list[str] = []
    for each in rest.split(", ")[1:]:
        if each in SHARING:
            words["visibility"] = SHARING[each].value
        elif each.removeprefix("a ") in set(GoalStatus):
            words["status"] = each.removeprefix("a ")
        elif each.startswith("naming "):
            named = listed(each.removeprefix("naming "))
        else:
            raise Misread(f"Nobody understands of the goal {title}: {each}")
    word = {Person: "person", Team: "team", Organization: "organization"}[kind]
    owners = {f"owner_{each}_id": None for each in ("person", "team", "organization")}
    goal = story.world.root("goals", owner_kind=word, **owners | {f"owner_{word}_id": owner["id"]},
                            title=title, description=None, purpose=None, **words,
                            starts_on=YEARS_AGO, due_on=TODAY, closing_note=None, closed_at=None,
                            parent_id=None)  # fmt: skip
    story.things[title] = (Goal, goal)
    for each in named:
        story.world.add("goal_viewers", goal_id=goal["id"],
                        person_id=story.row(Person, each)["id"])  # fmt: skip
