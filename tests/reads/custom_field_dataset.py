"""The custom fields of a dataset and their values, from a source of randomness of their own."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

BASE_TIME = datetime(2025, 11, 4, 6, 30, tzinfo=UTC)
OPTIONS = [
    {"key": "s", "label": "Small", "is_archived": False},
    {"key": "l", "label": "Läarge", "is_archived": False},
    {"key": "old", "label": "Old", "is_archived": True},
]
FIELDS: list[tuple[str, str, str, list[Any]]] = [
    ("badge", "text", "everybody", ["A1", "a1", "Ärzte 100%", "B_2"]),
    ("hours", "number", "everybody", ["0", "5", "10.5", "38.25", "-0.000001"]),
    ("size", "choice", "everybody", [["s"], ["l", "s"], ["old"]]),
    ("remote", "boolean", "managers", [True, False]),
    ("checked_on", "date", "hr", ["2025-01-01", "2026-06-15", "2026-07-01"]),
]
TABLES = {"person": "people", "team": "teams", "goal": "goals"}
NAMES = {"choice": "options"}
SUFFIXES = {"everybody": "", "managers": "_of_managers", "hr": "_of_hr"}


def add_custom_fields(world: "TenantDataset") -> None:
    """Add fields of each type to each kind of objects, and values to half of the objects."""
    random = Random(f"custom fields {world.seed}")  # so the rows of other tables stay as they are
    for object_type, table in TABLES.items():
        for n, (key, type_, readers, values) in enumerate(FIELDS):
            _add_field(world, random, n, object_type, key, type_, readers)
            column = f"custom_values{SUFFIXES[readers]}"
            for row in world.tables[table]:
                if random.random() < 0.5:
                    value = {NAMES.get(type_, type_): random.choice(values)}
                    row[column] = row[column] | {key: value}


def _add_field(
    world: "TenantDataset", random: Random, n: int, object_type: str, *names: str
) -> None:
    key, type_, readers = names
    at = BASE_TIME + timedelta(hours=n)
    world.add_row(
        "custom_fields",
        id=UUID(int=random.getrandbits(128)),
        version=1 + n,
        created_at=at,
        updated_at=at + timedelta(days=n),
        object_type=object_type,
        key=key,
        type=type_,
        readers=readers,
        label=key.title(),
        description=f"The {key}" if n % 2 else None,
        writers="hr" if n == 4 else "editors",
        is_required=n == 1,
        max_length=50 if type_ == "text" else None,
        least=-1 if type_ == "number" else None,
        most=None,
        options=OPTIONS if type_ == "choice" else [],
        max_choices=2 if type_ == "choice" else 1,
        status="archived" if n == 3 else "active",
    )
