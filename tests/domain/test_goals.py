from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from domain import goals
from domain.goals import (
    Confidence,
    Direction,
    Goal,
    GoalStatus,
    KeyResult,
    Owner,
    OwnerKind,
    Visibility,
)
from domain.kernel.actions import Action
from domain.kernel.errors import Code, StateConflict
from domain.kernel.identity import PersonId, new_id
from domain.people import Person
from tests.domain.examples import (
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
    days,
    refused,
    what_happened,
)
from tests.domain.memory import Memory

AUTHOR = PersonId(new_id())


def check_in(goal: Goal, **values: str) -> None:
    titles = {each.title: each.id for each in goal.key_results}
    goal.check_in(
        AUTHOR,
        confidence=Confidence.ON_TRACK,
        values={titles[title]: Decimal(value) for title, value in values.items()},
        at=NOW,
    )


def progress(start: str, target: str, current: str, direction: Direction | None = None) -> float:
    goal = a_draft()
    measure = a_measure(start=start, target=target)
    return goal.add_key_result(
        {**measure, "current_value": Decimal(current), "direction": direction}
    ).progress


def test_a_goal_begins_as_a_draft_today() -> None:
    owner = Owner(OwnerKind.TEAM, new_id())
    goal = Goal.draft(TENANT, owner, today=TODAY, title=" Ship 🚀 ", due_on=days(90))
    assert (goal.title, goal.starts_on, goal.due_on) == ("Ship 🚀", TODAY, days(90))
    assert (goal.status, goal.visibility) == (GoalStatus.DRAFT, Visibility.PUBLIC)
    assert (goal.owner, goal.owner_team_id, goal.owner_person_id) == (owner, owner.id, None)
    assert what_happened(goal) == ["drafted"]


def test_a_goal_needs_a_title_and_a_due_date() -> None:
    owner = Owner(OwnerKind.PERSON, new_id())
    with refused(Code.REQUIRED, "dueOn"):
        Goal.draft(TENANT, owner, today=TODAY, title="Ship")
    with refused(Code.REQUIRED, "title"):
        Goal.draft(TENANT, owner, today=TODAY, due_on=TODAY)
    with refused(Code.OUT_OF_RANGE, "dueOn"):
        Goal.draft(TENANT, owner, today=TODAY, title="Ship", due_on=days(-1))


def test_a_goal_may_last_one_day() -> None:
    assert a_draft(due_on=TODAY).due_on == TODAY


@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.REPORTING_CHAIN])
def test_an_organization_keeps_no_goal_among_few(visibility: Visibility) -> None:
    owner = Owner(OwnerKind.ORGANIZATION, new_id())
    with refused(Code.INVALID, "visibility"):
        Goal.draft(TENANT, owner, today=TODAY, title="Ship", due_on=TODAY, visibility=visibility)


def test_a_goal_takes_its_course() -> None:
    goal = a_draft()
    goal.activate()
    goal.achieve(at=NOW)
    assert (goal.status, goal.closing_note, goal.closed_at) == (GoalStatus.ACHIEVED, None, NOW)
    assert what_happened(goal) == ["activated", "achieved"]


@pytest.mark.parametrize("verb", ["miss", "abandon"])
def test_who_does_not_reach_a_goal_says_why(verb: str) -> None:
    goal = a_goal()
    for nothing in (None, " \n "):
        with refused(Code.REQUIRED, "note"):
            getattr(goal, verb)(nothing, at=NOW)
    assert (goal.status, goal.closed_at, what_happened(goal)) == (GoalStatus.ACTIVE, None, [])
    getattr(goal, verb)("The market went away.", at=NOW)
    assert goal.closing_note == "The market went away."
    assert goal.status == {"miss": GoalStatus.MISSED, "abandon": GoalStatus.ABANDONED}[verb]


def test_a_closed_goal_can_be_taken_up_again() -> None:
    goal = a_goal()
    goal.miss("Too late.", at=NOW)
    goal.reopen()
    assert (goal.status, goal.closing_note, goal.closed_at) == (GoalStatus.ACTIVE, None, None)


