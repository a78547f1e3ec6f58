"""Measurement of the CPU time of attack documents, one after the other."""

import gc
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from api.kernel.execution.engine import Engine, Request
from api.main import tune_garbage_collector

FAULT_CODES = {"INTERNAL_SERVER_ERROR", "TIMEOUT", "UNAVAILABLE", None}


@dataclass
class CpuCosts:
    """CPU seconds of each document by its attack; `faults` are answers with a fault code."""

    by_attack: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)

    @property
    def sorted_costs(self) -> list[float]:
        """All costs, ascending."""
        return sorted(each for costs in self.by_attack.values() for each in costs)

    def percentile(self, share: float) -> float:
        """Return a percentile of the costs."""
        return self.sorted_costs[int((len(self.sorted_costs) - 1) * share)]

    def rank_attacks(self) -> list[tuple[str, float]]:
        """Rank the attacks by their most expensive document."""
        found = ((shape, max(costs)) for shape, costs in self.by_attack.items())
        return sorted(found, key=lambda each: -each[1])


async def measure_costs(
    engine: Engine, caller: Any, documents: Iterable[tuple[str, str]]
) -> CpuCosts:
    """Execute all documents, and measure each."""
    costs = CpuCosts()
    usual = gc.get_threshold()
    tune_garbage_collector()
    try:
        for shape, text in documents:
            began = time.process_time()
            answer = await engine.execute(Request(text), caller, request_id="hostile")
            costs.by_attack[shape].append(time.process_time() - began)
            codes = {_get_code(each) for each in orjson.loads(answer.body).get("errors", ())}
            if codes & FAULT_CODES:
                costs.faults.append(f"{shape} {codes}: {text[:200]}")
    finally:
        gc.unfreeze()
        gc.set_threshold(*usual)
    return costs


def _get_code(error: dict[str, Any]) -> str | None:
    found: str | None = error.get("extensions", {}).get("code")
    return found
