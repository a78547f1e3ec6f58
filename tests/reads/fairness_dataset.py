"""The fairness attributes and figures of a dataset, from a source of randomness of their own."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from tests.reads.kpi_dataset import BASE_TIME

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

GROUPS = (["Younger", "Older"], ["A", "Ä", "B"])


def add_fairness(world: "TenantDataset") -> None:
    """Add attributes with values, and figures of some cycles."""
    random = Random(f"fairness {world.seed}")  # so the rows of other tables stay as they are
    for n, groups in enumerate(GROUPS):
        attribute = world.add_row(
            "fairness_attributes",
            id=UUID(int=random.getrandbits(128)),
            version=1 + n,
            created_at=BASE_TIME + timedelta(hours=n),
            updated_at=BASE_TIME + timedelta(days=n),
            name=f"Attribute {n}",
            description=random.choice([None, "For “all”"]),
            groups=groups,
        )
        for person in random.sample(world.tables["people"], min(5, len(world.tables["people"]))):
            world.add_row(
                "fairness_values",
                id=UUID(int=random.getrandbits(128)),
                attribute_id=attribute["id"],
                person_id=person["id"],
                position=random.choice([None, 1, 2]),
                written_at=BASE_TIME,
            )
        for number, cycle in enumerate(world.tables["review_cycles"][:6]):
            moment = BASE_TIME + timedelta(days=number, hours=n)
            _add_figure(world, random, attribute["id"], cycle["id"], groups, moment)


def _add_figure(
    world: "TenantDataset",
    random: Random,
    attribute_id: UUID,
    cycle_id: UUID,
    groups: list[str],
    moment: object,
) -> None:
    figure = world.add_row(
        "fairness_figures",
        id=UUID(int=random.getrandbits(128)),
        cycle_id=cycle_id,
        attribute_id=attribute_id,
        computed_at=moment,
        favoured_from=4,
        threshold=5,
        person_count=40,
        hidden_count=random.choice([0, 6]),
        mean=random.choice([None, Decimal("3.25")]),
        band_starts=[1, 4],
    )
    for position, label in enumerate(groups, start=1):
        is_compared = random.choice([True, False])
        world.add_row(
            "fairness_groups",
            id=UUID(int=random.getrandbits(128)),
            cycle_id=cycle_id,
            figure_id=figure["id"],
            position=position,
            label=label,
            person_count=17,
            band_counts=[10, 7],
            mean=Decimal("3.1"),
            gap=Decimal("-0.15"),
            favoured_count=7 if is_compared else None,
            is_reference=position == 1,
            impact_ratio=Decimal("0.8333") if is_compared else None,
            p_value=Decimal("0.0220") if is_compared else None,
            flip_count=3 if is_compared else None,
        )
