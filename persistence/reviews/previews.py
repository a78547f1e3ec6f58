"""Previews of packets: what a person will see of one once it is shared.

They are read by the rules of packets, forms and answers themselves, asked about that person as if
the packet were shared. The caller's own rules hold beside them.
"""

from sqlalchemy import FromClause, and_, select

from domain.kernel.access import Rule, assume
from domain.reviews.packets import ReviewPacket, ReviewPacketStatus
from domain.reviews.writing import Review, ReviewAnswer, ReviewStatus
from persistence.access.other_person import OtherPersonFacts
from persistence.access.rules_to_sql import compile_rule
from persistence.kernel.schema.tables import shared_alias
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.people import PERSON
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.reading.relations import follow_redirect
from persistence.reviews.packets import REVIEW, REVIEW_ANSWER, REVIEW_PACKET, reviews

REVIEW_PACKET_PREVIEW = ReadModel("ReviewPacketPreview", None)
REVIEW_PREVIEW = ReadModel("ReviewPreview", None)

PACKET_COLUMNS = (
    *("id", "subject_id", "manager_id", "second_level_id", "decided_by_id", "scale_id", "level"),
    *("starts_on", "last_day", "due_on", "level_reason", "decided_at"),
)
FORM_COLUMNS = (
    *("id", "packet_id", "writer_id", "stand_in_id", "submitted_by_id", "template_id"),
    *("direction", "due_on", "submitted_at"),
)


def will_see(rule: Rule, person_id: Sql, context: FieldContext, row: Row) -> Sql:
    """Return whether both a person, once the packet is shared, and the caller now see a row."""
    person = OtherPersonFacts(context.facts, person_id)
    return and_(
        compile_rule(rule, context.facts, row),
        compile_rule(assume(rule, "is_released", value=True), person, row),
    )


def _preview_packet(packet: Row, context: FieldContext) -> FromClause:
    """Return the packet with the id of its future reader, where the caller may share it."""
    named = context.bind_id("person_id", prefix=PERSON.prefix)
    person_id = follow_redirect(context.facts, PERSON, named)
    return (
        select(*(packet.c[each] for each in PACKET_COLUMNS), person_id.label("reader_id"))
        .where(
            compile_rule(ReviewPacket.SHARE.rule, context.facts, packet),
            will_see(ReviewPacket.SEE, person_id, context, packet),
            packet.c.status != literal_text(ReviewPacketStatus.CANCELLED),
        )
        .correlate_except()
        .offset(literal_number(0))
        .subquery()
    )


def _preview_forms(packet: Row, context: FieldContext) -> FromClause:
    """Return the forms that the reader will see. Those that are not submitted never are shown."""
    form = shared_alias(reviews)
    return (
        select(*(form.c[each] for each in FORM_COLUMNS), packet.c.reader_id)
        .where(
            form.c.tenant_id == context.facts.tenant(),
            form.c.packet_id == packet.c.id,
            form.c.status == literal_text(ReviewStatus.SUBMITTED),
            will_see(Review.SEE, packet.c.reader_id, context, form),
        )
        .order_by(form.c.due_on.desc(), form.c.id.desc())
        .correlate_except(form)
        .subquery()
    )


def _match_answer(form: Row, answer: Row, context: FieldContext) -> Sql:
    """Match the answers of a form that the reader will read, and the caller may read."""
    return and_(
        answer.c.review_id == form.c.id,
        will_see(ReviewAnswer.SEE, form.c.reader_id, context, answer),
    )


for model, origin, names in (
    (REVIEW_PACKET_PREVIEW, REVIEW_PACKET, ("subject", "manager", "second_level", "decided_by")),
    (REVIEW_PACKET_PREVIEW, REVIEW_PACKET, ("scale", "level")),
    (REVIEW_PREVIEW, REVIEW, ("writer", "submitted_by", "stand_in", "template")),
):
    for name in names:
        model.declared_fields[name] = origin.declared_fields[name]
for model, columns in ((REVIEW_PACKET_PREVIEW, PACKET_COLUMNS), (REVIEW_PREVIEW, FORM_COLUMNS)):
    for name in columns:
        if not name.endswith("id") and name != "level":
            model.value(name)
REVIEW_PREVIEW.list_of("answers", REVIEW_ANSWER, _match_answer)
REVIEW_PACKET_PREVIEW.computed_list("reviews", REVIEW_PREVIEW, _preview_forms)
REVIEW_PACKET.computed_one("preview", REVIEW_PACKET_PREVIEW, _preview_packet)
