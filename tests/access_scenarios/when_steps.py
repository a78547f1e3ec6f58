"""What happens then: sentences that the use cases carry out, each kept before the next."""

from datetime import date
from typing import Any

import asyncpg

from domain import goals, members, organizations, people, roles, teams
from domain.goals import Goal, Visibility
from domain.kernel.access import Actor
from domain.kernel.identity import OrganizationId, PersonId, TenantId
from domain.members import Member
from domain.organizations import Organization
from domain.people import LineKind, Person
from domain.roles import Role
from domain.teams import Team, TeamRole
from persistence.unit_of_work import work as unit
from tests.access_scenarios.given_steps import SHARING, Story
from tests.access_scenarios.step_registry import Grammar, day
from tests.factories.actors import NOW, an_admin

then = Grammar()


async def carry_out(story: Story, writing: asyncpg.Pool, sentences: list[str]) -> None:
    """Let these things happen, each in a transaction of its own."""
    for each in sentences:
        actor, act = then.read(each, story)
        async with unit.work(writing, actor, now=NOW) as begun:
            await act(begun)


def _everything(story: Story) -> Actor:
    return an_admin(TenantId(story.world.tenant_id))


def _as(story: Story, who: str) -> Actor:
    person = PersonId(story.row(Person, who)["id"])
    return Actor(TenantId(story.world.tenant_id), story.world.today, person_id=person)


def _on(story: Story, when: str | None) -> date:
    return day(when or "today", story.world.today)


@then.says(r"(?P<who>\w+) reports to nobody(?: from (?P<when>.+))?")
def _reports_to_nobody(story: Story, who: str, when: str | None) -> Any:
    async def act(work: unit.Work) -> None:
        person = await work.get(Person, story.row(Person, who)["id"], to=Person.END_REPORTING_LINE)
        (line,) = [each for each in person.lines if each.ends_on is None]
        await people.end_reporting_line(work, person.id, line.id, ends_on=_on(story, when))

    return _everything(story), act


@then.says(
    r"(?P<who>\w+) reports to (?P<boss>\w+)(?P<dotted> on a dotted line)?(?: from (?P<when>.+))?"
)
def _reports(story: Story, who: str, boss: str, dotted: str | None, when: str | None) -> Any:
    async def act(work: unit.Work) -> None:
        person, manager = story.row(Person, who)["id"], story.row(Person, boss)["id"]
        kind = LineKind.DOTTED if dotted else LineKind.PRIMARY
        await people.assign_manager(work, person, manager, kind=kind, starts_on=_on(story, when))

    return _everything(story), act


@then.says(r"(?P<who>\w+) leaves(?: (?P<when>.+))?")
def _leaves(story: Story, who: str, when: str | None) -> Any:
    async def act(work: unit.Work) -> None:
        await people.depart(work, story.row(Person, who)["id"], left_on=_on(story, when))

    return _everything(story), act


@then.says(r"(?P<who>\w+) stays after all")
def _stays(story: Story, who: str) -> Any:
    async def act(work: unit.Work) -> None:
        await people.cancel_departure(work, story.row(Person, who)["id"])

    return _everything(story), act


@then.says(r"(?P<who>\w+) (?P<part>leads|joins) (?P<team>.+?)(?: from (?P<when>.+))?")
def _joins(story: Story, who: str, part: str, team: str, when: str | None) -> Any:
    async def act(work: unit.Work) -> None:
        role = TeamRole.LEAD if part == "leads" else TeamRole.MEMBER
        group, person = story.row(Team, team)["id"], story.row(Person, who)["id"]
        await teams.add_member(work, group, person, role=role, starts_on=_on(story, when))

    return _everything(story), act


@then.says(r"(?P<who>\w+) steps out of (?P<team>.+?)(?: from (?P<when>.+))?")
def _steps_out(story: Story, who: str, team: str, when: str | None) -> Any:
    async def act(work: unit.Work) -> None:
        group = await work.get(Team, story.row(Team, team)["id"], to=Team.END_MEMBERSHIP)
        id = story.row(Person, who)["id"]
        (membership,) = [each for each in group.memberships if each.person_id == id]
        group.end_membership(membership.id, _on(story, when))

    return _everything(story), act


