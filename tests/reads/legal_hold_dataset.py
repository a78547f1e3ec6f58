"""The legal holds of a dataset, from a source of randomness of their own."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

BASE_TIME = datetime(2025, 11, 20, 7, 0, tzinfo=UTC)


def add_legal_holds(world: "TenantDataset") -> None:
    """Hold the data of some people, of whom half have left; every second hold is released."""
    random = Random(f"legal holds {world.seed}")  # so the rows of other tables stay as they are
    people = sorted(world.tables["people"], key=lambda each: (each["left_on"] is None, each["id"]))
    for n, person in enumerate([*people[:4], *people[-4:]]):
        at, is_released = BASE_TIME + timedelta(hours=n), n % 2 == 1
        world.add_row(
            "legal_holds",
            id=UUID(int=random.getrandbits(128)),
            version=1 + n,
            created_at=at,
            updated_at=at,
            person_id=person["id"],
            placed_on=at.date(),
            reason=f"Case {n}",
            status="released" if is_released else "active",
            released_at=at if is_released else None,
            release_reason="Settled" if is_released else None,
        )
