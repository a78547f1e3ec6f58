"""The time that a request uses, measured to be charged afterwards and to take turns on the loop.

A step on the event loop is measured by the wall clock, which costs a twentieth of reading the
thread's CPU time, and waits for nothing but the interpreter.
"""

import types
from collections.abc import Callable, Coroutine, Generator
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar

from persistence.kernel.loop_turns import LoopTurn

Result = TypeVar("Result")


@dataclass(eq=False)
class Usage:
    """Seconds for which a request used the database, and ran on the loop or the worker."""

    database_seconds: float = 0.0
    python_seconds: float = 0.0
    resumed_at: float | None = None
    """When the event loop resumed the request; None while it does not run."""

    def measure_python_seconds(self) -> float:
        """Return the seconds of Python, with those since the event loop has resumed the request."""
        running = 0.0 if self.resumed_at is None else perf_counter() - self.resumed_at
        return self.python_seconds + running


USAGE: ContextVar[Usage | None] = ContextVar("USAGE", default=None)
"""The usage of the current request; None for what belongs to no request."""


def get_usage() -> Usage:
    """Return the usage of the current request, or one that nobody reads."""
    return USAGE.get() or Usage()


@types.coroutine
def run_in_turns(
    coroutine: Coroutine[Any, Any, Result], usage: Usage, turn: LoopTurn
) -> Generator[Any, Any, Result]:
    """Run a coroutine step by step, each in the turn of its tenant, and add the time to `usage`."""
    USAGE.set(usage)
    step: Callable[[Any], Any] = coroutine.send
    arguments: list[Any] = [None]
    while True:
        try:
            while turn.is_over() and step == coroutine.send:
                yield  # resumed in the next iteration of the loop
        except BaseException as error:  # noqa: BLE001 - the coroutine handles it
            arguments = [error]
            step = coroutine.throw
        usage.resumed_at = started_at = perf_counter()
        try:
            # The argument is popped: an error in a local variable would refer to this frame.
            awaited = step(arguments.pop())
        except StopIteration as stop:
            result: Result = stop.value
            return result
        finally:
            seconds = perf_counter() - started_at
            usage.python_seconds += seconds
            usage.resumed_at = None
            turn.spend(seconds)
        try:
            arguments = [(yield awaited)]
            step = coroutine.send
        except BaseException as error:  # noqa: BLE001 - the coroutine handles it
            arguments = [error]
            step = coroutine.throw
