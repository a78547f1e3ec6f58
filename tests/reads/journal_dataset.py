"""The journal of a dataset: entries, what they store about their subjects, and tombstones."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tests.reads import sample_values as words

if TYPE_CHECKING:
    from tests.reads.dataset import TenantDataset

BASE_TIME = datetime(2025, 11, 3, 8, 15, tzinfo=UTC)
PEOPLE_BY_ENTITY = {"goal": ["viewer"], "kpi": ["viewer", "recorder"], "scorecard": ["viewer"]}
"""The lists of people that access rules ask, by entity."""

Row = dict[str, Any]


def add_journal(world: "TenantDataset", size: int) -> None:
    """Add entries about the objects of the dataset, and about some that are gone."""
    facts = AccessFactsGenerator(world)
    for n in range(size):
        entity, table = world.random.choice(words.JOURNAL_ENTITIES)
        subject = world.pick_row(table)
        about = subject["id"]
        if n % 17 == 3:
            about = UUID(int=world.random.getrandbits(128))
            if entity in words.DELETABLE_ENTITIES:
                facts.add_tombstone(entity, about, subject)
        changes = {
            name: world.random.choice([[None, "2026-01-01"], ["a", "ä"], [1, None], [["x"], {}]])
            for name in world.random.sample(words.CHANGED_FIELDS, world.random.randrange(4))
        }
        world.add_part(
            "journal",
            number=n + 1,
            seq=n % 3 + 1,
            entity=entity,
            entity_id=about,
            action=world.random.choice(["created", *words.JOURNAL_ACTIONS[entity]]),
            actor_id=world.draw_optional(world.pick_row("people")["id"], 0.8),
            changes=changes,
            recorded_at=BASE_TIME + timedelta(minutes=world.random.randrange(30)),
            effective_on=world.draw_optional(world.pick_day(-9, 9), 0.3),
            request_id=world.draw_optional(f"request-{n // 4}", 0.7),
            access_facts=facts.generate_facts(entity, subject),
        )
    for clock, number in (("rights", 1), ("journal", size)):
        row = {"tenant_id": world.tenant_id, "clock": clock, "number": number}
        world.tables["tenant_clocks"].append(row)


class AccessFactsGenerator:
    """A generator of what the journal stores about its subjects, then and at their deletion.

    It has a source of randomness of its own, so that the other rows do not depend on it.
    """

    def __init__(self, world: "TenantDataset") -> None:
        self.world = world
        self.random = Random(world.seed)

    def add_tombstone(self, entity: str, id: UUID, subject: Row) -> None:
        """Bury an object that looked like this subject, or let it vanish without a trace."""
        if self.random.random() < 0.8:
            self.world.add_row(
                "tombstones",
                id=id,
                entity=entity,
                deleted_at=BASE_TIME,
                access_facts=self._describe(entity, subject),
            )

    def generate_facts(self, entity: str, subject: Row) -> list[Row]:
        """Generate what is stored with an entry: often as it is today, else as it may have been."""
        now = self._describe(entity, subject)
        number = self.random.choice([0, 0, 0, 1, 1, 2, 3])
        if number == 3:
            return [{}]
        others = [self._describe(entity, self._pick_similar(entity)) for _ in range(number)]
        return [now, *others][-2:]

    def _pick_similar(self, entity: str) -> Row:
        table = dict(words.JOURNAL_ENTITIES)[entity]
        return self.random.choice(self.world.tables[table])

    def _describe(self, entity: str, subject: Row) -> Row:
        facts = {name: subject[name] for name in words.FACTS_BY_ENTITY.get(entity, ())}
        for name in PEOPLE_BY_ENTITY.get(entity, ()):
            facts[f"{name}_ids"] = [
                str(each["person_id"])
                for each in self.world.tables[f"{entity}_{name}s"]
                if each[f"{entity}_id"] == subject["id"]
            ]
        return {name: value for name, value in facts.items() if value is not None}
