"""The annotations of a dataset, from a source of randomness of their own."""

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from tests.reads.kpi_dataset import BASE_TIME

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

TITLES = ["Strike", "strike", "Öl price", "Reorganization 100%"]
TABLES = {"kpi": "kpis", "organization": "organizations", "team": "teams"}


def add_annotations(world: "TenantDataset", size: int) -> None:
    """Add annotations of KPIs, organizations, teams and the tenant."""
    random = Random(f"annotations {world.seed}")  # so the rows of other tables stay as they are
    for n in range(size):
        kind = random.choice(["kpi", "kpi", "organization", "team", "tenant"])
        ids = dict.fromkeys((f"{each}_id" for each in TABLES), None)
        if kind in TABLES:
            ids |= {f"{kind}_id": random.choice(world.tables[TABLES[kind]])["id"]}
        starts_on = world.today + timedelta(days=random.choice([-400, -60, -7, 0, 30]))
        world.add_row(
            "annotations",
            id=UUID(int=random.getrandbits(128)),
            version=1 + n % 3,
            created_at=BASE_TIME + timedelta(hours=n % 5),
            updated_at=BASE_TIME + timedelta(days=n % 7),
            scope_kind=kind,
            **ids,
            kind=random.choice(["incident", "change", "measurement", "other"]),
            title=random.choice(TITLES),
            text=random.choice([None, "All depots"]),
            starts_on=starts_on,
            last_day=starts_on + timedelta(days=random.choice([0, 3, 90])),
            is_excluded_from_baselines=random.choice([True, False]),
            author_id=random.choice([None, random.choice(world.tables["people"])["id"]]),
        )
