"""The work calendars of a dataset, from a source of randomness of their own."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

BASE_TIME = datetime(2025, 11, 5, 6, 30, tzinfo=UTC)
PLACES = [
    (None, "ES", None),
    ("Łódź", "PL", None),
    ("Barcelona", "ES", "CT"),
    ("Remote", None, None),
]


def add_work_calendars(world: "TenantDataset") -> None:
    """Add a work calendar without a location and some with one, each with days of its own."""
    random = Random(f"work calendars {world.seed}")  # so the rows of other tables stay as they are
    for n, (location, country, subdivision) in enumerate(PLACES):
        calendar = world.add_row(
            "work_calendars",
            id=UUID(int=random.getrandbits(128)),
            version=1 + n % 2,
            created_at=BASE_TIME + timedelta(hours=n),
            updated_at=BASE_TIME + timedelta(days=n),
            name=location or "Everywhere else",
            location=location,
            country=country,
            subdivision=subdivision,
        )
        for day in random.sample(range(-40, 40), n):
            world.add_row(
                "calendar_days",
                id=UUID(int=random.getrandbits(128)),
                calendar_id=calendar["id"],
                day=world.today + timedelta(days=day),
                is_working=random.choice([True, False]),
                occasion=random.choice(["Inventory", "Brückentag", "peak"]),
            )
