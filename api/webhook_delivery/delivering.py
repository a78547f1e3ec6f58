"""The tasks of webhooks: each sends one page of the feed, outside of any transaction.

A page is sent before its place in the feed is stored. So what a crash cuts off is sent again, with
the same ids. While a message is refused, what follows it waits.
"""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from api.webhook_delivery.feed import CannotFollow, FeedReader, FeedUnavailable, Page
from api.webhook_delivery.sending import GONE, Answer, Line, Sender
from domain.kernel.background_tasks import TaskHandler
from domain.kernel.identity import TenantId
from domain.webhooks import (
    DELIVER,
    TEST,
    TEST_TYPE,
    Message,
    Webhook,
    WebhookDeliveryOutcome,
    WebhookPauseReason,
    WebhookStatus,
    build_delivery_task,
    build_headers,
    build_message_id,
    derive_secret,
    find_delay,
)
from persistence.kernel.pools import PoolSource
from persistence.kernel.wire_format import encode_id
from persistence.unit_of_work.work import Work
from persistence.unit_of_work.work import work as open_work
from persistence.webhooks.positions import (
    Delivery,
    Position,
    Start,
    add_deliveries,
    delete_old_deliveries,
    load_start,
    save_position,
)

LOOK_INTERVAL = timedelta(seconds=60)
"""Each webhook looks at the feed as often, even if nothing announced a change."""

PAUSED_INTERVAL = timedelta(days=1)
"""As often a paused webhook forgets what is too old in its log."""

MAX_SECONDS = 25.0
"""After so many seconds no further message is begun: a task must end before its lease."""

CONCURRENCY = 8
"""Messages that are sent at once. Those about one object are sent one after the other."""


@dataclass
class Run:
    """What a task did: how far it came, and what the log gets."""

    position: Position
    began_at: datetime
    subject: str = ""
    """The account whose rights count."""

    deliveries: list[Delivery] = field(default_factory=list)
    pause_reason: WebhookPauseReason | None = None
    has_more: bool = False
    has_failed: bool = False
    retry_after: timedelta | None = None
    stops_at: float = field(default_factory=lambda: time.monotonic() + MAX_SECONDS)

    @property
    def must_stop(self) -> bool:
        """Return whether no further message may be begun."""
        return self.has_failed or time.monotonic() >= self.stops_at


