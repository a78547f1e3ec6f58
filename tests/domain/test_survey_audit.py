"""The auditor: what all readers of a survey together compute from everything that is published.

It knows the rules of the product, who is invited, and from a copy of the database who took part. It
goes through all that could have been answered, and compares what the product itself publishes of
it: figures and shares of all answers and of cells, counts, comments and the response rate.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, combinations_with_replacement, product
from random import Random
from typing import Any
from uuid import UUID

import pytest

from domain.ballots.figures import MARGIN, compute_mean, round_count
from domain.kernel.identity import TenantId
from domain.surveys.cells import find_path
from domain.surveys.counting import Ballot, count, count_responses
from domain.surveys.enums import SurveyQuestionKind, SurveyResultScope
from domain.surveys.model import Survey
from domain.surveys.records import SurveyComment, SurveyResult, SurveyShare
from tests.domain.linear_audit import compute_rank
from tests.factories.actors import TODAY

TENANT = TenantId(UUID(int=99))
CELL = SurveyResultScope.CELL
THRESHOLD = 5
LEFT, RIGHT, LEAF = (UUID(int=each) for each in range(1, 4))
RATING = {"kind": SurveyQuestionKind.RATING, "text": "How is work?", "highest_rating": 3}
ENPS = {"kind": SurveyQuestionKind.RECOMMENDATION, "text": "Would you recommend us?"}
COMMENT = {"kind": SurveyQuestionKind.COMMENT, "text": "What should change?"}
LEVELS = {SurveyQuestionKind.RATING: (1, 2, 3), SurveyQuestionKind.RECOMMENDATION: (3, 8, 10)}
Answers = Mapping[UUID | None, tuple[int, ...]]
"""How many people of each unit gave each of the three answers."""

Facts = frozenset[Any]


class World:
    """A survey with one question, and who is invited to it."""

    def __init__(
        self,
        invited: Mapping[UUID | None, int],
        parents: Mapping[UUID, UUID | None],
        question: Mapping[str, Any] = RATING,
        threshold: int = 3,
    ) -> None:
        self.invited, self.parents = invited, parents
        questions = [question]
        self.survey = Survey.launch(
            TENANT, None, questions, today=TODAY, title="Pulse", threshold=threshold
        )
        self.survey.invited_count = sum(invited.values())
        self.levels = LEVELS[self.survey.questions[0].kind]
        self.units = [unit for unit, size in invited.items() for _ in range(size)]

    def publish(self, answers: Answers) -> Facts:
        """Return everything that the product publishes."""
        id = self.survey.questions[0].id
        ballots = [
            Ballot(unit, {id: level})
            for unit, counts in answers.items()
            for level, number in zip(self.levels, counts, strict=True)
            for _ in range(number)
        ]
        found = count(self.survey, ballots, self.units, self.parents)
        cells = {each.id: each.organization_id for each in found if isinstance(each, SurveyResult)}
        return frozenset(
            [("rate", count_responses(self.survey, ballots)), *_list_facts(found, cells)]
        )

    def list_answers(self) -> Iterator[Answers]:
        """Yield everything that could have been answered."""
        each = [[*list_counts(size, len(self.levels))] for size in self.invited.values()]
        for counts in product(*each):
            yield dict(zip(self.invited, counts, strict=True))


def _list_facts(found: Iterable[Any], cells: Mapping[UUID, Any]) -> Iterator[Any]:
    for each in found:
        if isinstance(each, SurveyResult):
            figures = each.mean, each.score, each.unfavorable_share, each.favorable_share
            yield each.scope, each.organization_id, each.answer_count, *figures
        elif isinstance(each, SurveyShare):
            yield each.scope, cells[each.result_id], each.answer, each.share


def list_counts(size: int, levels: int) -> Iterator[tuple[int, ...]]:
    """Yield how often each answer can be given by so many people, some of whom give none."""
    for counts in product(range(size + 1), repeat=levels):
        if sum(counts) <= size:
            yield counts


def publish_naively(world: World, answers: Answers) -> Facts:
    """Publish means with one decimal and exact counts of all units above the threshold."""
    facts = list[Any]()
    everybody = tuple(map(sum, zip(*answers.values(), strict=True)))
    for name, counts in (("all", everybody), *answers.items()):
        if sum(counts) >= world.survey.threshold:
            total = sum(a * b for a, b in zip(world.levels, counts, strict=True))
            facts.append((name, sum(counts), round(Fraction(total, sum(counts)), 1)))
    return frozenset(facts)


Publish = Callable[[World, Answers], Facts]


def group_worlds(world: World, publish: Publish) -> list[list[Answers]]:
    """Return what could have been answered, by what is published of it. Nothing is left out."""
    classes = defaultdict[Facts, list[Answers]](list)
    for answers in world.list_answers():
        classes[publish(world, answers)].append(answers)
    return [*classes.values()]


def split_by_participation(possible: Sequence[Answers]) -> Iterator[list[Answers]]:
    """Yield what remains possible for somebody who also knows how many of each unit took part."""
    found = defaultdict[tuple[int, ...], list[Answers]](list)
    for each in possible:
        found[tuple(map(sum, each.values()))].append(each)
    yield from found.values()


def count_everybody(answers: Answers) -> int:
    """Return how many took part."""
    return sum(map(sum, answers.values()))


def find_least_width(world: World, possible: Sequence[Answers]) -> Fraction:
    """Return the part of the scale that is left to an answer, where it is least.

    That is the answer of one person, and the sum of a unit with fewer answers than the threshold.
    """
    levels, least = range(len(world.levels)), Fraction(1)
    for unit, counts in possible[0].items():
        size = sum(counts)
        if not size:
            continue
        given = [each[unit] for each in possible]
        single = {level for each in given for level in levels if each[level]}
        least = min(least, Fraction(max(single) - min(single), len(levels) - 1))
        if size < world.survey.threshold:
            sums = [sum(level * each[level] for level in levels) for each in given]
            least = min(least, Fraction(max(sums) - min(sums), size * (len(levels) - 1)))
    return least


def is_known_to_a_colleague(possible: Sequence[Answers]) -> bool:
    """Return whether somebody who answered learns what a colleague of the unit answered."""
    for unit, counts in possible[0].items():
        for own in (level for level in range(len(counts)) if sum(counts) > 1):
            others = set[int]()
            for each in (each[unit] for each in possible if each[unit][own]):
                others |= {n for n, number in enumerate(each) if number > (n == own)}
            if len(others) == 1:
                return True
    return False


WORLDS = [
    World({None: 7}, {}),
    World({None: 7}, {}, threshold=5),
    World({None: 13}, {}, threshold=5),
    World({None: 15}, {}, ENPS, threshold=5),
    World({LEFT: 6, RIGHT: 5}, {LEFT: None, RIGHT: None}),
    World({LEFT: 1, LEAF: 5, RIGHT: 4}, {LEFT: None, LEAF: LEFT, RIGHT: None}),
]


@cache
def list_classes(place: int) -> list[list[Answers]]:
    """Return what can have been answered in a world, by what the product publishes of it."""
    return group_worlds(WORLDS[place], World.publish)


@pytest.mark.parametrize("place", range(len(WORLDS)))
def test_nothing_that_is_published_gives_an_answer_away(place: int) -> None:
    world, narrowed = WORLDS[place], 0
    for possible in list_classes(place):
        for known in split_by_participation(possible):
            if count_everybody(known[0]) > 1:
                assert find_least_width(world, known) >= Fraction(1, 2), known
                assert not is_known_to_a_colleague(known), known
    for possible in group_worlds(world, publish_naively):
        for known in split_by_participation(possible):
            narrowed += find_least_width(world, known) < Fraction(1, 2)
    assert narrowed > 3


@pytest.mark.parametrize("place", range(len(WORLDS)))
def test_figures_do_not_tell_that_all_took_part_or_that_a_unit_did_not(place: int) -> None:
    world = WORLDS[place]
    for possible in list_classes(place):
        for unit, size in world.invited.items():
            took_part = {sum(each[unit]) for each in possible}
            assert max(took_part) > 0, possible[0]
            assert min(took_part) < size or count_told(world, [possible]) == len(possible) == 1
    told, naive = (
        count_told(world, each)
        for each in (list_classes(place), group_worlds(world, publish_naively))
    )
    almost_all = sum(is_almost_everybody(world, each) for each in world.list_answers())
    assert told <= almost_all / 100  # mean and shares together, at the edge of their steps
    assert naive == almost_all


def is_almost_everybody(world: World, answers: Answers) -> bool:
    return count_everybody(answers) > world.survey.invited_count - MARGIN


def count_told(world: World, classes: Iterable[Sequence[Answers]]) -> int:
    """Return in how many cases everybody learns that all, or all but one, took part."""
    return sum(
        len(each) for each in classes if all(is_almost_everybody(world, one) for one in each)
    )


def test_the_next_survey_of_a_schedule_seldom_tells_what_somebody_new_answered() -> None:
    """The bound of trends: who assumes that nobody else has changed an answer compares the two."""
    assert count_share_told(_publish_alone) < 0.1
    assert count_share_told(_publish_exactly) == 1


def count_share_told(publish: Callable[[Sequence[int]], Any]) -> float:
    """Return in which share of all cases the answer of a ninth person follows."""
    found = defaultdict[Any, list[int]](list)
    for answers in combinations_with_replacement(range(1, 6), 8):
        for new in range(1, 6):
            found[publish(answers), publish([*answers, new])].append(new)
    told = sum(len(each) for each in found.values() if len({*each}) == 1)
    return told / sum(map(len, found.values()))


def _publish_alone(answers: Sequence[int]) -> Any:
    return compute_mean(answers, 1, 5, round_count(len(answers), 100, 5))


def _publish_exactly(answers: Sequence[int]) -> Any:
    return round(Fraction(sum(answers), len(answers)), 1)


# Larger companies, drawn. Units are the unknowns; each published figure is a row of an equation.
# The auditor is given exact sums and counts, as if nothing were rounded. It has the response rate,
# comments, and an optional question beside the required one.

QUESTIONS = [
    {"kind": SurveyQuestionKind.RATING, "text": "How is work?", "is_required": True},
    {"kind": SurveyQuestionKind.RATING, "text": "How is the canteen?"},
    COMMENT,
]
Sizes = Mapping[UUID | None, int]


class Company:
    """A company that is drawn: who is invited, and how many answer each question."""

    def __init__(self, random: Random) -> None:
        units = [UUID(int=each) for each in range(1, 9)]
        self.parents = {
            unit: random.choice([None, *units[:place]]) if place else None
            for place, unit in enumerate(units)
        }
        self.answered: Sizes = {unit: random.randint(0, 9) for unit in units}
        self.chosen: Sizes = {
            unit: sum(random.random() < 0.7 for _ in range(size))
            for unit, size in self.answered.items()
        }
        self.invited = [
            unit for unit, size in self.answered.items() for _ in range(size + random.randint(0, 3))
        ]

    def list_published(self) -> list[tuple[Sizes, list[set[UUID | None]]]]:
        """Return the units of each figure that the product publishes, by question."""
        survey = Survey.launch(TENANT, None, QUESTIONS, today=TODAY, title="Pulse")
        survey.invited_count = len(self.invited)
        first, second, told = (each.id for each in survey.questions)
        ballots = [
            Ballot(unit, {first: 3, told: "A"} | ({second: 3} if n < self.chosen[unit] else {}))
            for unit, size in self.answered.items()
            for n in range(size)
        ]
        found = count(survey, ballots, self.invited, self.parents)
        results = [each for each in found if isinstance(each, SurveyResult)]
        published = list[tuple[Sizes, list[set[UUID | None]]]]()
        for question, sizes in ((first, self.answered), (second, self.chosen)):
            of_question = [each for each in results if each.question_id == question]
            cells = {each.organization_id for each in of_question if each.scope == CELL}
            sets = [self._list_members(cell, cells) for cell in cells]
            everybody = [{*sizes}] * any(each.scope != CELL for each in of_question)
            published.append((sizes, [*everybody, *sets]))
        rated = count_responses(survey, ballots) is not None
        has_comments = any(isinstance(each, SurveyComment) for each in found)
        published[0][1].extend([{*self.answered}] * (rated + has_comments))
        return published

    def _list_members(self, cell: UUID | None, cells: set[Any]) -> set[UUID | None]:
        """Return the units whose answers a cell has: those without a nearer one."""
        paths = {unit: find_path(unit, self.parents, top=None) for unit in self.answered}
        nearest = {
            unit: next((each for each in path if each in cells), None)
            for unit, path in paths.items()
        }
        return {unit for unit, found in nearest.items() if found == cell}

    def list_published_naively(self) -> list[set[UUID | None]]:
        """Return the units of each figure of a naive product: all units that are large."""
        paths = {unit: find_path(unit, self.parents, top=None) for unit in self.answered}
        units = {above for path in paths.values() for above in path}
        groups = [{each for each in paths if unit in paths[each]} for unit in units]
        return [each for each in groups if self._count(each) >= THRESHOLD]

    def _count(self, units: Iterable[UUID | None]) -> int:
        return sum(self.answered[each] for each in units)


def exposes_a_small_group(sets: Sequence[set[UUID | None]], sizes: Sizes) -> bool:
    """Return whether some combination of sums is about fewer people than the threshold.

    It is tried for each set of up to three units that has so few respondents: whether its row
    depends on those that are published.
    """
    atoms = [each for each in sizes if sizes[each]]
    rows = [[Fraction(atom in group) for atom in atoms] for group in sets]
    rank = compute_rank(rows)
    return any(
        compute_rank([*rows, [Fraction(atom in group) for atom in atoms]]) == rank
        for number in (1, 2, 3)
        for group in combinations(atoms, number)
        if sum(sizes[each] for each in group) < THRESHOLD
    )


@pytest.mark.parametrize("seed", range(2))
def test_no_combination_of_published_figures_is_about_fewer_people_than_the_threshold(
    seed: int,
) -> None:
    random, exposed_naively, shown = Random(seed), 0, 0
    for _ in range(50):
        company = Company(random)
        for sizes, sets in company.list_published():
            assert not exposes_a_small_group(sets, sizes)
            assert all(sum(sizes[each] for each in group) >= THRESHOLD for group in sets)
            shown += len(sets) > 3
        naive = company.list_published_naively()
        exposed_naively += exposes_a_small_group(naive, company.answered)
    assert shown > 20
    assert exposed_naively > 15
