"""`python -m benchmarks.reviews`: a packet, an answer and a list of tasks, against SQL by hand.

One tenant in a server of its own has packets with five forms each, and an open task for each form.
Both sides answer in this process, one request at a time and in turn.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import typer

from api.commands.database_url import Database
from api.commands.tenants import create_tenant
from api.identity.token_verifier import Caller
from api.kernel.execution.engine import Engine, Request
from api.kernel.execution.request_context import Stores
from api.main import tune_garbage_collector
from api.schema import get_schema
from api.settings import Settings
from benchmarks.database_cpu import analyze, list_connections
from benchmarks.processes import read_cpu_nanoseconds
from benchmarks.review_data import FORMS, OWN, QUESTIONS, ReviewData, fill
from domain.kernel.identity import TenantId
from domain.platform import FirstAdmin
from persistence.embedded import EmbeddedPostgres
from persistence.kernel.pools import create_read_pool, create_write_pool, open_connection
from persistence.kernel.schema.migrations import migrate
from persistence.reading.reader import Reader

ADMIN = "ada@okafor.example"
Ask: TypeAlias = Callable[[int], Awaitable[None]]

PACKET = """query($id: ID!) { reviewPacket(by: { id: $id }) {
 id status dueOn subject { name } level { label } reviews { nodes {
  id direction status submittedAt writer { name } answers { text answerVersion question { key } }
 } } } }"""
FLOOR_PACKET = """
SELECT row_to_json(found) FROM (SELECT 'reviewpacket_' || p.id AS id, upper(p.status) AS status,
  p.due_on AS "dueOn",
  (SELECT row_to_json(x) FROM (SELECT name FROM people
    WHERE tenant_id = $1 AND id = p.subject_id) x) AS subject,
  (SELECT row_to_json(x) FROM (SELECT label FROM rating_levels
    WHERE tenant_id = $1 AND scale_id = p.scale_id AND position = p.level) x) AS level,
  (SELECT json_agg(x) FROM (SELECT 'review_' || r.id AS id, upper(r.direction) AS direction,
     upper(r.status) AS status, r.submitted_at AS "submittedAt",
     (SELECT row_to_json(y) FROM (SELECT name FROM people
       WHERE tenant_id = $1 AND id = r.writer_id) y) AS writer,
     (SELECT json_agg(y) FROM (SELECT a.text, a.answer_version AS "answerVersion",
        json_build_object('key', q.key) AS question
       FROM review_answers a JOIN review_questions q ON q.tenant_id = $1 AND q.id = a.question_id
       WHERE a.tenant_id = $1 AND a.review_id = r.id AND a.audience <> 'hr_only'
       ORDER BY a.question_id) y) AS answers
    FROM reviews r WHERE r.tenant_id = $1 AND r.packet_id = p.id AND r.status = 'submitted'
    ORDER BY r.due_on DESC, r.id DESC LIMIT 26) x) AS reviews
 FROM review_packets p WHERE p.tenant_id = $1 AND p.id = $2 AND p.manager_id = $3) found"""
TASKS = """{ viewer { tasks { totalCount nodes { kind dueOn subject { __typename
 ... on Review { id subject { name } } ... on ReviewPacket { id subject { name } } } } } } }"""
FLOOR_TASKS = """
SELECT json_build_object('totalCount',
 (SELECT count(*) FROM todos WHERE tenant_id = $1 AND person_id = $2), 'nodes',
 (SELECT json_agg(x) FROM (SELECT upper(t.kind) AS kind, t.due_on AS "dueOn",
   CASE t.entity WHEN 'review' THEN (SELECT row_to_json(y) FROM (
     SELECT 'Review' AS __typename, 'review_' || r.id AS id,
      json_build_object('name', s.name) AS subject
     FROM reviews r JOIN people s ON s.tenant_id = $1 AND s.id = r.subject_id
     WHERE r.tenant_id = $1 AND r.id = t.subject_id AND r.writer_id = $2) y)
   ELSE (SELECT row_to_json(y) FROM (
     SELECT 'ReviewPacket' AS __typename, 'reviewpacket_' || p.id AS id,
      json_build_object('name', s.name) AS subject
     FROM review_packets p JOIN people s ON s.tenant_id = $1 AND s.id = p.subject_id
     WHERE p.tenant_id = $1 AND p.id = t.subject_id AND p.manager_id = $2) y) END AS subject
  FROM todos t WHERE t.tenant_id = $1 AND t.person_id = $2 ORDER BY t.due_on, t.id LIMIT 25) x))"""
SAVE = """mutation($input: ReviewSaveAnswerInput!) { reviewSaveAnswer(input: $input) {
 review { id status answers { text answerVersion } } errors { code message } } }"""
FLOOR_FORM = """
SELECT status, template_id FROM reviews
WHERE tenant_id = $1 AND id = $2 AND writer_id = $3 AND status IN ('not_started', 'draft')
FOR UPDATE"""
FLOOR_QUESTION = """
SELECT id FROM review_questions WHERE tenant_id = $1 AND template_id = $2 AND key = $3"""
FLOOR_SAVE = """
UPDATE review_answers SET text = $4, answer_version = answer_version + 1
WHERE tenant_id = $1 AND review_id = $2 AND question_id = $3 AND answer_version = $5 RETURNING id"""
FLOOR_ADD = """
INSERT INTO review_answers (tenant_id, id, review_id, question_id, audience, answer_version, text,
  is_not_applicable)