@dataclass(frozen=True)
class Deliverer:
    """Runs the tasks of webhooks. Its pool is beside the unit of work, for reads before it."""

    pool: PoolSource
    feed: FeedReader
    sender: Sender

    @property
    def handlers(self) -> dict[str, TaskHandler]:
        """The handlers by kind."""
        return {
            DELIVER: TaskHandler(self.deliver, calls_others=True),
            TEST: TaskHandler(self.test, calls_others=True),
        }

    async def deliver(self, work: Work, *, webhook_id: str) -> None:
        """Send the next page of a webhook, and note how far it came."""
        id = UUID(webhook_id)
        start, webhook = await self._load(work, id)
        if start is None or webhook is None:
            return
        run = Run(start.position, work.now, start.subject)
        if webhook.status is WebhookStatus.ACTIVE and not run.position.waits(work.now):
            await self._run(work, webhook, start, run)
        await self._note(work, id, run)

    async def test(self, work: Work, *, webhook_id: str, message_id: str) -> None:
        """Send a test message once."""
        id, tenant_id = UUID(webhook_id), work.actor.tenant_id
        _, webhook = await self._load(work, id)
        if webhook is None:
            return
        meta = {"tenant": encode_id("tenant", tenant_id), "webhook": encode_id("webhook", id)}
        moment = work.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        message = Message(build_message_id(id, message_id), TEST_TYPE, moment, {}, meta)
        run = Run(Position(webhook.start_id, None), work.now)
        async with self.sender.open(webhook.url) as line:
            await self._send(webhook, line, message, run)
        connection = await work.get_connection()
        if await work.find(Webhook, id=id) is not None:
            await add_deliveries(connection, tenant_id, id, run.deliveries)

    async def _load(self, work: Work, id: UUID) -> tuple[Start | None, Webhook | None]:
        """Return a webhook and where it has to go on, by a transaction that ends at once."""
        async with open_work(self.pool, work.actor, now=work.now) as reading:
            webhook = await reading.find(Webhook, id=id)
            start = await load_start(await reading.get_connection(), work.actor.tenant_id, id)
        return start, webhook

    async def _run(self, work: Work, webhook: Webhook, start: Start, run: Run) -> None:
        """Read a page and send it."""
        position, tenant_id = run.position, work.actor.tenant_id
        cursor = start.build_cursor(
            self.feed.secret, tenant_id, webhook.types, work.actor.today - timedelta(days=1)
        )
        try:
            page = await self.feed.read_page(webhook, start.subject, cursor, position, work.now)
        except CannotFollow as error:
            run.pause_reason = error.reason
            return
        position.cursor = cursor
        await self._send_page(webhook, page, run)
        _advance(run, page)
        if run.has_failed:
            _plan_retry(run, work.now)

    async def _send_page(self, webhook: Webhook, page: Page, run: Run) -> None:
        """Send what has not arrived: messages about one object in their order, others at once."""
        left = [each for each in page.messages if each.id not in run.position.sent_ids]
        if not left:
            return
        slots = asyncio.Semaphore(CONCURRENCY)

        async with self.sender.open(webhook.url) as line:

            async def send_all(messages: Iterable[Message]) -> None:
                async with slots:
                    for each in messages:
                        if run.must_stop or not await self._send(webhook, line, each, run):
                            return

            await asyncio.gather(*map(send_all, _group(left)))

    async def _send(self, webhook: Webhook, line: Line, message: Message, run: Run) -> bool:
        """Send one message and log it; return whether it arrived, or is left out."""
        now, tenant_id = datetime.now(UTC), TenantId(webhook.tenant_id)
        try:
            with_result = await self.feed.add_result(webhook, run.subject, message, now)
        except CannotFollow as error:
            run.has_failed, run.pause_reason = True, error.reason
            return False
        except FeedUnavailable:
            run.has_failed = True
            return False
        if with_result is None:
            run.position.sent_ids.add(message.id)
            return True
        message = with_result
        key_ids = webhook.list_key_ids(run.began_at)
        secrets = [derive_secret(self.feed.secret, tenant_id, each) for each in key_ids]
        headers = build_headers(message, int(now.timestamp()), secrets)
        answer = await line.send(message.body, headers)
        run.deliveries.append(
            Delivery(
                message.id,
                message.type,
                run.position.failures + 1,
                now,
                answer.outcome,
                answer.status_code,
                answer.duration_ms,
            )
        )
        if answer.has_arrived:
            run.position.sent_ids.add(message.id)
            return True
        _note_refusal(run, answer)
        return False

    async def _note(self, work: Work, id: UUID, run: Run) -> None:
        """Store what a task did, and let a worker look again."""
        webhook = await work.find(Webhook, id=id)
        if webhook is None:
            return
        connection, tenant_id = await work.get_connection(), work.actor.tenant_id
        is_active = webhook.status is WebhookStatus.ACTIVE
        if is_active and run.pause_reason is not None:
            webhook.pause(run.pause_reason)
            is_active = False
        if not is_active:  # who resumes it wants an attempt at once
            run.position.failures, run.position.next_attempt_at = 0, None
        await save_position(connection, tenant_id, id, run.position)
        if run.deliveries:
            await add_deliveries(connection, tenant_id, id, run.deliveries)
        await delete_old_deliveries(connection, tenant_id, id, work.now)
        work.enqueue(build_delivery_task(id, _find_next_look(run, work.now, is_active=is_active)))


def _group(messages: Sequence[Message]) -> list[list[Message]]:
    """Return the messages about each object, in their order. Those about none come last."""
    groups: dict[str, list[Message]] = {}
    for each in messages:
        groups.setdefault(each.group, []).append(each)
    return [*groups.values()]


def _note_refusal(run: Run, answer: Answer) -> None:
    run.has_failed = True
    run.retry_after = max(filter(None, (run.retry_after, answer.retry_after)), default=None)
    if answer.outcome is WebhookDeliveryOutcome.ADDRESS_REFUSED:
        run.pause_reason = WebhookPauseReason.ADDRESS_REFUSED
    elif answer.status_code == GONE:
        run.pause_reason = WebhookPauseReason.GONE


def _advance(run: Run, page: Page) -> None:
    """Move behind a page that has arrived as a whole; else remember what of it has arrived."""
    position = run.position
    if all(each.id in position.sent_ids for each in page.messages):
        position.cursor = page.end_cursor
        position.sequence += len(page.messages)
        position.sent_ids = set()
        position.failures, position.next_attempt_at = 0, None
        run.has_more = page.has_more
    else:
        run.has_more = not run.has_failed


def _plan_retry(run: Run, now: datetime) -> None:
    """Plan the next attempt; after the last one the webhook is paused."""
    run.position.failures += 1
    delay = find_delay(run.position.failures, run.retry_after)
    if delay is None or run.pause_reason is not None:
        run.pause_reason = run.pause_reason or WebhookPauseReason.FAILING
    else:
        run.position.next_attempt_at = now + delay


def _find_next_look(run: Run, now: datetime, *, is_active: bool) -> datetime | None:
    """Return when to look again; None means at once."""
    if not is_active:
        return now + PAUSED_INTERVAL
    if run.position.next_attempt_at is not None:
        return run.position.next_attempt_at
    return None if run.has_more else now + LOOK_INTERVAL
