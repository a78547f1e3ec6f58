"""Webhooks: changes of the feed, sent to an address."""

from domain.webhooks.addresses import Target, may_connect, parse_target
from domain.webhooks.messages import (
    READ_AGAIN_TYPE,
    TEST_TYPE,
    Message,
    build_headers,
    build_message_id,
    derive_secret,
    format_secret,
)
from domain.webhooks.model import (
    AFTER,
    DELIVER,
    TEST,
    Webhook,
    WebhookDelivery,
    WebhookDeliveryOutcome,
    WebhookPauseReason,
    WebhookStatus,
    build_delivery_task,
)
from domain.webhooks.retries import find_delay
from domain.webhooks.use_cases import (
    MAX_WEBHOOKS,
    create,
    delete,
    edit,
    replay,
    request_test,
    resume,
)

__all__ = [
    "AFTER",
    "DELIVER",
    "MAX_WEBHOOKS",
    "READ_AGAIN_TYPE",
    "TEST",
    "TEST_TYPE",
    "Message",
    "Target",
    "Webhook",
    "WebhookDelivery",
    "WebhookDeliveryOutcome",
    "WebhookPauseReason",
    "WebhookStatus",
    "build_delivery_task",
    "build_headers",
    "build_message_id",
    "create",
    "delete",
    "derive_secret",
    "edit",
    "find_delay",
    "format_secret",
    "may_connect",
    "parse_target",
    "replay",
    "request_test",
    "resume",
]
