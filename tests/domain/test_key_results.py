from decimal import Decimal

import pytest

from domain.goals import (
    Confidence,
    Direction,
    Goal,
    KeyResultBasis,
)
from domain.goals.check_ins import Placement
from domain.kernel.errors import Code
from domain.kernel.identity import PersonId, generate_id
from tests.factories.domain_examples import (
    NOW,
    TENANT,
    a_draft,
    a_goal,
    a_measure,
    expect_error,
)

AUTHOR = PersonId(generate_id())


def check_in(goal: Goal, **values: str) -> None:
    titles = {each.title: each.id for each in goal.key_results}
    goal.check_in(
        AUTHOR,
        confidence=Confidence.ON_TRACK,
        values={titles[title]: Decimal(value) for title, value in values.items()},
        at=NOW,
    )


def compute_progress(
    start: str, target: str, current: str, direction: Direction | None = None
) -> float:
    goal = a_draft()
    measure = a_measure(start=start, target=target)
    return goal.add_key_result(
        {**measure, "current_value": Decimal(current), "direction": direction}
    ).progress


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
    assert compute_progress(start, target, current) == share


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
def test_a_target_to_maintain_is_reached_while_the_value_holds(
    direction: Direction | None, current: str, share: float
) -> None:
    assert compute_progress("99", "99", current, direction) == share


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
    with expect_error(Code.INVALID, "keyResults", "0", "direction"):
        goal.add_key_result(
            {**a_measure(start="5", target="1"), "direction": Direction.INCREASE}, "keyResults", 0
        )
    assert len(goal.key_results) == 1


@pytest.mark.parametrize(
    "value", ["NaN", "sNaN", "Infinity", "-Infinity", "1E+15", "-1E+999999", "1E-7", "0.0000001"]
)
def test_numbers_out_of_range_are_refused(value: str) -> None:
    goal = a_goal()
    with expect_error(Code.OUT_OF_RANGE, "targetValue"):
        goal.add_key_result(a_measure(target=value))
    goal.add_key_result(a_measure("A"))
    with expect_error(Code.OUT_OF_RANGE, "values", "0", "value"):
        check_in(goal, A=value)
    assert (goal.key_results[0].current_value, goal.check_ins) == (Decimal(0), [])


def test_key_results_keep_their_order() -> None:
    goal = a_draft()
    a, b, c = (goal.add_key_result(a_measure(title)) for title in "ABC")
    goal.reorder_key_results([c.id, a.id, b.id])
    goal.remove_key_result(a.id)
    assert [(each.title, each.position) for each in goal.list_key_results()] == [("C", 0), ("B", 1)]
    for wrong in ([c.id], [c.id, c.id], [c.id, a.id], [b.id, c.id, c.id]):
        with expect_error(Code.INVALID, "keyResultIds"):
            goal.reorder_key_results(wrong)
    assert [each.title for each in goal.list_key_results()] == ["C", "B"]


def test_an_edited_key_result_stays_in_one_piece() -> None:
    goal = a_goal()
    key_result = goal.add_key_result({**a_measure(start="0", target="10"), "unit": "h"})
    goal.edit_key_result(key_result.id, start_value=Decimal(20), unit=None)
    assert (key_result.current_value, key_result.unit) == (Decimal(20), None)
    assert key_result.direction is Direction.DECREASE
    goal.check_in(AUTHOR, confidence=Confidence.AT_RISK, values={}, at=NOW)
    goal.edit_key_result(key_result.id, start_value=Decimal(30))
    assert key_result.current_value == Decimal(20)
    with expect_error(Code.REQUIRED, "title"):
        goal.edit_key_result(key_result.id, title=" ")
    with expect_error(Code.REFERENCE_NOT_FOUND, "keyResultId"):
        goal.edit_key_result(generate_id(), title="B")


def test_there_are_thirty_key_results_at_most() -> None:
    goal = a_draft()
    for _ in range(30):
        goal.add_key_result(a_measure())
    with expect_error(Code.LIMIT_EXCEEDED, "keyResults", "30"):
        goal.add_key_result(a_measure(), "keyResults", 30)


def test_a_check_in_records_every_key_result() -> None:
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
    goal.events.clear()
    with expect_error(Code.REFERENCE_NOT_FOUND, "values", "1", "keyResultId"):
        goal.check_in(
            AUTHOR,
            confidence=Confidence.ON_TRACK,
            values={key_result.id: Decimal(5), generate_id(): Decimal(1)},
            at=NOW,
        )
    with expect_error(Code.INVALID_FORMAT, "note"):
        goal.check_in(AUTHOR, confidence=Confidence.ON_TRACK, values={}, note="\x00", at=NOW)
    assert (key_result.current_value, goal.check_ins, goal.events) == (Decimal(0), [], [])


def test_a_removed_key_result_takes_its_values_with_it() -> None:
    goal = a_goal()
    a, b = (goal.add_key_result(a_measure(title)) for title in "AB")
    check_in(goal, A="1", B="2")
    goal.remove_key_result(a.id)
    assert [each.key_result_id for each in goal.check_ins[0].values] == [b.id]


def follow(goal: Goal, value: str) -> None:
    (key_result,) = goal.key_results
    goal.follow_kpi(key_result, Decimal(value), {"period": "2025-05"})


def a_goal_of_a_kpi() -> Goal:
    goal = a_draft()
    link = {"kpi_id": generate_id(), "kpi_basis": KeyResultBasis.LATEST}
    goal.add_key_result({**a_measure(start="0", target="10"), **link})
    goal.activate()
    goal.events.clear()
    return goal


def test_a_key_result_follows_its_kpi_by_an_event_that_names_nobody() -> None:
    goal = a_goal_of_a_kpi()
    follow(goal, "5")
    (event,) = goal.events
    assert (event.action, event.hides_actor) == ("kpi_followed", True)
    assert event.related_ids == {"kpi_id": goal.key_results[0].kpi_id}
    assert goal.progress == Decimal("0.5")


def test_a_value_that_stays_is_no_event() -> None:
    goal = a_goal_of_a_kpi()
    follow(goal, "0")
    assert goal.events == []


def test_a_correction_leaves_what_follows_a_kpi() -> None:
    goal = a_draft()
    measured = goal.add_key_result(a_measure(start="0", target="10"))
    goal.activate()
    check_in(goal, **{measured.title: "4"})
    measured.kpi_id, measured.kpi_basis = generate_id(), KeyResultBasis.LATEST
    follow(goal, "7")
    wrong = goal.check_ins[0]
    goal.check_in(
        AUTHOR,
        confidence=Confidence.AT_RISK,
        values={},
        at=NOW,
        placement=Placement(
            effective_on=wrong.effective_on, others=goal.check_ins, corrects=wrong, reason="Typo."
        ),
    )
    assert measured.current_value == Decimal(7)
    assert [each.value for each in goal.check_ins[-1].values] == [Decimal(4)]
