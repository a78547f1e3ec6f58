"""Sync runs take the rows of each concept that has upserts, and a source may own each field."""

from domain.field_owners import OwnedField
from domain.sync_runs import SyncRunType
from domain.upserts import ROW_KINDS, name_owned_field


def test_a_run_takes_rows_of_each_concept() -> None:
    assert {each.value for each in SyncRunType} == {each.NAME for each in ROW_KINDS}


def test_each_field_of_a_row_that_can_be_changed_may_have_an_owner() -> None:
    fixed = {"organization_starts_on", "team_starts_on"}
    fields = {name_owned_field(kind, each) for kind in ROW_KINDS.values() for each in kind.fields}
    assert {each.value for each in OwnedField} == fields - fixed
