"""The hub: starts subscriptions, and shares one group among those with the same selection."""

from dataclasses import dataclass, field

from api.kernel.execution.rate_limits import RateLimiter, TimePrices
from api.kernel.execution.request_context import RequestContext, Stores
from api.kernel.schema.declarations import get_read_model
from api.kernel.schema.subscriptions import SUBSCRIPTIONS
from api.kernel.subscriptions.group import SubscriptionGroup
from api.kernel.subscriptions.rights_watcher import RightsWatcher, Watch
from api.kernel.subscriptions.subscriber import Subscriber
from domain.kernel.identity import TenantId
from persistence.access.subscriber_actors import SubscriberActors
from persistence.change_cursors import locate_entry
from persistence.change_feed import ChangeFeed
from persistence.changes.sealed_cursors import find_entry_id
from persistence.kernel.fair_slots import FairSlots
from persistence.reading.batched_reads import SharedSelection
from persistence.reading.selection import Field

MAX_CONCURRENT_READS = 4
"""Groups that read at the same time, shared by tenants; requests need connections, too."""

GroupKey = tuple[TenantId, Field]


@dataclass
class SubscriptionHub:
    """All subscriptions of this process, grouped by tenant and by field of a cached document."""

    stores: Stores
    rate_limiter: RateLimiter
    time_prices: TimePrices
    _groups: dict[GroupKey, SubscriptionGroup] = field(default_factory=dict)
    _watchers: dict[TenantId, RightsWatcher] = field(default_factory=dict)
    _read_slots: FairSlots = field(default_factory=lambda: FairSlots(MAX_CONCURRENT_READS))

    def __post_init__(self) -> None:
        self._feed = ChangeFeed(self.stores.reader)

    async def subscribe(self, context: RequestContext) -> Subscriber:
        """Return a subscriber to all changes from now on, or after the cursor `after`.

        Raises TenantNotActive or AccessDenied, NotFound or Invalid for the id of an object that the
        caller cannot watch, and Invalid for a cursor that is unknown or too old.
        """
        (root,) = context.prepared_operation.roots
        assert root.field is not None, "A subscription has one field, which is compiled."
        group_key = context.caller.tenant_id, root.field
        async with context.open_snapshot() as (snapshot, run):
            arguments = dict(root.field.arguments(run))
            cursor = arguments.pop("after", None)
            watch = Watch.create(SUBSCRIPTIONS[root.field.name], root.field, arguments)
            if watch is not None:
                await watch.require_visible(snapshot.connection, run)
            after = (
                await locate_entry(
                    snapshot.connection,
                    group_key[0],
                    find_entry_id(cursor, run.secret, group_key[0]),
                )
                if cursor is not None
                else None
            )
        if group_key not in self._groups:
            await self._open_group(*group_key)
        subscriber = self._groups[group_key].add(context, arguments, after)
        if watch is not None:
            self._get_watcher(context.caller.tenant_id).add(subscriber, watch)
        return subscriber

    def _get_watcher(self, tenant_id: TenantId) -> RightsWatcher:
        """Return the watcher of the tenant's subscribers who watch one object each."""
        if tenant_id not in self._watchers:
            self._watchers[tenant_id] = RightsWatcher(
                self.stores,
                SubscriberActors(tenant_id),
                self._feed,
                self._read_slots,
                lambda: self._watchers.pop(tenant_id),
            )
        return self._watchers[tenant_id]

    async def _open_group(self, tenant_id: TenantId, subscription_field: Field) -> None:
        """Follow the tenant's feed for a new group."""
        feed_subscription, group_key = (
            await self._feed.subscribe(tenant_id),
            (tenant_id, subscription_field),
        )
        if group_key in self._groups:
            feed_subscription.unsubscribe(feed_subscription)
            return
        subscription = SUBSCRIPTIONS[subscription_field.name]
        self._groups[group_key] = SubscriptionGroup(
            self.stores,
            subscription,
            SharedSelection(get_read_model(subscription.node_type), subscription_field),
            subscription_field.response_key.encode(),
            SubscriberActors(tenant_id),
            self._feed,
            feed_subscription,
            self._read_slots,
            self.rate_limiter,
            self.time_prices,
            lambda: self._groups.pop(group_key),
        )
