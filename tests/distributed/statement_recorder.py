"""A pytest plugin that looks at every statement which the serving role executes for Trellis.

One in a form that Citus refuses fails the run, whichever test it was executed in. What tests send
themselves does not count.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from persistence.kernel.pools import SERVING_ROLE
from tests.distributed.statement_forms import list_refused_forms

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = tuple(str(ROOT / each) + "/" for each in ("api", "persistence"))
TESTS = (str(ROOT / "tests") + "/", str(ROOT / "benchmarks") + "/")

seen: set[str] = set()
refused: dict[str, list[str]] = {}


@pytest.fixture(scope="session", autouse=True)
def _portable_statements() -> Iterator[None]:
    """Record the statements of the session, and fail at its end."""
    original = asyncpg.Connection._get_statement

    async def get_statement(self: Any, query: str, *arguments: Any, **options: Any) -> Any:
        if query not in seen:
            record(query, self._params.user)
        return await original(self, query, *arguments, **options)

    asyncpg.Connection._get_statement = get_statement
    yield
    asyncpg.Connection._get_statement = original
    assert refused == {}, "Citus refuses these forms (tests/distributed/statement_forms.py)."


def record(query: str, role: str) -> None:
    """Remember a statement; note it if Trellis executes it and Citus would refuse it."""
    seen.add(query)
    if role == SERVING_ROLE and _is_called_by_trellis() and (forms := list_refused_forms(query)):
        refused[query] = forms


def _is_called_by_trellis() -> bool:
    """Return whether the nearest caller outside of the driver is a module of Trellis."""
    frame = sys._getframe(2)
    while frame := frame.f_back:  # type: ignore[assignment]
        path = frame.f_code.co_filename
        if path.startswith((*PRODUCT, *TESTS)) and path != __file__:
            return path.startswith(PRODUCT)
    return False
