"""Sync runs take the rows of each concept that has upserts."""

from domain.sync_runs import SyncRunType
from domain.upserts import ROW_KINDS


def test_a_run_takes_rows_of_each_concept() -> None:
    assert {each.value for each in SyncRunType} == {each.NAME for each in ROW_KINDS}
