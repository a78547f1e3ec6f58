"""Legal holds in the graph: people whose data may not be erased."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from api.kernel.schema.declarations import (
    Connection,
    graph_enum,
    look_up,
    many,
    node,
    one,
    queries,
    value,
)
from api.kernel.schema.inputs import input_field, input_type
from api.kernel.schema.mutations import mutation
from api.kernel.schema.verbs import verb
from api.people import Person
from domain import legal_holds
from domain.kernel.unit_of_work import Work
from domain.legal_holds import LegalHoldStatus
from domain.legal_holds.model import REASON
from persistence.legal_holds import LEGAL_HOLD
from persistence.reading.read_model import ROOT

graph_enum(
    LegalHoldStatus,
    "Whether a legal hold is in force.",
    active="The person cannot be erased.",
    released="The hold no longer prevents an erasure.",
)


@node(
    LEGAL_HOLD,
    where=("id", "status", "placed_on", "person", "created_at"),
    order_by=("placed_on", "created_at"),
)
class LegalHold:
    """Keeps a person's data: until the release, `personErase` and retention policies leave it.

    Only those with `people:hold` over the person see it.
    """

    person: Person | None = one("The person. Null when the viewer may not see them.")
    placed_on: date = value("The day on which it was placed.")
    reason: str = value("Why the data is kept. `Erased` once the person is erased.")
    status: LegalHoldStatus = value("Whether it is in force.")
    released_at: datetime | None = value("When it was released. Null while it is in force.")
    release_reason: str | None = value(
        "Why it was released. Null while it is in force, and once the person is erased."
    )


@input_type(one_of=True)
class LegalHoldBy:
    """Identifies a legal hold by exactly one of these."""

    id: UUID | None = input_field("The legal hold's id.")


@queries(ROOT)
class LegalHoldQueries:
    """Root fields of legal holds."""

    legal_hold: LegalHold | None = look_up(
        "A legal hold. Null when there is none, or when the viewer may not see it.",
        "LegalHoldBy",
        "How the legal hold is identified.",
    )
    legal_holds: Connection[LegalHold] = many(
        "The legal holds that the viewer may see, the newest first."
    )


@input_type()
class LegalHoldPlaceInput:
    """Input of `legalHoldPlace`."""

    person_id: UUID = input_field("The person whose data is kept.", id_prefix="person")
    reason: Annotated[str, REASON] = input_field("Why the data is kept.")


@mutation(LegalHold)
async def legal_hold_place(work: Work, input: LegalHoldPlaceInput) -> legal_holds.LegalHold:
    """Keep a person's data until the hold is released. `personErase` fails with STATE_CONFLICT.

    Retention policies leave out the person, and feedback by or about them. Several holds of a
    person may be in force.
    """
    return await legal_holds.place(work, input.person_id, input.reason)


legal_hold_release = verb(
    LegalHold,
    legal_holds.LegalHold.RELEASE,
    "Release a legal hold. Other holds of the person stay in force.",
    reason=input_field("Why the data is not kept any longer."),
)
