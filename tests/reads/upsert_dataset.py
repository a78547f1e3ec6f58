"""What upserts store in a dataset: versions of rows, and references that wait."""

from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset


def add_upsert_records(world: "TenantDataset") -> None:
    """Add records that nobody can read."""
    random = Random(f"upserts {world.seed}")  # so the rows of other tables stay as they are
    for n, person in enumerate(world.tables["people"][:3]):
        id = UUID(int=random.getrandbits(128))
        world.add_row("source_versions", id=id, source_version=f"v{n}")
        world.add_row(
            "pending_references",
            id=UUID(int=random.getrandbits(128)),
            object_id=person["id"],
            field="manager",
            source="payroll",
            external_id=f"later-{n}",
            valid_from=None,
        )
