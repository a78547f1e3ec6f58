"""When steps: sentences that use cases carry out, each committed before the next."""

from datetime import date
from typing import Any

import asyncpg

from domain import goals, members, organizations, people, staffing, teams
from domain.goals import Goal, Visibility
from domain.kernel.access import Actor
from domain.kernel.identity import OrganizationId, PersonId, TenantId
from domain.members import Member
from domain.organizations import Organization
from domain.people import LineKind, Person
from domain.roles import Role
from domain.teams import Team, TeamRole
from persistence.unit_of_work import work as unit
from tests.access_scenarios.given_steps import VISIBILITIES, Scenario
from tests.access_scenarios.step_registry import StepRegistry, parse_day
from tests.factories.actors import NOW, an_admin

WHEN_STEPS = StepRegistry()


async def run_when_steps(story: Scenario, writing: asyncpg.Pool, sentences: list[str]) -> None:
    """Run these steps, each in its own transaction."""
    for each in sentences:
        actor, act = WHEN_STEPS.run(each, story)
        async with unit.work(writing, actor, now=NOW) as begun:
            await act(begun)


def _build_admin(story: Scenario) -> Actor:
    return an_admin(TenantId(story.dataset.tenant_id))


def _build_actor(story: Scenario, who: str) -> Actor:
    person = PersonId(story.find_row(Person, who)["id"])
    return Actor(TenantId(story.dataset.tenant_id), story.dataset.today, person_id=person)


def _parse_date(story: Scenario, when: str | None) -> date:
    return parse_day(when or "today", story.dataset.today)


@WHEN_STEPS.register(r"(?P<who>\w+) reports to nobody(?: from (?P<when>.+))?")
def _end_line(story: Scenario, who: str, when: str | None) -> Any:
    async def act(work: unit.Work) -> None:
        person = await work.get(
            Person, story.find_row(Person, who)["id"], to=Person.END_REPORTING_LINE
        )
        (line,) = [each for each in person.lines if each.ends_on is None]
        await people.end_reporting_line(work, person.id, line.id, ends_on=_parse_date(story, when))

    return _build_admin(story), act


@WHEN_STEPS.register(
    r"(?P<who>\w+) reports to (?P<boss>\w+)(?P<dotted> on a dotted line)?(?: from (?P<when>.+))?"
)
def _change_manager(
    story: Scenario, who: str, boss: str, dotted: str | None, when: str | None
) -> Any:
    async def act(work: unit.Work) -> None:
        person, manager = story.find_row(Person, who)["id"], story.find_row(Person, boss)["id"]
        kind = LineKind.DOTTED if dotted else LineKind.PRIMARY
        await people.assign_manager(
            work, person, manager, kind=kind, starts_on=_parse_date(story, when)
        )

    return _build_admin(story), act


@WHEN_STEPS.register(r"(?P<who>\w+) leaves(?: (?P<when>.+))?")
def _leave(story: Scenario, who: str, when: str | None) -> Any:
    async def act(work: unit.Work) -> None:
        await staffing.depart(
            work, story.find_row(Person, who)["id"], left_on=_parse_date(story, when)
        )

    return _build_admin(story), act


@WHEN_STEPS.register(r"(?P<who>\w+) stays after all")
def _stay(story: Scenario, who: str) -> Any:
    async def act(work: unit.Work) -> None:
        await staffing.cancel_departure(work, story.find_row(Person, who)["id"])

    return _build_admin(story), act


@WHEN_STEPS.register(r"(?P<who>\w+) (?P<part>leads|joins) (?P<team>.+?)(?: from (?P<when>.+))?")
def _add_member(story: Scenario, who: str, part: str, team: str, when: str | None) -> Any:
    async def act(work: unit.Work) -> None:
        role = TeamRole.LEAD if part == "leads" else TeamRole.MEMBER
        group, person = story.find_row(Team, team)["id"], story.find_row(Person, who)["id"]
        await teams.add_member(work, group, person, role=role, starts_on=_parse_date(story, when))

    return _build_admin(story), act


@WHEN_STEPS.register(r"(?P<who>\w+) steps out of (?P<team>.+?)(?: from (?P<when>.+))?")
def _end_membership(story: Scenario, who: str, team: str, when: str | None) -> Any:
    async def act(work: unit.Work) -> None:
        group = await work.get(Team, story.find_row(Team, team)["id"], to=Team.END_MEMBERSHIP)
        id = story.find_row(Person, who)["id"]
        (membership,) = [each for each in group.memberships if each.person_id == id]
        group.end_membership(membership.id, _parse_date(story, when))

    return _build_admin(story), act