@pytest.mark.parametrize("status", list(GoalStatus))
def test_a_verb_starts_where_its_action_says_and_nowhere_else(status: GoalStatus) -> None:
    verbs: dict[Action, Callable[[Goal], object]] = {
        Goal.EDIT: lambda goal: goal.edit(title="New"),
        Goal.ALIGN: lambda goal: goal.align(new_id(), ()),
        Goal.ACTIVATE: lambda goal: goal.activate(),
        Goal.CHECK_IN: check_in,
        Goal.ACHIEVE: lambda goal: goal.achieve(at=NOW),
        Goal.MISS: lambda goal: goal.miss("Why", at=NOW),
        Goal.ABANDON: lambda goal: goal.abandon("Why", at=NOW),
        Goal.REOPEN: lambda goal: goal.reopen(),
    }
    for action, verb in verbs.items():
        goal = a_draft()
        goal.status = status
        if action.may_start(goal):
            verb(goal)
            assert len(goal.happened) == 1
        else:
            with pytest.raises(StateConflict):
                verb(goal)
            assert (goal.status, goal.happened) == (status, [])


def test_an_edit_changes_what_is_said_and_only_that() -> None:
    goal = a_goal(description="Long\n\ntext", purpose="Because")
    viewer = PersonId(new_id())
    goal.edit(description=None, visibility=Visibility.PRIVATE, viewer_ids=[viewer, viewer])
    assert (goal.title, goal.description, goal.purpose) == ("Ship on time", None, "Because")
    assert (goal.visibility, goal.viewer_ids) == (Visibility.PRIVATE, {viewer})
    goal.edit(viewer_ids=[viewer])
    assert what_happened(goal) == ["edited"]


def test_a_wrong_edit_changes_nothing() -> None:
    goal = a_goal()
    with refused(Code.OUT_OF_RANGE, "dueOn"):
        goal.edit(title="New", starts_on=goal.due_on + timedelta(days=1))
    with refused(Code.LIMIT_EXCEEDED, "viewerIds"):
        goal.edit(title="New", viewer_ids=[PersonId(new_id()) for _ in range(101)])
    assert (goal.title, goal.starts_on, what_happened(goal)) == ("Ship on time", TODAY, [])


@pytest.mark.parametrize(
    ("start", "target", "current", "share"),
    [
        ("0", "10", "0", 0.0),
        ("0", "10", "2.5", 0.25),
        ("0", "10", "10", 1.0),
        ("0", "10", "12", 1.0),
        ("0", "10", "-3", 0.0),
        ("40", "20", "35", 0.25),
        ("40", "20", "20", 1.0),
        ("40", "20", "10", 1.0),
        ("40", "20", "50", 0.0),
        ("-10", "-20", "-15", 0.5),
        ("-5", "5", "0", 0.5),
    ],
)
def test_progress_is_the_share_of_the_way(
    start: str, target: str, current: str, share: float
) -> None:
    assert progress(start, target, current) == share


@pytest.mark.parametrize(
    ("direction", "current", "share"),
    [
        (Direction.INCREASE, "99", 1.0),
        (Direction.INCREASE, "100", 1.0),
        (Direction.INCREASE, "98.9", 0.0),
        (Direction.DECREASE, "99", 1.0),
        (Direction.DECREASE, "98", 1.0),
        (Direction.DECREASE, "99.1", 0.0),
        (None, "99", 1.0),
    ],
)
def test_what_is_to_stay_is_reached_as_long_as_it_does(
    direction: Direction | None, current: str, share: float
) -> None:
    assert progress("99", "99", current, direction) == share


def test_a_goals_progress_is_the_mean_of_its_key_results() -> None:
    goal = a_goal()
    assert goal.progress is None
    goal.add_key_result(a_measure("A"))
    goal.add_key_result(a_measure("B"))
    check_in(goal, A="10", B="5")
    assert goal.progress == 0.75


def test_the_direction_follows_from_the_values() -> None:
    goal = a_draft()
    assert goal.add_key_result(a_measure(start="5", target="1")).direction is Direction.DECREASE
    with refused(Code.INVALID, "keyResults", "0", "direction"):
        goal.add_key_result(
            {**a_measure(start="5", target="1"), "direction": Direction.INCREASE}, "keyResults", 0
        )
    assert len(goal.key_results) == 1


@pytest.mark.parametrize(
    "value", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+15", "-1E+999999", "1E-7", "0.0000001"]
)
def test_numbers_out_of_range_are_refused(value: str) -> None:
    goal = a_goal()
    with refused(Code.OUT_OF_RANGE, "targetValue"):
        goal.add_key_result(a_measure(target=value))
    goal.add_key_result(a_measure("A"))
    with refused(Code.OUT_OF_RANGE, "values", "0", "value"):
        check_in(goal, A=value)
    assert (goal.key_results[0].current_value, goal.check_ins) == (Decimal(0), [])


