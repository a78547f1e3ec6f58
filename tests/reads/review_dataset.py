"""What reviews need in a dataset, from a source of randomness of its own."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from tests.reads.dataset import Row, TenantDataset

BASE_TIME = datetime(2025, 11, 6, 6, 30, tzinfo=UTC)
HISTORIES = (
    ("draft",),
    ("published",),
    ("archived", "published"),
    ("archived", "published", "draft"),
    ("archived", "archived"),
    ("archived", "draft"),
)
"""The status of each revision of a document."""

STATUSES = [
    *("collecting", "decided", "shared", "acknowledged", "refused_to_sign", "disputed"),
    "cancelled",
]
UNSCORED = {
    **dict.fromkeys(("proposed_level", "proposed_outcome", "outcome", "days", "score_rule_id")),
    **dict.fromkeys(("approved_by_id", "approved_at", "return_reason")),
    "missing_answers": "exclude",
    "min_answered_percent": 0,
    "always_needs_approval": False,
    "needs_approval": False,
}
FORM_STATUSES = ["not_started", "submitted", "draft", "submitted", "cancelled"]
KINDS = ["text", "rating", "choice", "boolean", "number", "competency"]
NAMES = ["Five points", "five POINTS", "Größe", "100% points_", "Grades", "Ålesund"]


def add_review_documents(world: "TenantDataset") -> None:
    """Add scales, frameworks and templates with one to three revisions."""
    random = Random(f"reviews {world.seed}")  # so the rows of other tables stay as they are
    for n, statuses in enumerate(HISTORIES):
        document_id = _draw_id(random)
        for revision, status in enumerate(statuses, start=1):
            values = build_revision(random, n, document_id, revision, status)
            values["allows_not_applicable"] = random.choice([True, False])
            _add_levels(world, random, world.add_row("rating_scales", **values))
    random = Random(f"frameworks {world.seed}")
    for n, statuses in enumerate(HISTORIES[2:4]):
        document_id = _draw_id(random)
        for revision, status in enumerate(statuses, start=1):
            values = build_revision(random, n, document_id, revision, status)
            _add_framework(world, random, world.add_row("competency_frameworks", **values))
    random = Random(f"templates {world.seed}")
    for n, statuses in enumerate(HISTORIES[1:4]):
        document_id = _draw_id(random)
        for revision, status in enumerate(statuses, start=1):
            values = build_revision(random, n, document_id, revision, status)
            values["directions"] = random.choice([[], ["self"], ["manager", "second_level"]])
            _add_template(world, random, world.add_row("review_templates", **values))


def _add_template(world: "TenantDataset", random: Random, template: "Row") -> None:
    """Add questions of several kinds, some of them about scales and competencies of drafts."""

    def add(table: str, position: int, **values: Any) -> "Row":
        place = {"template_id": template["id"], "position": position}
        return world.add_row(table, id=_draw_id(random), **place, **values)

    _add_career_groups(world, template)
    competencies = world.tables["competencies"]
    for number in range(1, random.choice([1, 2]) + 1):
        texts = {"title": f"Section {number}", "description": random.choice([None, "Be fair"])}
        section = add(
            "review_sections",
            number,
            key=f"section_{number}",
            weight=number,
            **texts,
            career_group_keys=[[], ["drivers", "leaders"]][number % 2],
        )
        for position, kind in enumerate(random.sample(KINDS, 4), start=1):
            competency = random.choice(competencies) if kind == "competency" else None
            is_rated = kind in ("rating", "competency")
            is_first = position == 1
            question = add(
                "review_questions",
                position,
                section_id=section["id"],
                key=f"{kind}_{number}",
                kind=kind,
                text=f"What about {kind}?",
                help=random.choice([None, "Give an example"]),
                audience=random.choice(["reviewee", "manager", "hr_only"]),
                is_required=random.choice([True, False]),
                is_critical=random.choice([True, False]),
                weight=random.choice([0, 1, 50]),
                scale_id=random.choice(world.tables["rating_scales"])["id"] if is_rated else None,
                framework_id=competency and competency["framework_id"],
                competency_key=competency and competency["key"],
                minimum=Decimal(0) if kind == "number" else None,
                maximum=Decimal("99.5") if kind == "number" else None,
                decimals=1 if kind == "number" else None,
                condition_key=None if is_first else "text_1",
                condition_comparison=None if is_first else "equals",
                condition_value=None if is_first else "true",
                career_group_keys=[[], ["leaders"], ["drivers"]][position % 3],
            )
            for place in range(1, 3 if kind == "choice" else 1):
                of = {"question_id": question["id"], "key": f"key_{place}"}
                add("review_choices", place, label=f"Choice {place}", **of)


def _add_career_groups(world: "TenantDataset", template: "Row") -> None:
    """Add groups of drivers in a unit, and of leaders."""
    random = Random(f"career groups {world.seed} {template['id']}")
    unit = random.choice(world.tables["organizations"])["id"]
    for position, key in enumerate(("drivers", "leaders"), start=1):
        is_driver = key == "drivers"
        world.add_row(
            "review_career_groups",
            id=_draw_id(random),
            template_id=template["id"],
            position=position,
            key=key,
            name=key.title(),
            job_titles=["Driver"] if is_driver else [],
            levels=["L1", "L2"] if is_driver else [],
            organization_id=unit if is_driver else None,
            has_reports=None if is_driver else True,
        )


def add_reviews(world: "TenantDataset", size: int) -> None:
    """Add packets in every status, with forms by several people, some of them answered."""
    random = Random(f"packets {world.seed}")
    people = [each["id"] for each in world.tables["people"]]
    templates = [each for each in world.tables["review_templates"] if each["status"] != "draft"]
    scales = [each["id"] for each in world.tables["rating_scales"]]
    cycles = world.tables["review_cycles"]
    for n in range(size):
        subject, *others = random.sample(people, 5)
        status = STATUSES[n % len(STATUSES)]
        is_released = status in STATUSES[2:6]
        common = {
            "version": 1 + n % 3,
            "created_at": BASE_TIME + timedelta(hours=n % 5),
            "updated_at": BASE_TIME + timedelta(days=n % 7),
            "subject_id": subject,
            "manager_id": others[0],
            "second_level_id": random.choice([None, others[1]]),
            "due_on": world.today + timedelta(days=n % 4),
            "is_released": is_released,
            "appeal_decider_id": others[2] if is_released and n % 2 else None,
        }
        decided = n % len(STATUSES) > 0
        packet = world.add_row(
            "review_packets",
            id=_draw_id(random),
            **common,
            cycle_id=cycles[n % len(cycles)]["id"] if n % 3 else None,
            is_manager_named=n % 3 == 0,
            is_escalated=False,
            starts_on=world.today - timedelta(days=180 + n % 3),
            last_day=world.today,
            status=status,
            scale_id=random.choice(scales),
            **UNSCORED,
            level=random.choice([1, 2, 30]) if decided else None,
            level_reason=random.choice([None, "On the whole"]),
            decided_by_id=others[0] if decided else None,
            decided_at=BASE_TIME if decided else None,
            shared_at=BASE_TIME if is_released else None,
            signed_at=BASE_TIME if status == "acknowledged" else None,
            content_hash="0" * 64 if status == "acknowledged" else None,
            statement="I did more" if status == "disputed" else None,
            resolution="We talked" if status == "disputed" and n % 2 else None,
            resolved_by_id=None,
            asked_id=None,
            appeal_days=14,
            release=("by_manager", "on_date", "all_at_once")[n // len(STATUSES) % 3],
            release_on=world.today + timedelta(days=n % 2) if n % 3 == 1 else None,
            appeal_until=world.today + timedelta(days=n % 3 - 1) if is_released else None,
        )
        if is_released and n % 3 < 2:
            _add_appeal(world, Random(f"appeal {n} {world.seed}"), packet, others)
        writers = (("self", subject), ("manager", others[0]), ("peer", others[2]))
        for number, (direction, writer) in enumerate(writers):
            _add_form(
                world,
                random,
                random.choice(templates)["id"],
                id=_draw_id(random),
                **common,
                packet_id=packet["id"],
                writer_id=writer,
                direction=direction,
                status=FORM_STATUSES[(n + number) % len(FORM_STATUSES)],
                is_shown=random.choice([True, False]),
                stand_in_id=random.choice([None, None, others[3]]),
                stand_in_reason=random.choice([None, "Ill"]),
                decline_reason="No time" if n % 2 and number else None,
            )


def _add_appeal(world: "TenantDataset", random: Random, packet: "Row", others: list[UUID]) -> None:
    """Add an appeal against a packet, which also somebody who took part may decide or assign."""
    status = random.choice(["filed", "under_review", "upheld", "changed", "withdrawn"])
    names = ("version", "created_at", "updated_at", "subject_id", "manager_id", "second_level_id")
    has_changed = status == "changed"
    world.add_row(
        "review_appeals",
        id=_draw_id(random),
        **{name: packet[name] for name in (*names, "due_on", "scale_id")},
        packet_id=packet["id"],
        level_decided_by_id=packet["decided_by_id"],
        level_approved_by_id=packet["approved_by_id"],
        asked_id=None,
        decider_id=None if status == "filed" else random.choice([others[0], others[2]]),
        status=status,
        statement="I did more",
        answer="We talked" if status in ("upheld", "changed") else None,
        decided_at=BASE_TIME if status in ("upheld", "changed") else None,
        level_before=packet["level"],
        level_reason_before="As agreed",
        content_hash_before="0" * 64,
        level_after=2 if has_changed else None,
        content_hash_after="1" * 64 if has_changed else None,
    )


def _add_form(
    world: "TenantDataset", random: Random, template_id: UUID, status: str, **values: Any
) -> None:
    is_submitted = status == "submitted"
    review = world.add_row(
        "reviews",
        **values,
        template_id=template_id,
        career_group_keys=[None, [], ["drivers"], ["leaders"]][values["id"].int % 4],
        status=status,
        submitted_at=BASE_TIME if is_submitted else None,
        submitted_by_id=values["writer_id"] if is_submitted else None,
        days=30 if values["direction"] == "peer" else None,
    )
    if values["direction"] == "self":  # a former manager, who has read some of them
        readers = Random(f"readers {review['id']}")
        person = readers.choice(world.tables["people"])
        world.add_row("review_readers", review_id=review["id"], person_id=person["id"])
    questions = [
        each for each in world.tables["review_questions"] if each["template_id"] == template_id
    ]
    for each in questions if status in ("draft", "submitted") else ():
        is_rated = each["kind"] in ("rating", "competency")
        world.add_row(
            "review_answers",
            id=_draw_id(random),
            review_id=review["id"],
            question_id=each["id"],
            audience=each["audience"],
            answer_version=random.choice([1, 2]),
            text=random.choice([None, "Größe, mostly"]),
            level=1 if is_rated else None,
            is_not_applicable=False,
            choice_key="key_1" if each["kind"] == "choice" else None,
            is_true=random.choice([True, False]) if each["kind"] == "boolean" else None,
            number=Decimal("1.5") if each["kind"] == "number" else None,
        )


def _draw_id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128))


def build_revision(
    random: Random, n: int, document_id: UUID, revision: int, status: str
) -> dict[str, Any]:
    return {
        "id": _draw_id(random),
        "version": 1 + n % 3,
        "created_at": BASE_TIME + timedelta(hours=n, days=revision),
        "updated_at": BASE_TIME + timedelta(hours=n, days=revision + 1),
        "document_id": document_id,
        "revision": revision,
        "name": NAMES[n],
        "description": random.choice([None, "For all"]),
        "status": status,
        "published_at": None if status == "draft" else BASE_TIME + timedelta(days=revision),
    }


def _add_levels(world: "TenantDataset", random: Random, scale: "Row") -> None:
    sign = random.choice([1, -1])
    for position in range(1, random.choice([2, 3, 5]) + 1):
        world.add_row(
            "rating_levels",
            id=_draw_id(random),
            scale_id=scale["id"],
            position=position,
            label=f"Level {position}",
            value=Decimal(sign * position * 5) / 2,
            description=random.choice([None, "More than agreed"]),
        )


def _add_framework(world: "TenantDataset", random: Random, framework: "Row") -> None:
    def add(table: str, position: int, **values: Any) -> "Row":
        place = {"framework_id": framework["id"], "position": position}
        return world.add_row(table, id=_draw_id(random), **place, **values)

    keys = ["delivery", "coaching", "care"][: random.choice([1, 2, 3])]
    for position, key in enumerate(keys, start=1):
        texts = {"theme": random.choice([None, "Results"]), "description": "In front of customers"}
        add("competencies", position, key=key, name=key.title(), **texts)
    for number in range(1, random.choice([0, 1, 2]) + 1):
        track = add("competency_tracks", number, key=f"track_{number}", name=f"Track {number}")
        for place in range(1, random.choice([1, 3]) + 1):
            level = add(
                "competency_levels",
                place,
                track_id=track["id"],
                key=f"level_{place}",
                name=f"L{place}",
            )
            for position, key in enumerate(keys[: random.choice([0, 1, 3])], start=1):
                of = {"level_id": level["id"], "competency_key": key, "text": f"{key} at {place}"}
                add("competency_expectations", position, **of)
