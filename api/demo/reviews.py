"""What reviews of a tenant need: its published scales, frameworks and templates."""

from datetime import timedelta
from functools import partial
from typing import Any

from api.demo.calibrated_cycles import CalibratedCycles
from api.demo.packets import Packets
from api.demo.review_cycles import Cycles
from api.demo.review_schema import DemoReviews, DemoScoreRule, DemoTemplate
from api.demo.schema import Entry
from api.demo.simulation import Simulation
from domain import revisions
from domain.reviews import (
    CompetencyFramework,
    RatingScale,
    ReviewDirection,
    ReviewTemplate,
    ScoreRule,
    score_rules,
)
from domain.revisions import Revision


class Reviews:
    """The builder of what reviews need. HR has prepared it before the history begins."""

    def __init__(self, simulation: Simulation, data: DemoReviews) -> None:
        self.simulation, self.work, self.data = simulation, simulation.work, data
        self.documents = dict[tuple[type[Revision], str], Revision]()

    async def build(self) -> None:
        """Create and publish the documents."""
        documents: tuple[tuple[type[Revision], Entry], ...] = (
            *((RatingScale, each) for each in self.data.scales),
            *((CompetencyFramework, each) for each in self.data.frameworks),
            *((ReviewTemplate, each) for each in self.data.templates),
            *((ScoreRule, each) for each in self.data.score_rules),
        )
        for kind, entry in documents:
            at = self.work.now + timedelta(seconds=1)
            await self.simulation.perform(at, None, partial(self._publish, kind, entry))
        if self.data.answers:
            self._plan_packets()

    def find_template(self, name: str) -> ReviewTemplate | None:
        """Return the template of this name, which the tenant may have."""
        found = self.documents.get((ReviewTemplate, name))
        return found if isinstance(found, ReviewTemplate) else None

    def _plan_packets(self) -> None:
        accounts = {e.account.key: e for e in self.simulation.employees if e.account}
        template = self.documents[ReviewTemplate, self.data.templates[0].name]
        scale = self.documents[RatingScale, self.data.scales[0].name]
        assert isinstance(template, ReviewTemplate)
        assert isinstance(scale, RatingScale)
        rule = self.documents[ScoreRule, self.data.score_rules[0].name]
        packets = Packets(self.simulation, template, scale, rule.id, self.data.answers)
        name = next(e.name for e in self.data.templates if ReviewDirection.PEER in e.directions)
        peer_template = self.documents[ReviewTemplate, name]
        assert isinstance(peer_template, ReviewTemplate)
        cycles = Cycles(self.simulation, template, peer_template, scale)
        cycles.plan(accounts["manager"], accounts["employee"])
        packets.plan(accounts["manager"], accounts["employee"])
        CalibratedCycles(self.simulation, template, scale, self.data.answers).plan()

    async def _publish(self, kind: type[Revision], entry: Entry) -> None:
        values = entry.model_dump(exclude_none=isinstance(entry, DemoScoreRule))
        if isinstance(entry, DemoTemplate):
            for question in (each for one in values["sections"] for each in one["questions"]):
                self._replace_names(question)
        if isinstance(entry, DemoScoreRule):
            values["scale_id"] = self.documents[RatingScale, values.pop("scale")].id
        content = {name: values.pop(name, ()) for name in kind.LISTS}
        document: Revision
        if kind is ScoreRule:
            document = await score_rules.create(self.work, content, **values)
        else:
            document = await revisions.create(self.work, kind, content, **values)
        self.documents[kind, document.name] = document
        document.publish(at=self.work.now)
        await self.work.flush()

    def _replace_names(self, question: dict[str, Any]) -> None:
        """Let a question refer to a scale and a framework by id."""
        for name, kind in (("scale", RatingScale), ("framework", CompetencyFramework)):
            named = question.pop(name)
            question[f"{name}_id"] = self.documents[kind, named].id if named else None