SELECT $1, gen_random_uuid(), $2, q.id, q.audience, 1, $4, false FROM review_questions q
WHERE q.tenant_id = $1 AND q.id = $3
ON CONFLICT (tenant_id, review_id, question_id) DO NOTHING RETURNING id"""
EMPTY_FORMS = """
DELETE FROM review_answers WHERE tenant_id = $1 AND review_id = ANY($2)"""
FLOOR_READ = """
SELECT row_to_json(found) FROM (SELECT 'review_' || r.id AS id, upper(r.status) AS status,
 (SELECT json_agg(x) FROM (SELECT text, answer_version AS "answerVersion" FROM review_answers
   WHERE tenant_id = $1 AND review_id = r.id ORDER BY question_id) x) AS answers
 FROM reviews r WHERE r.tenant_id = $1 AND r.id = $2) found"""


@dataclass
class Bench:
    """The two ways to the database of one tenant."""

    tenant: TenantId
    data: ReviewData
    pool: Any
    writing: Any
    owner_url: str
    versions: dict[UUID, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        stores = Stores(Reader(self.pool), self.writing, "secret")
        self.engine = Engine(get_schema(), stores)
        until = datetime.now(UTC) + timedelta(hours=9)
        self.caller = Caller(self.tenant, "bench", "bench", ADMIN, until, "1")

    async def ask(self, document: str, **variables: Any) -> None:
        """Send a request of which nothing may be refused."""
        request = Request(document, variables)
        response = await self.engine.execute(request, self.caller, request_id="bench")
        is_refused = b'"errors":[{' in response.body or b'":null' in response.body[:50]
        assert not is_refused, response.body

    async def read_by_hand(self, sql: str, *parameters: Any) -> None:
        """Read by hand."""
        async with self.pool.acquire() as connection:
            await connection.execute(f"BEGIN READ ONLY; SET LOCAL app.tenant_id = '{self.tenant}'")
            assert await connection.fetchval(sql, self.tenant, *parameters)
            await connection.execute("COMMIT")

    def select_packet(self, n: int) -> UUID:
        """Return a packet that the viewer decides; they come in turn."""
        return self.data.packet_ids[n * 7 % len(self.data.packet_ids)]

    def select_form(self, n: int) -> tuple[UUID, int]:
        """Return a form that the viewer writes, and the version of its first answer."""
        form = self.data.form_ids[n * 7 % len(self.data.form_ids)]
        version = self.versions.get(form, 1)
        self.versions[form] = version + 1
        return form, version

    def select_empty(self, n: int) -> tuple[UUID, str]:
        """Return a form that the viewer writes, and a question without an answer."""
        forms = self.data.form_ids
        return forms[n % len(forms)], f"q{n // len(forms) % QUESTIONS + 1}"

    async def empty(self) -> None:
        """Delete the answers of the viewer's forms."""
        async with open_connection(self.owner_url) as connection:
            await connection.execute(
                "SELECT set_config('app.tenant_id', $1, false)", str(self.tenant)
            )
            await connection.execute(EMPTY_FORMS, self.tenant, self.data.form_ids)

    async def add(self, n: int) -> None:
        """Save the first answer to a question."""
        form, key = self.select_empty(n)
        answer = {"questionKey": key, "text": "Much was done."}
        await self.ask(SAVE, input={"id": f"review_{form}", **answer})

    async def add_by_hand(self, n: int) -> None:
        """Save the first answer by hand, with the checks of the writer and the state."""
        form, key = self.select_empty(n)
        await self._write_by_hand(FLOOR_ADD, form, key, "Much was done.")

    async def _write_by_hand(self, sql: str, form: UUID, key: str, *values: Any) -> None:
        async with self.writing.acquire() as connection:
            await connection.execute(f"BEGIN; SET LOCAL app.tenant_id = '{self.tenant}'")
            found = await connection.fetchrow(FLOOR_FORM, self.tenant, form, self.data.viewer_id)
            template = found["template_id"]
            question = await connection.fetchval(FLOOR_QUESTION, self.tenant, template, key)
            assert await connection.fetchval(sql, self.tenant, form, question, *values)
            await connection.execute("COMMIT")
        await self.read_by_hand(FLOOR_READ, form)

    async def save(self, n: int) -> None:
        """Save an answer again."""
        form, version = self.select_form(n)
        answer = {"questionKey": "q1", "text": f"Version {version}"}
        input = {"id": f"review_{form}", "expectedAnswerVersion": version, **answer}
        await self.ask(SAVE, input=input)

    async def save_by_hand(self, n: int) -> None:
        """Save an answer by hand, with the checks of the writer, the state and the version."""
        form, version = self.select_form(n)
        await self._write_by_hand(FLOOR_SAVE, form, "q1", f"Version {version}", version)

    async def read_database_cpu(self) -> int:
        """Return the nanoseconds of the connections of both sides so far."""
        pids = await list_connections(self.owner_url)
        return sum(map(read_cpu_nanoseconds, pids))