@then.says(r"(?P<who>\w+) becomes (?:an? )?(?P<role>[\w ]+?)(?: for (?P<where>.+))?")
def _becomes(story: Story, who: str, role: str, where: str | None) -> Any:
    async def act(work: unit.Work) -> None:
        member, given = story.row(Member, f"{who}'s account")["id"], _role(story, role)
        place = story.row(Organization, where)["id"] if where else None
        await members.assign_role(work, member, given, organization_id=place)

    return _everything(story), act


@then.says(r"(?P<who>\w+) is no longer (?:an? )?(?P<role>[\w ]+)")
def _no_longer(story: Story, who: str, role: str) -> Any:
    async def act(work: unit.Work) -> None:
        id = story.row(Member, f"{who}'s account")["id"]
        member = await work.get(Member, id, to=Member.REVOKE_ROLE)
        taken = _role(story, role)
        for each in [each.id for each in member.assignments if each.role_id == taken]:
            await members.revoke_role(work, id, each)

    return _everything(story), act


@then.says(r"(?P<who>\w+)'s account is (?P<what>removed|restored)")
def _account(story: Story, who: str, what: str) -> Any:
    async def act(work: unit.Work) -> None:
        id = story.row(Member, f"{who}'s account")["id"]
        if what == "removed":
            await members.remove(work, id)
        else:
            (await work.get(Member, id, to=Member.RESTORE)).restore()

    return _everything(story), act


@then.says(r"the role (?P<key>\w+) grants nothing any more")
def _grants_nothing(story: Story, key: str) -> Any:
    async def act(work: unit.Work) -> None:
        await roles.set_grants(work, _role(story, key), ())

    return _everything(story), act


@then.says(r"(?P<who>\w+) moves to (?P<where>.+)")
def _moves(story: Story, who: str, where: str) -> Any:
    async def act(work: unit.Work) -> None:
        place = OrganizationId(story.row(Organization, where)["id"])
        await people.edit(work, story.row(Person, who)["id"], organization_id=place)

    return _everything(story), act


@then.says(r"the unit (?P<what>.+) moves under (?P<where>.+)")
def _unit_moves(story: Story, what: str, where: str) -> Any:
    async def act(work: unit.Work) -> None:
        place = story.row(Organization, where)["id"]
        await organizations.move(work, story.row(Organization, what)["id"], parent_id=place)

    return _everything(story), act


@then.says(r"the team (?P<what>.+?) moves to (?P<where>.+?)(?: below (?P<below>.+))?")
def _team_moves(story: Story, what: str, where: str, below: str | None) -> Any:
    async def act(work: unit.Work) -> None:
        place = story.row(Organization, where)["id"]
        above = story.row(Team, below)["id"] if below else None
        await teams.move(work, story.row(Team, what)["id"], organization_id=place, parent_id=above)

    return _everything(story), act


@then.says(r"(?P<who>\w+) makes (?P<title>.+) (?P<how>private|for the .+|for everybody)")
def _shares(story: Story, who: str, title: str, how: str) -> Any:
    async def act(work: unit.Work) -> None:
        visibility = Visibility(SHARING[how])
        await goals.edit(work, story.row(Goal, title)["id"], visibility=visibility)

    return _as(story, who), act


@then.says(r"(?P<who>\w+) names (?P<whom>\w+|nobody) on (?P<title>.+)")
def _names(story: Story, who: str, whom: str, title: str) -> Any:
    async def act(work: unit.Work) -> None:
        named = [] if whom == "nobody" else [PersonId(story.row(Person, whom)["id"])]
        goal = await work.get(Goal, story.row(Goal, title)["id"], to=Goal.EDIT)
        goal.edit(viewer_ids=named)

    return _as(story, who), act


@then.says(r"(?P<who>\w+) (?P<verb>activates|achieves|reopens) (?P<title>.+)")
def _moves_on(story: Story, who: str, verb: str, title: str) -> Any:
    async def act(work: unit.Work) -> None:
        actions = {"activates": Goal.ACTIVATE, "achieves": Goal.ACHIEVE, "reopens": Goal.REOPEN}
        goal = await work.get(Goal, story.row(Goal, title)["id"], to=actions[verb])
        if verb == "achieves":
            goal.achieve(at=NOW)
        else:
            getattr(goal, verb.removesuffix("s"))()

    return _as(story, who), act


def _role(story: Story, words: str) -> Any:
    key = words.replace("HR", "hr").replace(" ", "_")
    return story.row(Role, f"the role {key}")["id"]
