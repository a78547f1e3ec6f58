"""The bulk operations of a dataset, from a source of randomness of their own."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

BASE_TIME = datetime(2025, 11, 6, 3, 0, tzinfo=UTC)
STATUSES = ("created", "running", "done", "failed", "cancelled")
COUNTS = ("created", "updated", "unchanged", "deferred", "rejected")


QUERIES = 9
"""One operation of so many is a query; it has no run, because nine is a multiple of three."""


def _choose_kind(n: int, *, has_run: bool) -> str:
    if n % QUERIES == 0:
        return "query" if n else "person_export"
    return "upsert_people" if has_run else "record_measurements"


def add_bulk_operations(world: "TenantDataset") -> None:
    """Add an upload and an operation of each status for some accounts."""
    random = Random(f"bulk operations {world.seed}")  # so the rows of other tables stay as they are

    def draw_id() -> UUID:
        return UUID(int=random.getrandbits(128))

    for n, status in enumerate(STATUSES * 3):
        at = BASE_TIME + timedelta(hours=n)
        stamps = {"version": 1 + n, "created_at": at, "updated_at": at + timedelta(minutes=n)}
        owner = {"owner_id": random.choice(world.tables["members"])["id"]}
        upload = world.add_row(
            "staged_uploads",
            **{"id": draw_id(), "size": 100 * n, **owner, **stamps},
            format="csv" if n % 2 else "jsonl",
            expires_at=at + timedelta(days=1),
        )
        run = random.choice(world.tables["sync_runs"]) if n % 3 else None
        world.add_row(
            "bulk_operations",
            **{"id": draw_id(), "upload_id": upload["id"], **owner, **stamps},
            kind=_choose_kind(n, has_run=run is not None),
            query="query($after: String) { people(after: $after) { nodes { id } } }"
            if n and n % QUERIES == 0
            else None,
            subject_id=world.tables["people"][0]["id"] if n == 0 else None,
            cursor="page" if n % QUERIES == 0 else None,
            source=run["source"] if run else None,
            mode=run["kind"] if run else None,
            left_on=world.today if run else None,
            is_dry_run=n % 4 == 0,
            encoding="windows_1252" if n % 2 else None,
            separator="tab" if n % 2 else None,
            date_form="day_month_year_dots" if n % 2 else None,
            columns=["Start=hiredOn", "Id=id"] if n % 2 else [],
            sync_run_id=run["id"] if run else None,
            status=status,
            failure="timeout" if status == "failed" else None,
            finished_at=at if n % 5 > 1 else None,
            files_until=at + timedelta(days=7),
            **{f"{each}_count": random.randrange(9) for each in ("row", *COUNTS)},
            file_size=100 * n,
            read_size=50 * n,
            result_size=70 * n,
            unreadable_count=n,
            line_count=n,
        )
    world.add_row("bulk_file_parts", file_id=draw_id(), starts_at=0, ends_at=1, data=b"x")
