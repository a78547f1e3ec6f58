"""Schema of what the demo's reviews need: what `data/reviews.yaml` contains."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from api.demo.schema import Entry
from domain.reviews import ReviewDirection
from domain.reviews.score_rules import ReviewOutcome, ScoreConditionKind
from domain.reviews.scoring import ScoreQuantity, ScoreStepKind
from domain.reviews.templates import QuestionAudience, QuestionComparison, QuestionKind


class DemoLevel(Entry):
    """A level of a scale. Levels stand in their order, from the lowest performance up."""

    label: str
    value: Decimal
    description: str | None = None


class DemoScale(Entry):
    """A rating scale, which is published."""

    name: str
    description: str | None = None
    allows_not_applicable: bool = False
    levels: tuple[DemoLevel, ...]


class DemoExpectation(Entry):
    """What is expected of a competency at a level."""

    competency_key: str
    text: str


class DemoCompetencyLevel(Entry):
    """A level of a track."""

    key: str
    name: str
    expectations: tuple[DemoExpectation, ...] = ()


class DemoTrack(Entry):
    """A career track, with its levels from the lowest up."""

    key: str
    name: str
    levels: tuple[DemoCompetencyLevel, ...] = ()


class DemoCompetency(Entry):
    """A competency."""

    key: str
    name: str
    theme: str | None = None
    description: str | None = None


class DemoFramework(Entry):
    """A competency framework, which is published."""

    name: str
    description: str | None = None
    competencies: tuple[DemoCompetency, ...]
    tracks: tuple[DemoTrack, ...] = ()


class DemoChoice(Entry):
    """An answer that can be chosen."""

    key: str
    label: str


class DemoQuestion(Entry):
    """A question. Its scale and its framework are named."""

    key: str
    kind: QuestionKind
    text: str
    help: str | None = None
    audience: QuestionAudience = QuestionAudience.REVIEWEE
    is_required: bool = True
    is_critical: bool = False
    weight: int = 1
    scale: str | None = None
    framework: str | None = None
    competency_key: str | None = None
    condition_key: str | None = None
    condition_comparison: QuestionComparison | None = None
    condition_value: str | None = None
    choices: tuple[DemoChoice, ...] = ()


class DemoSection(Entry):
    """A section of a template."""

    key: str
    title: str
    description: str | None = None
    weight: int = 1
    questions: tuple[DemoQuestion, ...] = ()


class DemoTemplate(Entry):
    """A review template, which is published."""

    name: str
    description: str | None = None
    directions: tuple[ReviewDirection, ...] = ()
    sections: tuple[DemoSection, ...]


class DemoScoreCondition(Entry):
    """A condition of a step."""

    kind: ScoreConditionKind
    value: Decimal | None = None
    fact: str | None = None
    quantity: ScoreQuantity | None = None
    highest: int | None = None


class DemoScoreStep(Entry):
    """A step of a score rule."""

    kind: ScoreStepKind
    level: int | None = None
    outcome: ReviewOutcome | None = None
    needs_narrative: bool = False
    needs_second_level: bool = False
    conditions: tuple[DemoScoreCondition, ...] = ()


class DemoScoreRule(Entry):
    """A score rule, which is published. Its scale is named."""

    name: str
    description: str | None = None
    valid_from: date
    scale: str
    has_sections: bool = False
    steps: tuple[DemoScoreStep, ...]


class DemoAnswer(Entry):
    """An answer to the question with this key."""

    question: str
    text: str | None = None
    level: int | None = None
    choice_key: str | None = None
    is_true: bool | None = None


class DemoReviews(Entry):
    """The content of the file."""

    scales: tuple[DemoScale, ...] = ()
    frameworks: tuple[DemoFramework, ...] = ()
    templates: tuple[DemoTemplate, ...] = ()
    score_rules: tuple[DemoScoreRule, ...] = ()
    answers: dict[str, tuple[DemoAnswer, ...]] = Field(default_factory=dict)
    """The answers in a packet by direction; without any there is none."""
