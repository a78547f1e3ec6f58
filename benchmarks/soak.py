"""`python -m benchmarks.soak`: whether memory stays flat under an hour of mixed load.

First, whatever is bounded is filled: documents, plans, and the statements of each connection. Then
requests come at a steady rate, so that the machine may do other things, too. Most are the cases of
the bench; some are refused, some have never been seen before, and somebody always listens.
"""

import asyncio
import json
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Annotated

import typer

from benchmarks.cases import CASES
from benchmarks.contenders import CONTENDERS
from benchmarks.dataset.loading import Bench, bench_set
from benchmarks.dataset.sizes import BASE
from benchmarks.load import Request, as_sent
from benchmarks.personas import personas
from benchmarks.processes import private_megabytes, resident_megabytes
from benchmarks.questions import questions
from benchmarks.runner import Asked, Running, postmaster_of, started
from benchmarks.tidying import now, tidy

TIMES = {
    "goals-page": 24,
    "goals-page-employee": 24,
    "goal": 24,
    "dashboard": 16,
    "check-in": 16,
    "tree": 4,
    "create": 1,
}
"""How often each case is asked in one round; a `create` makes a hundred goals."""

ODD = (
    "{ goals(first: 1000) { totalCount } }",
    '{ node(id: "nobody") { id } }',
    "{ nothing%d }",
    "{ a%d: viewer { person { name } } goals(first: 3) { nodes { title } } }",
    "{ __schema { types { name fields { name } } } }",
    'mutation { goalAchieve(input: { id: "goal_%032x" }) { goal { id } errors { code } } }',
)
"""Asked as often as the cases' rounds; a number makes a document a new one each time."""

NEW = "{ first%d: viewer { person { name } } goals(first: 3) { nodes { title } } }"
FILLING = 3_000
"""New documents asked at first: more than there is room for on any connection."""

HEARD = "subscription { journal { action subject { __typename } } }"
SECONDS_OF_LISTENING = 10
CONNECTIONS = 8
LOOKS_UNTIL_TIDIED = 5
WARM = 1 / 3
"""The share of the time in which caches, pools and statements fill."""

MOST_GROWTH = 0.05
"""The share of what is held that may be added in an hour."""


@dataclass(frozen=True)
class Look:
    """What was held at a moment: hours from the start, requests so far, and megabytes."""

    hours: float
    answered: int
    server: float
    database: float


@dataclass
class Soaking:
    """The load, and what was seen of the memory while it went on."""

    it: Running
    rate: float
    postmaster: int
    answered: int = 0
    refused: int = 0
    looks: list[Look] = field(default_factory=list)

    async def go_on(self, bench: Bench, seconds: float) -> None:
        """Ask for so long, with a look at the memory every minute or ten times in all."""
        await asyncio.gather(*(self._fill(number) for number in range(CONNECTIONS)))
        began, since, requests = time.monotonic(), await now(bench), _requests(self.it)
        asking = [asyncio.create_task(self._ask(requests)) for _ in range(CONNECTIONS)]
        asking.append(asyncio.create_task(_listen(self.it)))
        while time.monotonic() - began < seconds:
            ended, _ = await asyncio.wait(asking, timeout=min(60, seconds / 10))
            for each in ended:
                each.result()  # whoever asks ends only where an answer is not what it should be
            self._look((time.monotonic() - began) / 3600)
            if len(self.looks) % LOOKS_UNTIL_TIDIED == 0:
                await tidy(bench, since)
        for each in asking:
            each.cancel()

    async def _fill(self, first: int) -> None:
        line = await asyncio.open_connection("127.0.0.1", self.it.port)
        example = self.it.requests(CASES["goal"])[0]
        for number in range(first, FILLING, CONNECTIONS):
            await _answered(*line, _asking(example, NEW % number))
        line[1].close()

    async def _ask(self, requests: Iterator[Request]) -> None:
        line = await asyncio.open_connection("127.0.0.1", self.it.port)
        pause = CONNECTIONS / self.rate
        due = time.monotonic()
        while True:
            due = max(due + pause, time.monotonic() - 10 * pause)
            await asyncio.sleep(due - time.monotonic())
            head = await _answered(*line, next(requests))
            if head.startswith(b"HTTP/1.1 503"):
                self.refused += 1  # where others leave the machine nothing
                continue
            assert head.startswith(b"HTTP/1.1 200"), head
            self.answered += 1

    def _look(self, hours: float) -> None:
        server = resident_megabytes(self.it.process) or 0.0
        database = private_megabytes(self.postmaster) or 0.0
        self.looks.append(Look(hours, self.answered, server, database))
        print(
            f"{hours * 60:>4.0f} min {self.answered:>9,} requests"
            f" {server:>5.0f} MB {database:>5.0f} MB of the database's own",
            flush=True,
        )


