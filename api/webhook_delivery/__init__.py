"""Delivery of webhooks by workers: reads the feed as the owner, sends messages, and notes both."""
