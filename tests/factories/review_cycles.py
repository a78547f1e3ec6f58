"""Review cycles for tests."""

from datetime import date
from typing import Any

from domain.kernel.identity import OrganizationId, PersonId
from domain.organizations import Organization
from domain.people import Person
from domain.reviews import ReviewCycle, ReviewDirection, ReviewTemplate
from domain.reviews.cycles import (
    ReviewCycleStatus,
    ReviewParticipant,
    ReviewParticipantStatus,
    ReviewPhaseKind,
    ReviewSelectionKind,
)
from tests.factories.actors import NOW, TODAY


def a_review_cycle(
    template: ReviewTemplate,
    *excluded: Person,
    unit: Organization | None = None,
    status: ReviewCycleStatus = ReviewCycleStatus.DRAFT,
    name: str = "Half year",
) -> ReviewCycle:
    """Build a cycle in which people and their managers write."""
    directions = [
        {"direction": each, "template_id": template.id}
        for each in (ReviewDirection.SELF, ReviewDirection.MANAGER)
    ]
    phases = [
        {"kind": kind, "starts_on": date(2026, month, 1), "last_day": date(2026, month, 15)}
        for kind, month in ((ReviewPhaseKind.SELF, 7), (ReviewPhaseKind.MANAGER, 8))
    ]
    selections = [
        {"kind": ReviewSelectionKind.EXCLUDED, "person_id": PersonId(each.id), "reason": "Founder."}
        for each in excluded
    ]
    cycle = ReviewCycle.create(
        template.tenant_id,
        {"directions": directions, "phases": phases, "selections": selections},
        organization_id=OrganizationId(unit.id) if unit else None,
        name=name,
        starts_on=date(2026, 1, 1),
        last_day=date(2026, 6, 30),
    )
    if status is not ReviewCycleStatus.DRAFT:
        cycle.launch(at=NOW)
    cycle.status = status
    cycle.events.clear()
    return cycle


def a_participant(
    cycle: ReviewCycle,
    person: Person,
    status: ReviewParticipantStatus = ReviewParticipantStatus.ACTIVE,
) -> ReviewParticipant:
    """Build a participant, by default one who is reviewed."""
    return ReviewParticipant(
        tenant_id=cycle.tenant_id,
        cycle_id=cycle.id,
        person_id=PersonId(person.id),
        days=181,
        status=status,
        joined_on=TODAY,
        planned_reviews={"reviews": []},
    )


def some_review_cycles(company: Any) -> tuple[dict[str, ReviewCycle], list[ReviewParticipant]]:
    """Build two drafts, of the whole tenant and of a unit, and a cycle with two participants."""
    template, people = company.review_templates["published"], company.people
    cycles = {
        "whole": a_review_cycle(template, people["chief"]),
        "ops": a_review_cycle(template, unit=company.units["ops"]),
        "begun": a_review_cycle(template, status=ReviewCycleStatus.RUNNING),
    }
    unratable = a_participant(cycles["begun"], people["peer"], ReviewParticipantStatus.UNRATABLE)
    return cycles, [a_participant(cycles["begun"], people["boss"]), unratable]
