"""The permission table in Markdown, derived from the actions and rules of every concept."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain, product

from domain.action_items import ActionItem
from domain.alerts import Alert, AlertRule
from domain.annotations import Annotation
from domain.feedback import Feedback, FeedbackRequest
from domain.feedback_programs import FeedbackProgram, FeedbackProgramSchedule
from domain.goals import Goal
from domain.kernel.access import (
    NOBODY,
    AllOf,
    AnyOf,
    Has,
    HasStarted,
    Holds,
    InheritedFrom,
    Is,
    IsAnother,
    IsOneOf,
    Lacks,
    Leads,
    Manages,
    MemberOf,
    Rule,
)
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part, find_kind, get_part_kind
from domain.kernel.fields import graph_name
from domain.kpi_reviews import KpiReview, KpiReviewSchedule
from domain.kpis import Kpi
from domain.members import Member
from domain.organizations import Organization
from domain.people import Person
from domain.reviews import (
    CalibrationSession,
    CalibrationSubject,
    CompetencyFramework,
    FairnessAttribute,
    RatingScale,
    Review,
    ReviewAppeal,
    ReviewCycle,
    ReviewNomination,
    ReviewNominationRound,
    ReviewPacket,
    ReviewTemplate,
    ScoreRule,
)
from domain.roles import BUILT_IN_ROLES, Role
from domain.scorecards import Scorecard
from domain.service_clients import ServiceClient
from domain.surveys import Survey, SurveyBankQuestion, SurveySchedule
from domain.sync_runs import SyncRun
from domain.teams import Team
from domain.tenants import Tenant
from domain.webhooks import Webhook
from domain.working_days import WorkCalendar

CONCEPTS: tuple[type[Aggregate], ...] = (
    Tenant,
    Role,
    Member,
    ServiceClient,
    SyncRun,
    Webhook,
    Organization,
    Person,
    Team,
    Goal,
    Kpi,
    Scorecard,
    KpiReviewSchedule,
    KpiReview,
    ActionItem,
    AlertRule,
    Alert,
    Annotation,
    WorkCalendar,
    RatingScale,
    CompetencyFramework,
    ReviewTemplate,
    ScoreRule,
    Feedback,
    ReviewCycle,
    Survey,
    SurveyBankQuestion,
    SurveySchedule,
    FeedbackRequest,
    FeedbackProgram,
    FeedbackProgramSchedule,
    ReviewPacket,
    Review,
    CalibrationSession,
    CalibrationSubject,
    FairnessAttribute,
    ReviewAppeal,
    ReviewNominationRound,
    ReviewNomination,
)

LINE_BREAK = "<br>"
"""Markdown tables have no other way to start a new line in a cell."""


def render_permission_table() -> str:
    """Return who may do what as Markdown: a table for each concept, then the built-in roles."""
    lines: list[str] = []
    for concept in CONCEPTS:
        lines += [f"### {concept.NAME.capitalize()}", "", *_render_concept(concept), ""]
    return "\n".join([*lines, "### Built-in roles", "", *_render_roles()]) + "\n"


def _render_concept(concept: type[Aggregate]) -> Iterator[str]:
    yield "| action | who |"
    yield "| --- | --- |"
    names_by_rule = defaultdict(list)
    for name, rule in _list_rules(concept):
        names_by_rule[rule].append(name)
    for rule, names in names_by_rule.items():
        yield f"| {LINE_BREAK.join(names)} | {describe_rule(rule, concept)} |"


def _list_rules(concept: type[Aggregate]) -> Iterator[tuple[str, Rule]]:
    yield "*see it*", concept.SEE
    for attribute, rule in concept.GUARDED.items():
        yield f"*see its* {graph_name(concept, attribute)}", rule
    for event, attribute in concept.GUARDED_EVENTS.items():
        yield f"*see its entries* {event}", concept.GUARDED[attribute]
    if concept.SEE_PLANNED != NOBODY:
        yield "*see what is planned*", concept.SEE_PLANNED
    yield "*see its history*", concept.SEE_HISTORY
    for action in vars(concept).values():
        if isinstance(action, Action):
            states = f" ({' or '.join(action.states)})" if action.states else ""
            yield f"{action.name}{states}", action.rule


def _render_roles() -> Iterator[str]:
    yield "| permission | " + " | ".join(role.key for role in BUILT_IN_ROLES) + " |"
    yield "| --- |" + " --- |" * len(BUILT_IN_ROLES)
    for permission in sorted({each for role in BUILT_IN_ROLES for each in role.permissions}):
        marks = ("●" if permission in role.permissions else "" for role in BUILT_IN_ROLES)
        yield f"| {permission} | " + " | ".join(marks) + " |"


def describe_rule(rule: Rule, concept: type[Aggregate]) -> str:
    """Describe a rule in words, one alternative a line."""
    alternatives = [
        " **and** ".join(map(_describe, conditions)) or "everyone in the tenant"
        for conditions in _expand(rule, concept.SEE)
    ]
    return LINE_BREAK.join(dict.fromkeys(alternatives)) or "nobody"


def _expand(rule: Rule, see: Rule, *, is_nested: bool = False) -> Iterator[tuple[Rule, ...]]:
    """Yield the alternatives of a rule, each as the conditions that must all hold.

    Inside a condition, the rule about seeing the object is not expanded.
    """
    match rule:
        case AnyOf(rules) if not (is_nested and rule == see):
            for each in rules:
                yield from _expand(each, see, is_nested=is_nested)
        case AllOf(rules):
            for parts in product(*(list(_expand(each, see, is_nested=True)) for each in rules)):
                yield tuple(chain.from_iterable(parts))
        case _:
            yield (rule,)


def _describe(rule: Rule) -> str:  # noqa: C901, PLR0911, PLR0912 (one case for each word)
    match rule:
        case AnyOf():
            return "may see it"  # the only alternatives that are not expanded
        case Is("id"):
            return "the person"
        case Is(attribute):
            return f"the {_humanize(attribute)}"
        case IsAnother(attribute):
            return f"not the {_humanize(attribute)}"
        case IsOneOf(attribute):
            return f"one of the {_humanize(attribute)}s"
        case Manages(attribute):
            return f"a manager above {_describe(Is(attribute))}"
        case Leads():
            return "a lead of the team or of a team above it"
        case MemberOf():
            return "a person in the organization or below it"
        case Has(attribute, values):
            return f"{_humanize(attribute)} is {' or '.join(values)}"
        case HasStarted(attribute):
            return f"the day {_humanize(attribute)} has come"
        case Lacks(attribute):
            return f"it has no {_humanize(attribute)}"
        case Holds(permission):
            return f"`{permission}`"
        case InheritedFrom(_, parent, inner):
            kind = find_kind(parent) or get_part_kind(parent)
            return f"may {_name_rule(kind, inner)} the {_humanize(parent)}"
        case _:
            raise TypeError(f"{rule!r} has no description. Add a case.")


def _name_rule(concept: type[Aggregate | Part], rule: Rule) -> str:
    """Return what a rule of a concept allows, such as to see or to edit it."""
    if rule == concept.SEE or not issubclass(concept, Aggregate):
        return "see"
    return next(each.name for each in concept.ACTIONS if each.rule == rule)


def _humanize(attribute: str) -> str:
    return attribute.removesuffix("_ids").removesuffix("_id").replace("_", " ")
