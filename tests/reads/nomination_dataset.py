"""Rounds of nominations of a dataset, from a source of randomness of their own."""

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from tests.reads.kpi_dataset import BASE_TIME

if TYPE_CHECKING:
    from tests.reads.dataset import Row, TenantDataset

STATUSES = ("proposed", "approved", "rejected", "withdrawn", "declined", "replaced", "expired")


def add_nominations(world: "TenantDataset") -> None:
    """Add rounds with every rule, with proposals, and nominations in every status."""
    random = Random(f"nominations {world.seed}")  # so the rows of other tables stay as they are
    for n, packet in enumerate(world.tables["review_packets"]):
        common = {
            "version": 1 + n % 3,
            "created_at": BASE_TIME + timedelta(hours=n % 5),
            "updated_at": BASE_TIME + timedelta(days=n % 7),
            "packet_id": packet["id"],
            "subject_id": packet["subject_id"],
            "direction": ("peer", "upward", "extra")[n % 3],
            "approver": random.choice(["manager", "hr", "nobody"]),
            "due_on": world.today + timedelta(days=n % 4),
        }
        opened = world.add_row(
            "review_nomination_rounds",
            id=_draw_id(random),
            **common,
            manager_id=None,
            cycle_id=random.choice(world.tables["review_cycles"])["id"],
            template_id=random.choice(world.tables["review_templates"])["id"],
            **{
                name: random.choice([True, False])
                for name in ("subject_nominates", "manager_nominates", "hr_nominates")
            },
            least=n % 3,
            most=6,
            shows_nominees=random.choice([True, False]),
            nominate_by=world.today + timedelta(days=n % 3),
            status=("proposing", "choosing", "closed")[n // 2 % 3],
            chosen_count=0,
        )
        people = [each["id"] for each in random.sample(world.tables["people"], 4)]
        if opened["subject_nominates"]:
            world.add_row(
                "review_proposals",
                id=_draw_id(random),
                round_id=opened["id"],
                person_id=people[0],
            )
        for number, person_id in enumerate(people[: n % 4]):
            values = common | {"manager_id": packet["manager_id"]}
            _add_nomination(world, random, n + number, person_id, opened, values)


def _add_nomination(
    world: "TenantDataset",
    random: Random,
    n: int,
    person_id: UUID,
    opened: "Row",
    common: "Row",
) -> None:
    status = STATUSES[n % len(STATUSES)]
    forms = [
        each["id"]
        for each in world.tables["reviews"]
        if each["packet_id"] == common["packet_id"] and each["direction"] == "peer"
    ]
    world.add_row(
        "review_nominations",
        id=_draw_id(random),
        **common,
        round_id=opened["id"],
        nominee_id=person_id,
        proposer_id=random.choice([None, common["subject_id"]]),
        decide_by=opened["nominate_by"],
        status=status,
        reason="Too far away" if status == "rejected" else None,
        decided_by_id=common["manager_id"] if status in ("approved", "rejected") else None,
        review_id=random.choice(forms) if status in ("approved", "declined") else None,
        replaces_id=None,
        needs_replacement=status == "declined" and n % 2 == 0,
    )


def _draw_id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128))
