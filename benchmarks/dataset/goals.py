"""The goals of one tenant of the data set, with key results, check-ins and journal."""

import json
from datetime import UTC, datetime, timedelta

from benchmarks.dataset import vocabulary
from benchmarks.dataset.rows import TODAY, add_duration, choose_weighted, to_date
from benchmarks.dataset.sizes import GOALS_PER_PERSON, KEY_RESULTS_PER_GOAL
from benchmarks.dataset.tenants import Tenant, add_search_words

OWNER_WEIGHTS = {"person": 85, "team": 10, "organization": 5}
VISIBILITY_WEIGHTS = {"public": 60, "organization": 15, "reporting_chain": 15, "private": 10}
STATUS_WEIGHTS = {"active": 55, "draft": 10, "achieved": 20, "missed": 10, "abandoned": 5}
CONFIDENCE_WEIGHTS = {"on_track": 60, "at_risk": 30, "off_track": 10}
CLOSED_STATUSES = ("achieved", "missed", "abandoned")
CHECKED_IN_SHARE = 0.3
"""The share of active goals with check-ins, two each."""

MIDNIGHT = datetime.combine(TODAY, datetime.min.time(), UTC)


def add_goals(tenant: Tenant) -> None:
    """Add three goals for each person over the last 300 days; one in three has a parent goal."""
    count = len(tenant.people) * GOALS_PER_PERSON
    goal_ids: list[str] = []
    for number in range(count):
        created_at = MIDNIGHT - timedelta(days=300) * (1 - number / count)
        parent = (
            tenant.random.choice(goal_ids) if goal_ids and tenant.random.random() < 1 / 3 else None
        )
        goal_ids.append(_add_goal(tenant, created_at, parent))


def _add_goal(tenant: Tenant, created_at: datetime, parent: str | None) -> str:
    random = tenant.random
    identity = tenant.ids.generate(created_at)
    kind, status = choose_weighted(random, OWNER_WEIGHTS), choose_weighted(random, STATUS_WEIGHTS)
    visibility = choose_weighted(random, VISIBILITY_WEIGHTS)
    title = " ".join(
        random.choice(part)
        for part in (vocabulary.GOAL_VERBS, vocabulary.GOAL_OBJECTS, vocabulary.GOAL_ENDS)
    )
    owners = {"person": tenant.people, "team": tenant.teams, "organization": tenant.organizations}
    tenant.rows.add_aggregate(
        "goals",
        created_at,
        id=identity,
        owner_kind=kind,
        title=title,
        description="What we agreed on in the planning week; the figures below measure it.",
        purpose="Customers notice this first." if random.random() < 0.5 else None,
        visibility=visibility,
        starts_on=to_date(created_at),
        due_on=to_date(add_duration(created_at, days=random.randint(60, 200))),
        status=status,
        closing_note="Closed at the review." if status in CLOSED_STATUSES else None,
        closed_at=add_duration(created_at, days=50) if status in CLOSED_STATUSES else None,
        parent_id=parent,
        **{f"owner_{kind}_id": random.choice(owners[kind])},
    )
    add_search_words(tenant, "goal", identity, title)
    _add_journal_entry(
        tenant, identity, "drafted", created_at, {"title": [None, title], "status": [None, "DRAFT"]}
    )
    if visibility == "private":
        for viewer in random.sample(tenant.people, 2):
            tenant.rows.add_row("goal_viewers", goal_id=identity, person_id=viewer)
    key_result_ids = [
        _add_key_result(tenant, identity, created_at, position)
        for position in range(KEY_RESULTS_PER_GOAL)
    ]
    if status == "active" and random.random() < CHECKED_IN_SHARE:
        for week in (2, 4):
            _add_check_in(tenant, identity, add_duration(created_at, weeks=week), key_result_ids)
    return identity


def _add_key_result(tenant: Tenant, goal: str, created_at: datetime, position: int) -> str:
    measure = tenant.random.choice(vocabulary.MEASURES)
    title, unit, direction, start, target = measure
    identity = tenant.ids.generate(created_at)
    tenant.rows.add_row(
        "key_results",
        id=identity,
        goal_id=goal,
        title=title,
        start_value=start,
        target_value=target,
        current_value=round(start + (target - start) * tenant.random.random(), 1),
        unit=unit,
        direction=direction,
        position=position,
    )
    return identity


def _add_check_in(tenant: Tenant, goal: str, moment: datetime, key_result_ids: list[str]) -> None:
    identity = tenant.ids.generate(moment)
    confidence = choose_weighted(tenant.random, CONFIDENCE_WEIGHTS)
    tenant.rows.add_row(
        "check_ins",
        id=identity,
        goal_id=goal,
        author_id=tenant.random.choice(tenant.people),
        confidence=confidence,
        note=tenant.random.choice(vocabulary.NOTES),
        recorded_at=moment,
    )
    for key_result in key_result_ids:
        tenant.rows.add_row(
            "check_in_values",
            id=tenant.ids.generate(moment),
            check_in_id=identity,
            key_result_id=key_result,
            value=tenant.random.randint(0, 100),
        )
    _add_journal_entry(
        tenant, goal, "checked_in", moment, {"confidence": [None, confidence.upper()]}
    )


def _add_journal_entry(
    tenant: Tenant, goal: str, action: str, moment: datetime, changes: dict[str, list[object]]
) -> None:
    tenant.rows.add_row(
        "journal",
        id=tenant.ids.generate(moment),
        xid=3,  # older than every transaction of a running database
        seq=1,
        entity="goal",
        entity_id=goal,
        action=action,
        actor_id=tenant.people[0],
        changes=json.dumps(changes, ensure_ascii=False),
        recorded_at=moment,
    )
