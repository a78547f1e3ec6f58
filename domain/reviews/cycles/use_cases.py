"""Use cases that write a review cycle down: what it refers to is checked here."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from domain.kernel.actions import Action
from domain.kernel.errors import Code, Invalid
from domain.kernel.faults import FaultCollector
from domain.kernel.identity import OrganizationId
from domain.kernel.unit_of_work import Work
from domain.organizations import Organization
from domain.people import Person
from domain.reviews.cycles import policy
from domain.reviews.cycles.model import ReviewCycle
from domain.reviews.cycles.parts import LISTS
from domain.reviews.scales import RatingScale
from domain.reviews.score_rules import check_fit, reference_rule
from domain.reviews.templates import ReviewTemplate
from domain.revisions import Content, reference_published
from domain.revisions.parts import describe_parts
from domain.tenants import load_tenant

INCLUDE = Action("include", policy.INCLUDE)
RULED = ("score_rule_id", "last_day", "scale_id")
OUTSIDE = "You do not review this person. Remove them, or let somebody else create the cycle."


async def create(
    work: Work, content: Content, *, organization_id: UUID | None = None, **details: Any
) -> ReviewCycle:
    """Create a draft, with the appeal days of the tenant where none are given.

    Raises NotPermitted, Invalid and LimitExceeded.
    """
    unit_id = OrganizationId(organization_id) if organization_id else None
    await work.reference(Organization, organization_id, "organizationId")
    await work.require(_build_example(work, unit_id), to=ReviewCycle.CREATE)
    details.setdefault("appeal_days", (await load_tenant(work)).appeal_days)
    faults, cycle = FaultCollector(), None
    with faults.collect():
        await _check_references(work, unit_id, content, details.get("unit_ids", ()))
    with faults.collect():
        await reference_published(work, RatingScale, details.get("scale_id"), "scaleId")
    with faults.collect():
        await _check_rule(work, details, content.get("directions", ()))
    with faults.collect():
        cycle = ReviewCycle.create(
            work.actor.tenant_id, content, organization_id=unit_id, **details
        )
    faults.raise_all()
    assert cycle is not None, "Without a fault there is a cycle."
    await work.add(cycle, to=ReviewCycle.CREATE)
    return cycle


async def edit(
    work: Work, id: UUID, content: Content, *, expected_version: int | None = None, **details: Any
) -> ReviewCycle:
    """Change a draft. Raises what `Work.get` raises, Invalid and LimitExceeded."""
    cycle = await work.get(ReviewCycle, id, to=ReviewCycle.EDIT, expected_version=expected_version)
    faults = FaultCollector()
    with faults.collect():
        templates = {each.template_id for each in cycle.directions}
        units = details.get("unit_ids", ())
        known = {*cycle.unit_ids, *(each.organization_id for each in cycle.groups)}
        await _check_references(work, cycle.organization_id, content, units, known, templates)
    with faults.collect():
        scale_id = details.get("scale_id")
        await reference_published(work, RatingScale, scale_id, "scaleId", known=[cycle.scale_id])
    with faults.collect():
        present = describe_parts(cycle, LISTS) | dict(content)
        values = {name: getattr(cycle, name) for name in RULED} | details
        await _check_rule(work, values, present["directions"])
    with faults.collect():
        cycle.check_change(content, **details)
    faults.raise_all()
    cycle.revise(content, **details)
    return cycle


async def _check_rule(
    work: Work, values: Mapping[str, Any], directions: Sequence[Mapping[str, Any]]
) -> None:
    """Check that the score rule fits the period, the scale and the forms. Raises Invalid."""
    rule = await reference_rule(
        work, values.get("score_rule_id"), values["last_day"], values.get("scale_id")
    )
    if rule is not None:
        forms = [(each["direction"], each["template_id"]) for each in directions]
        await check_fit(work, rule, forms)


def _build_example(work: Work, unit_id: OrganizationId | None) -> ReviewCycle:
    """Return a cycle of a unit, to ask who may create one."""
    today = work.actor.today
    return ReviewCycle(
        tenant_id=work.actor.tenant_id,
        organization_id=unit_id,
        name="",
        starts_on=today,
        last_day=today,
    )


async def _check_references(
    work: Work,
    organization_id: UUID | None,
    content: Content,
    unit_ids: Collection[UUID],
    known_unit_ids: Collection[UUID | None] = (),
    known_template_ids: Collection[UUID | None] = (),
) -> None:
    """Check units, templates and people. Raises Invalid with all faults."""
    faults = FaultCollector()
    for index, unit_id in enumerate(unit_ids):
        with faults.collect():
            if unit_id not in known_unit_ids:
                await reference_unit(work, organization_id, unit_id, "unitIds", index)
    for index, each in enumerate(content.get("groups", ())):
        with faults.collect():
            named = each.get("organization_id")
            if named is not None and named not in known_unit_ids:
                path = ("groups", index, "organizationId")
                await reference_unit(work, organization_id, named, *path)
    for index, each in enumerate(content.get("directions", ())):
        with faults.collect():
            await _reference_template(work, each, index, known_template_ids)
    for index, each in enumerate(content.get("selections", ())):
        with faults.collect():
            await _reference_person(work, each["person_id"], index)
    faults.raise_all()


async def reference_unit(
    work: Work, organization_id: UUID | None, unit_id: UUID, *path: str | int
) -> None:
    """Check that a unit lies in that of the cycle. Raises Invalid."""
    await work.reference(Organization, unit_id, *map(str, path))
    if organization_id is None or unit_id == organization_id:
        return
    if organization_id not in await work.ancestors(Organization, unit_id):
        message = "This unit is not below the unit of the cycle. Choose another unit."
        raise Invalid(message, *path)


async def _reference_template(
    work: Work, row: Mapping[str, Any], index: int, known: Collection[UUID | None]
) -> None:
    """Check that a template is published and is meant for the direction. Raises Invalid."""
    path = ("directions", index, "templateId")
    template = await reference_published(
        work, ReviewTemplate, row["template_id"], *path, known=known
    )
    assert template is not None, "A template is required."
    if template.directions and row["direction"] not in template.directions:
        message = f"This template is not meant for {row['direction'].name}. Choose another."
        raise Invalid(message, *path)


async def _reference_person(work: Work, person_id: UUID, index: int) -> None:
    """Check that the actor reviews a person. Raises Invalid."""
    path = ("selections", str(index), "personId")
    person = await work.reference(Person, person_id, *path)
    if not await work.is_permitted(person, to=INCLUDE):
        raise Invalid(OUTSIDE, *path, code=Code.INVALID)