class Cost(NamedTuple):
    """Milliseconds of a request: on the clock, and of CPU in this process and in PostgreSQL."""

    wall: float
    process: float
    database: float

    @property
    def cpu(self) -> float:
        """The CPU of both. Other work on the machine changes it less than the time."""
        return self.process + self.database

    def __str__(self) -> str:
        """Return the figures for a person."""
        return f"{self.wall:.2f} ms, CPU {self.process:.2f} + {self.database:.2f} ms"


def main(people: int = 2_000, requests: int = 200, rounds: int = 7) -> None:
    """Measure both ways in turn, and print the milliseconds of each and the median ratio."""
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(directory=Path(directory))
        with EmbeddedPostgres(Path(directory) / "postgres", is_durable=False) as addresses:
            migrate(addresses.owner)
            database = Database(addresses.serving, addresses.owner)
            data = asyncio.run(_fill(database, settings, people))
            analyze(addresses.owner)
            asyncio.run(_measure(database, data, requests, rounds))


async def _fill(database: Database, settings: Settings, people: int) -> ReviewData:
    admin = FirstAdmin("Ada", "Okafor", ADMIN)
    tenant = (await create_tenant(database, settings, "bench", "Bench", admin)).id
    data = await fill(database, tenant, people)
    print(
        f"{people:,} packets of {FORMS} forms with {QUESTIONS} answers, {data.tasks:,} open tasks"
    )
    return data


async def _measure(database: Database, data: ReviewData, requests: int, rounds: int) -> None:
    pool = await create_read_pool(database.serving_url, max_size=2)
    writing = await create_write_pool(database.serving_url)
    tune_garbage_collector()
    bench = Bench(data.tenant, data, pool, writing, database.required_owner_url)
    await _compare(
        bench,
        "a packet",
        lambda n: bench.ask(PACKET, id=f"reviewpacket_{bench.select_packet(n)}"),
        lambda n: bench.read_by_hand(FLOOR_PACKET, bench.select_packet(n), data.viewer_id),
        requests,
        rounds,
    )
    await _compare(bench, "saving an answer", bench.save, bench.save_by_hand, requests, rounds)
    few = min(requests, OWN * QUESTIONS * 9 // 10)
    await _compare(
        bench, "a first answer", bench.add, bench.add_by_hand, few, rounds, before=bench.empty
    )
    await _compare(
        bench,
        "viewer.tasks",
        lambda _: bench.ask(TASKS),
        lambda _: bench.read_by_hand(FLOOR_TASKS, data.viewer_id),
        requests,
        rounds,
    )
    await pool.close()
    await writing.close()


async def _compare(
    bench: Bench,
    name: str,
    ours: Ask,
    floor: Ask,
    requests: int,
    rounds: int,
    *,
    before: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Print the medians of both, and those of the ratios of each round."""
    pairs = list[list[Cost]]()
    for _ in range(rounds):
        pairs.append([])
        for each in (ours, floor):
            if before is not None:
                await before()
            pairs[-1].append(await _time(bench, each, requests))
    own, base = (
        Cost(*(median(each) for each in zip(*costs, strict=True)))
        for costs in zip(*pairs, strict=True)
    )
    wall = median(base.wall / own.wall for own, base in pairs)
    cpu = median(base.cpu / own.cpu for own, base in pairs)
    print(f"{name}: {own}; by hand {base}; ratio {wall:.2f}, of CPU {cpu:.2f}", flush=True)


async def _time(bench: Bench, ask: Ask, requests: int) -> Cost:
    """Return the mean cost of a request; the first ones are not counted."""
    for n in range(requests, requests + max(1, requests // 10)):
        await ask(n)
    began, process = time.perf_counter(), time.process_time()
    database = await bench.read_database_cpu()
    for n in range(requests):
        await ask(n)
    used = await bench.read_database_cpu() - database
    wall, process = time.perf_counter() - began, time.process_time() - process
    return Cost(*(each / requests for each in (wall * 1e3, process * 1e3, used / 1e6)))


if __name__ == "__main__":
    typer.run(main)
