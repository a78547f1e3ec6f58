"""Webhooks: their tables and read models, where each has arrived in the feed, and their log."""

from persistence.webhooks.tables import WEBHOOK, WEBHOOK_DELIVERY

__all__ = ["WEBHOOK", "WEBHOOK_DELIVERY"]
