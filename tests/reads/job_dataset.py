"""The jobs of a dataset: past, planned and superseded ones, without a further random draw."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

BASE_TIME = datetime(2025, 12, 1, 8, 15, tzinfo=UTC)
NEW = {"job_title": "Pilot", "level": "L9", "location": "Łódź"}

Row = dict[str, Any]


def add_jobs(world: "TenantDataset") -> None:
    """Add jobs to three of four people; the directory shows the last one that was written."""
    for n, person in enumerate(world.tables["people"]):
        if n % 4 == 0:
            continue
        shown = {name: person[name] for name in (*NEW, "organization_id")}
        first_day = person["hired_on"]
        _add_job(world, person, first_day, "intern", Decimal("0.5"), **shown | {"level": "L0"})
        if first_day < world.today - timedelta(days=90):
            day = world.today - timedelta(days=40 + n)
            _add_job(world, person, day, "permanent", Decimal("0.775"), **shown)
        if n % 4 > 1:
            day = world.today + timedelta(days=(n % 3 - 1) * 5)
            if day > first_day:
                units = world.tables["organizations"]
                unit = units[n % len(units)]["id"] if n % 8 > 3 else shown["organization_id"]
                move(world, person, day, unit)
        if person["left_on"] and n % 4 == 1:
            day = max(person["left_on"], first_day + timedelta(days=1)) + timedelta(days=n % 3)
            person["job_changes_on"] = day
            _add_job(world, person, day, None, None, **NEW)
        if n % 5 == 1:
            superseded = {"state": "superseded", "superseded_at": BASE_TIME + timedelta(days=9)}
            day = first_day + timedelta(days=n)
            unit = {"organization_id": shown["organization_id"]}
            _add_job(world, person, day, "fixed_term", None, **NEW, **unit, **superseded)


def move(world: "TenantDataset", person: Row, day: date, unit_id: UUID | None) -> None:
    """Add a job of another unit, which was written before its day."""
    person["job_changes_on"] = min(person["job_changes_on"] or day, day)
    if unit_id != person["organization_id"]:
        person["unit_changes_on"] = min(person["unit_changes_on"] or day, day)
    _add_job(world, person, day, None, None, **NEW, organization_id=unit_id)


def start_job(world: "TenantDataset", person: Row) -> None:
    """Add the first job of somebody who is in the unit that the directory shows."""
    facts = dict.fromkeys(NEW) | {"organization_id": person["organization_id"]}
    _add_job(world, person, person["hired_on"], None, None, **facts)


def _add_job(
    world: "TenantDataset",
    person: Row,
    day: date,
    employment_type: str | None,
    share: Decimal | None,
    **values: Any,
) -> None:
    made = BASE_TIME + timedelta(days=len(world.tables["jobs"]) % 7)
    world.add_row(
        "jobs",
        id=UUID(int=person["id"].int ^ len(world.tables["jobs"]) + 1),
        person_id=person["id"],
        starts_on=day,
        employment_type=employment_type,
        working_time_share=share,
        stated_facts=[],
        created_at=made,
        updated_at=made,
        **{"state": "current", "superseded_at": None} | values,
    )
