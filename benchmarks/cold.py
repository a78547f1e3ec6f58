"""Cold documents: what a document costs that nobody has sent before, and what it costs then."""

import json
import re
import secrets
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.cases import CASES, Case
from benchmarks.load import Request
from benchmarks.processes import cpu_seconds
from benchmarks.runner import Running

CASE = CASES["goals-page"]
DOCUMENTS = 60
FIELD = re.compile(r"^(\s+)(title|dueOn|status|nodes \{ id title)", re.MULTILINE)
"""What is renamed, so that neither the text nor the shape of any two documents is the same."""


@dataclass(frozen=True)
class Cold:
    """Milliseconds for each document: CPU of both processes, and the time that it takes."""

    contender: str
    documents: int
    fields: int
    own_cpu: float
    database_cpu: float
    median: float
    cached_own_cpu: float
    cached_database_cpu: float
    cached_median: float


def cold(it: Running, postmaster: int) -> Cold:
    """Send documents that were never seen, and then the same ones again."""
    for request in it.requests(CASE):
        it.answer(request)
    asked = _never_seen(it, CASE)
    first, again = (_cost(it, asked, postmaster) for _ in range(2))
    return Cold(
        it.contender.name, len(asked), len(re.findall(r"\w+", CASE.document)), *first, *again
    )


def _never_seen(it: Running, case: Case) -> list[Request]:
    requests = it.requests(case)
    return [
        _renamed(requests[number % len(requests)], f"x{secrets.token_hex(4)}")
        for number in range(DOCUMENTS)
    ]


def _renamed(request: Request, word: str) -> Request:
    asked: dict[str, Any] = json.loads(request.body)
    asked["query"] = FIELD.sub(rf"\1{word}_\2: \2", asked["query"]).replace(
        f"{word}_nodes {{ id title: nodes", f"{word}_nodes: nodes"
    )
    return Request(request.path, request.headers, json.dumps(asked).encode())


def _cost(it: Running, asked: Sequence[Request], postmaster: int) -> tuple[float, float, float]:
    processes = (it.process, postmaster)
    before = [cpu_seconds(each) or 0 for each in processes]
    times = []
    for request in asked:
        began = time.perf_counter()
        it.answer(request)
        times.append((time.perf_counter() - began) * 1000)
    after = [cpu_seconds(each) or 0 for each in processes]
    own, database = (
        round((now - then) / len(asked) * 1000, 2) for then, now in zip(before, after, strict=True)
    )
    return own, database, round(statistics.median(times), 2)
