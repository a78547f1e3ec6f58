"""Fairness: tables, mapping and read models. No read model shows in which group a person is."""

from domain.reviews import FairnessAttribute
from domain.reviews.fairness import FairnessFigure, FairnessGroup, FairnessValue
from persistence.concept import register_concept, register_part
from persistence.kernel.mapping.registry import map_entity
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    parent_foreign_key,
    tenant_foreign_key,
    tenant_index,
)
from persistence.reading.relations import add_lookup
from persistence.reviews.cycles import REVIEW_CYCLE

fairness_attributes = aggregate_table(
    "fairness_attributes",
    *columns_of(FairnessAttribute),
    tenant_index("name_sort_key", "id"),
    prefix="fairnessattribute",
)
fairness_values = entity_table(
    # A merge of two people may leave one of them with two rows of an attribute.
    "fairness_values",
    *columns_of(FairnessValue),
    parent_foreign_key("attribute_id", "fairness_attributes"),
    tenant_index("attribute_id", "person_id"),
    tenant_index("person_id"),
    prefix="fairnessvalue",
)
fairness_figures = entity_table(
    "fairness_figures",
    *columns_of(FairnessFigure),
    parent_foreign_key("cycle_id", "review_cycles"),
    tenant_foreign_key("attribute_id", "fairness_attributes"),
    tenant_index("cycle_id", "attribute_id", unique=True),
    tenant_index("cycle_id", "computed_at", "id"),
    tenant_index("attribute_id"),
    prefix="fairnessfigure",
)
fairness_groups = entity_table(
    "fairness_groups",
    *columns_of(FairnessGroup),
    parent_foreign_key("cycle_id", "review_cycles"),
    parent_foreign_key("figure_id", "fairness_figures"),
    tenant_index("cycle_id"),
    tenant_index("figure_id", "position", unique=True),
    prefix="fairnessgroup",
)

FAIRNESS_ATTRIBUTE = register_concept(
    FairnessAttribute, fairness_attributes, order=("name",), affects_access=False
)
add_lookup("fairness_attribute", FAIRNESS_ATTRIBUTE)
map_entity(FairnessValue, fairness_values, None, affects_access=False)

FAIRNESS_FIGURE = register_part(FairnessFigure, fairness_figures, order=("computed_at",))
FAIRNESS_GROUP = register_part(FairnessGroup, fairness_groups, order=("position",))
REVIEW_CYCLE.list_of("fairness", FAIRNESS_FIGURE, lambda row, each, _: each.c.cycle_id == row.c.id)
FAIRNESS_FIGURE.one(
    "attribute", FAIRNESS_ATTRIBUTE, lambda row, other, _: other.c.id == row.c.attribute_id
)
FAIRNESS_FIGURE.list_of("groups", FAIRNESS_GROUP, lambda row, each, _: each.c.figure_id == row.c.id)
