"""Requests for feedback: table, mapping and read model."""

from sqlalchemy import or_

from domain.feedback import FeedbackRequest, FeedbackRequestStatus
from persistence.concept import register_concept
from persistence.feedback.given import FEEDBACK
from persistence.goals import GOAL
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import aggregate_table, tenant_foreign_key, tenant_index
from persistence.kernel.sql_literals import literal_text
from persistence.people import PERSON
from persistence.reading.relations import add_lookup
from persistence.reviews import REVIEW_TEMPLATE

feedback_requests = aggregate_table(
    "feedback_requests",
    *columns_of(FeedbackRequest),
    tenant_foreign_key("goal_id", "goals"),
    tenant_foreign_key("template_id", "review_templates"),
    tenant_index("due_on", "id"),
    tenant_index("subject_id", "due_on", "id"),
    tenant_index("asker_id", "due_on", "id"),
    tenant_index("respondent_id", "due_on", "id"),
    tenant_index("goal_id", "due_on", "id"),
    tenant_index("template_id"),
    prefix="feedbackrequest",
)

FEEDBACK_REQUEST = register_concept(
    FeedbackRequest, feedback_requests, order=("due_on",), affects_access=False
)
FEEDBACK_REQUEST.one("subject", PERSON, lambda row, person, _: person.c.id == row.c.subject_id)
FEEDBACK_REQUEST.one("asker", PERSON, lambda row, person, _: person.c.id == row.c.asker_id)
FEEDBACK_REQUEST.one(
    "respondent", PERSON, lambda row, person, _: person.c.id == row.c.respondent_id
)
FEEDBACK_REQUEST.one(
    "template", REVIEW_TEMPLATE, lambda row, other, _: other.c.id == row.c.template_id
)
PERSON.many(
    "feedback_requested",
    FEEDBACK_REQUEST,
    lambda row, asked, _: asked.c.asker_id == row.c.id,
)
FEEDBACK_REQUEST.belongs_to(GOAL, foreign_key="goal_id", one="goal", many="feedback_requests")
FEEDBACK.belongs_to(FEEDBACK_REQUEST, foreign_key="request_id", one="request", many="answers")
FEEDBACK_REQUEST.blocker(
    "give_feedback",
    lambda row, context: or_(
        row.c.status != literal_text(FeedbackRequestStatus.OPEN),
        row.c.respondent_id.is_distinct_from(context.facts.person()),
    ),
)
FEEDBACK_REQUEST.blocker("renew_link", lambda row, _: row.c.respondent_id.is_not(None))
add_lookup("feedback_request", FEEDBACK_REQUEST)
