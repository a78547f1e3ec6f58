"""The retention policies of a dataset, from a source of randomness of their own."""

from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

AT = datetime(2025, 11, 21, 7, 0, tzinfo=UTC)


def add_retention_policies(world: "TenantDataset") -> None:
    """Add a policy with days, and one that keeps for ever."""
    random = Random(f"retention {world.seed}")  # so the rows of other tables stay as they are
    for kind, days in (("leavers", 3_650), ("feedback", None)):
        id = UUID(int=random.getrandbits(128))
        stamps = {"version": 1, "created_at": AT, "updated_at": AT}
        world.add_row("retention_policies", id=id, data_kind=kind, days=days, **stamps)
