"""Sizes: how many tenants of how many people the bench set has."""

from dataclasses import dataclass

GOALS_EACH = 3
KEY_RESULTS_EACH = 3


@dataclass(frozen=True)
class Part:
    """Tenants of one size, loaded and kept together; slugs are the name and a number from 1."""

    name: str
    tenants: int
    people: int

    @property
    def slugs(self) -> tuple[str, ...]:
        """The tenants by slug."""
        return tuple(f"{self.name}-{number}" for number in range(1, self.tenants + 1))


BASE = Part("bench", tenants=20, people=2_000)
"""40,000 people, 120,000 goals and 360,000 key results: what every case runs on unless it says."""

PARTS = {part.name: part for part in (BASE, Part("large", 1, 50_000), Part("small", 2_000, 20))}
"""`large` shows that cost does not grow with the tenant, `small` not with their number."""
