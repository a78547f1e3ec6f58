"""The feedback of a dataset, from a source of randomness of its own."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

if TYPE_CHECKING:
    from tests.reads.dataset import Row, TenantDataset

BASE_TIME = datetime(2025, 11, 4, 7, 45, tzinfo=UTC)
AUDIENCES = ("subject", "subject_and_manager", "manager", "public")


def add_feedback(world: "TenantDataset", size: int) -> None:
    """Add feedback of each mode and audience; some confidential one is not released yet."""
    random = Random(f"feedback {world.seed}")  # so the rows of other tables stay as they are
    for n in range(size * 2):
        subject, author = random.sample(world.tables["people"], 2)
        mode = random.choice(["identified", "confidential"])
        status = random.choice(["given", "given", "acknowledged"])
        world.add_row(
            "feedbacks",
            id=UUID(int=random.getrandbits(128)),
            version=1 + n % 3,
            created_at=BASE_TIME + timedelta(hours=n % 5),
            updated_at=BASE_TIME + timedelta(days=n % 7),
            subject_id=subject["id"],
            **_choose_author(author, mode, n),
            mode=mode,
            audience=random.choice(AUDIENCES[: 3 if mode == "confidential" else 4]),
            text=random.choice(["You explain “well”", "100% of it", "Öffne dich"]),
            competency_key=random.choice([None, None, "clarity"]),
            goal_id=random.choice([None, None, random.choice(world.tables["goals"])["id"]]),
            request_id=_pick_request(world, n, mode),
            released_on=world.today + timedelta(days=random.choice([-30, -1, 0, 1])),
            status=status,
            acknowledged_at=BASE_TIME if status == "acknowledged" else None,
        )


def add_feedback_requests(world: "TenantDataset", size: int) -> None:
    """Add requests of people about themselves and about others; some open ones are tasks."""
    random = Random(f"feedback requests {world.seed}")
    for n in range(size):
        subject, asker, respondent = random.sample(world.tables["people"], 3)
        asker = random.choice([asker, subject])
        asked = world.add_row(
            "feedback_requests",
            id=UUID(int=random.getrandbits(128)),
            version=1 + n % 3,
            created_at=BASE_TIME + timedelta(hours=n % 5),
            updated_at=BASE_TIME + timedelta(days=n % 7),
            subject_id=subject["id"],
            asker_id=asker["id"],
            respondent_id=None if n % 4 == 3 else respondent["id"],
            respondent_name="Ada “of” Öland" if n % 4 == 3 else None,
            link_hash="0" * 64 if n % 4 == 3 else None,
            audience=random.choice(AUDIENCES[:3]),
            message=random.choice([None, "Tell me “all”"]),
            questions=random.choice([[], ["What?", "Was noch?"]]),
            goal_id=random.choice([None, random.choice(world.tables["goals"])["id"]]),
            template_id=None,
            due_on=world.today + timedelta(days=random.choice([-30, 0, 9])),
            status=random.choice(["open", "open", "answered", "declined", "cancelled", "expired"]),
            reason=random.choice([None, "No time"]),
        )
        if asked["status"] == "open" and asked["respondent_id"]:
            world.add_row(
                "todos",
                id=uuid5(asked["id"], str(respondent["id"])),
                person_id=respondent["id"],
                kind="feedback_request",
                due_on=asked["due_on"],
                entity="feedback_request",
                subject_id=asked["id"],
            )


def name_templates(world: "TenantDataset") -> None:
    """Let every other request have a template, once there are some."""
    templates = world.tables["review_templates"]
    for n, asked in enumerate(world.tables["feedback_requests"][::2]):
        asked["template_id"] = templates[n % len(templates)]["id"]


def _choose_author(author: "Row", mode: str, n: int) -> dict[str, object]:
    """Return a person as the author, or the name of somebody without an account."""
    if mode == "identified" and n % 5 == 4:
        return {"author_id": None, "author_name": "Ada “of” Öland"}
    return {"author_id": author["id"], "author_name": None}


def _pick_request(world: "TenantDataset", n: int, mode: str) -> UUID | None:
    requests = world.tables["feedback_requests"]
    return requests[n % len(requests)]["id"] if mode == "identified" and n % 3 == 0 else None
