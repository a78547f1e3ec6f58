"""Companies to ask and to change."""

from typing import Any

import pytest

from persistence.kernel import work as unit

pytest.register_assert_rewrite("tests.api.telling")

from tests.api.company import Company, a_company  # noqa: E402 - after the rewriting is asked for
from tests.api.telling import Shared  # noqa: E402


@pytest.fixture(scope="session")
async def shared(owner: Any, pool: Any, sessions: unit.Sessions) -> Shared:
    """One company for all who only ask, are refused, or rehearse."""
    return await Shared.of(await a_company(owner, pool, sessions), owner, pool, sessions)


@pytest.fixture
async def company(owner: Any, pool: Any, sessions: unit.Sessions) -> Company:
    """A company of one's own, to be changed."""
    return await a_company(owner, pool, sessions, alone=True)
