"""Results of feedback programs: what is published, and what nobody can solve for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import combinations
from math import ceil, floor
from random import Random
from uuid import UUID

import pytest

from domain.feedback_programs.counting import Ballot, Count
from domain.feedback_programs.enums import (
    ALL,
    COUNTED,
    EXTERNAL,
    MANAGER,
    OTHER,
    PEER,
    REPORT,
    SELF,
    FeedbackProgramAudience,
    FeedbackProgramMode,
    RaterGroup,
)
from domain.feedback_programs.forms import Form, FormQuestion
from domain.feedback_programs.groups import Relationships, build_cells
from domain.feedback_programs.launching import invite
from domain.feedback_programs.model import FeedbackProgram
from domain.feedback_programs.records import (
    FeedbackProgramAnswer,
    FeedbackProgramRater,
    FeedbackProgramResult,
)
from domain.feedback_programs.wording import explain
from domain.kernel.errors import Invalid
from domain.kernel.identity import PersonId, TenantId
from tests.domain.linear_audit import compute_rank

TENANT, TODAY = TenantId(UUID(int=99)), date(2026, 6, 15)
SUBJECT = PersonId(UUID(int=1))
CARE, LEVELS = UUID(int=80), 5
FORM = Form(
    [
        FormQuestion(UUID(int=90), "listens", "Listens.", LEVELS, competency_id=CARE),
        FormQuestion(UUID(int=91), "shares", "Shares.", LEVELS, competency_id=CARE),
        FormQuestion(UUID(int=92), "more", "What more?"),
    ]
)
FIRST, SECOND, TEXT = (each.id for each in FORM.questions)
LEASTS = {PEER: 5, REPORT: 5, OTHER: 5, EXTERNAL: 5}
Sizes = Mapping[RaterGroup, int]
Levels = Mapping[RaterGroup, Sequence[int | None]]


def a_program(
    sizes: Sizes,
    mode: FeedbackProgramMode = FeedbackProgramMode.ANONYMOUS,
    **details: object,
) -> tuple[FeedbackProgram, list[FeedbackProgramRater]]:
    """Build a program with so many raters of each group."""
    program = FeedbackProgram.launch(
        TENANT,
        SUBJECT,
        UUID(int=2),
        today=TODAY,
        title="From all sides",
        mode=mode,
        audience=FeedbackProgramAudience.SUBJECT,
        **details,
    )
    groups = [group for group, size in sizes.items() for _ in range(size)]
    return program, invite(program, {UUID(int=100 + n): each for n, each in enumerate(groups)})


def count(
    levels: Levels,
    mode: FeedbackProgramMode = FeedbackProgramMode.ANONYMOUS,
    **details: object,
) -> Count:
    """Count what each rater answers to the first question; None did not take part."""
    sizes = {group: len(values) for group, values in levels.items()}
    program, raters = a_program(sizes, mode, **details)
    answers = [level for values in levels.values() for level in values]
    ballots = [
        Ballot(rater, {FIRST: level, TEXT: f"By {rater.rater_group.value}."})
        for rater, level in zip(raters, answers, strict=True)
        if level is not None
    ]
    return Count(program, FORM, ballots, raters)


def list_means(counted: Count, question: UUID = FIRST) -> dict[RaterGroup, tuple[str, str | None]]:
    """Return mean and gap of each group about a question."""
    return {
        each.rater_group: (f"{each.mean:f}", None if each.gap is None else f"{each.gap:f}")
        for each in counted.list_published()
        if isinstance(each, FeedbackProgramResult) and each.question_id == question
    }


def list_texts(counted: Count) -> list[tuple[RaterGroup, bool, bool]]:
    """Return of each text the group, whether it is named, and whether its author is kept."""
    return sorted(
        (each.rater_group, each.is_named, each.author_id is not None)
        for each in counted.list_published()
        if isinstance(each, FeedbackProgramAnswer) and each.text is not None
    )


def test_who_is_in_several_groups_belongs_to_the_first() -> None:
    boss, peer, report = (UUID(int=each) for each in (5, 6, 7))
    near = Relationships(SUBJECT, {boss}, {report}, {boss, peer, report, SUBJECT})
    assert near.propose() == {SUBJECT: SELF, boss: MANAGER, report: REPORT, peer: PEER}
    assert near.find_group(UUID(int=8)) is OTHER


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ({PEER: 7, REPORT: 8, OTHER: 9}, {PEER: PEER, REPORT: REPORT, OTHER: OTHER}),
        ({PEER: 6, REPORT: 2}, {PEER: OTHER, REPORT: OTHER}),
        ({PEER: 9, REPORT: 7, OTHER: 1}, {PEER: PEER, REPORT: OTHER, OTHER: OTHER}),
        ({PEER: 9, REPORT: 2}, {PEER: OTHER, REPORT: OTHER}),
        ({PEER: 9, EXTERNAL: 7}, {PEER: PEER, EXTERNAL: EXTERNAL}),
        ({PEER: 9, OTHER: 6, EXTERNAL: 1}, {PEER: PEER, OTHER: OTHER, EXTERNAL: OTHER}),
        ({PEER: 6}, None),
        ({SELF: 1, MANAGER: 1}, {}),
    ],
)
def test_groups_in_which_too_few_are_asked_are_put_together(
    sizes: Sizes, shown: Mapping[RaterGroup, RaterGroup] | None
) -> None:
    groups = [group for group, size in sizes.items() for _ in range(size)]
    assert build_cells(groups, LEASTS) == shown


def test_a_program_of_too_few_raters_is_refused_unless_all_are_named() -> None:
    with pytest.raises(Invalid, match="too few raters"):
        a_program({SELF: 1, PEER: 6})
    program, _ = a_program({SELF: 1, PEER: 6}, FeedbackProgramMode.IDENTIFIED)
    assert program.invited_count == 6


def test_the_average_of_all_combines_shown_groups_only() -> None:
    # anonymity.md, 2.4: with an overall average of seven people, two reports would be solved.
    levels = {MANAGER: [4], PEER: [4, 3, 4, 3, 4, 3, 4], REPORT: [1, 2, None, None, None, 1, 1]}
    assert list_means(count(levels)) == {
        MANAGER: ("4", None),
        PEER: ("3.5", None),
        ALL: ("3.75", None),
    }


def test_a_gap_is_what_others_see_less_what_the_person_sees() -> None:
    found = list_means(count({SELF: [5], MANAGER: [3], PEER: [4] * 7}))
    assert found == {
        SELF: ("5", None),
        MANAGER: ("3", "-2"),
        PEER: ("4", "-1"),
        ALL: ("3.5", "-1.5"),
    }


def test_a_competency_is_the_mean_of_its_questions() -> None:
    program, raters = a_program({SELF: 1, PEER: 7})
    ballots = [Ballot(each, {FIRST: 4, SECOND: 3}) for each in raters]
    published = Count(program, FORM, ballots, raters).list_published()
    found = {
        each.rater_group: (f"{each.mean:f}", each.answer_count)
        for each in published
        if isinstance(each, FeedbackProgramResult) and each.competency_id == CARE
    }
    assert found == {SELF: ("3.5", None), PEER: ("3.5", None), ALL: ("3.5", None)}


def test_identified_answers_have_exact_means_and_authors() -> None:
    counted = count({PEER: [5, 4]}, FeedbackProgramMode.IDENTIFIED)
    assert list_means(counted) == {PEER: ("4.5", None), ALL: ("4.5", None)}
    assert list_texts(counted) == [(PEER, True, True)] * 2
    assert counted.count_responses() == 2


def test_confidential_texts_keep_their_authors_and_need_the_least_number() -> None:
    levels = {MANAGER: [4], PEER: [4] * 5 + [None] * 2, REPORT: [4] * 4 + [None] * 3}
    found = list_texts(count(levels, FeedbackProgramMode.CONFIDENTIAL))
    assert found == [(MANAGER, True, True), *[(PEER, False, True)] * 5]


def test_anonymous_texts_need_ten_raters_and_have_neither_author_nor_group() -> None:
    few = {PEER: [4] * 7, OTHER: [4] * 2 + [None] * 5}
    assert list_texts(count(few)) == []
    assert list_texts(count(few | {OTHER: [4] * 3 + [None] * 4})) == [(ALL, False, False)] * 10


def test_aggregated_programs_publish_figures_only() -> None:
    counted = count({PEER: [4] * 12}, FeedbackProgramMode.AGGREGATED)
    assert list_texts(counted) == []
    assert list_means(counted) == {PEER: ("4", None), ALL: ("4", None)}


def test_nobody_learns_that_all_took_part() -> None:
    counted = count({PEER: [3] * 12})
    (result,) = (
        each
        for each in counted.list_published()
        if isinstance(each, FeedbackProgramResult)
        and (each.rater_group, each.question_id) == (PEER, FIRST)
    )
    assert (result.answer_count, counted.count_responses()) == (10, 10)
    assert count({PEER: [3] * 7}).count_responses() == 5
    assert count({PEER: [3] * 4 + [None] * 3}).count_responses() is None


@pytest.mark.parametrize("mode", FeedbackProgramMode)
def test_the_words_say_what_the_program_says(mode: FeedbackProgramMode) -> None:
    program, _ = a_program({PEER: 8}, mode, least_peers=4)
    words = explain(program)
    assert words.startswith("The person reads the results when the program is closed.")
    is_named = mode is FeedbackProgramMode.IDENTIFIED
    assert ("at least 4 peers, 5 reports, or 5 others" in words) is not is_named
    assert "link" not in words
    with_outside = explain(program, asks_outside=True)
    assert ("5 others, or 5 people outside" in with_outside) is not is_named
    assert with_outside.endswith("and does not see whether it was used.")
    assert ("FEEDBACK_READ_AUTHORS" in words) is (mode is FeedbackProgramMode.CONFIDENTIAL)


# The audit. Atoms are raters. A cell is a set of raters whose sum is published, with the lowest and
# the highest sum that its rounded mean allows. All that is published counts, as if all roles told
# each other.

Cell = tuple[list[bool], Fraction, Fraction]


def list_respondents(levels: Levels) -> list[tuple[RaterGroup, int]]:
    return [
        (group, level) for group, values in levels.items() for level in values if level is not None
    ]


def publish(levels: Levels) -> list[Cell]:
    """Return the cells that the product publishes about the first question.

    ALL and the gaps follow from them, so they add nothing.
    """
    counted, cells = count(levels), list[Cell]()
    for each in counted.list_published():
        if not isinstance(each, FeedbackProgramResult) or each.question_id != FIRST:
            continue
        members = [ballot.rater.shown_as is each.rater_group for ballot in counted.ballots]
        if each.rater_group is ALL:
            continue
        step = choose_step(each.answer_count or 0) if each.rater_group in COUNTED else Fraction(0)
        low, high = (Fraction(each.mean) + sign * step / 2 for sign in (-1, 1))
        if step and each.mean <= 1 + step:
            low = Fraction(1)
        if step and each.mean >= LEVELS - step:
            high = Fraction(LEVELS)
        cells.append((members, sum(members) * low, sum(members) * high))
    return cells


def choose_step(size: int) -> Fraction:
    """Return the step to which a mean is rounded, of which so many answers are published."""
    steps = (Fraction(each) for each in ("0.1", "0.2", "0.5", "1"))
    return next((each for each in steps if each * size >= Fraction(5, 2)), Fraction(1))


def publish_naively(levels: Levels) -> list[Cell]:
    """Publish exact means of each group of three or more, and of everybody."""
    respondents = list_respondents(levels)
    groups = [group for group, _ in respondents]
    shown = {each for each in groups if groups.count(each) >= 3 or each not in COUNTED}
    cells = list[Cell]()
    for part in (*({each} for each in shown), {*groups}):
        members = [each in part for each in groups]
        total = Fraction(sum(level for group, level in respondents if group in part))
        cells.append((members, total, total))
    return cells


def list_unnamed(levels: Levels) -> list[int]:
    return [n for n, (group, _) in enumerate(list_respondents(levels)) if group in COUNTED]


def list_small_sets(levels: Levels) -> Iterator[list[int]]:
    """Yield sets of fewer than five unnamed raters.

    Cells do not tell the raters of a group apart, so one set of each composition is enough.
    """
    respondents, unnamed = list_respondents(levels), list_unnamed(levels)
    for size in range(1, 5):
        found = {
            tuple(respondents[n][0] for n in each): list(each)
            for each in combinations(unnamed, size)
        }
        yield from found.values()


def solves_for_few(levels: Levels, cells: Sequence[Cell]) -> bool:
    """Return whether a combination of cells speaks of too few people (the rule of ranks)."""
    rows = [[Fraction(each) for each in members] for members, *_ in cells]
    rank, width = compute_rank(rows), len(list_respondents(levels))
    return any(
        compute_rank([*rows, [Fraction(n in few) for n in range(width)]]) == rank
        for few in list_small_sets(levels)
    )


def find_least_width(levels: Levels, cells: Sequence[Cell], size: int) -> Fraction:
    """Return the part of its width that is left to the sum of so many raters, where it is least.

    The cells must not overlap. The others of a cell answer as low or as high as they can.
    """
    least = Fraction(1)
    for members, low, high in cells:
        others = sum(members) - size
        if others < 0 or not any(members[n] for n in list_unnamed(levels)):
            continue
        lowest = max(Fraction(size), Fraction(ceil(low) - others * LEVELS))
        highest = min(Fraction(size * LEVELS), Fraction(floor(high) - others))
        least = min(least, (highest - lowest) / (size * (LEVELS - 1)))
    return least


def separate(levels: Levels, cells: Sequence[Cell]) -> list[Cell]:
    """Return naive cells without overlap: everybody less the groups is a cell of the others."""
    *parts, (members, low, _) = cells
    rest = [is_in and not any(part[n] for part, *_ in parts) for n, is_in in enumerate(members)]
    total = low - sum(each[1] for each in parts)
    return [*parts, (rest, total, total)] if any(rest) else parts


def draw_levels(random: Random) -> Levels:
    """Draw a program of which not everybody answers; many groups are small or agree."""
    mood = {group: random.choice([3, 3, 1, 5]) for group in COUNTED}
    sizes = {
        PEER: random.randint(5, 12),
        REPORT: random.randint(0, 9),
        OTHER: random.randint(0, 8),
        EXTERNAL: random.choice([0, 0, random.randint(1, 9)]),
    }
    drawn: dict[RaterGroup, list[int | None]] = {SELF: [4], MANAGER: [random.randint(1, 5)]}
    for group, size in sizes.items():
        drawn[group] = [
            None
            if random.random() < 0.3
            else min(max(mood[group] + random.choice([-1, 0, 0, 1]), 1), LEVELS)
            for _ in range(size)
        ]
    return drawn


def can_be_launched(levels: Levels) -> bool:
    groups = [group for group, values in levels.items() for _ in values]
    return build_cells(groups, LEASTS) is not None


def draw_programs(seed: int, number: int) -> list[Levels]:
    random = Random(seed)
    return [each for each in (draw_levels(random) for _ in range(number)) if can_be_launched(each)]


def test_no_combination_of_what_is_published_speaks_of_too_few_people() -> None:
    exposed_naively, shown, programs = 0, 0, draw_programs(360, 50)
    for levels in programs:
        published = publish(levels)
        shown += len(published) > 2
        assert not solves_for_few(levels, published)
        exposed_naively += solves_for_few(levels, publish_naively(levels))
    assert len(programs) > 40
    assert shown > 30
    assert exposed_naively > 10


def test_what_is_published_leaves_half_of_the_scale_to_everybody() -> None:
    narrowed_naively = 0
    for levels in draw_programs(361, 200):
        published = publish(levels)
        assert find_least_width(levels, published, 1) >= Fraction(1, 2)
        assert find_least_width(levels, published, 2) >= Fraction(1, 3)
        naive = separate(levels, publish_naively(levels))
        narrowed_naively += find_least_width(levels, naive, 1) < Fraction(1, 2)
    assert narrowed_naively > 50
