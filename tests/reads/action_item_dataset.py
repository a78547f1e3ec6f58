"""The action items of a dataset and the to-dos, from a source of randomness of their own."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

BASE_TIME = datetime(2025, 11, 4, 7, 45, tzinfo=UTC)
TITLES = ["Call the carrier", "call the CARRIER", "Öffnungszeiten klären", "100% of depots", ""]


def add_action_items(world: "TenantDataset", size: int) -> None:
    """Add action items about KPIs, goals, both or neither, and a task for each that is open."""
    random = Random(f"action items {world.seed}")  # so the rows of other tables stay as they are
    goals = [each for each in world.tables["goals"] if each["status"] != "draft"]
    people = world.tables["people"]
    for n in range(size * 2):
        owner = random.choice(people)["id"]
        item = world.add_row(
            "action_items",
            id=UUID(int=random.getrandbits(128)),
            version=1 + n % 3,
            created_at=BASE_TIME + timedelta(hours=n % 5),
            updated_at=BASE_TIME + timedelta(days=n % 7),
            title=random.choice(TITLES),
            description=random.choice([None, "Before the “peak”", "Ask “twice”"]),
            owner_id=owner,
            creator_id=random.choice([None, owner, random.choice(people)["id"]]),
            due_on=world.today + timedelta(days=random.choice([-9, 0, 3, 3, 30])),
            status=random.choice(["open", "open", "open", "completed", "cancelled"]),
            note=random.choice([None, "It is done"]),
            kpi_id=random.choice([None, random.choice(world.tables["kpis"])["id"]]),
            review_id=world.tables["kpi_reviews"][0]["id"] if n % 5 == 0 else None,
            goal_id=random.choice([None, None, random.choice(goals)["id"]]),
            alert_id=None,
        )
        if item["status"] == "open":
            world.add_row(
                "todos",
                id=uuid5(item["id"], str(owner)),
                person_id=owner,
                kind="action_item",
                due_on=item["due_on"],
                entity="action_item",
                subject_id=item["id"],
            )
