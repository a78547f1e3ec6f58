from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain import goals
from domain.goals import (
    Confidence,
    Goal,
    GoalStatus,
    KeyResult,
    Owner,
    OwnerKind,
    Visibility,
)
from domain.kernel.actions import Action
from domain.kernel.errors import Code, StateConflict
from domain.kernel.identity import PersonId, TeamId, generate_id
from domain.people import Person
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.domain_examples import (
    NOW,
    TENANT,
    TODAY,
    a_draft,
    a_goal,
    a_measure,
    a_person,
    a_team,
    a_unit,
    an_actor,
    days_from_today,
    expect_error,
    list_event_actions,
)

COLLEAGUE = a_person("Colleague")


def test_a_goal_begins_as_a_draft_today() -> None:
    owner = Owner(OwnerKind.TEAM, generate_id())
    goal = Goal.draft(TENANT, owner, today=TODAY, title=" Ship 🚀 ", due_on=days_from_today(90))
    assert (goal.title, goal.starts_on, goal.due_on) == ("Ship 🚀", TODAY, days_from_today(90))
    assert (goal.status, goal.visibility) == (GoalStatus.DRAFT, Visibility.PUBLIC)
    assert (goal.owner, goal.owner_team_id, goal.owner_person_id) == (owner, owner.id, None)
    assert list_event_actions(goal) == ["drafted"]


def test_a_goal_needs_a_title_and_a_due_date() -> None:
    owner = Owner(OwnerKind.PERSON, generate_id())
    with expect_error(Code.REQUIRED, "dueOn"):
        Goal.draft(TENANT, owner, today=TODAY, title="Ship")
    with expect_error(Code.REQUIRED, "title"):
        Goal.draft(TENANT, owner, today=TODAY, due_on=TODAY)
    with expect_error(Code.OUT_OF_RANGE, "dueOn"):
        Goal.draft(TENANT, owner, today=TODAY, title="Ship", due_on=days_from_today(-1))


def test_a_goal_may_last_one_day() -> None:
    assert a_draft(due_on=TODAY).due_on == TODAY


@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.REPORTING_CHAIN])
def test_an_organization_keeps_no_goal_among_few(visibility: Visibility) -> None:
    owner = Owner(OwnerKind.ORGANIZATION, generate_id())
    with expect_error(Code.INVALID, "visibility"):
        Goal.draft(TENANT, owner, today=TODAY, title="Ship", due_on=TODAY, visibility=visibility)


def test_a_goal_takes_its_course() -> None:
    goal = a_draft()
    goal.activate()
    goal.achieve(at=NOW)
    assert (goal.status, goal.closing_note, goal.closed_at) == (GoalStatus.ACHIEVED, None, NOW)
    assert list_event_actions(goal) == ["activated", "achieved"]


@pytest.mark.parametrize("verb", ["mark_missed", "abandon"])
def test_who_does_not_reach_a_goal_says_why(verb: str) -> None:
    goal = a_goal()
    for nothing in (None, " \n "):
        with expect_error(Code.REQUIRED, "note"):
            getattr(goal, verb)(nothing, at=NOW)
    assert (goal.status, goal.closed_at, list_event_actions(goal)) == (GoalStatus.ACTIVE, None, [])
    getattr(goal, verb)("The market went away.", at=NOW)
    assert goal.closing_note == "The market went away."
    assert goal.status == {"mark_missed": GoalStatus.MISSED, "abandon": GoalStatus.ABANDONED}[verb]


def test_a_closed_goal_can_be_taken_up_again() -> None:
    goal = a_goal()
    goal.mark_missed("Too late.", at=NOW)
    goal.reopen()
    assert (goal.status, goal.closing_note, goal.closed_at) == (GoalStatus.ACTIVE, None, None)


@pytest.mark.parametrize("status", list(GoalStatus))
def test_a_verb_starts_where_its_action_says_and_nowhere_else(status: GoalStatus) -> None:
    verbs: dict[Action, Callable[[Goal], object]] = {
        Goal.EDIT: lambda goal: goal.edit(title="New"),
        Goal.ALIGN: lambda goal: goal.align(generate_id(), ()),
        Goal.REASSIGN: lambda goal: goal.reassign(Owner(OwnerKind.TEAM, generate_id())),
        Goal.ACTIVATE: lambda goal: goal.activate(),
        Goal.CHECK_IN: lambda goal: goal.check_in(
            PersonId(generate_id()), confidence=Confidence.ON_TRACK, values={}, at=NOW
        ),
        Goal.ACHIEVE: lambda goal: goal.achieve(at=NOW),
        Goal.MARK_MISSED: lambda goal: goal.mark_missed("Why", at=NOW),
        Goal.ABANDON: lambda goal: goal.abandon("Why", at=NOW),
        Goal.REOPEN: lambda goal: goal.reopen(),
    }
    for action, verb in verbs.items():
        goal = a_draft()
        goal.status = status
        if action.may_start(goal):
            verb(goal)
            assert len(goal.events) == 1
        else:
            with pytest.raises(StateConflict):
                verb(goal)
            assert (goal.status, goal.events) == (status, [])


