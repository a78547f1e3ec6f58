"""The programs in `examples/` do what the guides say of them."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.api.client_stories import make_client
from tests.api.served_company import ServedCompany

SELECT = "SELECT id, data FROM objects"
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "follow_changes.py"


def read_copy(path: Path) -> dict[str, Any]:
    """Return the objects of the copy by their ids."""
    return {id: json.loads(data) for id, data in sqlite3.connect(path).execute(SELECT)}


def test_the_consumer_of_the_feed_keeps_a_copy(busy: ServedCompany, tmp_path: Path) -> None:
    client, path = make_client(busy, "employee"), tmp_path / "copy.sqlite"
    environment = os.environ | {
        "TRELLIS_URL": str(busy.client.base_url).rstrip("/"),
        "TRELLIS_KEY": client.key,
    }

    def run() -> str:
        command = [sys.executable, str(EXAMPLE), str(path)]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        ).stdout

    def read_all() -> dict[str, Any]:
        answer = client.post(
            query="{ people(first: 100) { nodes { id name workEmail worksHere } }"
            " teams(first: 100) { nodes { id name } } }"
        )
        data = answer.json()["data"]
        return {each["id"]: each for some in data.values() for each in some["nodes"]}

    first = run()
    assert first.splitlines()[1] == "applied 0 changes"
    assert read_copy(path) == read_all()
    mara = busy.company.encode_id("person", "mara")
    edited = busy.mutate("admin", "personEdit", id=mara, givenName="Marah")
    assert edited["errors"] == []
    assert run() == "applied 1 changes\n"
    assert read_copy(path) == read_all()
    assert read_copy(path)[mara]["name"].startswith("Marah")
    copy = sqlite3.connect(path)
    with copy:
        copy.execute("UPDATE place SET cursor = 'changes_of_another_database'")
        copy.execute("DELETE FROM objects")
    assert run() == first
    assert read_copy(path) == read_all()
