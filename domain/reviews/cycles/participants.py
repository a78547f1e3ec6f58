"""The participants of a cycle that was launched, and what became of the plan for each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.kernel.aggregate import Part
from domain.kernel.identity import PersonId, TenantId
from domain.reviews.cycles.groups import SEE_PART
from domain.reviews.cycles.plan import PlannedParticipant, PlannedReview
from domain.reviews.directions import ReviewDirection


class ReviewParticipantStatus(StrEnum):
    """What became of the plan for a participant."""

    ACTIVE = "active"
    UNRATABLE = "unratable"
    REMOVED = "removed"


@dataclass(kw_only=True, eq=False)
class ReviewParticipant(Part):
    """A person in a cycle. Nobody is deleted: who is removed stays, with the reason.

    `planned_reviews` are those of the plan with which the person joined: what has to be written
    follows from it, and not from later changes. The cycle never loads its participants. `last_day`
    and `due_on` are those of a period that was extended for the person. `group_id` is the group at
    the launch, whose days count, whatever changes later. So do the career groups of the plan.
    """

    NAME = "review_participant"
    SEE = SEE_PART

    cycle_id: UUID
    person_id: PersonId
    manager_id: PersonId | None = None
    days: int
    status: ReviewParticipantStatus = ReviewParticipantStatus.ACTIVE
    joined_on: date
    reason: str | None = None
    last_day: date | None = None
    due_on: date | None = None
    group_id: UUID | None = None
    planned_reviews: dict[str, Any] = field(default_factory=dict)

    def list_reviews(self) -> Iterable[PlannedReview]:
        """Return the reviews that the plan asked for."""
        for direction, template_id, writer_id, due_on in self.planned_reviews["reviews"]:
            yield PlannedReview(
                ReviewDirection(direction),
                UUID(template_id),
                UUID(writer_id),
                date.fromisoformat(due_on),
            )

    def find_career_groups(self, template_id: UUID) -> tuple[str, ...] | None:
        """Return the career groups of a template for the person; None where it has no groups."""
        found = self.planned_reviews.get("career_groups", {}).get(str(template_id))
        return None if found is None else tuple(found)


def join(
    tenant_id: TenantId,
    cycle_id: UUID,
    planned: PlannedParticipant,
    today: date,
    reason: str | None = None,
) -> ReviewParticipant:
    """Return the participant for whom this was planned."""
    statuses = ReviewParticipantStatus
    return ReviewParticipant(
        tenant_id=tenant_id,
        cycle_id=cycle_id,
        person_id=PersonId(planned.person_id),
        manager_id=PersonId(planned.manager_id) if planned.manager_id else None,
        days=planned.days,
        status=statuses.ACTIVE if planned.is_ratable else statuses.UNRATABLE,
        joined_on=today,
        reason=reason,
        group_id=planned.group_id,
        planned_reviews=_describe_reviews(planned),
    )


def _describe_reviews(planned: PlannedParticipant) -> dict[str, Any]:
    """Return the reviews of a plan as they are stored."""
    return {
        "reviews": [
            (str(each.direction), str(each.template_id), str(each.writer_id), str(each.due_on))
            for each in planned.reviews
        ],
        "career_groups": {str(id): keys for id, keys in planned.career_groups.items()},
    }
