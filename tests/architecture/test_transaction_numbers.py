"""Nothing depends on PostgreSQL's transaction numbers: each node of a cluster has its own."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("api", "benchmarks", "domain", "persistence")
TRANSACTION_NUMBER = re.compile(
    r"\bxid|\bxmin\b|\bxmax\b|\btxid_|pg_snapshot|pg_current_(?:snapshot|xact)|pg_visible_in_snapshot"
)


def test_no_transaction_number_is_used() -> None:
    sources = (each for folder in FOLDERS for each in (ROOT / folder).rglob("*.py"))
    assert [each for each in sources if TRANSACTION_NUMBER.search(each.read_text())] == []


@pytest.mark.parametrize(
    "sql", ["SELECT pg_current_xact_id()", "WHERE j.xid >= $1", "pg_snapshot_xmin(s)"]
)
def test_a_transaction_number_is_found(sql: str) -> None:
    assert TRANSACTION_NUMBER.search(sql)
