"""Tenants whose journal has new entries, for those in this process who follow it.

It saves work of each commit. A follower must also look by itself: a crash forgets the tenants.
"""

from domain.kernel.identity import TenantId

FOLLOWERS: list[set[TenantId]] = []
"""The sets to which each tenant is added whose changes were committed by this process."""


def announce_change(tenant_id: TenantId) -> None:
    """Tell all followers that a tenant has new entries."""
    for each in FOLLOWERS:
        each.add(tenant_id)
