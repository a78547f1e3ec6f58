"""The material of a score: which answers of submitted forms count."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from json import dumps
from typing import Any
from uuid import UUID

from domain.reviews.directions import ReviewDirection
from domain.reviews.packets.model import ReviewPacket
from domain.reviews.scales import RatingScale
from domain.reviews.score_rules import DAYS, ScoreRule
from domain.reviews.score_rules.model import get_group
from domain.reviews.scores import Material, UsedRating
from domain.reviews.scoring import Column, Item, Rating
from domain.reviews.templates import (
    QuestionAudience,
    QuestionKind,
    ReviewQuestion,
    ReviewTemplate,
)
from domain.reviews.templates.questions import RATED
from domain.reviews.writing.answers import ReviewAnswer, list_asked
from domain.reviews.writing.model import SUBMITTED, Review

SECOND_LEVEL, MANAGER = ReviewDirection.SECOND_LEVEL, ReviewDirection.MANAGER
Answered = tuple[ReviewQuestion, ReviewAnswer | None]


@dataclass(frozen=True)
class Sources:
    """What a packet and its rule refer to: forms, their answers, templates and scales by id."""

    rule: ScoreRule
    forms: Sequence[Review]
    answers: Mapping[UUID, Sequence[ReviewAnswer]]
    templates: Mapping[UUID, ReviewTemplate]
    scales: Mapping[UUID, RatingScale]

    def list_feeding(self) -> list[Review]:
        """Return the submitted forms that the rule counts, in an order that never changes."""
        order = list(ReviewDirection)
        found = [each for each in self.forms if self.rule.counts(each.direction)]
        return sorted(
            (each for each in found if each.status is SUBMITTED),
            key=lambda each: (order.index(each.direction), str(each.submitted_at), each.id),
        )

    def list_second(self) -> list[Review]:
        """Return the submitted forms of the second level."""
        found = [each for each in self.forms if each.direction is SECOND_LEVEL]
        return [each for each in found if each.status is SUBMITTED]

    def list_answered(self, form: Review) -> list[Answered]:
        """Return the questions of a form that were asked, without those for HR only."""
        template, answers = self.templates[form.template_id], self.answers.get(form.id, ())
        asked = list_asked(template, answers, form.career_group_keys)
        return [each for each in asked if each[0].audience is not QuestionAudience.HR_ONLY]


@dataclass
class Collector:
    """What was used so far, and how narrow its audience is."""

    sources: Sources
    wanted: frozenset[str]
    ratings: list[UsedRating] = field(default_factory=list)
    used: list[tuple[Review, ReviewQuestion, ReviewAnswer | None]] = field(default_factory=list)

    def collect_ratings(self, form: Review, finals: Mapping[str, Rating]) -> None:
        """Add the rated questions of a form. One that does not apply is left out."""
        template = self.sources.templates[form.template_id]
        weights = {each.id: each.weight for each in template.sections}
        keys = {each.id: each.key for each in template.sections}
        group = get_group(form.direction)
        for question, answer in self.sources.list_answered(form):
            counts = question.weight and weights[question.section_id]
            if not (_is_rated(question) and counts) or (answer and answer.is_not_applicable):
                continue
            item = Item(
                question.key,
                self._find_rating(question, answer),
                finals.get(question.key) if group is MANAGER else None,
                Decimal(question.weight),
                keys[question.section_id],
                Decimal(weights[question.section_id]),
                question.is_critical,
                str(form.id),
                group.value,
            )
            self.ratings.append(UsedRating(item, form.id, question.id))
            self.used.append((form, question, answer))

    def collect_finals(self, forms: Iterable[Review]) -> dict[str, Rating]:
        """Return the ratings of the second level by key."""
        found = dict[str, Rating]()
        for form in forms:
            for question, answer in self.sources.list_answered(form):
                rating = self._find_rating(question, answer) if _is_rated(question) else None
                if rating is not None:
                    found[question.key] = rating
                    self.used.append((form, question, answer))
        return found

    def collect_facts(self, forms: Iterable[Review]) -> dict[str, Decimal | bool]:
        """Return the facts that the rule asks for. A later form has the last word."""
        found = dict[str, Decimal | bool]()
        for form in forms:
            for question, answer in self.sources.list_answered(form):
                value = _find_fact(question, answer) if question.key in self.wanted else None
                if value is not None:
                    found[question.key] = value
                    self.used.append((form, question, answer))
        return found

    def _find_rating(self, question: ReviewQuestion, answer: ReviewAnswer | None) -> Rating | None:
        if answer is None or answer.level is None or question.scale_id is None:
            return None
        levels = self.sources.scales[question.scale_id].levels
        return Rating(answer.level, levels[answer.level - 1].value)


def collect(packet: ReviewPacket, sources: Sources) -> Material:
    """Return the material of a packet's score."""
    wanted = frozenset(each.fact for each in sources.rule.list_conditions() if each.fact)
    collector = Collector(sources, wanted)
    feeding, second = sources.list_feeding(), sources.list_second()
    finals = collector.collect_finals(second)
    for form in feeding:
        collector.collect_ratings(form, finals)
    facts = collector.collect_facts(_sort_for_facts(feeding))
    later = facts | collector.collect_facts(second)
    if packet.days is not None and DAYS in wanted:
        facts[DAYS] = later[DAYS] = Decimal(packet.days)
    audiences = {question.audience for _, question, _ in collector.used}
    narrow = QuestionAudience.MANAGER in audiences
    return Material(
        collector.ratings,
        {Column.INITIAL: facts, Column.FINAL: later},
        _count_days(packet, feeding),
        QuestionAudience.MANAGER if narrow else QuestionAudience.REVIEWEE,
        all(form.is_shown for form, _, _ in collector.used),
        _hash(sources.rule, collector),
    )


