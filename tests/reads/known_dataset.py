"""What was known of lines and employments before, without a further random draw."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

FIRST_KNOWN = datetime(2025, 12, 1, 8, 15, tzinfo=UTC)
CHANGED = FIRST_KNOWN + timedelta(days=5)

Row = dict[str, Any]


def add_superseded(world: "TenantDataset") -> None:
    """Say since when rows are known, and add earlier forms of some of them.

    A second line was recorded when the first one was ended; some lines had another manager; those
    who have left were first known to stay.
    """
    people = [each["id"] for each in world.tables["people"]]
    lines: dict[Any, list[Row]] = {}
    for line in world.tables["reporting_lines"]:
        line["updated_at"] = FIRST_KNOWN
        if line["kind"] == "primary":
            lines.setdefault(line["person_id"], []).append(line)
        elif line["ends_on"]:
            _change(world, "lines", line, ends_on=None)
    for person_id, mine in lines.items():
        number = people.index(person_id)
        if len(mine) == 2:
            mine[1]["updated_at"] = CHANGED
            _change(world, "lines", mine[0], ends_on=None)
        elif number % 4 == 3:
            _change(world, "lines", mine[0], manager_id=people[number // 2])
    for employment in world.tables["employments"]:
        employment["updated_at"] = FIRST_KNOWN
        if employment["leaving_reason"] == "Retired":
            _change(world, "employments", employment, left_on=None)


def _change(world: "TenantDataset", name: str, row: Row, **before: Any) -> None:
    """Let a row have been like this until it was changed."""
    kept = row | before
    for each in ("leaving_reason", "leaving_kind", "successor_id"):
        kept.pop(each, None)
    del kept["tenant_id"]
    world.add_row(f"superseded_{name}", **kept, superseded_at=CHANGED)
    row["updated_at"] = CHANGED
