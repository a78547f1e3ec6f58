"""The sizes of the data set: numbers of tenants, and of people in each."""

from dataclasses import dataclass

GOALS_PER_PERSON = 3
KEY_RESULTS_PER_GOAL = 3


@dataclass(frozen=True)
class DatasetPart:
    """Tenants of one size, loaded together. Their slugs are the name and a number from 1."""

    name: str
    tenant_count: int
    person_count: int

    @property
    def slugs(self) -> tuple[str, ...]:
        """The slugs of the tenants."""
        return tuple(f"{self.name}-{number}" for number in range(1, self.tenant_count + 1))


BASE = DatasetPart("bench", tenant_count=20, person_count=2_000)
"""40,000 people, 120,000 goals and 360,000 key results: the default data of a case."""

DATASET_PARTS = {
    part.name: part
    for part in (BASE, DatasetPart("large", 1, 50_000), DatasetPart("small", 2_000, 20))
}
"""`large` shows the cost in a large tenant, `small` the cost beside many tenants."""
