"""The calibration sessions of a dataset, from a source of randomness of their own."""

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.reads.kpi_dataset import BASE_TIME

if TYPE_CHECKING:
    from tests.reads.dataset import Row, TenantDataset

STATUSES = ("open", "draft", "locked", "cancelled", "open")


def add_calibrations(world: "TenantDataset", size: int) -> None:
    """Add sessions in every status, most of them with rows, some of which were adjusted."""
    random = Random(f"calibrations {world.seed}")  # so the rows of other tables stay as they are
    count = min(8, len(world.tables["people"]))
    scales = [each["id"] for each in world.tables["rating_scales"]]
    for n in range(size):
        status = STATUSES[n % len(STATUSES)]
        cycle = random.choice(world.tables["review_cycles"])
        session = world.add_row(
            "calibration_sessions",
            **_build_root(random, n),
            cycle_id=cycle["id"],
            organization_id=cycle["organization_id"],
            scale_id=random.choice(scales),
            name=f"Session {n % 4}",
            held_on=world.today + timedelta(days=n % 3),
            guidance=random.choice([[], [50, 50]]),
            quotas=[100, 50] if n % 2 else [],
            quota_group=("session", "unit", "manager")[n % 3],
            quota_rounding=("up", "down")[n % 2],
            quotas_are_binding=n % 3 == 0,
            max_gap=random.choice([None, 10]),
            horizontal_key=random.choice([None, "rating_1"]),
            vertical_key=random.choice([None, "rating_2"]),
            horizontal_scale_id=random.choice(scales),
            vertical_scale_id=random.choice(scales),
            horizontal_attribute=(None, "position_level", "score", "goals_achieved")[n % 4],
            vertical_attribute=("tenure_months", None, "previous_level")[n % 3],
            horizontal_bounds=["2.5", "12"] if n % 2 else [],
            vertical_bounds=[],
            horizontal_labels=["below 2.5", "Größer"] if n % 2 else [],
            vertical_labels=[],
            status=status,
            names_are_shown=random.choice([True, False]),
            opened_at=None if status == "draft" else BASE_TIME,
            ended_at=BASE_TIME if status in ("locked", "cancelled") else None,
        )
        of = {"session_id": session["id"]}
        people = [each["id"] for each in random.sample(world.tables["people"], count)]
        for each in people[:2]:
            world.add_row("calibration_session_facilitators", **of, person_id=each)
        for each in people[2:]:
            world.add_row("calibration_session_members", **of, person_id=each)
        if n % 2:
            unit = random.choice(world.tables["organizations"])["id"]
            world.add_row("calibration_session_units", **of, organization_id=unit)
        if status != "draft":
            _add_rows(world, random, of, people, session["scale_id"])


def _build_root(random: Random, n: int) -> dict[str, Any]:
    return {
        "id": UUID(int=random.getrandbits(128)),
        "version": 1 + n % 3,
        "created_at": BASE_TIME + timedelta(hours=n % 5),
        "updated_at": BASE_TIME + timedelta(days=n % 7),
    }


def _add_rows(
    world: "TenantDataset",
    random: Random,
    of: dict[str, Any],
    people: list[UUID],
    scale_id: UUID,
) -> None:
    packets = world.tables["review_packets"]
    packets = random.sample(packets, min(4, len(packets)))
    units: list[Row | None] = [None, *world.tables["organizations"]]
    for n, packet in enumerate(packets):
        unit = random.choice(units)
        # Every other row is about somebody who takes part, and must not see it.
        person = (
            people[n - len(people) // 2] if n % 2 else random.choice(world.tables["people"])["id"]
        )
        row = world.add_row(
            "calibration_subjects",
            **_build_root(random, n),
            **of,
            packet_id=packet["id"],
            scale_id=scale_id,
            person_id=person,
            manager_id=random.choice(world.tables["people"])["id"],
            organization_id=unit and unit["id"],
            decided_at=BASE_TIME,
            original_level=random.choice([1, 2, 30]),
            level=random.choice([1, 2]),
            horizontal_rating=random.choice([None, 1]),
            vertical_rating=random.choice([None, 2]),
            discussion_key=UUID(int=random.getrandbits(128)),
            is_left_out=random.choice([True, False]),
        )
        for position in range(n % 3):
            world.add_row(
                "calibration_adjustments",
                id=UUID(int=random.getrandbits(128)),
                **of,
                row_id=row["id"],
                person_id=person,
                position=10 * n + position + 1,
                before=1,
                after=2,
                reason=random.choice([None, "Größer als gedacht"]),
                adjusted_by_id=people[0],
                adjusted_at=BASE_TIME,
            )
