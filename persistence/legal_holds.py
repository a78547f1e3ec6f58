"""Legal holds: table, mapping and read model, and what one blocks."""

from sqlalchemy import exists, literal_column, or_

from domain.legal_holds import LegalHold, LegalHoldStatus
from persistence.concept import register_concept
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import aggregate_table, shared_alias, tenant_index
from persistence.kernel.sql_literals import literal_text
from persistence.people import PERSON
from persistence.reading.read_model import FieldContext, Row, Sql
from persistence.reading.relations import add_lookup, tenant_subquery

legal_holds = aggregate_table(
    "legal_holds",
    *columns_of(LegalHold),
    tenant_index("person_id", "status"),
    tenant_index("placed_on", "id"),
    prefix="legalhold",
)

LEGAL_HOLD = register_concept(LegalHold, legal_holds, order=("-placed_on",), affects_access=False)
LEGAL_HOLD.one("person", PERSON, lambda row, person, _: person.c.id == row.c.person_id)
add_lookup("legal_hold", LEGAL_HOLD)


_has_not_left = PERSON.blockers["erase"]


def _is_held(row: Row, context: FieldContext) -> Sql:
    """Build whether a hold of the person is in force."""
    hold = shared_alias(legal_holds)
    conditions = (
        hold.c.person_id == row.c.id,
        hold.c.status == literal_text(LegalHoldStatus.ACTIVE),
    )
    return exists(tenant_subquery(context, hold, literal_column("1"), *conditions))


PERSON.blocker(
    "erase", lambda row, context: or_(_has_not_left(row, context), _is_held(row, context))
)
