"""The journal in the graph: what happened, to what, by whom, and what it changed."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import (
    Connection,
    argument,
    list_of,
    many,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.scalars import JSON
from api.kernel.schema.subscriptions import subscription
from persistence.change_feed import FeedEntry
from persistence.journal_read_model import CHANGE, JOURNAL
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.goals import Goal
    from api.members import Member
    from api.organizations import Organization
    from api.people import Person
    from api.roles import Role
    from api.teams import Team
    from api.tenants import Tenant

JournalSubject = Annotated[
    "Goal | Member | Organization | Person | Role | Team | Tenant",
    strawberry.union("JournalSubject", description="What an entry of the journal can be about."),
]


@part(CHANGE)
class Change:
    """One field that was changed."""

    field: str = value("The field, as inputs and answers spell it.")
    before: JSON | None = value("The value before; null where there was none.")
    after: JSON | None = value("The value afterwards; null where there is none.")


@part(
    JOURNAL,
    where=("entity", "action", "recorded_at", "effective_on", "request_id", "actor"),
    order_by=("recorded_at",),
)
class JournalEntry:
    """Something that happened, as it was written down with the change itself."""

    entity: str = value(
        "The kind of thing: goal, member, organization, person, role, team or tenant."
    )
    action: str = value("What happened, in the past tense, such as hired or checked_in.")
    recorded_at: datetime = value("When it was done.")
    effective_on: date | None = value("The day from which it counts, where that may differ.")
    request_id: str | None = value("The id of the request that did it, as its answer carried it.")
    actor: "Person | None" = one("Who did it; null for the system and for whoever is hidden.")
    subject: JournalSubject | None = one("What it happened to, as it now is.")
    changes: list[Change] = list_of(
        "The fields that it changed, as far as the viewer may see them."
    )


@queries(ROOT)
class JournalQueries:
    """Questions about what happened."""

    audit_log: Connection[JournalEntry] = many(
        "What happened in the tenant, newest first, as far as the viewer may read it."
    )


def _select_entry_id(entry: FeedEntry, arguments: Mapping[str, Any]) -> UUID | None:
    return entry.id if arguments.get("entity") in (None, entry.entity) else None


audit_log = subscription(
    "audit_log",
    JournalEntry,
    "Everything that happens in the tenant, as far as the viewer may read it.",
    _select_entry_id,
    entity=argument(
        str, "Only what happens to goals (goal), people (person) and so on, by the entry's entity."
    ),
)