def _sort_for_facts(forms: Sequence[Review]) -> Sequence[Review]:
    """Return the forms so that those of managers come last."""
    return sorted(forms, key=lambda each: get_group(each.direction) is MANAGER)


def _count_days(packet: ReviewPacket, forms: Sequence[Review]) -> dict[str, Fraction]:
    """Return the days of the manager's forms and interim appraisals.

    A form without days counts for the rest of the days of work. Where these are not known, or none
    are left, all forms count the same.
    """
    own = [each for each in forms if get_group(each.direction) is MANAGER]
    given = sum(each.days or 0 for each in own)
    open_ended = [each for each in own if each.days is None]
    rest = (packet.days or 0) - given if open_ended else 0
    if not given or (open_ended and rest <= 0):
        return {}
    share = Fraction(rest, len(open_ended) or 1)
    return {str(each.id): share if each.days is None else Fraction(each.days) for each in own}


def _is_rated(question: ReviewQuestion) -> bool:
    return question.kind in RATED and question.scale_id is not None


def _find_fact(question: ReviewQuestion, answer: ReviewAnswer | None) -> Decimal | bool | None:
    if answer is None:
        return None
    return answer.number if question.kind is QuestionKind.NUMBER else answer.is_true


def _hash(rule: ScoreRule, collector: Collector) -> str:
    """Return the SHA-256 of the rule, and of all answers with their versions.

    It has no days of work: a reader who knows the rest could try them out.
    """
    content = {"rule": str(rule.id), "answers": [*_describe_used(collector)]}
    text = dumps(content, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _describe_used(collector: Collector) -> Iterator[dict[str, Any]]:
    for form, question, answer in collector.used:
        yield {
            "form": str(form.id),
            "template": str(form.template_id),
            "days": form.days,
            "question": str(question.id),
            "version": answer and answer.answer_version,
            "level": answer and answer.level,
            "is_true": answer and answer.is_true,
            "number": None if answer is None or answer.number is None else str(answer.number),
        }
