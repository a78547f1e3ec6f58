"""What reviews of a tenant need: its published scales and frameworks."""

from datetime import timedelta
from functools import partial

from api.demo.review_schema import DemoReviews
from api.demo.schema import Entry
from api.demo.simulation import Simulation
from domain import revisions
from domain.reviews import CompetencyFramework, RatingScale
from domain.revisions import Revision


class Reviews:
    """The builder of what reviews need. HR has prepared it before the history begins."""

    def __init__(self, simulation: Simulation, data: DemoReviews) -> None:
        self.simulation, self.work, self.data = simulation, simulation.work, data

    async def build(self) -> None:
        """Create and publish the documents."""
        documents: tuple[tuple[type[Revision], Entry], ...] = (
            *((RatingScale, each) for each in self.data.scales),
            *((CompetencyFramework, each) for each in self.data.frameworks),
        )
        for kind, entry in documents:
            at = self.work.now + timedelta(seconds=1)
            await self.simulation.perform(at, None, partial(self._publish, kind, entry))

    async def _publish(self, kind: type[Revision], entry: Entry) -> None:
        values = entry.model_dump()
        content = {name: values.pop(name) for name in kind.LISTS}
        document = await revisions.create(self.work, kind, content, **values)
        document.publish(at=self.work.now)
        await self.work.flush()
