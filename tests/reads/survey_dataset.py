"""The surveys of a dataset, from a source of randomness of their own."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from tests.reads.kpi_dataset import BASE_TIME

if TYPE_CHECKING:
    from tests.reads.dataset import Row, TenantDataset

STATUSES = ("open", "open", "closed", "published", "published", "cancelled")
KINDS = ("rating", "recommendation", "choice", "comment")


def add_surveys(world: "TenantDataset", statuses: Sequence[str] = STATUSES) -> None:
    """Add surveys of units and of the whole tenant, with invitations or with results."""
    random = Random(f"surveys {world.seed}")  # so the rows of other tables stay as they are
    schedules = add_survey_schedules(world)
    for n, status in enumerate(statuses):
        unit = random.choice([None, random.choice(world.tables["organizations"])["id"]])
        survey = world.add_row(
            "surveys",
            id=_draw_id(random),
            version=1 + n % 3,
            created_at=BASE_TIME + timedelta(hours=n % 5),
            updated_at=BASE_TIME + timedelta(days=n % 7),
            title=["Pulse", "pulse", "Größe", "100% _"][n % 4],
            introduction=random.choice([None, "Four questions"]),
            organization_id=unit,
            closes_on=world.today + timedelta(days=n % 3),
            schedule_id=schedules.get(n),
            occurs_on=world.today - timedelta(days=n) if n in schedules else None,
            threshold=5,
            audience=random.choice(["managers", "everyone"]),
            status=status,
            invited_count=40,
            response_count=random.choice([None, 30]) if status == "published" else None,
            public_key="key",
            ballot_length=100,
            explanation="What respondents are promised.",
        )
        kinds = KINDS if statuses is STATUSES else KINDS[2:]
        for position, kind in enumerate(kinds, start=1):
            _add_question(world, random, survey, position, kind)
        if status in ("open", "closed"):
            _add_invitations(world, random, survey)


def add_survey_schedules(world: "TenantDataset") -> dict[int, UUID]:
    """Add questions of the bank and schedules. Return those of some surveys, by their places."""
    random = Random(f"survey schedules {world.seed}")
    for n, kind in enumerate(("rating", "recommendation", "comment", "rating")):
        is_comment = kind == "comment"
        world.add_row(
            "survey_bank_questions",
            **_build_stamps(random, n),
            kind=kind,
            text=["Is it good?", "Würden Sie?", "100% _", "is it good?"][n],
            highest_rating=5,
            highest_unfavorable=None if is_comment else 2 + 4 * (kind == "recommendation"),
            lowest_favorable=None if is_comment else 4 + 5 * (kind == "recommendation"),
            status=random.choice(["active", "retired"]),
        )
    for n in range(5):
        _add_schedule(world, random, n)
    ids = [each["id"] for each in world.tables["survey_schedules"]]
    for definition in world.tables["kpi_definitions"]:
        if definition["measure"] is not None:
            definition["survey_schedule_id"] = random.choice(ids)
            question = random.choice(world.tables["survey_bank_questions"])
            definition["survey_question_id"] = question["id"]
    return {1: ids[0], 3: ids[0], 4: ids[1]}


def _add_schedule(world: "TenantDataset", random: Random, n: int) -> None:
    is_skipped = n % 2 == 1
    schedule = world.add_row(
        "survey_schedules",
        **_build_stamps(random, n),
        title=["Pulse", "pulse", "Größe", "100% _", "Mood"][n],
        introduction=random.choice([None, "Three questions"]),
        organization_id=random.choice([None, random.choice(world.tables["organizations"])["id"]]),
        open_days=7 + n,
        threshold=5,
        audience=random.choice(["managers", "everyone"]),
        rule=random.choice(["FREQ=MONTHLY", "FREQ=WEEKLY;BYDAY=MO"]),
        starts_on=world.today - timedelta(days=30),
        recurs_on=random.choice([None, world.today + timedelta(days=n)]),
        last_occurred_on=random.choice([None, world.today]),
        skipped_on=world.today if is_skipped else None,
        skip_reason="still_open" if is_skipped else None,
        status=random.choice(["active", "active", "ended"]),
    )
    for position, question in enumerate(world.tables["survey_bank_questions"][: 1 + n % 3], 1):
        world.add_row(
            "survey_schedule_questions",
            id=_draw_id(random),
            schedule_id=schedule["id"],
            position=position,
            question_id=question["id"],
            is_required=random.choice([True, False]),
        )


def _build_stamps(random: Random, n: int) -> dict[str, Any]:
    return {
        "id": _draw_id(random),
        "version": 1 + n % 3,
        "created_at": BASE_TIME + timedelta(hours=n % 5),
        "updated_at": BASE_TIME + timedelta(days=n % 7),
    }


def _find_bank_question(world: "TenantDataset", survey: "Row", kind: str) -> "Row | None":
    """Return the question of the bank that a survey of a schedule asks."""
    bank = {each["kind"]: each for each in world.tables["survey_bank_questions"]}
    return bank.get(kind) if survey["schedule_id"] else None


def _draw_id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128))


def _add_question(
    world: "TenantDataset", random: Random, survey: "Row", position: int, kind: str
) -> None:
    of_survey = {"survey_id": survey["id"]}
    asked = _find_bank_question(world, survey, kind)
    question = world.add_row(
        "survey_questions",
        id=_draw_id(random),
        **of_survey,
        position=position,
        kind=kind,
        text=f"Question {position}?",
        is_required=random.choice([True, False]),
        highest_rating=5,
        bank_question_id=asked and asked["id"],
        highest_unfavorable=asked and asked["highest_unfavorable"],
        lowest_favorable=asked and asked["lowest_favorable"],
    )
    of_question = {**of_survey, "question_id": question["id"]}
    for place in (1, 2) if kind == "choice" else ():
        world.add_row(
            "survey_choices",
            id=_draw_id(random),
            **of_question,
            position=place,
            label=f"Choice {place}",
        )
    if survey["status"] != "published":
        return
    if kind == "comment":
        for _ in range(3):
            world.add_row("survey_comments", id=_draw_id(random), **of_question, text="Öfter reden")
        return
    for scope in ("overall", "cell", "cell"):
        origin = {"schedule_id": survey["schedule_id"], "occurs_on": survey["occurs_on"]}
        of_bank = {"bank_question_id": asked and asked["id"], **origin}
        _add_result(world, random, of_question, of_bank, scope)


def _add_result(
    world: "TenantDataset",
    random: Random,
    of_question: dict[str, Any],
    of_bank: dict[str, Any],
    scope: str,
) -> None:
    unit = None if scope == "overall" else random.choice(world.tables["organizations"])["id"]
    result = world.add_row(
        "survey_results",
        id=_draw_id(random),
        **of_question,
        **of_bank,
        unfavorable_share="0.2" if of_bank["occurs_on"] else None,
        favorable_share="0.5" if of_bank["occurs_on"] else None,
        scope=scope,
        organization_id=unit,
        answer_count=random.choice([5, 10, 20]),
        mean=random.choice([None, "3.5"]),
        score=random.choice([None, "-20"]),
    )
    for answer in (1, 2):
        world.add_row(
            "survey_shares",
            id=_draw_id(random),
            survey_id=of_question["survey_id"],
            result_id=result["id"],
            scope=scope,
            answer=answer,
            label=str(answer),
            share="0.5",
        )


def _add_invitations(world: "TenantDataset", random: Random, survey: "Row") -> None:
    people = world.tables["people"]
    for person in random.sample(people, min(len(people) // 2, 12)):
        ballot = random.choice([None, "sealed"])
        world.add_row(
            "survey_invitations",
            id=_draw_id(random),
            survey_id=survey["id"],
            person_id=person["id"],
            organization_id=person["organization_id"],
            cells=None,
            closes_on=survey["closes_on"],
            batch=0,
            has_responded=ballot is not None,
            ballot=ballot,
        )
        if ballot is None and survey["status"] == "open":
            world.add_row(
                "todos",
                id=uuid5(survey["id"], str(person["id"])),
                person_id=person["id"],
                kind="survey",
                due_on=survey["closes_on"],
                entity="survey",
                subject_id=survey["id"],
            )
