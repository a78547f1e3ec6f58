"""What hostile documents cost: CPU seconds of this process, one after the other."""

import gc
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson

from api.kernel.execution.engine import Engine, Request
from api.main import tune_garbage_collector

BROKEN = {"INTERNAL_SERVER_ERROR", "TIMEOUT", "UNAVAILABLE", None}


@dataclass
class Costs:
    """CPU seconds of each document by its shape; `broken` are answers that are no answers."""

    by_shape: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    broken: list[str] = field(default_factory=list)

    @property
    def sorted(self) -> list[float]:
        """All of them, the cheapest first."""
        return sorted(each for costs in self.by_shape.values() for each in costs)

    def percentile(self, share: float) -> float:
        """What so many of the documents cost at most."""
        return self.sorted[int((len(self.sorted) - 1) * share)]

    def dearest(self) -> list[tuple[str, float]]:
        """The shapes by their dearest document."""
        found = ((shape, max(costs)) for shape, costs in self.by_shape.items())
        return sorted(found, key=lambda each: -each[1])


async def costs_of(engine: Engine, caller: Any, documents: Iterable[tuple[str, str]]) -> Costs:
    """Answer all of them."""
    costs = Costs()
    usual = gc.get_threshold()
    tune_garbage_collector()
    try:
        for shape, text in documents:
            began = time.process_time()
            answer = await engine.execute(Request(text), caller, request_id="hostile")
            costs.by_shape[shape].append(time.process_time() - began)
            codes = {_code(each) for each in orjson.loads(answer.body).get("errors", ())}
            if codes & BROKEN:
                costs.broken.append(f"{shape} {codes}: {text[:200]}")
    finally:
        gc.unfreeze()
        gc.set_threshold(*usual)
    return costs


def _code(error: dict[str, Any]) -> str | None:
    found: str | None = error.get("extensions", {}).get("code")
    return found