def main(
    minutes: Annotated[float, typer.Option(help="How long.")] = 60,
    rate: Annotated[float, typer.Option(help="Requests in a second, in all.")] = 80,
) -> None:
    """Put a mixed load, and look at the memory of the server and of PostgreSQL."""
    cases = [CASES[name] for name in TIMES]
    with bench_set(dict.fromkeys([BASE])) as bench:
        known = asyncio.run(personas(bench, cases))
        asked = Asked(known, asyncio.run(questions(bench, cases, known)))
        postmaster = asyncio.run(postmaster_of(bench))
        assert postmaster is not None, "There is no /proc to look into."
        with started(bench, CONTENDERS["trellis"], asked) as it:
            soaking = Soaking(it, rate, postmaster)
            asyncio.run(soaking.go_on(bench, minutes * 60))
    warm = soaking.looks[int(len(soaking.looks) * WARM) :]
    print(f"{soaking.answered:,} requests answered, {soaking.refused:,} refused.")
    for name in ("server", "database"):
        print(_said(name, warm))


async def _answered(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Request
) -> bytes:
    """The head of the answer, when all of it has come."""
    writer.write(as_sent(request))
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    assert length, head
    await reader.readexactly(int(length[1]))
    return head


def _requests(it: Running) -> Iterator[Request]:
    """Each case as often as it is to be asked, and one thing that is odd, over and over."""
    asked = {name: cycle(it.requests(CASES[name])) for name in TIMES}
    odd, example = _odd(), next(asked["goal"])
    while True:
        for turn in range(max(TIMES.values())):
            for name, times in TIMES.items():
                if turn < times:
                    yield next(asked[name])
        for _ in ODD:
            yield _asking(example, next(odd))


def _odd() -> Iterator[str]:
    for number in count():
        for text in ODD:
            yield text % number if "%" in text else text


def _asking(example: Request, query: str) -> Request:
    return Request(example.path, example.headers, json.dumps({"query": query}).encode())


async def _listen(it: Running) -> None:
    """Hear what happens in a tenant, and begin anew again and again."""
    asking = _asking(it.requests(CASES["goal"])[0], HEARD)
    headers = {**asking.headers, "Accept": "text/event-stream"}
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", it.port)
        writer.write(as_sent(Request("/graphql/stream", headers, asking.body)))
        until = time.monotonic() + SECONDS_OF_LISTENING
        while (left := until - time.monotonic()) > 0:
            try:
                heard = await asyncio.wait_for(reader.read(65_536), left)
                assert heard, "The stream has ended."
            except TimeoutError:
                break
        writer.close()


def _said(name: str, looks: list[Look]) -> str:
    """How fast it grows once warm, and whether that is flat."""
    held = [getattr(each, name) for each in looks]
    hours = [each.hours for each in looks]
    slope = statistics.linear_regression(hours, held).slope
    by_count = statistics.linear_regression([each.answered for each in looks], held).slope
    verdict = "flat" if slope <= MOST_GROWTH * held[0] else "it grows"
    return (
        f"{name}: {held[0]:.0f} to {held[-1]:.0f} MB ({min(held):.0f} to {max(held):.0f}),"
        f" {slope:+.1f} MB in an hour, {by_count * 1e6:+.1f} in a million requests: {verdict}."
    )


if __name__ == "__main__":
    typer.run(main)
