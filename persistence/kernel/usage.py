"""The time that a request uses, measured to be charged afterwards.

A step on the event loop is measured by the wall clock, which costs a twentieth of reading the
thread's CPU time, and waits for nothing but the interpreter.
"""

import types
from collections.abc import Callable, Coroutine, Generator
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar

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

    def suspend(self) -> None:
        """Add the seconds since the event loop has resumed the request."""
        self.python_seconds = self.measure_python_seconds()
        self._resumed_at = None


USAGE: ContextVar[Usage | None] = ContextVar("USAGE", default=None)
"""The usage of the current request; None for what belongs to no request."""


def get_usage() -> Usage:
    """Return the usage of the current request, or one that nobody reads."""
    return USAGE.get() or Usage()


@types.coroutine
def measure(coroutine: Coroutine[Any, Any, Result], usage: Usage) -> Generator[Any, Any, Result]:
    """Run a coroutine, and add the time of each of its steps on the event loop."""
    USAGE.set(usage)
    step: Callable[[Any], Any] = coroutine.send
    arguments: list[Any] = [None]
    while True:
        usage.resume()
        try:
            # The argument is popped: an error in a local variable would refer to this frame.
            awaited = step(arguments.pop())
        except StopIteration as stop:
            result: Result = stop.value
            return result
        finally:
            usage.suspend()
        try:
            arguments = [(yield awaited)]
            step = coroutine.send
        except BaseException as error:  # noqa: BLE001 - the coroutine handles it
            arguments = [error]
            step = coroutine.throw
