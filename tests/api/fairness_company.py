"""The fairness of a company: an attribute, and a closed cycle for which nothing is computed yet."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from domain.kernel.identity import PersonId, TenantId
from domain.people import Person
from domain.reviews import FairnessAttribute, ReviewCycle
from domain.reviews.cycles import ReviewCycleStatus
from domain.reviews.fairness import FairnessValue
from tests.factories.actors import NOW
from tests.factories.review_cycles import a_review_cycle

if TYPE_CHECKING:
    from tests.api.company import Company

FAIRNESS_VALUES = (
    *(f"fairness_attributes.{each}" for each in ("name", "description", "groups")),
    *("fairness_figures.band_starts", "fairness_groups.label", "fairness_groups.band_counts"),
)
"""Columns that stay when a person is erased: they are about groups."""


def an_age_group(tenant_id: TenantId) -> FairnessAttribute:
    """Build an attribute of two groups."""
    groups = ("Under 40", "40 and over")
    attribute = FairnessAttribute.create(tenant_id, name="Age", groups=groups)
    attribute.events.clear()
    return attribute


def build_values(attribute: FairnessAttribute, people: Mapping[str, Person]) -> list[FairnessValue]:
    """Build the groups of two people."""
    return [
        FairnessValue(
            tenant_id=attribute.tenant_id,
            attribute_id=attribute.id,
            person_id=PersonId(people[who].id),
            position=position,
            written_at=NOW,
        )
        for who, position in (("mara", 1), ("peer", 2))
    ]


def build_closed_cycle(company: "Company") -> ReviewCycle:
    """Build a cycle that is over."""
    template = company.review_templates["published"]
    cycle = a_review_cycle(template, status=ReviewCycleStatus.CLOSED, name="The one that is over")
    cycle.scale_id, cycle.phase = company.rating_scales["published"].id, None
    cycle.ended_at = NOW
    return cycle
