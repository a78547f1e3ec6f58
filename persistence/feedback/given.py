"""Feedback: table, mapping and read models.

What tells when confidential feedback was written is shown to its author only: others read the day
of its release, and get no events.
"""

import json

from sqlalchemy import DateTime, Text, and_, case, cast, column, func, type_coerce
from sqlalchemy.dialects.postgresql import JSONB

from domain.feedback import (
    EXPLANATIONS,
    OUTSIDE_EXPLANATIONS,
    Feedback,
    FeedbackAudience,
    FeedbackMode,
)
from domain.feedback.policy import SEE_AUTHOR
from persistence.access.actor_facts import ActorFacts
from persistence.access.rules_to_sql import compile_rule
from persistence.concept import register_concept
from persistence.goals import GOAL
from persistence.journal_access import satisfied_then
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    EnumText,
    aggregate_table,
    tenant_foreign_key,
    tenant_index,
)
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.people import PERSON
from persistence.reading.read_model import READ_MODELS, ROOT, FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import add_lookup

feedbacks = aggregate_table(
    "feedbacks",
    *columns_of(Feedback),
    tenant_foreign_key("goal_id", "goals"),
    tenant_foreign_key("request_id", "feedback_requests"),
    tenant_index("released_on", "id"),
    tenant_index("subject_id", "released_on", "id"),
    tenant_index("author_id", "released_on", "id"),
    tenant_index("goal_id", "released_on", "id"),
    tenant_index("request_id", "released_on", "id"),
    prefix="feedback",
)

FEEDBACK = register_concept(Feedback, feedbacks, order=("-released_on",), affects_access=False)
FEEDBACK.belongs_to(PERSON, foreign_key="subject_id", one="subject", many="feedback_received")
FEEDBACK.belongs_to(GOAL, foreign_key="goal_id", one="goal", many="feedback")
FEEDBACK.one(
    "author",
    PERSON,
    lambda row, person, _: person.c.id == row.c.author_id,
    see=SEE_AUTHOR,
    key=lambda row, _: row.c.author_id,
)
PERSON.many(
    "feedback_given",
    FEEDBACK,
    lambda row, feedback, context: and_(
        feedback.c.author_id == row.c.id, compile_rule(SEE_AUTHOR, context.facts, feedback)
    ),
)


def _get_release_time(row: Row, _: FieldContext) -> Sql:
    """Return the beginning of the day of the release."""
    at = func.timezone(literal_text("UTC"), cast(row.c.released_on, DateTime()))
    return type_coerce(at, DateTime(timezone=True))


def _show_with_author(name: str, build_other: Sql | None = None) -> None:
    """Let only those who may know the author see a column that tells when it was written."""

    def build(row: Row, context: FieldContext) -> Sql:
        other = _get_release_time(row, context) if build_other is None else build_other
        return case((compile_rule(SEE_AUTHOR, context.facts, row), row.c[name]), else_=other)

    FEEDBACK.value(name, build)


_show_with_author("created_at")
_show_with_author("updated_at")
_show_with_author("version", literal_number(1))
FEEDBACK.value(
    "explanation",
    lambda row, _: case(
        *(
            (
                and_(row.c.author_id.is_(None), row.c.audience == literal_text(audience)),
                literal_text(text),
            )
            for audience, text in OUTSIDE_EXPLANATIONS.items()
        ),
        *(
            (
                and_(row.c.mode == literal_text(mode), row.c.audience == literal_text(audience)),
                literal_text(text),
            )
            for (mode, audience), text in EXPLANATIONS.items()
        ),
    ),
)


def _is_final(row: Row, context: FieldContext) -> Sql:
    is_over: Sql = row.c.released_on <= context.facts.today()
    return is_over


FEEDBACK.blocker("withdraw", _is_final)
FEEDBACK.blocker(
    "change_audience",
    lambda row, context: and_(
        row.c.mode == literal_text(FeedbackMode.CONFIDENTIAL), _is_final(row, context)
    ),
)
add_lookup("feedback", FEEDBACK)


def _hide_confidential_changes(change: ReadModel) -> None:
    """Send changes of confidential feedback to its author only: they tell the time."""
    inner = change.visibility_condition
    assert inner is not None, "The changes of a concept have a condition."

    def build_condition(facts: ActorFacts, entry: Row) -> Sql:
        return and_(inner(facts, entry), satisfied_then(FEEDBACK, facts, entry, SEE_AUTHOR))

    change.visibility_condition = build_condition


_hide_confidential_changes(READ_MODELS["FeedbackChange"])

FEEDBACK_PROMISE = ReadModel("FeedbackPromise", None)
PROMISES = literal_text(
    json.dumps(
        [
            {"mode": mode, "audience": audience, "explanation": text}
            for (mode, audience), text in EXPLANATIONS.items()
        ]
    )
)
ROOT.computed_list(
    "feedback_promises",
    FEEDBACK_PROMISE,
    lambda _row, _context: (
        func.jsonb_to_recordset(cast(PROMISES, JSONB))
        .table_valued(
            column("mode", EnumText(FeedbackMode)),
            column("audience", EnumText(FeedbackAudience)),
            column("explanation", Text()),
        )
        .render_derived(with_types=True)
    ),
)
for name in ("mode", "audience", "explanation"):
    FEEDBACK_PROMISE.value(name)
