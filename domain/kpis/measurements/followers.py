"""What follows the values of KPIs, in concepts that KPIs do not import, such as goals.

Such a concept declares a follower. It is called in the transaction of each change of values, after
the computed KPIs above them have followed.
"""

from collections.abc import Awaitable, Callable, Collection
from typing import TypeAlias
from uuid import UUID

from domain.kernel.unit_of_work import Work

Follower: TypeAlias = Callable[[Work, Collection[UUID]], Awaitable[None]]
"""It takes the ids of the KPIs whose values have changed, computed ones included."""

FOLLOWERS: list[Follower] = []


def follows_values(follower: Follower) -> Follower:
    """Declare a follower."""
    FOLLOWERS.append(follower)
    return follower


async def notify_followers(work: Work, kpi_ids: Collection[UUID]) -> None:
    """Let everything that follows these KPIs do so."""
    for each in FOLLOWERS:
        await each(work, kpi_ids)
