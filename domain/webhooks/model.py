"""The aggregate of a webhook: a place in the feed of changes, with an address."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from domain.kernel.access import Holds, InheritedFrom
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate, Part
from domain.kernel.background_tasks import BackgroundTask
from domain.kernel.errors import Code, Invalid, StateConflict
from domain.kernel.fields import DERIVED, EDITABLE, Formatted, MultiLine, SingleLine, name_rule
from domain.kernel.identity import generate_id
from domain.kernel.labels import Labels
from domain.kernel.lifecycle import Lifecycle
from domain.kernel.permissions import Permission
from domain.webhooks.addresses import MAX_URL_LENGTH, validate_url

MANAGE = Holds(Permission.MEMBERS_MANAGE)
"""Who manages service clients. A webhook belongs to no organization, so it counts over everyone."""

DELIVER = "webhook.deliver"
TEST = "webhook.test"
"""The kinds of tasks."""

FORMER_KEY_LIFETIME = timedelta(hours=24)
MAX_CURSOR_LENGTH = 250
MAX_FIELDS = 50
FIELDS = Labels("A webhook", "trigger fields", MAX_FIELDS, "The field", 100)
QUERY = MultiLine("The query", 10_000)
AFTER = SingleLine("The cursor", max_length=MAX_CURSOR_LENGTH)


class WebhookStatus(StrEnum):
    """Whether a webhook sends messages."""

    ACTIVE = "active"
    PAUSED = "paused"


class WebhookPauseReason(StrEnum):
    """Why a webhook is paused."""

    REQUESTED = "requested"
    FAILING = "failing"
    GONE = "gone"
    ADDRESS_REFUSED = "address_refused"
    OWNER_WITHOUT_RIGHTS = "owner_without_rights"
    CURSOR_UNUSABLE = "cursor_unusable"


class WebhookDeliveryOutcome(StrEnum):
    """The result of an attempt to deliver a message."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    ADDRESS_REFUSED = "address_refused"


LIFECYCLE = Lifecycle[WebhookStatus](
    {
        WebhookStatus.ACTIVE: frozenset({WebhookStatus.PAUSED}),
        WebhookStatus.PAUSED: frozenset({WebhookStatus.ACTIVE}),
    }
)


@dataclass(kw_only=True, eq=False)
class WebhookDelivery(Part):
    """An attempt to deliver a message, without what the message says. Workers write these."""

    NAME = "webhook_delivery"
    SEE = InheritedFrom("webhook_id", "webhook", MANAGE)

    webhook_id: UUID
    message_id: str
    message_type: str
    attempt: int
    attempted_at: datetime
    outcome: WebhookDeliveryOutcome
    status_code: int | None = None
    duration_ms: int


