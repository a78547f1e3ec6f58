"""Subscriptions: groups of subscribers that read the same, and the hub that wakes them."""
