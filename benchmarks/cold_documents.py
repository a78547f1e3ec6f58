"""The cost of documents that the process has not seen before, and of sending them again."""

import json
import re
import secrets
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.cases import CASES, Case
from benchmarks.load import HttpRequest
from benchmarks.processes import read_cpu_seconds
from benchmarks.runner import ContenderProcess

CASE = CASES["goals-page"]
DOCUMENT_COUNT = 60
FIELD_PATTERN = re.compile(r"^(\s+)(title|dueOn|status|nodes \{ id title)", re.MULTILINE)
"""Fields that get an alias, so that no two documents have the same text or shape."""


@dataclass(frozen=True)
class ColdDocumentCost:
    """Milliseconds for each document: CPU of server and database, and elapsed time."""

    contender: str
    documents: int
    fields: int
    own_cpu: float
    database_cpu: float
    median: float
    cached_own_cpu: float
    cached_database_cpu: float
    cached_median: float


def measure_cold_documents(server: ContenderProcess, postmaster: int) -> ColdDocumentCost:
    """Send new documents and then the same ones again, and return the costs."""
    for request in server.build_requests(CASE):
        server.fetch_response(request)
    requests = _build_unseen_requests(server, CASE)
    first, again = (_measure_cost(server, requests, postmaster) for _ in range(2))
    return ColdDocumentCost(
        server.contender.name, len(requests), len(re.findall(r"\w+", CASE.document)), *first, *again
    )


def _build_unseen_requests(server: ContenderProcess, case: Case) -> list[HttpRequest]:
    requests = server.build_requests(case)
    return [
        _alias_fields(requests[number % len(requests)], f"x{secrets.token_hex(4)}")
        for number in range(DOCUMENT_COUNT)
    ]


def _alias_fields(request: HttpRequest, word: str) -> HttpRequest:
    payload: dict[str, Any] = json.loads(request.body)
    payload["query"] = FIELD_PATTERN.sub(rf"\1{word}_\2: \2", payload["query"]).replace(
        f"{word}_nodes {{ id title: nodes", f"{word}_nodes: nodes"
    )
    return HttpRequest(request.path, request.headers, json.dumps(payload).encode())


def _measure_cost(
    server: ContenderProcess, requests: Sequence[HttpRequest], postmaster: int
) -> tuple[float, float, float]:
    processes = (server.pid, postmaster)
    before = [read_cpu_seconds(each) or 0 for each in processes]
    times = []
    for request in requests:
        began = time.perf_counter()
        server.fetch_response(request)
        times.append((time.perf_counter() - began) * 1000)
    after = [read_cpu_seconds(each) or 0 for each in processes]
    own, database = (
        round((now - then) / len(requests) * 1000, 2)
        for then, now in zip(before, after, strict=True)
    )
    return own, database, round(statistics.median(times), 2)
