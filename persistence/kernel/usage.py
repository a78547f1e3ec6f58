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
    _resumed_at: float | None = None

    def measure_python_seconds(self) -> float:
        """Return the seconds of Python, with those since the event loop has resumed the request."""
        running = 0.0 if self._resumed_at is None else perf_counter() - self._resumed_at
        return self.python_seconds + running

    def resume(self) -> None:
        """Note that the event loop resumes the request now."""
        self._resumed_at = perf_counter()

    def suspend(self) -> float:
        """Add the seconds since the event loop has resumed the request, and return them."""
        before, self.python_seconds = self.python_seconds, self.measure_python_seconds()
        self._resumed_at = None
        return self.python_seconds - before


USAGE: ContextVar[Usage | None] = ContextVar("USAGE", default=None)
"""The usage of the current request; None for what belongs to no request."""


def get_usage() -> Usage:
    """Return the usage of the current request, or one that nobody reads."""
    return USAGE.get() or Usage()


@types.coroutine
def measure(
    coroutine: Coroutine[Any, Any, Result], usage: Usage, turn: LoopTurn
) -> Generator[Any, Any, Result]:
    """Run each step of a coroutine on the event loop in its turn, and add the time of the step."""
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
        usage.resume()
        try:
            # The argument is popped: an error in a local variable would refer to this frame.
            awaited = step(arguments.pop())
        except StopIteration as stop:
            result: Result = stop.value
            return result
        finally:
            turn.spend(usage.suspend())
        try:
            arguments = [(yield awaited)]
            step = coroutine.send
        except BaseException as error:  # noqa: BLE001 - the coroutine handles it
            arguments = [error]
            step = coroutine.throw
