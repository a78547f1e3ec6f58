"""The runner: each contender answers each case alone on the machine, in several rounds.

Before anything is measured, the answers of all contenders are held against those of the first.
"""

import asyncio
import json
import re
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import asyncpg

from benchmarks.cases import Case
from benchmarks.contenders import POOL, Contender
from benchmarks.dataset.loading import HOME, Bench
from benchmarks.load import Load, Request, drive
from benchmarks.personas import Persona
from benchmarks.processes import cpu_seconds, parent_of, resident_megabytes, running

PREFIX = re.compile(r"^[a-z]+_(?=[0-9a-f-]{36}$)")


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
class Running:
    """A contender that answers."""

    contender: Contender
    process: int
    port: int
    personas: Mapping[str, Persona]

    def requests(self, case: Case) -> list[Request]:
        """The case's question, put in each of its tenants."""
        body = json.dumps({"query": case.document, "variables": case.variables}).encode()
        path = self.contender.path.format(case=case.name)
        return [
            Request(path, dict(self.contender.headers(self.personas[key])), body)
            for key in (f"{slug}:{case.persona}" for slug in case.slugs)
        ]

    def answers(self, case: Case) -> list[Any]:
        """What is answered in each tenant, ids without their prefixes."""
        return [self._answer(each) for each in self.requests(case)]

    def _answer(self, request: Request) -> Any:
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
        return _plain(told["data"])


def compare(bench: Bench, plan: Plan, personas: Mapping[str, Persona]) -> dict[str, int]:
    """Check that all contenders answer alike; the length of each case's answers, in objects."""
    expected: dict[str, list[Any]] = {}
    for contender in plan.contenders:
        with _started(bench, contender, personas) as it:
            for case in plan.cases:
                given = it.answers(case)
                for slug, was, now in zip(
                    case.slugs, expected.setdefault(case.name, given), given, strict=True
                ):
                    if where := _difference(was, now):
                        first = plan.contenders[0].name
                        raise Unequal(
                            f"{case.name} in {slug}: {first} and {contender.name} differ at {where}"
                        )
    return {name: sum(map(_objects, answers)) // len(answers) for name, answers in expected.items()}


def measure(bench: Bench, plan: Plan, personas: Mapping[str, Persona]) -> Iterator[Figure]:
    """All measurements: in each round every contender once, started anew."""
    postmaster = asyncio.run(_postmaster(bench))
    for number in range(plan.rounds):
        for contender in plan.contenders:
            with _started(bench, contender, personas) as it:
                for case in plan.cases:
                    for connections in plan.connections:
                        drive(
                            it.port,
                            it.requests(case),
                            connections=connections,
                            seconds=max(1, plan.seconds // 3),
                            by=plan.client,
                        )
                        yield _measured(plan, it, case, connections, (number, postmaster))


def _measured(
    plan: Plan, it: Running, case: Case, connections: int, at: tuple[int, int | None]
) -> Figure:
    number, postmaster = at
    before = cpu_seconds(it.process), postmaster and cpu_seconds(postmaster)
    load = drive(
        it.port, it.requests(case), connections=connections, seconds=plan.seconds, by=plan.client
    )
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


def _each(before: float | None, after: float | None, load: Load) -> float | None:
    if before is None or after is None or not load.requests:
        return None
    return round((after - before) / load.requests * 1000, 3)


@contextmanager
def _started(
    bench: Bench, contender: Contender, personas: Mapping[str, Persona]
) -> Iterator[Running]:
    environment = {
        "TRELLIS_SERVING_URL": bench.addresses.serving,
        "TRELLIS_DIRECTORY": str(HOME),
        "TRELLIS_POOL_SIZE": str(POOL),
        **contender.environment,
    }
    with running(contender.name, contender.command, environment) as (process, port):
        yield Running(contender, process, port, personas)


async def _postmaster(bench: Bench) -> int | None:
    connection = await asyncpg.connect(bench.superuser)
    try:
        return parent_of(await connection.fetchval("SELECT pg_backend_pid()"))
    finally:
        await connection.close()


def _plain(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _plain(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return PREFIX.sub("", value) if key == "id" and isinstance(value, str) else value


def _difference(was: Any, now: Any, path: str = "data") -> str | None:
    """The first place where two answers are not the same, with what stands there."""
    if isinstance(was, dict) and isinstance(now, dict) and was.keys() == now.keys():
        pairs = [(f"{path}.{name}", was[name], now[name]) for name in was]
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        pairs = [(f"{path}[{n}]", *both) for n, both in enumerate(zip(was, now, strict=True))]
    else:
        return None if was == now else f"{path}: {_short(was)} and {_short(now)}"
    return next((found for where, a, b in pairs if (found := _difference(a, b, where))), None)


def _short(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:200]


def _objects(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_objects, value.values()))
    return sum(map(_objects, value)) if isinstance(value, list) else 0


def as_json(figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """The measurements, one by one."""
    return [asdict(each) for each in figures]
