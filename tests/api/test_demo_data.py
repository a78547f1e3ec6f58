"""The data of the demo, and the history that is simulated from it, without a database."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest

from api.demo import dataset
from api.demo.calendar import find_start
from api.demo.dataset import (
    DataError,
    check_references,
    read,
    read_dataset,
)
from api.demo.loading import simulate
from api.demo.schema import Trade
from domain.goals import Goal
from domain.kernel.access import Actor
from domain.kernel.actions import Action
from domain.kernel.aggregate import Aggregate
from domain.kernel.identity import TenantId, generate_id
from domain.kernel.wanted import Taken, Wanted
from domain.kpis.dimensions import KpiDimension, KpiDimensionMember
from domain.organizations import Organization
from domain.people import Person
from domain.provisioning import build_provisioning_actor
from domain.reviews import (
    CalibrationSession,
    CalibrationSubject,
    Review,
    ReviewCycle,
    ReviewNomination,
    ReviewNominationRound,
    ReviewPacket,
    ReviewScore,
    ScoreRule,
)
from domain.reviews.calibration.policy import ABSTAIN
from domain.reviews.cycles import ReviewParticipant
from domain.reviews.cycles.opening import LIST_MISSING
from domain.reviews.writing import ReviewAnswer
from persistence.unit_of_work.backdated import BackdatedWork

ANY_DAY = date(2027, 1, 3)
"""A Sunday in the first days of a fiscal year: the hardest day for the generated calendars."""


def ignore_progress(_what: str, _done: int, _of: int) -> None:
    """Ignore a report of progress."""


OF_REVIEWS = (
    *(Review, ReviewPacket, ReviewNomination, ReviewNominationRound, ScoreRule, ReviewScore),
    *(ReviewCycle, CalibrationSession, CalibrationSubject, Organization, Person),
)
"""What the demo reads back by its values."""


@dataclass
class LoggingWork:
    """A unit of work that permits everything, stores it in memory and logs what happened when."""

    actor: Actor
    now: datetime
    pending_count: int = 0
    open_claims: None = None
    stored: dict[UUID, Aggregate] = field(default_factory=dict)
    log: list[tuple[Any, ...]] = field(default_factory=list)
    records: list[Any] = field(default_factory=list)

    async def act_as(self, actor: Actor, at: datetime, _: UUID | None = None) -> None:
        self.actor, self.now = actor, at

    def attribute_change(self, aggregate: Aggregate) -> None:
        for event in aggregate.events:
            name = getattr(aggregate, "title", getattr(aggregate, "name", ""))
            self.log.append((self.now, aggregate.NAME, name, event.action, event.effective_on))
        aggregate.events.clear()

    async def get(self, _: type, id: UUID, **__: Any) -> Any:
        return self.stored[id]

    async def reference(self, _: type, id: UUID | None, *__: str, **___: Any) -> Any:
        return self.stored[id] if id else None

    async def add(self, aggregate: Aggregate, **_: Any) -> None:
        self.stored[aggregate.id] = aggregate

    async def find(self, kind: type, **attributes: Any) -> Any:
        alike = (each for each in self.stored.values() if type(each) is kind)
        wanted = attributes.items()
        return next((e for e in alike if all(getattr(e, k) == v for k, v in wanted)), None)

    async def load_all(self, _: type, ids: Collection[UUID], **__: Any) -> list[Any]:
        return [self.stored[each] for each in ids]

    async def is_permitted(self, *_: Any, to: Action) -> bool:
        return to is not ABSTAIN

    async def run_statement(self, statement: str, **values: Any) -> list[Any]:
        """Return who has no packet in a cycle. No other statement finds anything."""
        if statement != LIST_MISSING:
            return []
        found = await self.find_records(ReviewParticipant, cycle_id=[values["cycle_id"]])
        packets = await self.find_all(ReviewPacket, cycle_id=[values["cycle_id"]])
        known = {each.subject_id for each in packets}
        return [(each.person_id,) for each in found if each.person_id not in known]

    async def count(self, *_: Any, **__: Any) -> int:
        return 0

    def enqueue(self, *_: Any) -> None:
        """Nobody runs tasks in memory."""

    def write_records(self, *, added: Collection[Any] = (), **_: Any) -> None:
        """Keep what is read again. Values of KPIs have no entries of their own."""
        kinds = KpiDimension, KpiDimensionMember, ReviewAnswer, ReviewParticipant, ReviewScore
        self.records += [each for each in added if isinstance(each, kinds)]

    def check_unchanged(self, _: Aggregate) -> None:
        """Nothing changes meanwhile."""

    def keep_records(self, *_: Any) -> None:
        """Nothing that is replaced is read again."""

    async def find_records(self, kind: type, **keys: Collection[Any]) -> list[Any]:
        found = [each for each in self.records if type(each) is kind]
        return [e for e in found if all(getattr(e, k) in wanted for k, wanted in keys.items())]

    async def find_all(self, kind: type, **keys: Collection[Any]) -> list[Any]:
        found = [each for each in self.stored.values() if type(each) is kind in OF_REVIEWS]
        return [e for e in found if all(getattr(e, k) in wanted for k, wanted in keys.items())]

    async def find_values(
        self, kind: Any, names: Collection[str], **keys: Collection[Any]
    ) -> list[tuple[Any, ...]]:
        found = await self.find_all(kind, **keys) if kind in OF_REVIEWS else []
        return [tuple(getattr(each, name) for name in names) for each in found]

    async def list_parts(self, kind: type, **attributes: Any) -> list[Any]:
        """Return questions of templates, the only parts that the demo looks for."""
        sections = (s for each in self.stored.values() for s in getattr(each, "sections", ()))
        found = [q for s in sections for q in getattr(s, "questions", ()) if type(q) is kind]
        return [q for q in found if all(getattr(q, k) == v for k, v in attributes.items())]

    async def read(self, *wanted: Wanted) -> list[list[Any]]:
        return [await self._read(each) for each in wanted]

    async def _read(self, wanted: Wanted) -> list[Any]:
        keys = {
            name: [getattr(each, value.attribute) for each in await self._read(value.wanted)]
            if isinstance(value, Taken)
            else [value]
            for name, value in wanted.values
        }
        if "id" in keys:
            return [self.stored[each] for each in keys["id"] if each in self.stored]
        found = [*await self.list_parts(wanted.kind), *await self.find_records(wanted.kind)]
        return [e for e in found if all(getattr(e, k) in values for k, values in keys.items())]

    async def ignore(self, *_: Any, **__: Any) -> tuple[()]:
        return ()

    async def managers_between(self, *_: Any) -> set[UUID]:
        return {UUID(int=1)}

    require = lock_tree = lock_value = flush = ignore
    lock = ignore
    find_with_part = role_holders = count_holders = is_known_above = ignore


async def _simulate(slug: str, today: date) -> LoggingWork:
    content = read_dataset()
    tenant = next(each for each in content.tenants if each.slug == slug)
    since = find_start(today, tenant.settings["fiscal_year_start_month"])
    work = LoggingWork(build_provisioning_actor(TenantId(generate_id()), since.date()), since)
    await simulate(cast("BackdatedWork", work), content, tenant, today, ignore_progress)
    return work


async def test_the_history_is_the_same_every_time() -> None:
    first, second = [await _simulate("harbor", ANY_DAY) for _ in range(2)]

    assert first.log == second.log
    notes = [
        [
            each.note
            for goal in work.stored.values()
            if isinstance(goal, Goal)
            for each in goal.check_ins
        ]
        for work in (first, second)
    ]
    assert notes[0] == notes[1]


@pytest.mark.parametrize("slug", ["meridian", "harbor"])
@pytest.mark.parametrize("today", [ANY_DAY, date(2026, 11, 22), date(2028, 2, 29)])
async def test_everything_happens_in_order_and_before_today(slug: str, today: date) -> None:
    work = await _simulate(slug, today)

    times = [at for at, *_ in work.log]
    assert times == sorted(times)
    assert times[-1].date() < today
    for goal in work.stored.values():
        if isinstance(goal, Goal) and goal.closed_at:
            assert all(each.recorded_at <= goal.closed_at for each in goal.check_ins)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("5 → 60 %", "5 to 60 %", "road.yaml:4: linehaul.team_goals.0.measures.Fill"),
        ("  lead: Lead\n", "", "road.yaml:2: linehaul.lead: Field required"),
        ("  lead: Lead", "  lead: Lead\n  boss: Me", "road.yaml:4: linehaul.boss: Extra inputs"),
        ("  lead: Lead", "  lead: [Lead", "road.yaml:"),
    ],
)
def test_mistakes_in_the_data_are_located(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, before: str, after: str, message: str
) -> None:
    text = """linehaul:
  head: Head
  lead: Lead
  team_goals: [{title: Fill the trucks, measures: {Fill: 5 → 60 %}}]
  person_goals: []
  roles: []
  teams: []
  focus: []
"""
    monkeypatch.setattr(dataset, "DATA", tmp_path)
    (tmp_path / "road.yaml").write_text(text.replace(before, after), "utf-8")

    with pytest.raises(DataError) as error:
        read("road.yaml", dict[str, Trade])

    assert str(error.value).startswith(message)


def test_names_that_are_nowhere_defined_are_refused() -> None:
    content = read_dataset()
    clinic = content.tenants[1].model_copy(update={"industry": "shipping"})

    with pytest.raises(DataError, match=r"harbor.yaml: there is no industry 'shipping'"):
        check_references(clinic, content)
