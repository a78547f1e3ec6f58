"""Counting: ballots are opened in memory, and only what the mode allows is written.

Each rater counts in one group, which was fixed at the launch by how many people were asked. A group
with too few answers to a question has no figure about it. The other figures follow from those of
the groups, so they tell nothing more: ALL is the mean of the groups, a competency the mean of its
questions, a gap a difference to the rating of the person.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from secrets import SystemRandom
from uuid import UUID

from domain.ballots import Answers, figures
from domain.feedback_programs.enums import (
    ALL,
    COUNTED,
    NAMED,
    SELF,
    FeedbackProgramMode,
    RaterGroup,
)
from domain.feedback_programs.forms import Form, FormQuestion
from domain.feedback_programs.model import FeedbackProgram
from domain.feedback_programs.records import (
    FeedbackProgramAnswer,
    FeedbackProgramRater,
    FeedbackProgramResult,
)
from domain.kernel.aggregate import Part
from domain.reviews.scales.conversion import round_half_up

DECIMALS = 2


@dataclass(frozen=True)
class Ballot:
    """An opened ballot, with its rater."""

    rater: FeedbackProgramRater
    answers: Answers


@dataclass(frozen=True)
class Figure:
    """The mean of a group about something, and how many it is of, rounded down."""

    mean: Fraction
    answer_count: int | None = None


Figures = dict[RaterGroup, Figure]


class Count:
    """The count of one program: `raters` are all who were asked."""

    def __init__(
        self,
        program: FeedbackProgram,
        form: Form,
        ballots: Sequence[Ballot],
        raters: Sequence[FeedbackProgramRater],
    ) -> None:
        self.program, self.form, self.ballots = program, form, ballots
        self.invited, self.least = defaultdict[RaterGroup, int](int), dict[RaterGroup, int]()
        for each in raters:
            self.invited[each.shown_as] += 1
            least = program.leasts.get(each.rater_group, 0)
            self.least[each.shown_as] = max(least, self.least.get(each.shown_as, 0))

    def list_published(self) -> list[Part]:
        """Return what is published. Texts are in random order."""
        texts = [*self._list_texts()]
        SystemRandom().shuffle(texts)
        return [*self._list_results(), *self._list_named(), *texts]

    def count_responses(self) -> int | None:
        """Return how many raters have answered, rounded down. None if they are too few."""
        count = sum(each.rater.shown_as in COUNTED for each in self.ballots)
        if self.program.is_identified:
            return count
        least = max((self.least[each] for each in self.invited if each in COUNTED), default=0)
        if not least or count < least:
            return None
        return figures.round_count(count, self.program.invited_count or 0, least)

    def _list_results(self) -> Iterator[FeedbackProgramResult]:
        position = 0
        for (question_id, competency_id), found in self._list_figures():
            own = found.get(SELF)
            for group in (each for each in RaterGroup if each in found):
                figure, position = found[group], position + 1
                gap = None if own is None or group is SELF else figure.mean - own.mean
                yield FeedbackProgramResult(
                    tenant_id=self.program.tenant_id,
                    feedback_program_id=self.program.id,
                    position=position,
                    question_id=question_id,
                    competency_id=competency_id,
                    rater_group=group,
                    answer_count=figure.answer_count,
                    mean=_to_decimal(figure.mean),
                    gap=None if gap is None else _to_decimal(gap),
                )

    def _list_figures(self) -> Iterator[tuple[tuple[UUID | None, UUID | None], Figures]]:
        """Yield the figures of each question, then those of each competency."""
        competencies = defaultdict[UUID, list[Figures]](list)
        for question in (each for each in self.form.questions if each.levels):
            found = self._count_question(question)
            yield (question.id, None), _add_all(found)
            if question.competency_id is not None:
                competencies[question.competency_id].append(found)
        for competency_id, each in competencies.items():
            yield (None, competency_id), _add_all(_combine(each))

    def _count_question(self, question: FormQuestion) -> Figures:
        answers = defaultdict[RaterGroup, list[int]](list)
        for ballot in self.ballots:
            if question.id in ballot.answers:
                answers[ballot.rater.shown_as].append(int(ballot.answers[question.id]))
        found = Figures()
        for group, values in answers.items():
            if group in NAMED or self.program.is_identified:
                found[group] = Figure(Fraction(sum(values), len(values)), len(values))
            elif len(values) >= self.least[group]:
                count = figures.round_count(len(values), self.invited[group], self.least[group])
                mean = figures.compute_mean(values, 1, question.levels, count)
                found[group] = Figure(mean, count)
        return found

    def _list_named(self) -> Iterator[FeedbackProgramAnswer]:
        """Yield the answers that are shown with their authors."""
        for ballot in self.ballots:
            if ballot.rater.shown_as in NAMED or self.program.is_identified:
                for question_id, answer in ballot.answers.items():
                    is_text = isinstance(answer, str)
                    yield self._build_answer(
                        question_id,
                        ballot.rater.shown_as,
                        is_named=True,
                        author_id=ballot.rater.person_id,
                        author_name=ballot.rater.respondent_name,
                        rating=None if is_text else answer,
                        text=answer if is_text else None,
                    )

    def _list_texts(self) -> Iterator[FeedbackProgramAnswer]:
        """Yield the texts that are shown without their authors."""
        others = [each for each in self.ballots if each.rater.shown_as in COUNTED]
        is_anonymous = self.program.mode is FeedbackProgramMode.ANONYMOUS
        is_confidential = self.program.mode is FeedbackProgramMode.CONFIDENTIAL
        if not is_confidential and not (is_anonymous and self._may_show_texts()):
            return
        for question in (each for each in self.form.questions if not each.levels):
            written = [each for each in others if question.id in each.answers]
            for each in written:
                group = each.rater.shown_as
                count = sum(other.rater.shown_as is group for other in written)
                if is_anonymous or count >= self.least[group]:
                    yield self._build_answer(
                        question.id,
                        ALL if is_anonymous else group,
                        is_named=False,
                        author_id=None if is_anonymous else each.rater.person_id,
                        author_name=None if is_anonymous else each.rater.respondent_name,
                        text=str(each.answers[question.id]),
                    )

    def _may_show_texts(self) -> bool:
        return (self.count_responses() or 0) >= figures.MIN_TEXT_RESPONDENTS

    def _build_answer(
        self, question_id: UUID, group: RaterGroup, **values: object
    ) -> FeedbackProgramAnswer:
        return FeedbackProgramAnswer(
            tenant_id=self.program.tenant_id,
            feedback_program_id=self.program.id,
            question_id=question_id,
            rater_group=group,
            **values,  # type: ignore[arg-type]
        )


def _add_all(found: Figures) -> Figures:
    """Return figures with that of all groups but the person, in which each group counts once."""
    means = [figure.mean for group, figure in found.items() if group is not SELF]
    return {**found, ALL: Figure(_average(means))} if means else found


def _combine(questions: Sequence[Figures]) -> Figures:
    """Return the figures of a competency: of each group, the mean of those of its questions."""
    means = defaultdict[RaterGroup, list[Fraction]](list)
    for each in questions:
        for group, figure in each.items():
            means[group].append(figure.mean)
    return {group: Figure(_average(found)) for group, found in means.items()}


def _average(means: Sequence[Fraction]) -> Fraction:
    return sum(means, Fraction(0)) / len(means)


def _to_decimal(value: Fraction) -> Decimal:
    """Return a number with at most two decimals, and no zeros at the end."""
    rounded = round_half_up(value, DECIMALS)
    return rounded.quantize(Decimal(1)) if rounded == int(rounded) else rounded.normalize()
