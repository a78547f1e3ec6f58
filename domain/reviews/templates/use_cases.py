"""Use cases of review templates: what needs the scales and frameworks that questions name."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.unit_of_work import Work
from domain.reviews.competencies import CompetencyFramework
from domain.reviews.scales import RatingScale
from domain.reviews.templates.model import ReviewTemplate, list_questions
from domain.revisions import Content, Revision, RevisionStatus


async def create(work: Work, content: Content, **details: Any) -> ReviewTemplate:
    """Create the first draft of a template. Raises NotPermitted, Invalid and LimitExceeded."""
    blank = ReviewTemplate(tenant_id=work.actor.tenant_id, name="")
    await work.require(blank, to=ReviewTemplate.CREATE)
    faults = FaultCollector()
    with faults.collect():
        template = ReviewTemplate.create(work.actor.tenant_id, content, **details)
    with faults.collect():
        await _check_references(work, content)
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
        template.edit(content, **details)
    faults.raise_all()
    return template


async def _check_references(
    work: Work, content: Content, known: Collection[UUID | None] = ()
) -> None:
    """Check that questions name published scales, and competencies of published frameworks.

    What the template names already may have been archived since. Raises Invalid.
    """
    faults = FaultCollector()
    for path, question in list_questions(content):
        with faults.collect():
            await _reference(work, RatingScale, question.get("scale_id"), known, *path, "scaleId")
        with faults.collect():
            framework = await _reference(
                work, CompetencyFramework, question.get("framework_id"), known, *path, "frameworkId"
            )
            key = question.get("competency_key")
            if framework and key and key not in {each.key for each in framework.competencies}:
                message = f"The framework has no competency {key}. Correct the key."
                raise Invalid(message, *path, "competencyKey", code=Code.REFERENCE_NOT_FOUND)
    faults.raise_all()


async def _reference(
    work: Work, kind: Any, id: UUID | None, known: Collection[UUID | None], *path: str | int
) -> Any:
    found: Revision | None = await work.reference(kind, id, *map(str, path))
    if found and found.status is not RevisionStatus.PUBLISHED and id not in known:
        raise Invalid("This is not published. Publish it first, or choose another.", *path)
    return found
