"""The goals of one tenant of the data set, with key results, check-ins and journal."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from benchmarks.dataset import vocabulary
from benchmarks.dataset.rows import TODAY, add_duration, choose_weighted, to_date
from benchmarks.dataset.sizes import GOALS_PER_PERSON, KEY_RESULTS_PER_GOAL
from benchmarks.dataset.tenants import NO_CUSTOM_VALUES, Tenant, add_search_words
from domain.goals import Goal
from persistence.kernel.access_facts import encode_access_facts, list_fact_names

OWNER_WEIGHTS = {"person": 85, "team": 10, "organization": 5}
VISIBILITY_WEIGHTS = {"public": 60, "organization": 15, "reporting_chain": 15, "private": 10}
STATUS_WEIGHTS = {"active": 55, "draft": 10, "achieved": 20, "missed": 10, "abandoned": 5}
CONFIDENCE_WEIGHTS = {"on_track": 60, "at_risk": 30, "off_track": 10}
CLOSED_STATUSES = ("achieved", "missed", "abandoned")
CHECKED_IN_SHARE = 0.3
"""The share of active goals with check-ins, two each."""

Row: TypeAlias = dict[str, Any]

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
    tenant.rows.add_row("tenant_clocks", clock="rights", number=1)
    tenant.rows.add_row("tenant_clocks", clock="journal", number=tenant.entry_count)


def _add_goal(tenant: Tenant, created_at: datetime, parent: str | None) -> str:
    random = tenant.random
    identity = tenant.ids.generate(created_at)
    facts = _choose_access_facts(tenant)
    stored = {name: value for name, value in facts.items() if name != "viewer_ids"}
    is_closed = facts["status"] in CLOSED_STATUSES
    title = " ".join(
        random.choice(part)
        for part in (vocabulary.GOAL_VERBS, vocabulary.GOAL_OBJECTS, vocabulary.GOAL_ENDS)
    )
    tenant.rows.add_aggregate(
        "goals",
        created_at,
        id=identity,
        title=title,
        description="What we agreed on in the planning week; the figures below measure it.",
        purpose="Customers notice this first." if random.random() < 0.5 else None,
        starts_on=to_date(created_at),
        due_on=to_date(add_duration(created_at, days=random.randint(60, 200))),
        closing_note="Closed at the review." if is_closed else None,
        closed_at=add_duration(created_at, days=50) if is_closed else None,
        parent_id=parent,
        **NO_CUSTOM_VALUES,
        **stored,
    )
    for viewer in facts["viewer_ids"]:
        tenant.rows.add_row("goal_viewers", goal_id=identity, person_id=viewer)
    add_search_words(tenant, "goal", identity, title)
    changes = {"title": [None, title], "status": [None, "DRAFT"]}
    drafted = facts | {"status": "draft"}
    _add_journal_entry(tenant, identity, "drafted", created_at, changes, drafted)
    _add_key_results(tenant, identity, created_at, facts)
    return identity


def _choose_access_facts(tenant: Tenant) -> Row:
    """Return the owner, visibility, status and viewers of a goal, at random."""
    random = tenant.random
    kind = choose_weighted(random, OWNER_WEIGHTS)
    owners = {"person": tenant.people, "team": tenant.teams, "organization": tenant.organizations}
    visibility = choose_weighted(random, VISIBILITY_WEIGHTS)
    return {
        "owner_kind": kind,
        f"owner_{kind}_id": random.choice(owners[kind]),
        "visibility": visibility,
        "status": choose_weighted(random, STATUS_WEIGHTS),
        "viewer_ids": sorted(random.sample(tenant.people, 2)) if visibility == "private" else [],
    }


def _add_key_results(tenant: Tenant, goal: str, created_at: datetime, facts: Row) -> None:
    """Add key results to a goal, and to some of the active ones check-ins."""
    key_result_ids = [
        _add_key_result(tenant, goal, created_at, position)
        for position in range(KEY_RESULTS_PER_GOAL)
    ]
    if facts["status"] == "active" and tenant.random.random() < CHECKED_IN_SHARE:
        for week in (2, 4):
            moment = add_duration(created_at, weeks=week)
            confidence = _add_check_in(tenant, goal, moment, key_result_ids)
            changes = {"confidence": [None, confidence.upper()]}
            _add_journal_entry(tenant, goal, "checked_in", moment, changes, facts)


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


def _add_check_in(tenant: Tenant, goal: str, moment: datetime, key_result_ids: list[str]) -> str:
    """Add a check-in with a value for each key result, and return its confidence."""
    identity = tenant.ids.generate(moment)
    confidence = choose_weighted(tenant.random, CONFIDENCE_WEIGHTS)
    tenant.rows.add_row(
        "check_ins",
        id=identity,
        goal_id=goal,
        author_id=tenant.random.choice(tenant.people),
        confidence=confidence,
        note=tenant.random.choice(vocabulary.NOTES),
        effective_on=moment.date(),
        first_recorded_at=moment,
        recorded_at=moment,
    )
    for key_result in key_result_ids:
        tenant.rows.add_row(
            "check_in_values",
            id=tenant.ids.generate(moment),
            check_in_id=identity,
            key_result_id=key_result,
            value=tenant.random.randint(0, 100),
            is_reported=True,
        )
    return confidence


def _add_journal_entry(
    tenant: Tenant, goal: str, action: str, moment: datetime, changes: Row, facts: Row
) -> None:
    known = {name: facts[name] for name in list_fact_names(Goal) if name in facts}
    tenant.entry_count += 1
    tenant.rows.add_row(
        "journal",
        id=tenant.ids.generate(moment),
        number=tenant.entry_count,
        seq=1,
        entity="goal",
        entity_id=goal,
        action=action,
        actor_id=tenant.people[0],
        changes=json.dumps(changes, ensure_ascii=False),
        recorded_at=moment,
        access_facts=encode_access_facts([known]),
    )