def test_an_edit_changes_what_is_said_and_only_that() -> None:
    goal = a_goal(description="Long\n\ntext", purpose="Because")
    viewer = PersonId(generate_id())
    goal.edit(description=None, visibility=Visibility.PRIVATE, viewer_ids=[viewer, viewer])
    assert (goal.title, goal.description, goal.purpose) == ("Ship on time", None, "Because")
    assert (goal.visibility, goal.viewer_ids) == (Visibility.PRIVATE, {viewer})
    goal.edit(viewer_ids=[viewer])
    assert list_event_actions(goal) == ["edited"]


def test_a_wrong_edit_changes_nothing() -> None:
    goal = a_goal()
    with expect_error(Code.OUT_OF_RANGE, "dueOn"):
        goal.edit(title="New", starts_on=goal.due_on + timedelta(days=1))
    with expect_error(Code.LIMIT_EXCEEDED, "viewerIds"):
        goal.edit(title="New", viewer_ids=[PersonId(generate_id()) for _ in range(101)])
    assert (goal.title, goal.starts_on, list_event_actions(goal)) == ("Ship on time", TODAY, [])


def test_parts_belong_to_the_goals_tenant() -> None:
    goal = a_draft()
    key_result = goal.add_key_result(a_measure())
    assert isinstance(key_result, KeyResult)
    assert (key_result.tenant_id, key_result.goal_id) == (goal.tenant_id, goal.id)


async def test_people_set_goals_for_themselves_and_those_below_them() -> None:
    ada, boss, ben = a_person(), a_person("Boss"), a_person("Ben")
    ada.assign_manager(PersonId(boss.id), starts_on=TODAY, today=TODAY)
    for actor, owner, may in (
        (ada, ada, True),
        (boss, ada, True),
        (ada, boss, False),
        (ben, ada, False),
    ):
        work = FakeWork(an_actor(actor), [ada, boss, ben])
        before = list(work.aggregates)
        if may:
            goal = await goals.create(
                work, Owner(OwnerKind.PERSON, owner.id), title="Ship", due_on=TODAY
            )
            assert work.aggregates == [*before, goal]
        else:
            with expect_error(Code.NOT_PERMITTED):
                await goals.create(
                    work, Owner(OwnerKind.PERSON, owner.id), title="Ship", due_on=TODAY
                )
            assert work.aggregates == before


async def test_a_lead_sets_the_teams_goals() -> None:
    lead, member, team = a_person("Lead"), a_person("Ben"), a_team()
    owner = Owner(OwnerKind.TEAM, team.id)
    actor = an_actor(lead)
    leading = type(actor)(**{**vars(actor), "teams_led": frozenset({team.id})})
    goal = await goals.create(
        FakeWork(leading, [lead, team]),
        owner,
        title="Ship",
        due_on=TODAY,
        key_results=[a_measure()],
    )
    assert [each.title for each in goal.key_results] == ["Parcels"]
    with expect_error(Code.NOT_PERMITTED):
        await goals.create(FakeWork(an_actor(member), [team]), owner, title="Ship", due_on=TODAY)


async def test_hr_sets_an_organizations_goals() -> None:
    unit = a_unit()
    owner = Owner(OwnerKind.ORGANIZATION, unit.id)
    goal = await goals.create(
        FakeWork(an_actor(role="hr"), [unit]), owner, title="Ship", due_on=TODAY
    )
    assert goal.owner_organization_id == unit.id
    with expect_error(Code.NOT_PERMITTED):
        await goals.create(
            FakeWork(an_actor(role="tenant_admin"), [unit]), owner, title="Ship", due_on=TODAY
        )


