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

    Everybody in the tenant sees which attributes there are. In which group a person is can be
    written and never read, by nobody and with no field, filter or history.
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
        "The mean value of their levels. Levels of one band count with the mean of all in it."
    )
    gap: Decimal = value("`mean` less the mean of all people.")
    favoured_count: int | None = value(
        "The number of these people with a favoured level. Null where the favoured levels cannot be"
        " shown apart."
    )
    is_reference: bool = value(
        "Whether the group has the highest share of favoured people, so that others are compared"
        " with it."
    )
    impact_ratio: Decimal | None = value(
        "The share of favoured people, over that of the reference. Below 0.8 the four-fifths rule"
        f" reads it as adverse impact.{ABOUT_COMPARISON}"
    )
    p_value: Decimal | None = value(
        "How likely a difference like this one or a rarer one is by chance: p of Fisher's exact"
        f" test, two-sided, against the reference.{ABOUT_COMPARISON}"
    )
    flip_count: int | None = value(
        "How few people of the group would let the four-fifths rule read otherwise, if they got or"
        f" lost a favoured level. A small number says that the ratio is chance.{ABOUT_COMPARISON}"
    )


@part(FAIRNESS_FIGURE)
class FairnessFigure:
    """How the levels of a closed review cycle differ between groups, as advice for people.

    It was computed once and never changes. Each number that is shown counts at least `threshold`
    people: small groups are left out, and levels are joined to bands.
    """

    attribute: FairnessAttribute | None = one("The attribute. Never null.")
    computed_at: datetime = value("When it was computed.")
    favoured_from: int = value("The lowest level that counts as favoured, a place on the scale.")
    threshold: int = value("The fewest people that a number is about.")
    person_count: int = value("The number of people whose review is shared and has a level.")
    hidden_count: int = value(
        "The number of those whose group is not shown, and of those without one. It is 0 or at"
        " least `threshold`."
    )
    mean: Decimal | None = value(
        "The mean value of the levels of all people. Null when no group is shown."
    )
    band_starts: list[int] = value("The lowest level of each band. A band ends below the next one.")
    groups: list[FairnessGroup] = list_of(
        "The groups that have enough people. Empty when no two rows could be compared.",
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
        "People with their groups, each once. All are written, or nobody.",
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
    """Write in which groups people are. Nobody can read it afterwards."""
    entries = [FairnessEntry(each.person_id, each.group) for each in input.values]
    return await use_cases.set_values(
        work, input.id, entries, expected_version=input.expected_version
    )


review_cycle_compute_fairness = verb(
    ReviewCycle,
    reviews.ReviewCycle.COMPUTE_FAIRNESS,
    "Compute how the levels of a closed review cycle differ between the groups of an attribute. It"
    " counts reviews that are shared, and groups that were written before the launch. It is"
    " possible once, and fails with STATE_CONFLICT where figures of another cycle are about almost"
    " the same people.",
    use_case=use_cases.compute,
    attribute_id=input_field("The attribute.", id_prefix="fairnessattribute"),
    favoured_from=input_field(
        "The lowest level that counts as favoured, such as the one from which there is a bonus."
    ),
)
