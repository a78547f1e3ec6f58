"""The review cycles of a dataset, from a source of randomness of their own."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.reads.kpi_dataset import BASE_TIME

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset


def add_review_cycles(world: "TenantDataset", size: int) -> None:
    """Add cycles of units and of the whole tenant, some of them running."""
    random = Random(f"review cycles {world.seed}")  # so the rows of other tables stay as they are
    for n in range(size):
        status = ("running", "draft", "closed", "cancelled")[n % 4]
        unit = random.choice([None, *world.tables["organizations"]])
        cycle = world.add_row(
            "review_cycles",
            id=UUID(int=random.getrandbits(128)),
            version=1 + n % 3,
            created_at=BASE_TIME + timedelta(hours=n % 5),
            updated_at=BASE_TIME + timedelta(days=n % 7),
            organization_id=unit and unit["id"],
            scale_id=None,
            score_rule_id=None,
            needs_approval=n % 2 == 0,
            name=f"Cycle {n % 4}",
            description=random.choice([None, "For “all”"]),
            starts_on=world.today - timedelta(days=random.choice([90, 180])),
            last_day=world.today - timedelta(days=n % 3),
            employed_on=random.choice([None, world.today]),
            levels=random.choice([[], ["L1", "L2"]]),
            employment_types=random.choice([[], ["permanent", "fixed_term"]]),
            min_tenure_days=n % 2 * 90,
            min_days=n % 3 * 30,
            counts_leave=random.choice([True, False]),
            shows_peer_names=random.choice([True, False]),
            change_rule=random.choice(["keep", "transfer", "both"]),
            cut_off_on=random.choice([None, world.today]),
            missing_answers=random.choice(["exclude", "minimum", "block"]),
            min_answered_percent=50,
            max_reviews_per_writer=20,
            advances_by_date=random.choice([True, False]),
            appeal_days=14,
            release="by_manager",
            release_on=None,
            released_at=None,
            reminder_days=[[14, 7, 3], []][n % 2],
            overdue_reminder_days=n % 3,
            escalation_days=n % 2 * 5,
            quiet_from_hour=18,
            quiet_until_hour=n % 9,
            status=status,
            phase="self" if status == "running" else None,
            launched_at=None if status == "draft" else BASE_TIME,
            ended_at=BASE_TIME if status in ("closed", "cancelled") else None,
        )
        _add_parts(world, random, cycle["id"])
        _add_groups(world, cycle["id"], n)
        if status != "draft":
            _add_participants(world, random, cycle["id"])


def _add_parts(world: "TenantDataset", random: Random, cycle_id: UUID) -> None:
    def add(table: str, position: int, **values: Any) -> None:
        id = UUID(int=random.getrandbits(128))
        world.add_row(table, id=id, cycle_id=cycle_id, position=position, **values)

    count = min(random.choice([0, 2]), len(world.tables["organizations"]))
    for unit in random.sample(world.tables["organizations"], count):
        world.add_row("review_cycle_units", cycle_id=cycle_id, organization_id=unit["id"])
    for position, direction in enumerate(random.sample(["self", "peer", "upward"], 2), start=1):
        template = random.choice(world.tables["review_templates"])["id"]
        rules = {"approver": "manager", "least_nominees": 2, "most_nominees": 6}
        rules |= {"nominators": [["reviewee", "hr"], []][position % 2], "shows_nominees": False}
        add("review_cycle_directions", position, direction=direction, template_id=template, **rules)
    for position, kind in enumerate(["self", "peers"], start=1):
        days = {"starts_on": world.today, "last_day": world.today + timedelta(days=position)}
        add("review_cycle_phases", position, kind=kind, **days)
    for position, person in enumerate(random.sample(world.tables["people"], 2), start=1):
        kind = random.choice(["added", "excluded"])
        add(
            "review_cycle_selections",
            position,
            kind=kind,
            person_id=person["id"],
            reason="By hand",
        )


def _add_groups(world: "TenantDataset", cycle_id: UUID, n: int) -> None:
    """Add two groups, the first one with days of its own for one phase."""
    random = Random(f"groups of cycles {world.seed} {n}")  # so the other rows stay as they are
    for position, share in enumerate((None, Decimal("0.5")), start=1):
        unit = random.choice([None, *world.tables["organizations"]])
        group = world.add_row(
            "review_cycle_groups",
            id=UUID(int=random.getrandbits(128)),
            cycle_id=cycle_id,
            position=position,
            name=f"Group {position}",
            organization_id=unit and unit["id"],
            time_zones=[["Asia/Tokyo", "UTC"], []][position % 2],
            locations=[[], ["Porto"]][position % 2],
            employment_types=[["intern"], []][n % 2],
            max_working_time_share=share,
            min_leave_days=n % 3,
        )
        world.add_row(
            "review_cycle_group_phases",
            id=UUID(int=random.getrandbits(128)),
            cycle_id=cycle_id,
            group_id=group["id"],
            position=1,
            kind=["self", "peers"][position % 2],
            starts_on=world.today + timedelta(days=position),
            last_day=world.today + timedelta(days=9 + position),
        )


def _add_participants(world: "TenantDataset", random: Random, cycle_id: UUID) -> None:
    groups = [each["id"] for each in world.tables["review_cycle_groups"][-2:]]
    for n, person in enumerate(random.sample(world.tables["people"], 5)):
        status = random.choice(["active", "active", "unratable", "removed"])
        world.add_row(
            "review_participants",
            id=UUID(int=random.getrandbits(128)),
            cycle_id=cycle_id,
            person_id=person["id"],
            manager_id=random.choice([None, random.choice(world.tables["people"])["id"]]),
            days=n * 30,
            status=status,
            joined_on=world.today - timedelta(days=n % 2),
            reason="Late" if status == "removed" else None,
            last_day=world.today if n == 1 else None,
            due_on=world.today + timedelta(days=9) if n == 1 else None,
            group_id=[None, *groups][n % 3],
            planned_reviews={"reviews": []},
        )