def test_key_results_keep_their_order() -> None:
    goal = a_draft()
    a, b, c = (goal.add_key_result(a_measure(title)) for title in "ABC")
    goal.reorder_key_results([c.id, a.id, b.id])
    goal.remove_key_result(a.id)
    assert [(each.title, each.position) for each in goal.in_order()] == [("C", 0), ("B", 1)]
    for wrong in ([c.id], [c.id, c.id], [c.id, a.id], [b.id, c.id, c.id]):
        with refused(Code.INVALID, "keyResultIds"):
            goal.reorder_key_results(wrong)
    assert [each.title for each in goal.in_order()] == ["C", "B"]


def test_an_edited_key_result_stays_in_one_piece() -> None:
    goal = a_goal()
    key_result = goal.add_key_result({**a_measure(start="0", target="10"), "unit": "h"})
    goal.edit_key_result(key_result.id, start_value=Decimal(20), unit=None)
    assert (key_result.current_value, key_result.unit) == (Decimal(20), None)
    assert key_result.direction is Direction.DECREASE
    goal.check_in(AUTHOR, confidence=Confidence.AT_RISK, values={}, at=NOW)
    goal.edit_key_result(key_result.id, start_value=Decimal(30))
    assert key_result.current_value == Decimal(20)
    with refused(Code.REQUIRED, "title"):
        goal.edit_key_result(key_result.id, title=" ")
    with refused(Code.REFERENCE_NOT_FOUND, "keyResultId"):
        goal.edit_key_result(new_id(), title="B")


def test_there_are_thirty_key_results_at_most() -> None:
    goal = a_draft()
    for _ in range(30):
        goal.add_key_result(a_measure())
    with refused(Code.LIMIT_EXCEEDED, "keyResults", "30"):
        goal.add_key_result(a_measure(), "keyResults", 30)


def test_a_check_in_notes_down_every_key_result() -> None:
    goal = a_goal()
    for title in "AB":
        goal.add_key_result(a_measure(title))
    check_in(goal, A="3")
    check_in(goal, B="12")
    titles = {each.id: each.title for each in goal.key_results}
    assert [
        {titles[each.key_result_id]: each.value for each in said.values} for said in goal.check_ins
    ] == [{"A": Decimal(3), "B": Decimal(0)}, {"A": Decimal(3), "B": Decimal(12)}]
    assert {each.tenant_id for said in goal.check_ins for each in said.values} == {TENANT}
    assert (goal.check_ins[0].author_id, goal.check_ins[0].recorded_at) == (AUTHOR, NOW)


def test_a_check_in_of_something_else_changes_nothing() -> None:
    goal = a_goal()
    key_result = goal.add_key_result(a_measure())
    goal.happened.clear()
    with refused(Code.REFERENCE_NOT_FOUND, "values", "1", "keyResultId"):
        goal.check_in(
            AUTHOR,
            confidence=Confidence.ON_TRACK,
            values={key_result.id: Decimal(5), new_id(): Decimal(1)},
            at=NOW,
        )
    with refused(Code.INVALID_FORMAT, "note"):
        goal.check_in(AUTHOR, confidence=Confidence.ON_TRACK, values={}, note="\x00", at=NOW)
    assert (key_result.current_value, goal.check_ins, goal.happened) == (Decimal(0), [], [])


def test_what_is_measured_no_longer_takes_its_values_with_it() -> None:
    goal = a_goal()
    a, b = (goal.add_key_result(a_measure(title)) for title in "AB")
    check_in(goal, A="1", B="2")
    goal.remove_key_result(a.id)
    assert [each.key_result_id for each in goal.check_ins[0].values] == [b.id]


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
        work = Memory(an_actor(actor), [ada, boss, ben])
        before = list(work.kept)
        if may:
            goal = await goals.create(
                work, Owner(OwnerKind.PERSON, owner.id), title="Ship", due_on=TODAY
            )
            assert work.kept == [*before, goal]
        else:
            with refused(Code.NOT_PERMITTED):
                await goals.create(
                    work, Owner(OwnerKind.PERSON, owner.id), title="Ship", due_on=TODAY
                )
            assert work.kept == before


