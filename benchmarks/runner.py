"""The runner: each contender answers each case alone on the machine, in several rounds.

Before anything is measured, the answers of all contenders are held against those of the first.
"""

import asyncio
import json
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.answers import difference, objects, plain
from benchmarks.cases import Case
from benchmarks.contenders import POOL, Contender
from benchmarks.dataset.loading import HOME, Bench
from benchmarks.load import Load, Request, drive
from benchmarks.personas import Persona
from benchmarks.processes import cpu_seconds, parent_of, resident_megabytes, running
from benchmarks.questions import Question
from benchmarks.tidying import now, tidy

COMPARED = 20
"""Questions of each case whose answers are compared."""


UNPUBLISHED = "DROP SCHEMA IF EXISTS published CASCADE;"


class Unequal(Exception):
    """Two contenders answer differently, so their speeds say nothing."""


@dataclass(frozen=True)
class Plan:
    """What is measured, how long and by what."""

    cases: Sequence[Case]
    contenders: Sequence[Contender]
    connections: Sequence[int]
    rounds: int
    seconds: float
    client: str

    def of(self, contender: Contender) -> list[Case]:
        """The cases that are put to a contender."""
        return [case for case in self.cases if contender.takes_part(case)]


@dataclass(frozen=True)
class Figure:
    """One measurement; CPU in milliseconds for each request, by the contender and by PostgreSQL."""

    case: str
    contender: str
    connections: int
    round: int
    rate: float
    p50: float
    p99: float
    errors: int
    own_cpu: float | None
    database_cpu: float | None
    megabytes: float | None


@dataclass(frozen=True)
class Asked:
    """Who asks what: everybody by key, and the questions of each case."""

    personas: Mapping[str, Persona]
    questions: Mapping[str, Sequence[Question]]


