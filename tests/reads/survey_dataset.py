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
            threshold=5,
            audience=random.choice(["managers", "everyone"]),
            status=status,
            invited_count=40,
            response_count=random.choice([None, 30]) if status == "published" else None,
            public_key="key",
            ballot_length=100,
        )
        kinds = KINDS if statuses is STATUSES else KINDS[2:]
        for position, kind in enumerate(kinds, start=1):
            _add_question(world, random, survey, position, kind)
        if status in ("open", "closed"):
            _add_invitations(world, random, survey)


def _draw_id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128))


def _add_question(
    world: "TenantDataset", random: Random, survey: "Row", position: int, kind: str
) -> None:
    of_survey = {"survey_id": survey["id"]}
    question = world.add_row(
        "survey_questions",
        id=_draw_id(random),
        **of_survey,
        position=position,
        kind=kind,
        text=f"Question {position}?",
        is_required=random.choice([True, False]),
        highest_rating=5,
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
        _add_result(world, random, of_question, scope)


def _add_result(
    world: "TenantDataset", random: Random, of_question: dict[str, Any], scope: str
) -> None:
    unit = None if scope == "overall" else random.choice(world.tables["organizations"])["id"]
    result = world.add_row(
        "survey_results",
        id=_draw_id(random),
        **of_question,
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
            closes_on=survey["closes_on"],
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
