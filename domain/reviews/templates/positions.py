"""The position of a person on one day, and the career groups of templates that fit it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain.kernel.text import fold_case
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from domain.people import LineKind, Person, ReportingLine
from domain.reviews.templates.career_groups import is_meant_for
from domain.reviews.templates.model import ReviewCareerGroup, ReviewQuestion, ReviewTemplate

UnitsAbove = Mapping[UUID, frozenset[UUID]]
"""Each unit with all above it, and with itself."""


@dataclass(frozen=True)
class Position:
    """What a person works as. `unit_ids` are their unit and all above it."""

    job_title: str | None = None
    level: str | None = None
    unit_ids: Collection[UUID] = ()
    has_reports: bool = False

    def fits(self, group: ReviewCareerGroup) -> bool:
        """Return whether all conditions of a group hold. The case of texts makes no difference."""
        return (
            _is_one_of(self.job_title, group.job_titles)
            and _is_one_of(self.level, group.levels)
            and (group.organization_id is None or group.organization_id in self.unit_ids)
            and group.has_reports in (None, self.has_reports)
        )


def _is_one_of(value: str | None, wanted: Collection[str]) -> bool:
    """Return whether a text is wanted. Nothing wanted is no condition."""
    return not wanted or (value is not None and fold_case(value) in map(fold_case, wanted))


def find_career_groups(template: ReviewTemplate, position: Position) -> tuple[str, ...] | None:
    """Return the keys of the groups that fit; None where the template has no groups at all."""
    groups = template.career_groups
    return tuple(each.key for each in groups if position.fits(each)) if groups else None


def list_applicable(
    template: ReviewTemplate, career_group_keys: Collection[str] | None
) -> list[ReviewQuestion]:
    """Return the questions of a template that are for somebody in these groups, in their order."""
    return [
        question
        for section in template.sections
        if is_meant_for(section.career_group_keys, career_group_keys)
        for question in section.questions
        if is_meant_for(question.career_group_keys, career_group_keys)
    ]


def has_criteria(template: ReviewTemplate, career_group_keys: Collection[str] | None) -> bool:
    """Return whether anything of a template is for somebody in these groups.

    Of a template with questions that count in a score, at least one of them has to be.
    """
    weights = {each.id: each.weight for each in template.sections}

    def counts(question: ReviewQuestion) -> bool:
        return question.scale_id is not None and bool(
            question.weight and weights[question.section_id]
        )

    asked = list_applicable(template, career_group_keys)
    is_rated = any(map(counts, template.list_questions()))
    return any(map(counts, asked)) if is_rated else bool(asked)


async def load_units_above(work: Work) -> UnitsAbove:
    """Return the units of the tenant, each with all above it."""
    tenant = [work.actor.tenant_id]
    rows = await work.find_values(Organization, ("id", "parent_id"), tenant_id=tenant)
    parents: dict[UUID, UUID | None] = {row[0]: row[1] for row in rows}
    above = dict[UUID, frozenset[UUID]]()
    for id in parents:
        path, current = list[UUID](), parents.get(id)
        while current is not None:
            path.append(current)
            current = parents.get(current)
        above[id] = frozenset({id, *path})
    return above


async def load_position(work: Work, person: Person, today: date) -> Position:
    """Return the present position of a person."""
    above = await load_units_above(work)
    facts = ("kind", "starts_on", "ends_on")
    lines = await work.find_values(ReportingLine, facts, manager_id=[person.id])
    return Position(
        person.job_title,
        person.level,
        above.get(person.organization_id, frozenset()) if person.organization_id else frozenset(),
        any(
            kind == LineKind.PRIMARY and starts_on <= today and (ends_on is None or today < ends_on)
            for kind, starts_on, ends_on in lines
        ),
    )
