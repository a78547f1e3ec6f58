"""The KPI reviews of a dataset, from a source of randomness of their own."""

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from tests.reads.kpi_dataset import BASE_TIME

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset


def add_kpi_reviews(world: "TenantDataset", size: int) -> None:
    """Add schedules of KPIs and scorecards, half of them with a review of up to five KPIs."""
    random = Random(f"kpi reviews {world.seed}")  # so the rows of other tables stay as they are
    for n in range(size):
        kind = random.choice(["kpi", "scorecard"])
        subjects = {"kpi_id": None, "scorecard_id": None}
        subject = random.choice(world.tables[f"{kind}s"])["id"]
        owner = random.choice(world.tables["people"])["id"]
        schedule = world.add_row(
            "kpi_review_schedules",
            id=UUID(int=random.getrandbits(128)),
            version=1 + n % 3,
            created_at=BASE_TIME + timedelta(hours=n % 5),
            updated_at=BASE_TIME + timedelta(days=n % 7),
            subject_kind=kind,
            **subjects | {f"{kind}_id": subject},
            owner_id=owner,
            rule=random.choice(["FREQ=MONTHLY", "FREQ=WEEKLY;BYDAY=MO"]),
            starts_on=world.today - timedelta(days=random.choice([0, 30, 300])),
            recurs_on=random.choice([None, world.today]),
            due_on=world.today + timedelta(days=n % 3),
            last_held_on=random.choice([None, world.today]),
            status=random.choice(["active", "active", "ended"]),
        )
        if schedule["status"] == "active":
            world.add_row(
                "todos",
                id=uuid5(schedule["id"], str(owner)),
                person_id=owner,
                kind="kpi_review",
                due_on=schedule["due_on"],
                entity="kpi_review_schedule",
                subject_id=schedule["id"],
                reminded_at=BASE_TIME if n % 2 else None,
                reminders_sent=n % 2,
            )
        for person in random.sample(world.tables["people"], random.choice([0, 0, 1, 3])):
            world.add_row(
                "kpi_review_participants", schedule_id=schedule["id"], person_id=person["id"]
            )
        if n % 2:
            _add_review(world, random, schedule["id"], n)


def _add_review(world: "TenantDataset", random: Random, schedule_id: UUID, n: int) -> None:
    review = world.add_row(
        "kpi_reviews",
        id=UUID(int=random.getrandbits(128)),
        version=1,
        created_at=BASE_TIME + timedelta(hours=n % 5),
        updated_at=BASE_TIME + timedelta(hours=n % 5),
        schedule_id=schedule_id,
        held_by_id=random.choice([None, random.choice(world.tables["people"])["id"]]),
        held_on=world.today - timedelta(days=n % 4),
        due_on=world.today,
        note=random.choice([None, "Without the “strike”"]),
    )
    for position in range(random.choice([0, 2])):
        world.add_row(
            "kpi_review_decisions",
            id=UUID(int=random.getrandbits(128)),
            review_id=review["id"],
            position=position,
            text=random.choice(["Ask the depots", "Öffnungszeiten klären"]),
        )
    for position, kpi in enumerate(random.sample(world.tables["kpis"], random.choice([1, 5]))):
        world.add_row(
            "kpi_review_entries",
            id=UUID(int=random.getrandbits(128)),
            review_id=review["id"],
            kpi_id=kpi["id"],
            position=position,
            status=random.choice(["green", "not_measured"]),
            period_ordinal=24312,
            period="2026-01",
            starts_on=world.today,
            last_day=world.today,
            compared_from=world.today - timedelta(days=380 * (position % 2)),
            is_provisional=position % 2 == 0,
            revision=random.choice([None, 1]),
            value=random.choice([None, "12.50"]),
            compared_value=None,
            target_value="12",
            target_upper_value=None,
        )