async def test_what_a_new_goal_refers_to_has_to_be_there() -> None:
    ada, gone = a_person(), a_person("Gone")
    gone.depart(TODAY)
    closed = a_goal(ada)
    closed.achieve(at=NOW)
    mine = Owner(OwnerKind.PERSON, ada.id)
    work = FakeWork(an_actor(ada), [ada, gone, closed])
    with expect_error(Code.REFERENCE_NOT_FOUND, "owner", "teamId"):
        await goals.create(work, Owner(OwnerKind.TEAM, ada.id), title="Ship", due_on=TODAY)
    leaver = Owner(OwnerKind.PERSON, gone.id)
    with expect_error(Code.NOT_PERMITTED):
        await goals.create(work, leaver, title="Ship", due_on=TODAY)
    hr = FakeWork(an_actor(role="hr"), [gone])
    with expect_error(Code.INVALID, "owner", "personId"):
        await goals.create(hr, leaver, title="Ship", due_on=TODAY)
    with expect_error(Code.REFERENCE_NOT_FOUND, "viewerIds", "0"):
        await goals.create(
            work, mine, title="Ship", due_on=TODAY, viewer_ids=[PersonId(generate_id())]
        )
    with expect_error(Code.REFERENCE_NOT_FOUND, "parentId"):
        await goals.create(work, mine, title="Ship", due_on=TODAY, parent_id=generate_id())
    with expect_error(Code.INVALID, "parentId"):
        await goals.create(work, mine, title="Ship", due_on=TODAY, parent_id=closed.id)
    with expect_error(Code.REQUIRED, "keyResults", "1", "title"):
        await goals.create(
            work, mine, title="Ship", due_on=TODAY, key_results=[a_measure(), a_measure(" ")]
        )
    assert work.aggregates == [ada, gone, closed]


async def test_only_the_owner_makes_a_goal_private() -> None:
    ada, boss = a_person(), a_person("Boss")
    ada.assign_manager(PersonId(boss.id), starts_on=TODAY, today=TODAY)

    async def hide(person: Person) -> Goal:
        goal = a_goal(ada)
        work = FakeWork(an_actor(person), [ada, boss, goal])
        return await goals.edit(work, goal.id, visibility=Visibility.PRIVATE)

    with expect_error(Code.NOT_PERMITTED):
        await hide(boss)
    assert (await hide(ada)).visibility is Visibility.PRIVATE


@pytest.mark.parametrize(
    ("before", "details", "field"),
    [
        ("reporting_chain", {"visibility": Visibility.PUBLIC}, "visibility"),
        ("reporting_chain", {"visibility": Visibility.ORGANIZATION}, "visibility"),
        ("organization", {"visibility": Visibility.PUBLIC}, "visibility"),
        ("reporting_chain", {"viewer_ids": [COLLEAGUE.id]}, "viewerIds"),
        ("public", {"viewer_ids": [COLLEAGUE.id]}, "viewerIds"),
    ],
)
@pytest.mark.parametrize("acts", ["boss", "hr"])
async def test_only_the_owner_lets_more_people_see_a_goal(
    before: str, details: dict[str, Any], field: str, acts: str
) -> None:
    ada, boss = a_person(), a_person("Boss")
    ada.assign_manager(PersonId(boss.id), starts_on=TODAY, today=TODAY)
    goal = a_goal(ada, visibility=Visibility(before))
    people = [ada, boss, COLLEAGUE]
    actor = an_actor(boss) if acts == "boss" else an_actor(role="hr")
    with expect_error(Code.NOT_PERMITTED, field):
        await goals.edit(FakeWork(actor, [*people, goal]), goal.id, title="Changed", **details)
    assert (goal.title, goal.visibility, goal.viewer_ids) == ("Ship on time", before, set())

    ada.depart(days_from_today(1))
    with expect_error(Code.NOT_PERMITTED, field):
        await goals.edit(FakeWork(actor, [*people, goal]), goal.id, **details)
    ada.depart(TODAY)  # which ends the line to the manager, too
    await goals.edit(FakeWork(an_actor(role="hr"), [*people, goal]), goal.id, **details)
    assert list_event_actions(goal) == ["edited"]

    own = a_goal(boss, visibility=Visibility(before))
    work = FakeWork(an_actor(boss), [*people, own])
    await goals.edit(work, own.id, **details)
    assert list_event_actions(own) == ["edited"]


async def test_others_narrow_who_sees_a_goal_and_take_viewers_out() -> None:
    ada = a_person()
    goal = a_goal(ada, viewer_ids=[PersonId(COLLEAGUE.id)])
    work = FakeWork(an_actor(role="hr"), [ada, COLLEAGUE, goal])
    await goals.edit(work, goal.id, visibility=Visibility.REPORTING_CHAIN, viewer_ids=[])
    assert (goal.visibility, goal.viewer_ids) == (Visibility.REPORTING_CHAIN, set())


async def test_who_manages_the_goals_of_a_unit_shares_them() -> None:
    unit = a_unit()
    goal = Goal.draft(
        TENANT,
        Owner(OwnerKind.ORGANIZATION, unit.id),
        today=TODAY,
        title="Ship",
        due_on=TODAY,
        visibility=Visibility.ORGANIZATION,
    )
    await goals.edit(
        FakeWork(an_actor(role="hr"), [unit, goal]), goal.id, visibility=Visibility.PUBLIC
    )
    assert goal.visibility is Visibility.PUBLIC


