"""The audit log in the graph: entries, the root field and the subscription."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, Union
from uuid import UUID

import strawberry

from api.kernel.schema.declarations import (
    TYPES,
    Connection,
    SchemaError,
    add_article,
    argument,
    graph_enum,
    list_of,
    many,
    one,
    part,
    queries,
    value,
)
from api.kernel.schema.scalars import JSON
from api.kernel.schema.subscriptions import subscription
from domain.kernel.aggregate import DEFAULT_EVENTS
from persistence.change_feed import FeedEntry
from persistence.concept import CONCEPTS
from persistence.journal_read_model import CHANGE, JOURNAL
from persistence.reading.read_model import ROOT

if TYPE_CHECKING:
    from api.kernel.schema.declarations import Node
    from api.people import Person
    from api.service_clients import ServiceClient

    JournalAction: TypeAlias = StrEnum
    JournalEntity: TypeAlias = StrEnum
    JournalSubject: TypeAlias = Node


@part(CHANGE)
class Change:
    """One changed field."""

    field: str = value("The name of the field, as in this API.")
    before: JSON | None = value(
        "The value before, in the format of this API. Null when there was none."
    )
    after: JSON | None = value(
        "The value afterwards, in the format of this API. Null when there is none."
    )


@part(
    JOURNAL,
    where=("entity", "subject_id", "action", "recorded_at", "effective_on", "request_id", "actor"),
    order_by=("recorded_at",),
)
class JournalEntry:
    """One change of one object. It is stored in the same transaction as the change, for good."""

    entity: "JournalEntity" = value("The type of the changed object.")
    action: "JournalAction" = value("What was done to the object.")
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
    service_client: "ServiceClient | None" = one(
        "The service client that made the change. Null when somebody else made it, or when the"
        " viewer may not see service clients."
    )
    subject_id: strawberry.ID = value(
        "The id of the changed object, also after the object was deleted. A filter by it is faster"
        " together with a filter by `entity`."
    )
    subject: "JournalSubject | None" = one(
        "The object in its present state. Null when it was deleted or the viewer may not see it."
    )
    cursor: str = value(
        "The place of the entry among the changes of the tenant, for `after` of a subscription."
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


_ACTIONS = {
    "created": "Created in a way for which there is no other action.",
    "changed": "Changed in a way for which there is no other action.",
    "removed": "Removed. For an account: closed, with all its roles.",
    "drafted": "Created as a draft.",
    "discarded": "Deleted while it was a draft.",
    "aligned": "Its parent goal was set, changed or removed.",
    "check_in_corrected": "A check-in was replaced by a new one.",
    "reassigned": "Given to another owner.",
    "missed": "Closed as not achieved.",
    "founded": "The tenant was created.",
    "exported": "Somebody exported what is stored about the person with `personExport`. For a"
    " tenant: an operator wrote all its data into a file.",
    "cloned": "An operator made a sandbox of the tenant: its configuration, perhaps with made-up"
    " people.",
    "restored": "Restored. For a tenant: an operator replaced all its data by that of an earlier"
    " export.",
    "deletion_scheduled": "An operator scheduled the erasure of the tenant. Until then all requests"
    " are refused.",
    "deletion_cancelled": "An operator cancelled the scheduled erasure of the tenant.",
    "configured": "An operator changed the plan or the limits of the tenant.",
    "applied": "The daily task removed data that the retention policy no longer keeps.",
    "rotated": "The keys of the issuer were read again, or replaced.",
    "grants_set": "The permissions of the role were replaced.",
    "employment_corrected": "The first or the last day of an employment was corrected.",
    "job_changed": "Facts of the job were recorded from a day on.",
    "job_corrected": "Facts or the first day of a job were corrected.",
    "job_withdrawn": "A job was removed: a mistake, or a plan that was given up.",
    "leave_corrected": "The days or the reason of a leave were corrected.",
    "leave_started": "A leave was recorded.",
    "kpi_followed": "The current value of a key result followed its KPI.",
    "line_corrected": "A reporting line was corrected, or added for past days.",
    "merged": "Merged with another record of the same human.",
    "feedback_author_revealed": "The member looked up who wrote confidential feedback.",
    "invited": "A person was invited to sign in.",
    "invitation_accepted": "The person accepted the invitation, and can sign in.",
    "access_explained": "Somebody else asked why the person can or cannot do something.",
    "access_previewed": "Somebody began to read the graph as the person sees it.",
    "line_ended": "A reporting line was ended without a new manager.",
    "published": "Published. For a KPI: a key result follows it from now on, although not everyone"
    " may see the KPI.",
    "self_appointed": "Somebody gave themselves rights that they did not hold, with a reason.",
    "added": "The review of a person became a row of a calibration session.",
    "adjusted": "The level of a row of a calibration session was changed.",
    "calibrated": "A calibration session changed the level.",
    "chosen": "The manager or HR nominated somebody.",
    "extended": "It was given more time.",
    "asked": "Another HR officer is asked to decide.",
    "blocked": "The sync run would end too many employments, so it waits for an approval.",
    "left_open": "Nobody replaced a nominee who had declined before the phase ended.",
    "left_out": "The lock of a calibration session did not write the level back.",
    "left_to_manager": "The cycle was shared without it, so its manager shares it.",
    "level_changed": "The decision about an appeal changed the level.",
    "made_interim": "The form of a former manager became an interim appraisal.",
    "names_shown": "The names of the people were shown to the members.",
    "occurred": "A day of the rule has come, and what it plans was launched.",
    "participant_extended": "The period of a person who was unratable was extended.",
    "proposal_withdrawn": "The reviewed person took a proposal back.",
    "proposing_ended": "The phase ended in which the reviewed person proposes.",
    "reminded": "Somebody was reminded of it.",
    "returned": "The decision was given back to the manager.",
    "replayed": "The webhook was moved to another cursor of the feed.",
    "scored": "The score proposed a level or an outcome.",
    "skipped": "A day of the rule has come, and nothing was launched.",
    "transferred": "Another manager decides.",
}
"""What an action means, where its name does not say it."""


audit_log = subscription(
    "audit_log",
    JournalEntry,
    "Sends an entry for each change in the tenant that the viewer may read.",
    _select_entry_id,
    entity=argument("JournalEntity", "Only changes of objects of this type. Default: all types."),
)


def declare_journal_types() -> None:
    """Declare the enums and the union that list what every registered concept adds to the log.

    Raises SchemaError for the description of an action that no concept records.
    """
    aggregates = {name: CONCEPTS[name].aggregate for name in sorted(CONCEPTS)}
    entities = StrEnum("JournalEntity", {name.upper(): name for name in aggregates})  # type: ignore[misc]
    graph_enum(
        entities,
        "The type of an object in the audit log.",
        **{
            name: f"The object is {add_article(each.__name__, quote='`')}."
            for name, each in aggregates.items()
        },
    )
    sources: dict[str, list[str]] = {}
    for each in aggregates.values():
        for event in dict.fromkeys((*each.EVENTS, *DEFAULT_EVENTS)):
            sources.setdefault(event, []).append(f"`{each.__name__}`")
    if unknown := sorted(_ACTIONS.keys() - sources.keys()):
        raise SchemaError(f"No concept records {', '.join(unknown)}. Remove the description.")
    actions = StrEnum("JournalAction", {event.upper(): event for event in sorted(sources)})  # type: ignore[misc]
    graph_enum(
        actions,
        "What an entry of the audit log records.",
        **{event: _describe_action(event, names) for event, names in sources.items()},
    )
    subject = strawberry.union(
        "JournalSubject", description="The object that an entry of the audit log is about."
    )
    types = tuple(TYPES[each.__name__] for each in aggregates.values())
    TYPES["JournalSubject"] = Annotated[Union[types], subject]  # noqa: UP007 - built from a list


def _describe_action(event: str, names: list[str]) -> str:
    text = _ACTIONS.get(event) or f"{event.replace('_', ' ').capitalize()}."
    return f"{text} Recorded for {', '.join(names)}."
