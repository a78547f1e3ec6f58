"""The scorecards of a dataset, from a source of randomness of their own."""

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from tests.reads.kpi_dataset import BASE_TIME, VISIBILITIES

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

NAMES = ["Network", "network", "Öl & Energie", "People 100%", "Costs"]


def add_scorecards(world: "TenantDataset", size: int) -> None:
    """Add scorecards of organizations and teams, with up to five KPIs each."""
    random = Random(f"scorecards {world.seed}")  # so the rows of other tables stay as they are
    for n in range(size):
        kind = random.choice(["organization", "organization", "team"])
        owners = {"organization_id": None, "team_id": None}
        unit = random.choice(world.tables[f"{kind}s"])["id"]
        scorecard = world.add_row(
            "scorecards",
            id=UUID(int=random.getrandbits(128)),
            version=1 + n % 3,
            created_at=BASE_TIME + timedelta(hours=n % 5),
            updated_at=BASE_TIME + timedelta(days=n % 7),
            scope_kind=kind,
            **owners | {f"{kind}_id": unit},
            name=random.choice(NAMES),
            description=random.choice([None, "Every Monday"]),
            owner_id=random.choice(world.tables["people"])["id"],
            visibility=random.choice(VISIBILITIES),
            status=random.choice(["active", "active", "archived"]),
        )
        for person in random.sample(world.tables["people"], random.choice([0, 0, 1, 3])):
            world.add_row("scorecard_viewers", scorecard_id=scorecard["id"], person_id=person["id"])
        kpis = random.sample(world.tables["kpis"], random.choice([0, 2, 5]))
        for position, kpi in enumerate(kpis):
            world.add_row(
                "scorecard_entries",
                id=UUID(int=random.getrandbits(128)),
                scorecard_id=scorecard["id"],
                kpi_id=kpi["id"],
                position=position,
                weight=random.choice([0, 1, 3]),
                heading=random.choice([None, "Quality"]),
                size=random.choice(["small", "medium", "large"]),
                grid_column=random.choice([None, 1, 7]),
                grid_row=random.choice([None, 2]),
            )
