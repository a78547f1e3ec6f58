"""What reviews of a tenant need: its published rating scales."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from api.demo.review_schema import DemoReviews
from api.demo.simulation import Simulation
from domain import revisions
from domain.reviews import RatingScale
from domain.revisions import Revision


class Reviews:
    """The builder of what reviews need. HR has prepared it before the history begins."""

    def __init__(self, simulation: Simulation, data: DemoReviews) -> None:
        self.simulation, self.work, self.data = simulation, simulation.work, data

    async def build(self) -> None:
        """Create and publish the rating scales."""
        for each in self.data.scales:
            values = each.model_dump()
            content = {"levels": values.pop("levels")}
            at = self.work.now + timedelta(seconds=1)
            publish = partial(self._publish, RatingScale, content, values)
            await self.simulation.perform(at, None, publish)

    async def _publish(
        self, kind: type[Revision], content: Mapping[str, Any], details: Mapping[str, Any]
    ) -> None:
        document = await revisions.create(self.work, kind, content, **details)
        document.publish(at=self.work.now)
        await self.work.flush()
