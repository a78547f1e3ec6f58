"""The goals of one tenant of the bench set, with key results, check-ins and journal."""

import json
from datetime import UTC, datetime, timedelta

from benchmarks.dataset import vocabulary
from benchmarks.dataset.rows import TODAY, day_of, later, weighted
from benchmarks.dataset.sizes import GOALS_EACH, KEY_RESULTS_EACH
from benchmarks.dataset.tenants import Tenant, learn

OWNERS = {"person": 85, "team": 10, "organization": 5}
VISIBILITIES = {"public": 60, "organization": 15, "reporting_chain": 15, "private": 10}
STATUSES = {"active": 55, "draft": 10, "achieved": 20, "missed": 10, "abandoned": 5}
CONFIDENCES = {"on_track": 60, "at_risk": 30, "off_track": 10}
CLOSED = ("achieved", "missed", "abandoned")
CHECKED_IN = 0.3
"""The share of active goals with check-ins, two each."""

MIDNIGHT = datetime.combine(TODAY, datetime.min.time(), UTC)


def goals(made: Tenant) -> None:
    """Three goals for each person, over the last 300 days; one in three is below another."""
    count = len(made.people) * GOALS_EACH
    known: list[str] = []
    for number in range(count):
        born = MIDNIGHT - timedelta(days=300) * (1 - number / count)
        parent = made.random.choice(known) if known and made.random.random() < 1 / 3 else None
        known.append(_goal(made, born, parent))


def _goal(made: Tenant, born: datetime, parent: str | None) -> str:
    random = made.random
    identity = made.ids.at(born)
    kind, status = weighted(random, OWNERS), weighted(random, STATUSES)
    visibility = weighted(random, VISIBILITIES)
    title = " ".join(
        random.choice(part)
        for part in (vocabulary.GOAL_VERBS, vocabulary.GOAL_OBJECTS, vocabulary.GOAL_ENDS)
    )
    owners = {"person": made.people, "team": made.teams, "organization": made.organizations}
    made.sheets.whole(
        "goals",
        born,
        id=identity,
        owner_kind=kind,
        title=title,
        description="What we agreed on in the planning week; the figures below measure it.",
        purpose="Customers notice this first." if random.random() < 0.5 else None,
        visibility=visibility,
        starts_on=day_of(born),
        due_on=day_of(later(born, days=random.randint(60, 200))),
        status=status,
        closing_note="Closed at the review." if status in CLOSED else None,
        closed_at=later(born, days=50) if status in CLOSED else None,
        parent_id=parent,
        **{f"owner_{kind}_id": random.choice(owners[kind])},
    )
    learn(made, "goal", identity, title)
    _journal(made, identity, "created", born, {"title": [None, title], "status": [None, "DRAFT"]})
    if visibility == "private":
        for viewer in random.sample(made.people, 2):
            made.sheets.add("goal_viewers", goal_id=identity, person_id=viewer)
    measured = [_key_result(made, identity, born, position) for position in range(KEY_RESULTS_EACH)]
    if status == "active" and random.random() < CHECKED_IN:
        for week in (2, 4):
            _check_in(made, identity, later(born, weeks=week), measured)
    return identity


def _key_result(made: Tenant, goal: str, born: datetime, position: int) -> str:
    measure = made.random.choice(vocabulary.MEASURES)
    title, unit, direction, start, target = measure
    identity = made.ids.at(born)
    made.sheets.add(
        "key_results",
        id=identity,
        goal_id=goal,
        title=title,
        start_value=start,
        target_value=target,
        current_value=round(start + (target - start) * made.random.random(), 1),
        unit=unit,
        direction=direction,
        position=position,
    )
    return identity


def _check_in(made: Tenant, goal: str, moment: datetime, measured: list[str]) -> None:
    identity = made.ids.at(moment)
    confidence = weighted(made.random, CONFIDENCES)
    made.sheets.add(
        "check_ins",
        id=identity,
        goal_id=goal,
        author_id=made.random.choice(made.people),
        confidence=confidence,
        note=made.random.choice(vocabulary.NOTES),
        recorded_at=moment,
    )
    for key_result in measured:
        made.sheets.add(
            "check_in_values",
            id=made.ids.at(moment),
            check_in_id=identity,
            key_result_id=key_result,
            value=made.random.randint(0, 100),
        )
    _journal(made, goal, "checked_in", moment, {"confidence": [None, confidence.upper()]})


def _journal(
    made: Tenant, goal: str, action: str, moment: datetime, changes: dict[str, list[object]]
) -> None:
    made.sheets.add(
        "journal",
        id=made.ids.at(moment),
        xid=3,  # older than every transaction of a database that lives
        seq=1,
        entity="goal",
        entity_id=goal,
        action=action,
        actor_id=made.people[0],
        changes=json.dumps(changes, ensure_ascii=False),
        recorded_at=moment,
    )
