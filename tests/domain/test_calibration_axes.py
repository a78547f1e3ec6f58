"""Axes of the box of a calibration: their cells, and the place of each row."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from domain.goals import Goal, GoalStatus, Visibility
from domain.kernel.errors import Code, LimitExceeded, Refusal
from domain.kernel.faults import list_faults
from domain.kernel.identity import OrganizationId, PersonId, TenantId
from domain.people import Person
from domain.reviews import Review, ReviewCycle, ReviewDirection, ReviewPacket
from domain.reviews.calibration.attributes import ATTRIBUTES, Decision, Opening, count_months
from domain.reviews.calibration.axes import BOUNDS, Axis, Cells, load_places, resolve_cells
from domain.reviews.calibration.enums import CalibrationAttribute
from domain.reviews.packets import ReviewPacketStatus
from domain.reviews.scores import ReviewScore
from domain.reviews.scoring import ScoreOutcome
from domain.reviews.templates import QuestionAudience, QuestionKind
from domain.reviews.writing import ReviewAnswer, ReviewStatus
from tests.domain.fake_unit_of_work import FakeWork
from tests.factories.actors import NOW, an_admin
from tests.factories.goals import a_goal
from tests.factories.people import a_person
from tests.factories.review_cycles import a_review_cycle
from tests.factories.reviews import a_packet, a_rating_scale, a_review_template

BANDS = ("3", "7.5")
BAND_LABELS = ("below 3", "3 to below 7.5", "7.5 or more")
TENANT, HELD_ON = TenantId(UUID(int=7)), date(2026, 9, 1)
SCALE = a_rating_scale(TENANT)
OTHER_SCALE = a_rating_scale(TENANT, "Other")
QUESTIONS: list[dict[str, Any]] = [
    {"key": "result", "kind": QuestionKind.RATING, "text": "Result?", "scale_id": SCALE.id},
    {
        "key": "care",
        "kind": QuestionKind.RATING,
        "text": "Care?",
        "scale_id": SCALE.id,
        "weight": 2,
    },
    {
        "key": "hidden",
        "kind": QuestionKind.RATING,
        "text": "Risk?",
        "scale_id": SCALE.id,
        "audience": QuestionAudience.HR_ONLY,
    },
    {
        "key": "potential",
        "kind": QuestionKind.CHOICE,
        "text": "Potential?",
        "choices": [{"key": "low", "label": "Low"}, {"key": "high", "label": "High"}],
    },
    {"key": "moves", "kind": QuestionKind.BOOLEAN, "text": "Would they move?"},
    {"key": "deals", "kind": QuestionKind.NUMBER, "text": "How many deals?"},
    {"key": "text", "kind": QuestionKind.TEXT, "text": "Anything else?"},
    {
        "key": "secret",
        "kind": QuestionKind.BOOLEAN,
        "text": "Do we keep them?",
        "audience": QuestionAudience.HR_ONLY,
    },
]
TEMPLATE = a_review_template(TENANT, questions=QUESTIONS)


class World:
    """A cycle with one decided review of a person who has a record of each kind."""

    def __init__(self) -> None:
        self.cycle: ReviewCycle = a_review_cycle(TEMPLATE)
        self.cycle.scale_id = SCALE.id
        self.person: Person = a_person(TENANT, hired_on=date(2024, 9, 2))
        self.manager: Person = a_person(TENANT, "Boss")
        self.packet = self.add_packet(self.cycle, 2, ReviewPacketStatus.DECIDED)
        stored = [SCALE, TEMPLATE, self.cycle, self.person, self.manager, self.packet]
        self.work = FakeWork(an_admin(TENANT), stored)

    def add_packet(self, cycle: ReviewCycle, level: int, status: ReviewPacketStatus) -> Any:
        packet = a_packet(self.person, self.manager, status, SCALE)
        packet.cycle_id, packet.level, packet.last_day = cycle.id, level, cycle.last_day
        return packet

    def answer(self, writer: Person, **answers: dict[str, Any]) -> None:
        """Add a submitted form of a manager with these answers by the keys of questions."""
        form = Review(
            tenant_id=TENANT,
            packet_id=self.packet.id,
            subject_id=PersonId(self.person.id),
            writer_id=PersonId(writer.id),
            manager_id=PersonId(writer.id),
            direction=ReviewDirection.MANAGER,
            template_id=TEMPLATE.id,
            status=ReviewStatus.SUBMITTED,
            due_on=HELD_ON,
        )
        self.work.aggregates.append(form)
        for each in TEMPLATE.list_questions():
            if each.key in answers:
                of = {"tenant_id": TENANT, "review_id": form.id, "question_id": each.id}
                given = ReviewAnswer(**of, audience=each.audience, **answers[each.key])
                self.work.records.append(given)

    async def place(self, **axis: Any) -> int | None:
        """Return the cell of the review on an axis."""
        decision = Decision(
            *(self.packet.id, PersonId(self.person.id), PersonId(self.manager.id), 2, NOW, None)
        )
        opening = Opening(self.cycle, SCALE.id, HELD_ON, [decision])
        shown = Axis(**axis | {"labels": (await self.resolve(**axis)).labels})
        found = await load_places(self.work, shown, opening)  # type: ignore[arg-type]
        return found.get(self.packet.id)

    async def resolve(self, **axis: Any) -> Cells:
        return await resolve_cells(self.work, self.cycle, Axis(**axis), "vertical")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        ({}, Cells(SCALE.id)),
        ({"key": "result"}, Cells(SCALE.id)),
        ({"key": "potential"}, Cells(None, ("Low", "High"))),
        ({"key": "moves"}, Cells(None, ("No", "Yes"))),
        ({"key": "deals", "bounds": BANDS}, Cells(None, BAND_LABELS)),
        ({"key": "results", "bounds": BANDS}, Cells(None, BAND_LABELS)),
        ({"attribute": CalibrationAttribute.PROPOSED_LEVEL}, Cells(SCALE.id)),
        ({"attribute": CalibrationAttribute.PREVIOUS_LEVEL}, Cells(SCALE.id)),
        (
            {"attribute": CalibrationAttribute.POSITION_LEVEL, "labels": ("L1", "L2")},
            Cells(None, ("L1", "L2")),
        ),
        *(
            ({"attribute": each, "bounds": BANDS}, Cells(None, BAND_LABELS))
            for each in (
                *(CalibrationAttribute.SCORE, CalibrationAttribute.GOALS_ACHIEVED),
                CalibrationAttribute.TENURE_MONTHS,
            )
        ),
    ],
)
async def test_each_axis_has_cells_of_its_kind(axis: dict[str, Any], expected: Cells) -> None:
    assert await World().resolve(**axis) == expected


TENURE, POSITION = CalibrationAttribute.TENURE_MONTHS, CalibrationAttribute.POSITION_LEVEL


@pytest.mark.parametrize(
    ("axis", "faults"),
    [
        ({"key": "unknown"}, [("verticalKey", Code.REFERENCE_NOT_FOUND)]),
        ({"key": "text"}, [("verticalKey", Code.REFERENCE_NOT_FOUND)]),
        ({"key": "secret"}, [("verticalKey", Code.REFERENCE_NOT_FOUND)]),
        ({"key": "results"}, [("verticalBounds", Code.REQUIRED)]),
        ({"key": "result", "attribute": TENURE}, [("verticalKey", Code.INVALID)]),
        ({"key": "deals"}, [("verticalBounds", Code.REQUIRED)]),
        ({"attribute": TENURE}, [("verticalBounds", Code.REQUIRED)]),
        ({"attribute": POSITION, "labels": ("L1",)}, [("verticalLabels", Code.REQUIRED)]),
        (
            {"bounds": ("1",), "labels": ("L1", "L2")},
            [("verticalBounds", Code.INVALID), ("verticalLabels", Code.INVALID)],
        ),
        (
            {"attribute": TENURE, "labels": ("L1", "L2")},
            [("verticalBounds", Code.REQUIRED), ("verticalLabels", Code.INVALID)],
        ),
        ({"key": "potential", "labels": ("A", "B")}, [("verticalLabels", Code.INVALID)]),
    ],
)
async def test_an_axis_takes_what_belongs_to_it_and_names_all_faults(
    axis: dict[str, Any], faults: list[tuple[str, Code]]
) -> None:
    with pytest.raises(Refusal) as caught:
        await World().resolve(**axis)
    found = [(".".join(each.field), each.code) for each in list_faults(caught.value)]
    assert found == faults


async def test_secret_and_unknown_questions_are_refused_alike() -> None:
    messages = set()
    for key in ("secret", "unknown", "text"):
        with pytest.raises(Refusal) as caught:
            await World().resolve(key=key)
        messages.add(str(caught.value))
    assert len(messages) == 1


def test_bounds_are_numbers_in_ascending_order() -> None:
    assert BOUNDS.check([Decimal("2.50"), 10, Decimal("1E+2")]) == ("2.5", "10", "100")
    with pytest.raises(Refusal) as caught:
        BOUNDS.check([Decimal(3), Decimal(3), Decimal("NaN"), Decimal(2)], "verticalBounds")
    found = [each.field for each in list_faults(caught.value)]
    assert found == [("verticalBounds", each) for each in ("1", "2", "3")]
    with pytest.raises(LimitExceeded):
        BOUNDS.check(range(50))


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        (date(2024, 9, 2), date(2026, 9, 1), 23),
        (date(2024, 9, 1), date(2026, 9, 1), 24),
        (date(2026, 8, 31), date(2026, 9, 30), 0),
        (date(2026, 9, 2), date(2026, 9, 1), -1),
    ],
)
def test_tenure_is_counted_in_full_months(start: date, end: date, months: int) -> None:
    assert count_months(start, end) == months


async def test_a_value_at_a_bound_begins_the_next_band() -> None:
    world = World()
    for hired_on, bounds, cell in (
        (date(2024, 9, 2), ("23", "24"), 2),
        (date(2024, 9, 1), ("23", "24"), 3),
        (date(2024, 9, 1), ("24.5",), 1),
        (date(2026, 9, 2), ("24",), None),
    ):
        world.person.hired_on = hired_on
        assert await world.place(attribute=TENURE, bounds=bounds) == cell


async def test_the_present_score_and_its_level_are_axes() -> None:
    world, score = World(), CalibrationAttribute.SCORE
    for value, level, is_current in ((Decimal("3.5"), 2, True), (Decimal(1), 1, False)):
        record = ReviewScore(
            tenant_id=TENANT,
            packet_id=world.packet.id,
            rule_id=UUID(int=1),
            computed_at=NOW,
            is_current=is_current,
            audience=QuestionAudience.REVIEWEE,
            is_shown=True,
            outcome=ScoreOutcome.LEVEL,
            initial_outcome=ScoreOutcome.LEVEL,
            value=value,
            level=level,
            explain="",
            answers_hash="",
        )
        world.work.records.append(record)
    assert await world.place(attribute=score, bounds=("2.5", "3.5")) == 3
    assert await world.place(attribute=CalibrationAttribute.PROPOSED_LEVEL) == 2
    world.work.records.clear()
    assert await world.place(attribute=score, bounds=("2.5",)) is None


async def test_the_previous_level_is_the_last_one_shown_in_the_same_unit_and_scale() -> None:
    world, previous = World(), {"attribute": CalibrationAttribute.PREVIOUS_LEVEL}
    assert await world.place(**previous) is None

    def add(year: int, level: int, **changes: Any) -> ReviewPacket:
        cycle = a_review_cycle(TEMPLATE)
        cycle.organization_id = changes.pop("unit", None)
        cycle.last_day = date(year, 12, 31)
        packet: ReviewPacket = world.add_packet(cycle, level, ReviewPacketStatus.SHARED)
        for name, value in changes.items():
            setattr(packet, name, value)
        world.work.aggregates += [cycle, packet]
        return packet

    add(2024, 3)
    add(2023, 1)
    assert await world.place(**previous) == 3
    add(2025, 1, scale_id=OTHER_SCALE.id)
    add(2025, 1, is_released=False)
    add(2025, 1, unit=OrganizationId(UUID(int=9)))
    add(2026, 1)
    assert await world.place(**previous) == 3
    add(2025, 2)
    assert await world.place(**previous) == 2


async def test_only_listed_levels_of_positions_are_cells() -> None:
    world = World()
    axis = {"attribute": POSITION, "labels": ("L1", "Senior")}
    for level, cell in ((None, None), ("L3", None), ("senior", 2), ("L1", 1)):
        world.person.level = level
        assert await world.place(**axis) == cell


async def test_public_goals_that_are_over_are_counted_in_the_period() -> None:
    world = World()
    axis = {"attribute": CalibrationAttribute.GOALS_ACHIEVED, "bounds": ("50", "100")}
    assert await world.place(**axis) is None

    def add(status: GoalStatus, due_on: date = date(2026, 6, 30), **changes: Any) -> None:
        goal: Goal = a_goal(world.person, status=status, **changes)
        goal.due_on = due_on
        world.work.aggregates.append(goal)

    add(GoalStatus.ACTIVE)
    add(GoalStatus.ABANDONED)
    add(GoalStatus.MISSED, date(2026, 7, 1))
    add(GoalStatus.MISSED, visibility=Visibility.PRIVATE)
    assert await world.place(**axis) is None
    add(GoalStatus.ACHIEVED)
    assert await world.place(**axis) == 3
    add(GoalStatus.MISSED)
    assert await world.place(**axis) == 2
    add(GoalStatus.MISSED, date(2026, 1, 1))
    assert await world.place(**axis) == 1


@pytest.mark.parametrize(
    ("key", "answer", "cell"),
    [
        ("result", {"level": 3}, 3),
        ("potential", {"choice_key": "high"}, 2),
        ("moves", {"is_true": False}, 1),
        ("moves", {"is_true": True}, 2),
        ("deals", {"number": Decimal(7)}, 3),
        ("deals", {}, None),
    ],
)
async def test_answers_of_the_manager_who_decides_are_places(
    key: str, answer: dict[str, Any], cell: int | None
) -> None:
    world = World()
    world.answer(world.manager, **{key: answer})
    world.answer(a_person(TENANT, "Former"), **{key: {"level": 1, "number": Decimal(0)}})
    bounds = ("3", "7") if key == "deals" else ()
    assert await world.place(key=key, bounds=bounds) == cell


async def test_a_section_is_the_weighted_mean_of_its_ratings_that_not_only_hr_reads() -> None:
    low, middle, high = (each.value for each in SCALE.levels)
    expected = (high + 2 * low) / 3
    for answers, mean in (
        ({"result": {"level": 3}, "care": {"level": 1}, "hidden": {"level": 3}}, expected),
        ({"result": {"is_not_applicable": True}, "care": {"level": 2}}, middle),
    ):
        world = World()
        world.answer(world.manager, **answers)
        near = Decimal("0.001")
        bounds = tuple(str(round(mean + step, 4)) for step in (-near, near))
        assert await world.place(key="results", bounds=bounds) == 2
    silent = World()
    silent.answer(silent.manager, hidden={"level": 3}, care={"is_not_applicable": True})
    assert await silent.place(key="results", bounds=("1",)) is None


async def test_the_level_itself_has_no_kept_place() -> None:
    assert await World().place() is None


def test_every_attribute_is_declared() -> None:
    assert set(ATTRIBUTES) == set(CalibrationAttribute)