@dataclass(kw_only=True, eq=False)
class Webhook(Aggregate):
    """A place in the feed, with an address. It sends what `owner_id`, an account, may see.

    Who directs it owns it: who creates it, changes the address or the query, or lets it go on or
    begin elsewhere. Then
    `start_id` changes, and `start_after` is the cursor; it is None where it began when created.
    A change is sent if it is about one of the `trigger_fields`, or if there are none. The
    `payload_query` is evaluated for each message, with the rights of the owner. With
    `sends_only_matches`, a message is left out where the query finds nothing.
    """

    NAME = "webhook"
    SEE = MANAGE
    SEE_HISTORY = Holds(Permission.AUDIT_READ)
    KNOWN_FACTS = frozenset({"status"})
    CREATE: ClassVar = Action("create", MANAGE)
    EDIT: ClassVar = Action("edit", MANAGE)
    PAUSE: ClassVar = Action("pause", MANAGE, WebhookStatus.ACTIVE)
    RESUME: ClassVar = Action("resume", MANAGE, WebhookStatus.PAUSED)
    ROTATE_SECRET: ClassVar = Action("rotate_secret", MANAGE)
    TEST: ClassVar = Action("test", MANAGE)
    REPLAY: ClassVar = Action("replay", MANAGE)
    DELETE: ClassVar = Action("delete", MANAGE, deletes=True)
    ACTIONS = (EDIT, PAUSE, RESUME, ROTATE_SECRET, TEST, REPLAY, DELETE)
    EVENTS = (
        *("created", "edited", "paused", "resumed", "secret_rotated", "tested", "replayed"),
        "deleted",
    )

    owner_id: UUID
    name: Annotated[str, name_rule("The name", 100), EDITABLE]
    url: Annotated[str, Formatted("The address", validate_url, MAX_URL_LENGTH), EDITABLE]
    types: tuple[str, ...] = ()
    trigger_fields: Annotated[tuple[str, ...], FIELDS, EDITABLE] = ()
    payload_query: Annotated[str | None, QUERY, EDITABLE] = None
    sends_only_matches: Annotated[bool, EDITABLE] = False
    status: WebhookStatus = WebhookStatus.ACTIVE
    pause_reason: WebhookPauseReason | None = None
    key_id: Annotated[UUID, DERIVED]
    former_key_id: Annotated[UUID | None, DERIVED] = None
    former_key_until: Annotated[datetime | None, DERIVED] = None
    start_id: Annotated[UUID, DERIVED]
    start_after: Annotated[str | None, DERIVED] = None

    def list_tasks(self) -> Iterable[BackgroundTask]:
        """Return the task that sends messages; it looks again by itself."""
        return [build_delivery_task(self.id)] if self.events else []

    def pause(self, reason: WebhookPauseReason = WebhookPauseReason.REQUESTED) -> None:
        """Send nothing until it is resumed. Raises StateConflict."""
        self._change_status(WebhookStatus.PAUSED)
        self.pause_reason = reason
        self.record_event("paused")

    def give_to(self, owner_id: UUID) -> None:
        """Let an account own it. Raises StateConflict.

        A query with the rights of an account must not go to an address that only somebody else
        chose. So who takes it over states both in an edit.
        """
        if owner_id != self.owner_id and self.payload_query is not None:
            raise StateConflict(
                "The payload query of this webhook reads with the rights of its owner. To become"
                " the owner, send `url` and `payloadQuery` with `webhookEdit`."
            )
        self.owner_id = owner_id

    def resume(self, owner_id: UUID) -> None:
        """Go on where it stopped, with the rights of this account. Raises StateConflict."""
        self._change_status(WebhookStatus.ACTIVE)
        self.give_to(owner_id)
        self.pause_reason = None
        self.record_event("resumed")

    def rotate_secret(self, at: datetime) -> None:
        """Sign with a new key; the present one signs too for a day."""
        self.former_key_id, self.key_id = self.key_id, generate_id()
        self.former_key_until = at + FORMER_KEY_LIFETIME
        self.record_event("secret_rotated")

    def test(self) -> None:
        """Note that a test was asked for."""
        self.record_event("tested")

    def replay(self, after: Annotated[str, AFTER], owner_id: UUID) -> None:
        """Begin after a cursor, with the rights of this account, also if it was paused.

        Raises StateConflict.
        """
        self.give_to(owner_id)
        self.start_id, self.start_after = generate_id(), after
        self.status, self.pause_reason = WebhookStatus.ACTIVE, None
        self.record_event("replayed")

    def is_triggered_by(self, fields: Collection[str]) -> bool:
        """Return whether an update of these fields is sent."""
        return not self.trigger_fields or not set(self.trigger_fields).isdisjoint(fields)

    def require_query(self) -> None:
        """Raise Invalid where matches are asked for, and no query finds any."""
        if self.sends_only_matches and self.payload_query is None:
            message = "`sendsOnlyMatches` needs a `payloadQuery`. Send a query, too."
            raise Invalid(message, "sendsOnlyMatches", code=Code.INCONSISTENT)

    def list_key_ids(self, at: datetime) -> list[UUID]:
        """Return the keys that sign at this moment, the present one first."""
        keys = [self.key_id]
        if self.former_key_id and self.former_key_until and at < self.former_key_until:
            keys.append(self.former_key_id)
        return keys

    def _change_status(self, status: WebhookStatus) -> None:
        self.status = LIFECYCLE.transition(self.status, status)


def build_delivery_task(id: UUID, not_before: datetime | None = None) -> BackgroundTask:
    """Return the task that sends the messages of a webhook; there is one at a time."""
    return BackgroundTask(DELIVER, {"webhook_id": str(id)}, str(id), not_before)
