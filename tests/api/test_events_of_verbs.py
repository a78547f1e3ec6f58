"""The events of each mutation show a listener what a query shows, and nothing more.

What queries show is compared with the rules elsewhere. So no verb needs a rule of its own for its
events: jobs, corrections and reassignments are sent like any other change.
"""

import asyncio
from typing import Any

import pytest

from tests.api.company import Company
from tests.api.permission_matrix import find_subject
from tests.api.permissions import INPUTS
from tests.api.test_subscriptions import next_event

LISTENERS = ("mara", "peer", "boss", "former", "hr", "admin", "nobody")
"""Callers of every kind: the person, a colleague, managers and roles."""

VERBS = (
    "goalReassign",
    "goalCheckIn correcting",
    "goalDiscard",
    "personChangeJob",
    "personCorrect",
)
VERBS += ("personWithdrawJob", "personAddPastLine", "personRehire", "personMerge")

REFUSED = {"goalReassign abroad", "goalReassign private", "goalReassign in_chain"}
"""Rows that are refused for the one who makes the changes here."""

ALIKE = {"goalReassign mine", "goalReassign to_unit", "personChangeJob later", "personMerge hr"}
ALIKE |= {"personCorrectEmployment", "personCorrectLeave", "personAddPastLine hr_ops"}
"""Rows whose events are those of another row."""

MOVES = {"personChangeJob moving", "personChangeJob within"}
"""Rows that change who sees goals, and no goal. A list of goals gets no event then."""

ROWS = [each for each in INPUTS if each.startswith(VERBS) and each not in REFUSED | MOVES | ALIKE]
ROWS += ["goalEdit hiding"]

ENTRY = "id action entity effectiveOn actor { name } changes { field before after }"
GOAL = "id title version owner { ... on Named { name } } checkIns(first: 1) { nodes { note } }"
CHANGE = f"goal {{ {GOAL} }} deletedGoalId hiddenGoalId"
LISTEN_TO_GOALS = f"subscription($after: String) {{ goalChanged(after: $after) {{ {CHANGE} }} }}"
LISTEN_TO_LOG = f"subscription($after: String) {{ auditLog(after: $after) {{ {ENTRY} }} }}"
READ_LOG = f"{{ auditLog(first: 20) {{ nodes {{ {ENTRY} }} }} }}"
READ_GOALS = f"{{ goals(first: 100) {{ nodes {{ {GOAL} }} }} }}"


async def read_goals(company: Company, who: str) -> dict[str, Any]:
    nodes = (await company.query(who, READ_GOALS))["goals"]["nodes"]
    return {each["id"]: each for each in nodes}


async def read_log(company: Company, who: str) -> dict[str, Any]:
    nodes = (await company.query(who, READ_LOG))["auditLog"]["nodes"]
    return {each["id"]: each for each in nodes}


async def mutate(company: Company, row: str) -> None:
    verb, input = row.split(maxsplit=1)[0], INPUTS[row](company)
    subject = find_subject(verb)
    who = "mara" if verb == "goalEdit" else "ruler"
    payload = await company.mutate(who, verb, f"{subject} {{ id }}", **input)
    assert payload["errors"] == []


async def collect(company: Company, who: str, query: str, after: str, count: int) -> list[Any]:
    """Return so many events after a cursor. A further one is returned as well, if it is there."""
    events = await company.graph.subscribe(who, query, after=after)
    found = [await next_event(events, seconds) for seconds in [20.0] * count + [0.2]]
    await events.aclose()
    return [value for each in found if each for value in each["data"].values()]


def list_goal_changes(before: dict[str, Any], after: dict[str, Any]) -> list[Any]:
    """Return the events of goals for somebody who could see the ones, and now sees the others."""
    changed = [each for id, each in after.items() if before.get(id) != each]
    return [
        *({"goal": each, "deletedGoalId": None, "hiddenGoalId": None} for each in changed),
        *({"goal": None, "id": id} for id in before.keys() - after.keys()),
    ]


@pytest.mark.parametrize("row", ROWS)
async def test_the_events_of_a_verb_show_what_a_query_shows(company: Company, row: str) -> None:
    goals = {who: await read_goals(company, who) for who in LISTENERS}
    last_id = max(await read_log(company, "ruler"))
    cursor = (await company.query("mara", "{ tenant { changeCursor } }"))["tenant"]["changeCursor"]
    await mutate(company, row)

    async def check(who: str) -> None:
        log = await read_log(company, who)
        expected = [each for id, each in log.items() if id > last_id]
        changes = list_goal_changes(goals[who], await read_goals(company, who))
        entries, sent = await asyncio.gather(
            collect(company, who, LISTEN_TO_LOG, cursor, len(expected)),
            collect(company, who, LISTEN_TO_GOALS, cursor, len(changes)),
        )
        assert sorted(entries, key=str) == sorted(expected, key=str), who
        shown = [each if each["goal"] else show_gone(row, each) for each in sent]
        assert sorted(shown, key=str) == sorted(changes, key=str), who

    await asyncio.gather(*map(check, LISTENERS))


def show_gone(row: str, event: Any) -> Any:
    """Return the event of a goal that is gone, which has one id: of a deletion or not."""
    gone, other = "hiddenGoalId", "deletedGoalId"
    if row.startswith("goalDiscard"):
        gone, other = other, gone
    assert event[other] is None
    return {"goal": None, "id": event[gone]}
