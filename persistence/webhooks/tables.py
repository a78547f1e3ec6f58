"""Webhooks: tables, mapping and read models."""

from sqlalchemy import BigInteger, Column, DateTime, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from domain.webhooks import Webhook, WebhookDelivery
from persistence.concept import register_concept, register_part
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import (
    aggregate_table,
    entity_table,
    link_table,
    parent_foreign_key,
    tenant_foreign_key,
    tenant_index,
)
from persistence.members import MEMBER
from persistence.reading.read_model import ROOT
from persistence.reading.relations import add_lookup

webhooks = aggregate_table(
    "webhooks",
    *columns_of(Webhook),
    tenant_foreign_key("owner_id", "members"),
    tenant_index("name_sort_key", "id"),
    tenant_index("owner_id"),
    prefix="webhook",
)

webhook_deliveries = entity_table(
    "webhook_deliveries",
    *columns_of(WebhookDelivery),
    parent_foreign_key("webhook_id", "webhooks"),
    tenant_index("webhook_id", "attempted_at"),
    prefix="delivery",
)
"""The log: workers add to it, and keep it for 30 days."""

webhook_positions = link_table(
    "webhook_positions",
    Column("webhook_id", Uuid, nullable=False),
    Column("start_id", Uuid, nullable=False),
    Column("cursor", Text),
    Column("sent_ids", JSONB, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("next_attempt_at", DateTime(timezone=True)),
    parent_foreign_key("webhook_id", "webhooks"),
    key=("webhook_id",),
)
"""Where a webhook has arrived in the feed. Progress changes nothing of the webhook itself."""

WEBHOOK = register_concept(Webhook, webhooks, order=("name",), affects_access=False)
WEBHOOK_DELIVERY = register_part(
    WebhookDelivery, webhook_deliveries, order=("-attempted_at", "-id")
)

WEBHOOK.one("owner", MEMBER, lambda row, member, _: member.c.id == row.c.owner_id)
WEBHOOK_DELIVERY.one("webhook", WEBHOOK, lambda row, webhook, _: webhook.c.id == row.c.webhook_id)
ROOT.many("webhook_deliveries", WEBHOOK_DELIVERY)
add_lookup("webhook", WEBHOOK)
