"""`python -m benchmarks.review_cycles`: plan and launch a review cycle, and open its packets.

One tenant in a server of its own has people in teams of ten. All runs in this process. With
`--complete` all packets are written, decided, shared and signed after that.
"""

import asyncio
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import typer

from api.commands.database_url import Database
from api.commands.tenants import create_tenant
from api.settings import Settings
from benchmarks.review_cycle_run import AT_ONCE, CycleRun, Report
from domain.kernel.access import Actor
from domain.kernel.identity import PersonId, TenantId
from domain.kernel.permissions import Grant, Permission
from domain.platform import FirstAdmin
from domain.reviews import ReviewCycle, ReviewDirection, ReviewTemplate
from domain.reviews.cycles import (
    ReviewPhaseKind,
    ReviewSelectionKind,
    launching,
    planning,
)
from domain.reviews.templates import QuestionKind
from persistence.embedded import EmbeddedPostgres
from persistence.kernel.pools import Pool, create_write_pool, open_connection
from persistence.kernel.schema.migrations import migrate
from persistence.unit_of_work.work import work

TEAM = 10
FIRST_DAY, LAST_DAY = date(2026, 1, 1), date(2026, 6, 30)
SECTION = {
    "key": "results",
    "title": "Results",
    "questions": [{"key": "went_well", "kind": QuestionKind.TEXT, "text": "What went well?"}],
}
ADD_PEOPLE = """
INSERT INTO people (tenant_id, id, version, created_at, updated_at, hired_on, given_name,
  family_name, name, record_status)
SELECT $1, lpad(to_hex(n), 32, '0')::uuid, 1, now(), now(), '2020-01-01', 'P' || n, '', 'P' || n,
  'current' FROM generate_series(1, $2::int) n"""
ADD_EMPLOYMENTS = """
INSERT INTO employments (tenant_id, id, person_id, hired_on)
SELECT tenant_id, gen_random_uuid(), id, hired_on
FROM people WHERE tenant_id = $1 AND name LIKE 'P%'"""
ADD_JOBS = """
INSERT INTO jobs (tenant_id, id, person_id, starts_on, level, state, stated_facts, created_at,
  updated_at)
SELECT tenant_id, gen_random_uuid(), id, hired_on, 'L1', 'current', '["level"]', now(), now()
FROM people WHERE tenant_id = $1 AND name LIKE 'P%'"""
ADD_LINES = """
INSERT INTO reporting_lines (tenant_id, id, person_id, manager_id, kind, starts_on)
SELECT $1, gen_random_uuid(), lpad(to_hex(n), 32, '0')::uuid,
  lpad(to_hex(greatest(1, n / $3::int)), 32, '0')::uuid, 'primary', '2020-01-01'
FROM generate_series(2, $2::int) n"""


@dataclass(frozen=True)
class Measured:
    """What was planned, and the seconds of each step."""

    participants: int
    reviews: int
    seconds: Mapping[str, float]
    run: CycleRun


def main(people: int = 10_000, complete: bool = False) -> None:  # noqa: FBT001, FBT002 - an option
    """Measure the steps, and print the seconds of each."""
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(directory=Path(directory))
        with EmbeddedPostgres(Path(directory) / "postgres", is_durable=False) as addresses:
            migrate(addresses.owner)
            database = Database(addresses.serving, addresses.owner)
            found = asyncio.run(measure(database, settings, people, is_complete=complete))
    print(f"{found.participants:,} participants, {found.reviews:,} reviews")
    for name, seconds in found.seconds.items():
        print(f"{name}: {seconds:.1f} s")


async def measure(
    database: Database,
    settings: Settings,
    people: int,
    *,
    is_complete: bool,
    slug: str = "bench",
    report: Report = lambda what, done, total: print(f"{what}: {done:,} of {total:,}"),
) -> Measured:
    """Plan, launch and open a cycle in a new tenant, and bring it to its end if wanted."""
    admin = FirstAdmin("Ada", "Okafor", "ada@okafor.example")
    tenant = (await create_tenant(database, settings, slug, "Bench", admin)).id
    await _fill(database, tenant, people)
    async with await create_write_pool(database.serving_url, max_size=AT_ONCE) as pool:
        cycle = await _create_cycle(pool, tenant)
        run = CycleRun(pool, tenant, cycle, report)
        started_at = time.perf_counter()
        async with work(pool, _build_actor(tenant), now=datetime.now(UTC)) as begun:
            found = await planning.plan(
                begun, await begun.get(ReviewCycle, cycle, to=ReviewCycle.PLAN)
            )
        planned_at = time.perf_counter()
        async with work(pool, _build_actor(tenant), now=datetime.now(UTC)) as begun:
            await launching.launch(begun, cycle)
        launched_at = time.perf_counter()
        await run.open()
        if is_complete:
            await run.complete()
    seconds = {"plan": planned_at - started_at, "launch": launched_at - planned_at}
    reviews = sum(len(each.reviews) for each in found.participants)
    return Measured(len(found.participants), reviews, seconds | run.seconds, run)


def _build_actor(tenant: TenantId) -> Actor:
    held = (Permission.REVIEWS_MANAGE, Permission.EMPLOYMENT_MANAGE)
    return Actor(tenant, datetime.now(UTC).date(), grants=frozenset(map(Grant, held)))


async def _create_cycle(pool: Pool, tenant: TenantId) -> UUID:
    """Create a cycle of everybody at level 1 but the first person, who has no manager."""
    template = ReviewTemplate.create(tenant, {"sections": [SECTION]}, name="Half year")
    template.publish(at=datetime.now(UTC))
    directions = (ReviewDirection.SELF, ReviewDirection.MANAGER, ReviewDirection.UPWARD)
    phases = (ReviewPhaseKind.SELF, ReviewPhaseKind.PEERS, ReviewPhaseKind.MANAGER)
    excluded = [
        {
            "kind": ReviewSelectionKind.EXCLUDED,
            "person_id": PersonId(UUID(int=1)),
            "reason": "Founder.",
        }
    ]
    content = {
        "directions": [{"direction": each, "template_id": template.id} for each in directions],
        "phases": [{"kind": each, "starts_on": LAST_DAY, "last_day": LAST_DAY} for each in phases],
        "selections": excluded,
    }
    cycle = ReviewCycle.create(
        tenant, content, name="Bench", starts_on=FIRST_DAY, last_day=LAST_DAY, levels=["L1"]
    )
    async with work(pool, _build_actor(tenant), now=datetime.now(UTC)) as begun:
        await begun.add(template, to=ReviewTemplate.CREATE)
        await begun.flush()
        await begun.add(cycle, to=ReviewCycle.CREATE)
    return cycle.id


async def _fill(database: Database, tenant: TenantId, people: int) -> None:
    async with open_connection(database.required_owner_url) as connection:
        await connection.execute("SELECT set_config('app.tenant_id', $1, false)", str(tenant))
        await connection.execute(ADD_PEOPLE, tenant, people)
        await connection.execute(ADD_EMPLOYMENTS, tenant)
        await connection.execute(ADD_JOBS, tenant)
        await connection.execute(ADD_LINES, tenant, people, TEAM)


if __name__ == "__main__":
    typer.run(main)
