"""The audit log in the graph: entries, the root field and the subscription."""

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
    strawberry.union(
        "JournalSubject", description="The object that an entry of the audit log is about."
    ),
]


@part(CHANGE)
class Change:
    """One changed field."""

    field: str = value("The name of the field, in the spelling of the graph.")
    before: JSON | None = value("The value before. Null when there was none.")
    after: JSON | None = value("The value afterwards. Null when there is none.")


@part(
    JOURNAL,
    where=("entity", "action", "recorded_at", "effective_on", "request_id", "actor"),
    order_by=("recorded_at",),
)
class JournalEntry:
    """One change of one object. It is stored in the same transaction as the change, for good."""

    entity: str = value(
        "The kind of thing: goal, member, organization, person, role, team or tenant."
    )
    action: str = value("What happened, in the past tense, such as hired or checked_in.")
    recorded_at: datetime = value("When the change was made.")
    effective_on: date | None = value(
        "The day from which the change is effective. Null when it was effective at once."
    )
    request_id: str | None = value(
        "The id of the request, as in its response header `X-Request-Id`. Null for changes that no"
        " request made."
    )
    actor: "Person | None" = one(
        "The person who made the change. Null when the viewer may not see the person, or when a"
        " service client, the worker or an operator made the change."
    )
    subject: JournalSubject | None = one(
        "The object in its present state. Null when it was deleted or the viewer may not see it."
    )
    changes: list[Change] = list_of(
        "The changed fields, without those that the viewer may not see."
    )


@queries(ROOT)
class JournalQueries:
    """Root field of the audit log."""

    audit_log: Connection[JournalEntry] = many(
        "The changes in the tenant that the viewer may read, the newest first."
    )


def _select_entry_id(entry: FeedEntry, arguments: Mapping[str, Any]) -> UUID | None:
    return entry.id if arguments.get("entity") in (None, entry.entity) else None


audit_log = subscription(
    "audit_log",
    JournalEntry,
    "Sends an entry for each change in the tenant that the viewer may read.",
    _select_entry_id,
    entity=argument(
        str, "Only what happens to goals (goal), people (person) and so on, by the entry's entity."
    ),
)
