"""The feed of a webhook: a page of changes as messages, read with the rights of its owner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from api.errors import RequestError
from api.identity.token_verifier import Caller
from api.kernel.execution.engine import Engine, Request
from domain.kernel.errors import Code
from domain.kernel.identity import TenantId
from domain.webhooks import READ_AGAIN_TYPE, Message, Webhook, WebhookPauseReason, build_message_id
from persistence.kernel.wire_format import encode_id
from persistence.webhooks.positions import Position

PAGE_SIZE = 100
PAGE = f"""query WebhookPage($after: String!, $types: [ChangedType!]) {{
  tenant {{ viewerCan }}
  changes(after: $after, types: $types, first: {PAGE_SIZE}) {{
    changes {{
      changeId kind type nodeId fieldsChanged recordedAt effectiveOn isDue
    }}
    typesToRead endCursor hasMore
  }}
}}"""
NEEDED_ACTION = "CREATE_WEBHOOK"
CURSOR_CODES = {Code.CURSOR_EXPIRED.name, Code.CURSOR_INVALID.name}
KINDS_WITH_RESULT = {"CREATED", "UPDATED"}
BUSY_CODES = {"THROTTLED", "TIMEOUT", "UNAVAILABLE"}
MAX_RESULT = 256 * 1024
"""Bytes of the response to a query of a webhook."""

DENIAL_CODES = {"FORBIDDEN", "UNAUTHENTICATED"}


@dataclass
class CannotFollow(Exception):
    """A webhook cannot read the feed, and has to be paused."""

    reason: WebhookPauseReason


class FeedUnavailable(Exception):
    """The feed cannot be read now; the task is tried again."""


@dataclass(frozen=True)
class Page:
    """The messages of a page of the feed, in their order, and the cursor after it."""

    messages: Sequence[Message]
    end_cursor: str
    has_more: bool


@dataclass(frozen=True)
class FeedReader:
    """Reads the feed as queries of the owner of a webhook would."""

    engine: Engine

    @property
    def secret(self) -> str:
        """The secret of the process, which seals cursors and from which keys are derived."""
        return self.engine.stores.secret

    async def read_page(
        self, webhook: Webhook, subject: str, cursor: str, position: Position, now: datetime
    ) -> Page:
        """Return the messages after a cursor. Raises CannotFollow and FeedUnavailable."""
        data = await self._ask(
            _build_caller(webhook, subject, now),
            {"after": cursor, "types": list(webhook.types) or None},
        )
        if NEEDED_ACTION not in data["tenant"]["viewerCan"]:
            raise CannotFollow(WebhookPauseReason.OWNER_WITHOUT_RIGHTS)
        page = data["changes"]
        messages = [
            _build_message(webhook, each)
            for each in page["changes"]
            if each["kind"] != "UPDATED" or webhook.is_triggered_by(each["fieldsChanged"])
        ]
        if page["typesToRead"]:
            messages.insert(0, _build_read_again(webhook, page, position, now))
        numbered = [
            _add_meta(webhook, each, position.sequence + n) for n, each in enumerate(messages, 1)
        ]
        return Page(numbered, page["endCursor"], page["hasMore"])

    async def add_result(
        self, webhook: Webhook, subject: str, message: Message, now: datetime
    ) -> Message | None:
        """Return a message with what the query of the webhook returns about its object now.

        What is gone or hidden has no result. None means that the webhook sends only matches, and
        this is none. Raises CannotFollow and FeedUnavailable.
        """
        if webhook.payload_query is None or message.data.get("kind") not in KINDS_WITH_RESULT:
            return message
        caller = _build_caller(webhook, subject, now)
        request = Request(webhook.payload_query, {"id": message.data["id"]})
        try:
            response = await self.engine.execute(request, caller, request_id="webhook")
        except RequestError as error:
            if error.code in DENIAL_CODES | BUSY_CODES:
                raise _convert(error.code) from error
            return message.add_data(result=None, errors=[_show(error.code, error.message)])
        if len(response.body) > MAX_RESULT:
            text = f"The result has more than {MAX_RESULT:,} bytes. Select less in `payloadQuery`."
            return message.add_data(result=None, errors=[_show("LIMIT_EXCEEDED", text)])
        answer = orjson.loads(response.body)
        errors = [
            _show(each["extensions"]["code"], each["message"]) for each in answer.get("errors", ())
        ]
        result = answer.get("data")
        if webhook.sends_only_matches and not errors and not _has_match(result):
            return None
        return message.add_data(result=result, errors=errors)

    async def _ask(self, caller: Caller, variables: dict[str, Any]) -> dict[str, Any]:
        try:
            response = await self.engine.execute(
                Request(PAGE, variables), caller, request_id="webhook"
            )
        except RequestError as error:
            raise _convert(error.code) from error
        answer = orjson.loads(response.body)
        for each in answer.get("errors", ()):
            raise _convert(each["extensions"]["code"])
        found: dict[str, Any] = answer["data"]
        return found


def _build_caller(webhook: Webhook, subject: str, now: datetime) -> Caller:
    """Return the owner of a webhook as a caller."""
    return Caller(TenantId(webhook.tenant_id), "", "", subject, now, "webhook")


def _has_match(result: object) -> bool:
    """Return whether a result has anything but null, zero, false, empty text and empty lists."""
    if isinstance(result, Mapping):
        return any(map(_has_match, result.values()))
    return any(map(_has_match, result)) if isinstance(result, list) else bool(result)


def _show(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message}


def _convert(code: str) -> Exception:
    if code in CURSOR_CODES:
        return CannotFollow(WebhookPauseReason.CURSOR_UNUSABLE)
    if code in DENIAL_CODES:
        return CannotFollow(WebhookPauseReason.OWNER_WITHOUT_RIGHTS)
    return FeedUnavailable(code)


def _build_message(webhook: Webhook, change: Mapping[str, Any]) -> Message:
    """Return the message of a change. It names the object and no value of it."""
    names = ("kind", "type", "fieldsChanged", "effectiveOn", "isDue")
    return Message(
        build_message_id(webhook.id, change["changeId"], change["isDue"]),
        f"{change['type']}.{change['kind']}".lower(),
        change["recordedAt"],
        {"id": change["nodeId"], **{each: change[each] for each in names}},
        group=change["nodeId"],
    )


def _build_read_again(
    webhook: Webhook, page: Mapping[str, Any], position: Position, now: datetime
) -> Message:
    """Return the message that names types to read. Its id stays while the page is sent."""
    id = build_message_id(webhook.id, READ_AGAIN_TYPE, position.start_id, position.sequence)
    moment = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Message(id, READ_AGAIN_TYPE, moment, {"types": page["typesToRead"]})


def _add_meta(webhook: Webhook, message: Message, sequence: int) -> Message:
    meta = {
        "sequence": sequence,
        "tenant": encode_id("tenant", webhook.tenant_id),
        "webhook": encode_id("webhook", webhook.id),
    }
    return Message(message.id, message.type, message.timestamp, message.data, meta, message.group)