@dataclass(frozen=True)
class Running:
    """A contender that answers."""

    contender: Contender
    process: int
    port: int
    asked: Asked

    def requests(self, case: Case) -> list[Request]:
        """The case's questions, as this contender is asked."""
        path = self.contender.path.format(case=case.name)
        return [
            Request(
                path,
                dict(self.contender.headers(persona)),
                self.contender.body(case, each.variables, persona),
            )
            for each in self.asked.questions[case.name]
            for persona in (self.asked.personas[each.persona],)
        ]

    def answers(self, case: Case) -> list[Any]:
        """What is answered to the first questions, in a form that can be compared."""
        return [self.answer(each) for each in self.requests(case)[:COMPARED]]

    def answer(self, request: Request) -> Any:
        """What is answered to one request."""
        asking = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{request.path}",
            request.body,
            {**request.headers, "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(asking, timeout=60) as answer:
                told = json.load(answer)
        except urllib.error.HTTPError as error:
            raise Unequal(f"{self.contender.name}: {error.code} {error.read()[:2000]!r}") from None
        if told.get("errors"):
            raise Unequal(f"{self.contender.name}: {told['errors']}")
        return plain(told["data"])


def compare(bench: Bench, plan: Plan, asked: Asked) -> dict[str, int]:
    """Check that all contenders answer alike; the length of each case's answers, in objects."""
    expected: dict[str, list[Any]] = {}
    for contender in plan.contenders:
        with started(bench, contender, asked) as it:
            for case in plan.of(contender):
                given = _given(bench, it, case)
                first = expected.setdefault(case.name, given)
                for number, (was, now) in enumerate(zip(first, given, strict=True)):
                    if where := difference(was, now):
                        raise Unequal(
                            f"{case.name}: {plan.contenders[0].name} and {contender.name}"
                            f" differ in question {number} at {where}"
                        )
    return {name: sum(map(objects, answers)) // len(answers) for name, answers in expected.items()}


def _given(bench: Bench, it: Running, case: Case) -> list[Any]:
    with tidied(bench, wanted=case.writes):
        return it.answers(case)


@contextmanager
def tidied(bench: Bench, *, wanted: bool = True) -> Iterator[None]:
    """What is written until the context ends is taken away then."""
    since = asyncio.run(now(bench)) if wanted else None
    try:
        yield
    finally:
        if wanted:
            asyncio.run(tidy(bench, since))


def measure(bench: Bench, plan: Plan, asked: Asked) -> Iterator[Figure]:
    """All measurements: in each round every contender, started anew, has its turn at each case.

    So those who are compared are driven within seconds of one another: a machine is seldom as fast
    as it was a minute ago.
    """
    postmaster = asyncio.run(postmaster_of(bench))
    for number in range(plan.rounds):
        with ExitStack() as running:
            ready = [
                running.enter_context(started(bench, each, asked))
                for each in sorted(plan.contenders, key=_publishes)
            ]
            for case in plan.cases:
                for it in sorted(ready, key=lambda it: plan.contenders.index(it.contender)):
                    if case not in plan.of(it.contender):
                        continue
                    with tidied(bench, wanted=case.writes):
                        _drive(plan, it, case, plan.connections[0], max(1, plan.seconds // 3))
                        for connections in plan.connections:
                            yield _measured(plan, it, case, connections, (number, postmaster))


def _publishes(contender: Contender) -> bool:
    """Trellis does not start beside views that it does not know: they come when it runs."""
    return contender.views is not None


def _measured(
    plan: Plan, it: Running, case: Case, connections: int, at: tuple[int, int | None]
) -> Figure:
    number, postmaster = at
    before = cpu_seconds(it.process), postmaster and cpu_seconds(postmaster)
    load = _drive(plan, it, case, connections, plan.seconds)
    after = cpu_seconds(it.process), postmaster and cpu_seconds(postmaster)
    return Figure(
        case=case.name,
        contender=it.contender.name,
        connections=connections,
        round=number,
        rate=round(load.rate, 1),
        p50=round(load.p50, 2),
        p99=round(load.p99, 2),
        errors=load.errors,
        own_cpu=_each(before[0], after[0], load),
        database_cpu=_each(before[1], after[1], load),
        megabytes=resident_megabytes(it.process),
    )


def _drive(plan: Plan, it: Running, case: Case, connections: int, seconds: float) -> Load:
    requests = it.requests(case)
    return drive(it.port, requests, connections=connections, seconds=seconds, by=plan.client)


def _each(before: float | None, after: float | None, load: Load) -> float | None:
    if before is None or after is None or not load.requests:
        return None
    return round((after - before) / load.requests * 1000, 3)


@contextmanager
def started(bench: Bench, contender: Contender, asked: Asked) -> Iterator[Running]:
    """A contender that answers until the context ends."""
    environment = {
        "TRELLIS_SERVING_URL": bench.addresses.serving,
        "TRELLIS_DIRECTORY": str(HOME),
        "TRELLIS_POOL_SIZE": str(POOL),
    }
    with (
        _published(bench, contender.views),
        running(contender.name, contender.command, environment) as (process, port),
    ):
        yield Running(contender, process, port, asked)


@contextmanager
def _published(bench: Bench, views: Path | None) -> Iterator[None]:
    """The views of a contender, which are gone again before Trellis looks at what it serves."""
    asyncio.run(_executed(bench, UNPUBLISHED + (views.read_text() if views else "")))
    try:
        yield
    finally:
        if views:
            asyncio.run(_executed(bench, UNPUBLISHED))


async def _executed(bench: Bench, statements: str) -> None:
    connection = await asyncpg.connect(bench.superuser)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


async def postmaster_of(bench: Bench) -> int | None:
    """The process above all that PostgreSQL runs."""
    connection = await asyncpg.connect(bench.superuser)
    try:
        return parent_of(await connection.fetchval("SELECT pg_backend_pid()"))
    finally:
        await connection.close()


def as_json(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """The measurements, one by one."""
    return [asdict(each) for each in figures]
