"""The goals of a dataset."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.reads import sample_values as words

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

BASE_TIME = datetime(2025, 11, 3, 8, 15, tzinfo=UTC)

Row = dict[str, Any]


def add_goals(world: "TenantDataset", size: int) -> None:
    mix = [
        (kind, visibility, status)
        for kind in ("person", "team", "organization")
        for visibility in ("public", "organization", "reporting_chain", "private")
        for status in ("draft", "active", "active", "achieved", "missed", "abandoned")
        if kind != "organization" or visibility in ("public", "organization")
    ]
    for n in range(size):
        kind, visibility, status = mix[n * 7 % len(mix)]
        table = {"person": "people", "team": "teams", "organization": "organizations"}[kind]
        is_closed = status in ("achieved", "missed", "abandoned")
        goals = world.tables["goals"]
        owners = {f"owner_{each}_id": None for each in ("person", "team", "organization")}
        goal = world.add_root(
            "goals",
            owner_kind=kind,
            **owners | {f"owner_{kind}_id": world.pick_row(table)["id"]},
            title=world.random.choice(words.GOAL_TITLES),
            description=world.draw_optional("Grow 100% — “carefully”, \\ and 'so' on"),
            purpose=world.draw_optional("Because 🌱"),
            visibility=visibility,
            starts_on=world.pick_day(-200, -100),
            due_on=world.today + timedelta(days=30 * world.random.randrange(-3, 6)),
            status=status,
            closing_note=world.draw_optional("Done") if is_closed else None,
            closed_at=BASE_TIME + timedelta(days=world.random.randrange(9)) if is_closed else None,
            parent_id=world.draw_optional(world.random.choice(goals)["id"], 0.4) if goals else None,
        )
        _add_key_results_and_check_ins(world, goal)
        if visibility == "private" or world.random.random() < 0.3:
            for person in world.random.sample(world.tables["people"], world.random.randrange(4)):
                world.add_row("goal_viewers", goal_id=goal["id"], person_id=person["id"])


def _add_key_results_and_check_ins(world: "TenantDataset", goal: Row) -> None:
    measures = []
    for position in range(world.random.choice([0, 1, 1, 2, 3, 5])):
        start, target, current, direction = world.random.choice(words.KEY_RESULT_VALUES)
        measures.append(
            world.add_part(
                "key_results",
                goal_id=goal["id"],
                title=world.random.choice(words.GOAL_TITLES),
                start_value=start,
                target_value=target,
                current_value=current,
                unit=world.draw_optional(world.random.choice(["%", "EUR", "parcels"])),
                direction=direction,
                position=position,
                kpi_id=None,
                kpi_basis=None,
                is_published=None,
            )
        )
    earlier: Row | None = None
    for number in range(world.random.choice([0, 0, 1, 2, 4])):
        corrects = earlier if number == 2 else None  # of four, the third corrects the second
        check_in = earlier = world.add_part(
            "check_ins",
            goal_id=goal["id"],
            author_id=world.pick_row("people")["id"],
            confidence=world.random.choice(["on_track", "at_risk", "off_track"]),
            note=world.draw_optional("On it"),
            recorded_at=BASE_TIME + timedelta(days=world.random.randrange(3)),
            first_recorded_at=corrects["recorded_at"] if corrects else BASE_TIME,
            effective_on=world.today - timedelta(days=number % 3),
            corrects_id=corrects["id"] if corrects else None,
            reason="Typed wrong" if corrects else None,
        )
        for each in measures:
            world.add_part(
                "check_in_values",
                check_in_id=check_in["id"],
                key_result_id=each["id"],
                value=each["current_value"],
                is_reported=number % 2 == 0,
            )


def add_goal_references(world: "TenantDataset") -> None:
    """Add what other systems call goals, and what waits: rows that nobody can read."""
    for n, goal in enumerate(world.tables["goals"]):
        for source in ("ledger", "okr")[: n % 3]:
            reference = {"source": source, "external_id": f"{source}-{n}"}
            world.add_part("goal_references", goal_id=goal["id"], **reference)
    for n, goal in enumerate(world.tables["goals"][:2]):
        place = {"object_id": goal["id"], "field": "parent", "valid_from": None}
        world.add_part("pending_goal_references", source="okr", external_id=f"later-{n}", **place)
