"""Fairness in the graph: attributes, and figures about groups. No field is about one person."""

from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from uuid import UUID

from api.kernel.schema.declarations import (
    Connection,
    list_of,
    look_up,
    many,
    node,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.field_inputs import given_values
from api.kernel.schema.inputs import expected_version_field, input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.reviews.cycles import ReviewCycle
from domain import reviews
from domain.kernel.unit_of_work import Work
from domain.reviews.fairness import GROUP, MAX_GROUPS, MAX_VALUES, use_cases
from domain.reviews.fairness.use_cases import FairnessEntry
from persistence.reading.read_model import ROOT
from persistence.reviews import FAIRNESS_ATTRIBUTE, FAIRNESS_FIGURE, FAIRNESS_GROUP

ABOUT_COMPARISON = (
    " Null where the favoured levels cannot be shown apart, and for the group with the highest"
    " share."
)


@node(
    FAIRNESS_ATTRIBUTE,
    where=("id", "name", "created_at", "updated_at"),
    order_by=("name", "created_at", "updated_at"),
)
class FairnessAttribute:
    """An attribute of people that is used in figures about groups only, such as an age group.

    Everybody in the tenant sees which attributes there are. The group of a person can be written,
    but nobody can read it: no field, filter or history shows it.
    """

    name: str = value("The name.")
    description: str | None = value("What it is for. Null when there is none.")
    groups: list[str] = value("The groups, in their order. They never change.")


@part(FAIRNESS_GROUP)
class FairnessGroup:
    """The figures of one group. They are advice, and change nothing."""

    label: str = value("The group.")
    person_count: int = value("The number of people of the group that are counted.")
    band_counts: list[int] = value(
        "The number of these people in each band of levels, the lowest band first."
    )
    mean: Decimal = value(
        "The mean value of their levels. Each level counts as the mean of all people in its band."
    )
    gap: Decimal = value("`mean` minus the mean of all people.")
    favoured_count: int | None = value(
        "The number of these people with a favoured level. Null where the favoured levels cannot be"
        " shown apart."
    )
    is_reference: bool = value(
        "Whether it is the reference group: the one with the highest share of favoured people,"
        " with which the others are compared."
    )
    impact_ratio: Decimal | None = value(
        "The share of favoured people in the group, divided by that of the reference group. Below"
        f" 0.8 it is a sign of adverse impact by the four-fifths rule.{ABOUT_COMPARISON}"
    )
    p_value: Decimal | None = value(
        "The p-value of Fisher's exact test, two-sided, against the reference group: the"
        " probability that chance alone makes this difference or a less likely one."
        f"{ABOUT_COMPARISON}"
    )
    flip_count: int | None = value(
        "The smallest number of people of the group who would have to get or lose a favoured level"
        " to move `impactRatio` across 0.8. When it is small, the ratio may be due to chance."
        f"{ABOUT_COMPARISON}"
    )


@part(FAIRNESS_FIGURE)
class FairnessFigure:
    """How the levels of a closed review cycle differ between groups, as advice only.

    It was computed once and never changes. Each number that is shown counts at least `threshold`
    people: small groups are left out, and neighbouring levels are counted together as bands.
    """

    attribute: FairnessAttribute | None = one("The attribute. Never null.")
    computed_at: datetime = value("When it was computed.")
    favoured_from: int = value(
        "The position on the scale of the lowest level that counts as favoured."
    )
    threshold: int = value("The smallest number of people that a shown number counts.")
    person_count: int = value("The number of people whose review is shared and has a level.")
    hidden_count: int = value(
        "The number of these people whose group is not shown, or who have no group. It is 0 or at"
        " least `threshold`."
    )
    mean: Decimal | None = value(
        "The mean value of the levels of all these people. Null when no group is shown."
    )
    band_starts: list[int] = value(
        "The position of the lowest level of each band, the lowest band first. A band ends below"
        " the start of the next one."
    )
    groups: list[FairnessGroup] = list_of(
        "The groups that have enough people. All other people together count as one more group."
        " Empty when there are not two such groups to compare.",
        usual_size=4,
    )


@input_type(one_of=True)
class FairnessAttributeBy:
    """Identifies a fairness attribute by exactly one of these."""

    id: UUID | None = input_field("The attribute's id.")


@queries(ROOT)
class FairnessQueries:
    """Root fields of fairness."""

    fairness_attribute: FairnessAttribute | None = look_up(
        "A fairness attribute. Null when there is none.",
        "FairnessAttributeBy",
        "How the attribute is identified.",
    )
    fairness_attributes: Connection[FairnessAttribute] = many(
        "All fairness attributes of the tenant."
    )


@input_type(creates=FairnessAttribute)
class FairnessAttributeCreateInput:
    """Input of `fairnessAttributeCreate`."""

    groups: list[str] = input_field(
        "The groups, at least two. They never change.", max_items=MAX_GROUPS
    )


@input_type()
class FairnessValueInput:
    """In which group a person is."""

    person_id: UUID = input_field("The person; not the viewer.", id_prefix="person")
    group: str | None = input_field(
        "One of the groups. Null removes the person from all groups.", rule=GROUP
    )


@input_type()
class FairnessAttributeSetValuesInput:
    """Input of `fairnessAttributeSetValues`."""

    id: UUID = input_field("Id of the FairnessAttribute.", id_prefix="fairnessattribute")
    values: list[FairnessValueInput] = input_field(
        "People with their groups, each person once. If one is refused, nothing is written.",
        max_items=MAX_VALUES,
        unique_by=attrgetter("person_id"),
    )
    expected_version: int | None = expected_version_field()


@mutation(FairnessAttribute)
async def fairness_attribute_create(
    work: Work, input: FairnessAttributeCreateInput
) -> reviews.FairnessAttribute:
    """Define an attribute of people that is used in figures about groups only."""
    return await use_cases.create(work, **given_values(input, reviews.FairnessAttribute))


@mutation(FairnessAttribute)
async def fairness_attribute_set_values(
    work: Work, input: FairnessAttributeSetValuesInput
) -> reviews.FairnessAttribute:
    """Write the groups of people. Nobody can read them afterwards."""
    entries = [FairnessEntry(each.person_id, each.group) for each in input.values]
    return await use_cases.set_values(
        work, input.id, entries, expected_version=input.expected_version
    )


review_cycle_compute_fairness = verb(
    ReviewCycle,
    reviews.ReviewCycle.COMPUTE_FAIRNESS,
    "Compute how the levels of a closed review cycle differ between the groups of an attribute. It"
    " counts reviews that are shared, and groups that were written before the launch. It is"
    " possible once for each cycle and attribute. It fails with STATE_CONFLICT when figures of"
    " another cycle are about almost the same people.",
    use_case=use_cases.compute,
    attribute_id=input_field("The attribute.", id_prefix="fairnessattribute"),
    favoured_from=input_field(
        "The position of the lowest level that counts as favoured, such as the first level with a"
        " bonus."
    ),
)
