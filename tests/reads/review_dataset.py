"""What reviews need in a dataset, from a source of randomness of its own."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from tests.reads.dataset import Row, TenantDataset

BASE_TIME = datetime(2025, 11, 6, 6, 30, tzinfo=UTC)
HISTORIES = (
    ("draft",),
    ("published",),
    ("archived", "published"),
    ("archived", "published", "draft"),
    ("archived", "archived"),
    ("archived", "draft"),
)
"""The status of each revision of a document."""

NAMES = ["Five points", "five POINTS", "Größe", "100% points_", "Grades", "Ålesund"]


def add_review_documents(world: "TenantDataset") -> None:
    """Add rating scales with one to three revisions."""
    random = Random(f"reviews {world.seed}")  # so the rows of other tables stay as they are
    for n, statuses in enumerate(HISTORIES):
        document_id = UUID(int=random.getrandbits(128))
        for revision, status in enumerate(statuses, start=1):
            scale = world.add_row(
                "rating_scales",
                id=UUID(int=random.getrandbits(128)),
                version=1 + n % 3,
                created_at=BASE_TIME + timedelta(hours=n, days=revision),
                updated_at=BASE_TIME + timedelta(hours=n, days=revision + 1),
                document_id=document_id,
                revision=revision,
                name=NAMES[n],
                description=random.choice([None, "For all"]),
                status=status,
                published_at=None if status == "draft" else BASE_TIME + timedelta(days=revision),
                allows_not_applicable=random.choice([True, False]),
            )
            _add_levels(world, random, scale)


def _add_levels(world: "TenantDataset", random: Random, scale: "Row") -> None:
    sign = random.choice([1, -1])
    for position in range(1, random.choice([2, 3, 5]) + 1):
        world.add_row(
            "rating_levels",
            id=UUID(int=random.getrandbits(128)),
            scale_id=scale["id"],
            position=position,
            label=f"Level {position}",
            value=Decimal(sign * position * 5) / 2,
            description=random.choice([None, "More than agreed"]),
        )