async def test_a_lead_sets_the_teams_goals() -> None:
    lead, member, team = a_person("Lead"), a_person("Ben"), a_team()
    owner = Owner(OwnerKind.TEAM, team.id)
    actor = an_actor(lead)
    leading = type(actor)(**{**vars(actor), "teams_led": frozenset({team.id})})
    goal = await goals.create(
        Memory(leading, [lead, team]), owner, title="Ship", due_on=TODAY, key_results=[a_measure()]
    )
    assert [each.title for each in goal.key_results] == ["Parcels"]
    with refused(Code.NOT_PERMITTED):
        await goals.create(Memory(an_actor(member), [team]), owner, title="Ship", due_on=TODAY)


async def test_hr_sets_an_organizations_goals() -> None:
    unit = a_unit()
    owner = Owner(OwnerKind.ORGANIZATION, unit.id)
    goal = await goals.create(
        Memory(an_actor(role="hr"), [unit]), owner, title="Ship", due_on=TODAY
    )
    assert goal.owner_organization_id == unit.id
    with refused(Code.NOT_PERMITTED):
        await goals.create(
            Memory(an_actor(role="tenant_admin"), [unit]), owner, title="Ship", due_on=TODAY
        )


async def test_what_a_new_goal_refers_to_has_to_be_there() -> None:
    ada, gone = a_person(), a_person("Gone")
    gone.leave(TODAY)
    closed = a_goal(ada)
    closed.achieve(at=NOW)
    mine = Owner(OwnerKind.PERSON, ada.id)
    work = Memory(an_actor(ada), [ada, gone, closed])
    with refused(Code.REFERENCE_NOT_FOUND, "owner", "teamId"):
        await goals.create(work, Owner(OwnerKind.TEAM, ada.id), title="Ship", due_on=TODAY)
    with refused(Code.INVALID, "owner", "personId"):
        await goals.create(work, Owner(OwnerKind.PERSON, gone.id), title="Ship", due_on=TODAY)
    with refused(Code.REFERENCE_NOT_FOUND, "viewerIds", "0"):
        await goals.create(work, mine, title="Ship", due_on=TODAY, viewer_ids=[PersonId(new_id())])
    with refused(Code.REFERENCE_NOT_FOUND, "parentId"):
        await goals.create(work, mine, title="Ship", due_on=TODAY, parent_id=new_id())
    with refused(Code.INVALID, "parentId"):
        await goals.create(work, mine, title="Ship", due_on=TODAY, parent_id=closed.id)
    with refused(Code.REQUIRED, "keyResults", "1", "title"):
        await goals.create(
            work, mine, title="Ship", due_on=TODAY, key_results=[a_measure(), a_measure(" ")]
        )
    assert work.kept == [ada, gone, closed]


async def test_only_the_owner_makes_a_goal_private() -> None:
    ada, boss = a_person(), a_person("Boss")
    ada.assign_manager(PersonId(boss.id), starts_on=TODAY, today=TODAY)

    async def hide(person: Person) -> Goal:
        goal = a_goal(ada)
        work = Memory(an_actor(person), [ada, boss, goal])
        return await goals.edit(work, goal.id, visibility=Visibility.PRIVATE)

    with refused(Code.NOT_PERMITTED):
        await hide(boss)
    assert (await hide(ada)).visibility is Visibility.PRIVATE


async def test_goals_that_serve_one_another_form_no_circle() -> None:
    ada = a_person()
    top, middle, bottom = (a_goal(ada) for _ in range(3))
    work = Memory(an_actor(ada), [ada, top, middle, bottom])
    await goals.align(work, middle.id, parent_id=top.id)
    await goals.align(work, bottom.id, parent_id=middle.id)
    for above in (top, middle, bottom):
        with refused(Code.REFERENCE_CYCLE, "parentId"):
            await goals.align(work, top.id, parent_id=above.id)
    await goals.align(work, bottom.id, parent_id=None)
    assert [each.parent_id for each in (top, middle, bottom)] == [None, top.id, None]
    assert set(work.held) == {"goal"}


async def test_a_draft_is_discarded_unless_others_serve_it() -> None:
    ada = a_person()
    draft, other = a_draft(ada), a_draft(ada)
    other.align(draft.id, ())
    work = Memory(an_actor(ada), [ada, draft, other])
    with refused(Code.STATE_CONFLICT):
        await goals.discard(work, draft.id)
    await goals.discard(work, other.id)
    await goals.discard(work, draft.id)
    assert work.kept == [ada]
