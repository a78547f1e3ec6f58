"""Use cases of review templates: what needs the scales and frameworks that questions name."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from domain.reviews.competencies import CompetencyFramework
from domain.reviews.scales import RatingScale
from domain.reviews.templates.model import ReviewTemplate, list_questions
from domain.revisions import Content, reference_published


async def create(work: Work, content: Content, **details: Any) -> ReviewTemplate:
    """Create the first draft of a template. Raises NotPermitted, Invalid and LimitExceeded."""
    blank = ReviewTemplate(tenant_id=work.actor.tenant_id, name="")
    await work.require(blank, to=ReviewTemplate.CREATE)
    faults = FaultCollector()
    with faults.collect():
        template = ReviewTemplate.create(work.actor.tenant_id, content, **details)
    with faults.collect():
        await _check_references(work, content)
    with faults.collect():
        await _check_units(work, content)
    faults.raise_all()
    await work.add(template, to=ReviewTemplate.CREATE)
    return template


async def edit(
    work: Work, id: UUID, content: Content, *, expected_version: int | None = None, **details: Any
) -> ReviewTemplate:
    """Change a draft. Raises what `Work.get` raises, Invalid and LimitExceeded."""
    template = await work.get(
        ReviewTemplate, id, to=ReviewTemplate.EDIT, expected_version=expected_version
    )
    known = {each.scale_id for each in template.list_questions()}
    known |= {each.framework_id for each in template.list_questions()}
    faults = FaultCollector()
    with faults.collect():
        await _check_references(work, content, known)
    with faults.collect():
        await _check_units(work, content)
    with faults.collect():
        template.edit(content, **details)
    faults.raise_all()
    return template


async def _check_units(work: Work, content: Content) -> None:
    """Check that career groups name units that there are. Raises Invalid."""
    faults = FaultCollector()
    for index, each in enumerate(content.get("career_groups", ())):
        with faults.collect():
            path = ("careerGroups", str(index), "organizationId")
            await work.reference(Organization, each.get("organization_id"), *path)
    faults.raise_all()


async def _check_references(
    work: Work, content: Content, known: Collection[UUID | None] = ()
) -> None:
    """Check that questions name published scales, and competencies of published frameworks.

    What the template names already may have been archived since. Raises Invalid.
    """
    faults = FaultCollector()
    for path, question in list_questions(content):
        with faults.collect():
            scale_id = question.get("scale_id")
            await reference_published(work, RatingScale, scale_id, *path, "scaleId", known=known)
        with faults.collect():
            framework_id = question.get("framework_id")
            framework = await reference_published(
                work, CompetencyFramework, framework_id, *path, "frameworkId", known=known
            )
            key = question.get("competency_key")
            if framework and key and key not in {each.key for each in framework.competencies}:
                message = f"The framework has no competency {key}. Correct the key."
                raise Invalid(message, *path, "competencyKey", code=Code.REFERENCE_NOT_FOUND)
    faults.raise_all()