@WHEN_STEPS.register(r"(?P<who>\w+) becomes (?:an? )?(?P<role>[\w ]+?)(?: for (?P<where>.+))?")
def _assign_role(story: Scenario, who: str, role: str, where: str | None) -> Any:
    async def act(work: unit.Work) -> None:
        member, given = story.find_row(Member, f"{who}'s account")["id"], _find_role_id(story, role)
        place = story.find_row(Organization, where)["id"] if where else None
        await members.assign_role(work, member, given, organization_id=place)

    return _build_admin(story), act


@WHEN_STEPS.register(r"(?P<who>\w+) is no longer (?:an? )?(?P<role>[\w ]+)")
def _revoke_role(story: Scenario, who: str, role: str) -> Any:
    async def act(work: unit.Work) -> None:
        id = story.find_row(Member, f"{who}'s account")["id"]
        member = await work.get(Member, id, to=Member.REVOKE_ROLE)
        taken = _find_role_id(story, role)
        for each in [each.id for each in member.assignments if each.role_id == taken]:
            await members.revoke_role(work, id, each)

    return _build_admin(story), act


@WHEN_STEPS.register(r"(?P<who>\w+)'s account is (?P<what>removed|restored)")
def _change_member_status(story: Scenario, who: str, what: str) -> Any:
    async def act(work: unit.Work) -> None:
        id = story.find_row(Member, f"{who}'s account")["id"]
        if what == "removed":
            await members.remove(work, id)
        else:
            (await work.get(Member, id, to=Member.RESTORE)).restore()

    return _build_admin(story), act


@WHEN_STEPS.register(r"the role (?P<key>\w+) grants nothing any more")
def _clear_grants(story: Scenario, key: str) -> Any:
    async def act(work: unit.Work) -> None:
        await members.set_role_grants(work, _find_role_id(story, key), ())

    return _build_admin(story), act


@WHEN_STEPS.register(r"(?P<who>\w+) moves to (?P<where>.+)")
def _move_person(story: Scenario, who: str, where: str) -> Any:
    async def act(work: unit.Work) -> None:
        place = OrganizationId(story.find_row(Organization, where)["id"])
        await people.edit(work, story.find_row(Person, who)["id"], organization_id=place)

    return _build_admin(story), act


@WHEN_STEPS.register(r"the unit (?P<what>.+) moves under (?P<where>.+)")
def _move_unit(story: Scenario, what: str, where: str) -> Any:
    async def act(work: unit.Work) -> None:
        place = story.find_row(Organization, where)["id"]
        await organizations.move(work, story.find_row(Organization, what)["id"], parent_id=place)

    return _build_admin(story), act


@WHEN_STEPS.register(r"the team (?P<what>.+?) moves to (?P<where>.+?)(?: below (?P<below>.+))?")
def _move_team(story: Scenario, what: str, where: str, below: str | None) -> Any:
    async def act(work: unit.Work) -> None:
        place = story.find_row(Organization, where)["id"]
        above = story.find_row(Team, below)["id"] if below else None
        await teams.move(
            work, story.find_row(Team, what)["id"], organization_id=place, parent_id=above
        )

    return _build_admin(story), act


@WHEN_STEPS.register(r"(?P<who>\w+) makes (?P<title>.+) (?P<how>private|for the .+|for everybody)")
def _change_visibility(story: Scenario, who: str, title: str, how: str) -> Any:
    async def act(work: unit.Work) -> None:
        visibility = Visibility(VISIBILITIES[how])
        await goals.edit(work, story.find_row(Goal, title)["id"], visibility=visibility)

    return _build_actor(story, who), act


@WHEN_STEPS.register(r"(?P<who>\w+) names (?P<whom>\w+|nobody) on (?P<title>.+)")
def _set_viewers(story: Scenario, who: str, whom: str, title: str) -> Any:
    async def act(work: unit.Work) -> None:
        named = [] if whom == "nobody" else [PersonId(story.find_row(Person, whom)["id"])]
        goal = await work.get(Goal, story.find_row(Goal, title)["id"], to=Goal.EDIT)
        goal.edit(viewer_ids=named)

    return _build_actor(story, who), act


@WHEN_STEPS.register(r"(?P<who>\w+) (?P<verb>activates|achieves|reopens) (?P<title>.+)")
def _change_goal_status(story: Scenario, who: str, verb: str, title: str) -> Any:
    async def act(work: unit.Work) -> None:
        actions = {"activates": Goal.ACTIVATE, "achieves": Goal.ACHIEVE, "reopens": Goal.REOPEN}
        goal = await work.get(Goal, story.find_row(Goal, title)["id"], to=actions[verb])
        if verb == "achieves":
            goal.achieve(at=NOW)
        else:
            getattr(goal, verb.removesuffix("s"))()

    return _build_actor(story, who), act


def _find_role_id(story: Scenario, words: str) -> Any:
    key = words.replace("HR", "hr").replace(" ", "_")
    return story.find_row(Role, f"the role {key}")["id"]