async def test_the_lead_shares_the_goals_of_the_team() -> None:
    unit, lead = a_unit(), a_person()
    team = a_team(unit)
    goal = Goal.draft(
        TENANT,
        Owner(OwnerKind.TEAM, team.id),
        today=TODAY,
        title="Ship",
        due_on=TODAY,
        visibility=Visibility.REPORTING_CHAIN,
    )
    everything = [unit, lead, team, goal]
    with expect_error(Code.NOT_PERMITTED, "visibility"):
        await goals.edit(
            FakeWork(an_actor(role="hr"), everything), goal.id, visibility=Visibility.PUBLIC
        )
    leads = replace(an_actor(lead), teams_led=frozenset({TeamId(team.id)}))
    await goals.edit(FakeWork(leads, everything), goal.id, visibility=Visibility.PUBLIC)
    assert goal.visibility is Visibility.PUBLIC


def test_a_goal_has_one_owner_at_a_time() -> None:
    goal = a_goal()
    for kind in (OwnerKind.TEAM, OwnerKind.ORGANIZATION, OwnerKind.PERSON):
        owner = Owner(kind, generate_id())
        goal.reassign(owner)
        goal.reassign(owner)
        ids = {each: getattr(goal, f"owner_{each}_id") for each in OwnerKind}
        assert (goal.owner, ids) == (owner, dict.fromkeys(OwnerKind) | {kind: owner.id})
    assert list_event_actions(goal) == ["reassigned"] * 3


@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.REPORTING_CHAIN])
def test_an_organization_takes_over_no_goal_among_few(visibility: Visibility) -> None:
    goal = a_goal(visibility=visibility)
    before = goal.owner
    with expect_error(Code.INVALID, "visibility"):
        goal.reassign(Owner(OwnerKind.ORGANIZATION, generate_id()))
    assert (goal.owner, list_event_actions(goal)) == (before, [])


@pytest.mark.parametrize("visibility", [Visibility.ORGANIZATION, Visibility.REPORTING_CHAIN])
async def test_only_the_owner_gives_away_a_goal_that_is_not_public(visibility: Visibility) -> None:
    ada, ben, boss = a_person(), a_person("Ben"), a_person("Boss")
    for each in (ada, ben):
        each.assign_manager(PersonId(boss.id), starts_on=TODAY, today=TODAY)
    goal, public, own = a_goal(ada, visibility=visibility), a_goal(ada), a_goal(boss)
    everything = [ada, ben, boss, goal, public, own]
    to_ben = Owner(OwnerKind.PERSON, ben.id)
    for actor in (an_actor(boss), an_actor(role="hr"), an_actor(ada)):
        with expect_error(Code.NOT_PERMITTED):
            await goals.reassign(FakeWork(actor, everything), goal.id, to_ben)
    assert (goal.owner_person_id, list_event_actions(goal)) == (ada.id, [])

    for mine in (public, own):
        await goals.reassign(FakeWork(an_actor(boss), everything), mine.id, to_ben)
        assert (mine.owner_person_id, list_event_actions(mine)) == (ben.id, ["reassigned"])
    ada.depart(days_from_today(1))
    with expect_error(Code.NOT_PERMITTED):
        await goals.reassign(FakeWork(an_actor(role="hr"), everything), goal.id, to_ben)
    ada.depart(TODAY)
    await goals.reassign(FakeWork(an_actor(role="hr"), everything), goal.id, to_ben)
    assert (goal.owner_person_id, list_event_actions(goal)) == (ben.id, ["reassigned"])


async def test_goals_that_serve_one_another_form_no_circle() -> None:
    ada = a_person()
    top, middle, bottom = (a_goal(ada) for _ in range(3))
    work = FakeWork(an_actor(ada), [ada, top, middle, bottom])
    await goals.align(work, middle.id, parent_id=top.id)
    await goals.align(work, bottom.id, parent_id=middle.id)
    for above in (top, middle, bottom):
        with expect_error(Code.REFERENCE_CYCLE, "parentId"):
            await goals.align(work, top.id, parent_id=above.id)
    await goals.align(work, bottom.id, parent_id=None)
    assert [each.parent_id for each in (top, middle, bottom)] == [None, top.id, None]
    assert set(work.locked_trees) == {"goal"}


async def test_a_draft_is_discarded_unless_others_serve_it() -> None:
    ada = a_person()
    draft, other = a_draft(ada), a_draft(ada)
    other.align(draft.id, ())
    work = FakeWork(an_actor(ada), [ada, draft, other])
    with expect_error(Code.STATE_CONFLICT):
        await goals.discard(work, draft.id)
    await goals.discard(work, other.id)
    await goals.discard(work, draft.id)
    assert work.aggregates == [ada]
