"""The feedback programs of a dataset, from a source of randomness of their own."""

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from tests.reads.feedback_dataset import name_templates
from tests.reads.kpi_dataset import BASE_TIME

if TYPE_CHECKING:
    from tests.reads.dataset import Row, TenantDataset

STATUSES = ("open", "open", "closed", "published", "cancelled")
MODES = ("identified", "confidential", "aggregated", "anonymous")
AUDIENCES = ("subject", "subject_and_manager", "subject_manager_and_hr")
COUNTED = ("peer", "report", "other")


def add_feedback_programs(world: "TenantDataset", size: int) -> None:
    """Add programs about people, with raters or with results."""
    random = Random(f"feedback programs {world.seed}")  # so other tables stay as they are
    schedules = _add_schedules(world)
    name_templates(world)
    for n in range(size):
        status, subject = STATUSES[n % len(STATUSES)], random.choice(world.tables["people"])
        is_published = status == "published"
        program = world.add_row(
            "feedback_programs",
            id=_draw_id(random),
            version=1 + n % 3,
            created_at=BASE_TIME + timedelta(hours=n % 5),
            updated_at=BASE_TIME + timedelta(days=n % 7),
            subject_id=subject["id"],
            template_id=random.choice(world.tables["review_templates"])["id"],
            title=["All sides", "all sides", "Größe", "100% _"][n % 4],
            introduction=random.choice([None, "Ten minutes"]),
            mode=random.choice(MODES),
            audience=random.choice(AUDIENCES),
            closes_on=world.today + timedelta(days=n % 3),
            least_peers=5,
            least_reports=4,
            least_others=3,
            least_external=6,
            schedule_id=schedules[n] if n < len(schedules) else None,
            occurs_on=world.today - timedelta(days=n) if n < len(schedules) else None,
            status=status,
            explanation="What “you” are promised.",
            invited_count=random.choice([0, 9]),
            response_count=random.choice([None, 5]) if is_published else None,
            public_key="key",
            ballot_length=100,
        )
        _add_raters(world, random, program, subject)
        _add_raters_outside(world, program)
        for place in range(3 if is_published else 0):
            _add_result(world, random, program, place)
            _add_answer(world, random, program)


def _add_schedules(world: "TenantDataset") -> list[UUID]:
    """Add schedules of programs, and return their ids."""
    random = Random(f"program schedules {world.seed}")
    for n in range(4):
        is_skipped = n % 2 == 1
        world.add_row(
            "feedback_program_schedules",
            id=_draw_id(random),
            version=1 + n % 3,
            created_at=BASE_TIME + timedelta(hours=n % 5),
            updated_at=BASE_TIME + timedelta(days=n % 7),
            title=["All sides", "all sides", "Größe", "100% _"][n],
            introduction=random.choice([None, "Ten minutes"]),
            organization_id=random.choice(
                [None, random.choice(world.tables["organizations"])["id"]]
            ),
            population=random.choice(["managers", "everyone"]),
            template_id=random.choice(world.tables["review_templates"])["id"],
            mode=random.choice(MODES),
            audience=random.choice(AUDIENCES),
            open_days=14 + n,
            least_peers=5,
            least_reports=4,
            least_others=3,
            rule=random.choice(["FREQ=YEARLY", "FREQ=MONTHLY;INTERVAL=3"]),
            starts_on=world.today - timedelta(days=30),
            recurs_on=random.choice([None, world.today + timedelta(days=n)]),
            last_occurred_on=random.choice([None, world.today]),
            skipped_on=world.today if is_skipped else None,
            skip_reason="not_possible" if is_skipped else None,
            status=random.choice(["active", "active", "ended"]),
        )
    return [each["id"] for each in world.tables["feedback_program_schedules"]]


def _draw_id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128))


def _add_raters(world: "TenantDataset", random: Random, program: "Row", subject: "Row") -> None:
    others = [each for each in world.tables["people"] if each is not subject]
    for person in [subject, *random.sample(others, min(len(others), 6))][random.choice([0, 1]) :]:
        world.add_row("feedback_program_people", program_id=program["id"], person_id=person["id"])
        if program["status"] not in ("open", "closed"):
            continue
        ballot, group = random.choice([None, "sealed"]), random.choice(COUNTED)
        world.add_row(
            "feedback_program_raters",
            id=_draw_id(random),
            feedback_program_id=program["id"],
            person_id=person["id"],
            respondent_name=None,
            link_hash=None,
            rater_group="self" if person is subject else group,
            shown_as="self" if person is subject else "other",
            closes_on=program["closes_on"],
            batch=0,
            has_responded=ballot is not None,
            ballot=ballot,
        )
        if ballot is None and program["status"] == "open":
            world.add_row(
                "todos",
                id=uuid5(program["id"], str(person["id"])),
                person_id=person["id"],
                kind="feedback_program",
                due_on=program["closes_on"],
                entity="feedback_program",
                subject_id=program["id"],
            )


def _add_raters_outside(world: "TenantDataset", program: "Row") -> None:
    """Add people without an account to every other open program."""
    random = Random(f"outside {program['id']}")
    for name in (
        ("Ada “Customer”", "Öz") if program["status"] == "open" and random.random() < 0.6 else ()
    ):
        world.add_row(
            "feedback_program_raters",
            id=_draw_id(random),
            feedback_program_id=program["id"],
            person_id=None,
            respondent_name=name,
            link_hash=random.choice([None, "hash"]),
            rater_group="external",
            shown_as="other",
            closes_on=program["closes_on"],
            batch=0,
            has_responded=random.choice([False, True]),
            ballot=None,
        )


def _add_result(world: "TenantDataset", random: Random, program: "Row", place: int) -> None:
    about_competency = place == 2
    question, competency = (
        random.choice(world.tables[each])["id"] for each in ("review_questions", "competencies")
    )
    world.add_row(
        "feedback_program_results",
        id=_draw_id(random),
        feedback_program_id=program["id"],
        position=place + 1,
        question_id=None if about_competency else question,
        competency_id=competency if about_competency else None,
        rater_group=random.choice(["self", "manager", *COUNTED, "all"]),
        answer_count=random.choice([None, 5]),
        mean=random.choice(["2.5", "3"]),
        gap=random.choice([None, "-0.5"]),
    )


def _add_answer(world: "TenantDataset", random: Random, program: "Row") -> None:
    is_named, rating = random.choice([True, False]), random.choice([None, 3])
    author = random.choice([None, random.choice(world.tables["people"])["id"]])
    world.add_row(
        "feedback_program_answers",
        id=_draw_id(random),
        feedback_program_id=program["id"],
        question_id=random.choice(world.tables["review_questions"])["id"],
        rater_group=random.choice(COUNTED),
        is_named=is_named,
        author_id=author,
        author_name="Ada “Customer”" if author is None else None,
        rating=rating,
        text=None if rating else "Öfter “reden”",
    )
