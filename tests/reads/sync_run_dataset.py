"""The sync runs of a dataset and what upserts store, from a source of randomness of their own."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

BASE_TIME = datetime(2025, 11, 5, 2, 0, tzinfo=UTC)
RUNS = [
    ("open", "delta", ["person"]),
    ("finished", "full", ["person", "organization"]),
    ("blocked", "full", ["person"]),
    ("abandoned", "full", ["organization"]),
    ("undone", "delta", ["team"]),
]
OUTCOMES = ("created", "updated", "unchanged", "deferred", "rejected")


def add_sync_runs(world: "TenantDataset") -> None:
    """Add a run of each status, with counts and issues, and people who were missing."""
    _add_upsert_records(world)
    random = Random(f"sync runs {world.seed}")  # so the rows of other tables stay as they are

    def draw_id() -> UUID:
        return UUID(int=random.getrandbits(128))

    people = world.tables["people"]
    for n, (status, kind, types) in enumerate(RUNS):
        at = BASE_TIME + timedelta(days=n)
        run = world.add_row(
            "sync_runs",
            id=draw_id(),
            version=1 + n,
            created_at=at,
            updated_at=at,
            source="workday" if n % 2 else "hris",
            kind=kind,
            types=types,
            started_by_id=random.choice(world.tables["members"])["id"],
            status=status,
            left_on=world.today if n in (1, 2) else None,
            ended_count=n % 2,
            finished_at=at if status == "finished" else None,
            undoable_until=at + timedelta(days=30) if n else None,
        )
        for each in types:
            counts = {name: random.randrange(5) for name in OUTCOMES}
            own = {"id": draw_id(), "sync_run_id": run["id"], "type": each}
            world.add_row("sync_run_counts", **own, **counts)
        for number in range(n):
            world.add_row(
                "sync_run_issues",
                id=draw_id(),
                sync_run_id=run["id"],
                type=types[0] if number else None,
                source=run["source"],
                external_id=f"W-{number}" if number else None,
                code="INVALID" if number else "MASS_CHANGE_BLOCKED",
                field="name" if number > 1 else None,
            )
            world.add_row("sync_run_rows", id=draw_id(), sync_run_id=run["id"])
            world.add_row(
                "sync_run_people",
                id=draw_id(),
                sync_run_id=run["id"],
                person_id=people[(number * 3 + n) % len(people)]["id"],
                is_ended=status == "finished",
            )
            world.add_row(
                "sync_run_changes",
                id=draw_id(),
                sync_run_id=run["id"],
                type="person",
                object_id=people[number]["id"],
                turn=0,
                kind="field",
                field="job_title",
                valid_from=world.today,
                before={"value": None},
                after={"value": f"Title {number}"},
            )


def _add_upsert_records(world: "TenantDataset") -> None:
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
