"""Appeals: table, mapping and read model, and the HR officers that are asked."""

from sqlalchemy import and_, exists, or_

from domain.kernel.permissions import Permission
from domain.members import MemberStatus
from domain.reviews.appeals import ReviewAppeal, ReviewAppealStatus
from domain.reviews.appeals.use_cases import SET_READER_OF_FORMS, SET_READER_OF_PACKET
from domain.reviews.hr import FIND_OFFICERS
from domain.reviews.packets.statuses import APPEALABLE
from persistence.access.assignment_terms import RUNNING
from persistence.concept import register_concept
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    parent_foreign_key,
    shared_alias,
    tenant_foreign_key,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.people import PERSON
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import RelationCondition, add_lookup, tenant_subquery
from persistence.reviews.packets import REVIEW_PACKET
from persistence.reviews.scales import RATING_LEVEL
from persistence.unit_of_work.declared_statements import declare_statement

review_appeals = aggregate_table(
    "review_appeals",
    *columns_of(ReviewAppeal),
    parent_foreign_key("packet_id", "review_packets"),
    tenant_foreign_key("scale_id", "rating_scales"),
    tenant_index("due_on", "id"),
    tenant_index("packet_id", "due_on", "id"),
    tenant_index("subject_id"),
    tenant_index("manager_id"),
    tenant_index("second_level_id"),
    tenant_index("level_decided_by_id"),
    tenant_index("level_approved_by_id"),
    tenant_index("asked_id"),
    tenant_index("decider_id"),
    tenant_index("scale_id"),
    prefix="reviewappeal",
)
REVIEW_APPEAL = register_concept(
    ReviewAppeal, review_appeals, order=("-due_on",), affects_access=False
)
REVIEW_APPEAL.belongs_to(REVIEW_PACKET, foreign_key="packet_id", one="packet", many="appeals")


def _match_person(column: str) -> RelationCondition:
    return lambda row, person, _: person.c.id == row.c[column]


def _match_level(column: str) -> RelationCondition:
    return lambda row, level, _: and_(
        level.c.scale_id == row.c.scale_id, level.c.position == row.c[column]
    )


for name in ("subject", "decider"):
    REVIEW_APPEAL.one(name, PERSON, _match_person(f"{name}_id"))
for name in ("level_before", "level_after"):
    REVIEW_APPEAL.one(name, RATING_LEVEL, _match_level(name))
add_lookup("review_appeal", REVIEW_APPEAL)


def takes_no_appeal(packet: Row, context: FieldContext) -> Sql:
    """Build the condition that a packet takes no appeal: too early, too late, or beside another."""
    appeal = shared_alias(review_appeals)
    another = tenant_subquery(
        context,
        appeal,
        literal_number(1),
        appeal.c.packet_id == packet.c.id,
        appeal.c.status != literal_text(ReviewAppealStatus.WITHDRAWN),
    )
    return or_(
        packet.c.status.not_in([literal_text(each) for each in APPEALABLE]),
        packet.c.appeal_until.is_(None),
        packet.c.appeal_until < context.facts.today(),
        exists(another),
    )


declare_statement(
    SET_READER_OF_PACKET,
    "UPDATE review_packets SET appeal_decider_id = $3::uuid WHERE tenant_id = $1 AND id = $2",
    "packet_id",
    "person_id",
)
declare_statement(
    SET_READER_OF_FORMS,
    "UPDATE reviews SET appeal_decider_id = $3::uuid WHERE tenant_id = $1 AND packet_id = $2",
    "packet_id",
    "person_id",
)
declare_statement(
    FIND_OFFICERS,
    f"""
    SELECT m.person_id
    FROM role_grants g
    JOIN role_assignments a ON a.tenant_id = $1 AND a.role_id = g.role_id
    JOIN members m ON m.tenant_id = $1 AND m.id = a.member_id
    WHERE g.tenant_id = $1 AND g.permission = '{Permission.REVIEWS_MANAGE}'
      AND m.status = '{MemberStatus.ACTIVE}' AND m.person_id IS NOT NULL
      AND {RUNNING.format("a")}
    GROUP BY m.person_id
    ORDER BY bool_or(g.organization_id IS NULL AND a.organization_id IS NULL), m.person_id
    LIMIT 10""",
)
