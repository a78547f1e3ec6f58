"""Nominations: tables, mapping and read models."""

from sqlalchemy import and_

from domain.reviews.nominations import (
    ReviewNomination,
    ReviewNominationRound,
    ReviewNominationStatus,
    ReviewProposal,
    ReviewRoundStatus,
    policy,
)
from persistence.access.rules_to_sql import compile_rule
from persistence.concept import register_concept, register_part
from persistence.kernel.mapping.registry import map_children
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    parent_foreign_key,
    tenant_foreign_key,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_text
from persistence.people import PERSON
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import RelationCondition, add_lookup
from persistence.reviews.cycles import REVIEW_CYCLE_SUMMARY
from persistence.reviews.packets import REVIEW, REVIEW_PACKET
from persistence.reviews.templates import REVIEW_TEMPLATE

review_nomination_rounds = aggregate_table(
    "review_nomination_rounds",
    *columns_of(ReviewNominationRound),
    tenant_foreign_key("cycle_id", "review_cycles"),
    parent_foreign_key("packet_id", "review_packets"),
    tenant_foreign_key("template_id", "review_templates"),
    tenant_index("nominate_by", "id"),
    tenant_index("cycle_id", "id"),
    tenant_index("packet_id", "direction"),
    tenant_index("subject_id", "nominate_by", "id"),
    tenant_index("manager_id"),
    tenant_index("template_id"),
    prefix="nominationround",
)

review_proposals = entity_table(
    "review_proposals",
    *columns_of(ReviewProposal),
    parent_foreign_key("round_id", "review_nomination_rounds"),
    tenant_index("round_id", "id"),
    tenant_index("person_id"),
    prefix="reviewproposal",
)

review_nominations = aggregate_table(
    # A merge of two people may leave one of them with two nominations in a round.
    "review_nominations",
    *columns_of(ReviewNomination),
    parent_foreign_key("round_id", "review_nomination_rounds"),
    parent_foreign_key("packet_id", "review_packets"),
    tenant_foreign_key("review_id", "reviews"),
    tenant_foreign_key("replaces_id", "review_nominations"),
    tenant_index("decide_by", "id"),
    tenant_index("round_id", "nominee_id"),
    tenant_index("packet_id"),
    tenant_index("subject_id"),
    tenant_index("manager_id"),
    tenant_index("nominee_id"),
    tenant_index("proposer_id"),
    tenant_index("decided_by_id"),
    tenant_index("asked_id"),
    tenant_index("review_id"),
    tenant_index("replaces_id"),
    prefix="nomination",
)

REVIEW_NOMINATION_ROUND = register_concept(
    ReviewNominationRound,
    review_nomination_rounds,
    order=("-nominate_by",),
    affects_access=False,
    proposals=map_children(
        ReviewProposal, review_proposals, parent_column="round_id", order_columns=("id",)
    ),
)
REVIEW_PROPOSAL = register_part(ReviewProposal, review_proposals, order=("id",), has_id=False)
REVIEW_NOMINATION = register_concept(
    ReviewNomination, review_nominations, order=("-decide_by",), affects_access=False
)

REVIEW_NOMINEE = ReadModel("ReviewNominee", review_nominations)
"""A person who writes, for those who may see no more of a nomination."""


def _match_nominee(row: Row, nomination: Row, context: FieldContext) -> Sql:
    """Match the approved nominations of a round, where the caller may see who writes."""
    return and_(
        nomination.c.round_id == row.c.id,
        nomination.c.status == literal_text(ReviewNominationStatus.APPROVED),
        compile_rule(policy.SEE_NOMINEES, context.facts, row),
    )


def _is_over_for_subject(row: Row, context: FieldContext) -> Sql:
    """Build the condition that only the reviewed person could nominate, and no longer may."""
    return and_(
        row.c.status == literal_text(ReviewRoundStatus.CHOOSING),
        row.c.subject_id == context.facts.person(),
    )


def _match_person(column: str) -> RelationCondition:
    return lambda row, person, _: person.c.id == row.c[column]


REVIEW_NOMINATION_ROUND.one("subject", PERSON, _match_person("subject_id"))
for name in ("subject", "manager", "nominee", "proposer", "decided_by"):
    REVIEW_NOMINATION.one(name, PERSON, _match_person(f"{name}_id"))
REVIEW_PROPOSAL.one("person", PERSON, _match_person("person_id"))
REVIEW_NOMINEE.one("person", PERSON, _match_person("nominee_id"))

REVIEW_NOMINATION_ROUND.one(
    "cycle",
    REVIEW_CYCLE_SUMMARY,
    lambda row, cycle, _: cycle.c.id == row.c.cycle_id,
    inherits_visibility=True,
)
REVIEW_NOMINATION_ROUND.one(
    "template", REVIEW_TEMPLATE, lambda row, other, _: other.c.id == row.c.template_id
)
REVIEW_NOMINATION_ROUND.belongs_to(
    REVIEW_PACKET, foreign_key="packet_id", one="packet", many="nomination_rounds"
)
REVIEW_NOMINATION_ROUND.list_of(
    "proposals", REVIEW_PROPOSAL, lambda row, each, _: each.c.round_id == row.c.id
)
REVIEW_NOMINATION_ROUND.list_of("nominees", REVIEW_NOMINEE, _match_nominee)
REVIEW_NOMINATION_ROUND.blocker("nominate", _is_over_for_subject)
REVIEW_NOMINATION.belongs_to(
    REVIEW_NOMINATION_ROUND, foreign_key="round_id", one="round", many="nominations"
)
REVIEW_NOMINATION.one("review", REVIEW, lambda row, form, _: form.c.id == row.c.review_id)
REVIEW_NOMINATION.one(
    "replaces", REVIEW_NOMINATION, lambda row, other, _: other.c.id == row.c.replaces_id
)
add_lookup("review_nomination_round", REVIEW_NOMINATION_ROUND)
add_lookup("review_nomination", REVIEW_NOMINATION)
