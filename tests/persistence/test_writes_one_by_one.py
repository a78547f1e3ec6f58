"""Writes whose parts are statements by themselves, as on Citus, do what one statement does.

The tests are those of one statement, and run here on connections that seem to be to a Citus.
"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from persistence.embedded import DatabaseUrls
from persistence.kernel.engine_kind import EngineKind
from persistence.kernel.pools import Pool, create_write_pool
from tests.persistence.test_clocks import (
    test_a_change_is_numbered_after_the_last_and_rights_only_where_they_may_change,
)
from tests.persistence.test_tombstones import (
    test_what_is_deleted_stays_as_a_tombstone_with_its_last_stored_facts,
)
from tests.persistence.test_unit_of_work import (
    test_an_aggregate_changed_after_a_flush_is_written_again,
    test_what_is_new_is_found_and_counted,
)
from tests.persistence.test_work import (
    test_a_goal_comes_back_whole,
    test_a_row_of_another_tenant_cannot_be_written,
    test_deletes_run_before_inserts_so_that_unique_values_can_move,
    test_nothing_is_written_of_an_aggregate_that_was_removed_meanwhile,
    test_nothing_is_written_where_something_checked_has_changed_meanwhile,
    test_of_two_writers_with_the_same_version_one_is_refused,
    test_what_is_raised_inside_undoes_everything,
)

__all__ = [
    "test_a_change_is_numbered_after_the_last_and_rights_only_where_they_may_change",
    "test_a_goal_comes_back_whole",
    "test_a_row_of_another_tenant_cannot_be_written",
    "test_an_aggregate_changed_after_a_flush_is_written_again",
    "test_deletes_run_before_inserts_so_that_unique_values_can_move",
    "test_nothing_is_written_of_an_aggregate_that_was_removed_meanwhile",
    "test_nothing_is_written_where_something_checked_has_changed_meanwhile",
    "test_of_two_writers_with_the_same_version_one_is_refused",
    "test_what_is_deleted_stays_as_a_tombstone_with_its_last_stored_facts",
    "test_what_is_new_is_found_and_counted",
    "test_what_is_raised_inside_undoes_everything",
]

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def writing(addresses: DatabaseUrls, anyio_backend: str) -> AsyncIterator[Pool]:
    """Open a pool whose connections write as on Citus."""

    async def find_citus(_: Any) -> EngineKind:
        return EngineKind.CITUS

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("persistence.kernel.pools.find_engine_kind", find_citus)
        async with await create_write_pool(addresses.serving, max_size=20) as pool:
            yield pool
