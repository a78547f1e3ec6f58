"""Keep a copy of people and teams in SQLite, by the feed of changes.

    export TRELLIS_URL=https://trellis.example TRELLIS_KEY=trellis_key_…
    python follow_changes.py copy.sqlite

The first run takes a cursor and then reads all objects. Each later run reads what changed since.
Objects and cursor are stored in one transaction, so a run may be interrupted at any point. It needs
Python 3.11 and no package.
"""

import json
import sqlite3
import sys
from typing import Any

from trellis import Refused, ask

FIELDS = {"PERSON": "id name workEmail worksHere", "TEAM": "id name"}
"""What is copied of each type."""

LISTS = {"PERSON": "people", "TEAM": "teams"}
"""The list of all objects of each type."""

TABLES = """
CREATE TABLE IF NOT EXISTS objects (type TEXT, id TEXT PRIMARY KEY, data TEXT);
CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT);
"""
SNAPSHOT = "query($types: [ChangedType!]) { changesSnapshot(types: $types) { cursor } }"
CHANGES = f"""query($after: String!, $types: [ChangedType!]) {{
  changes(after: $after, types: $types, first: 1000) {{
    changes {{ kind type nodeId
      node {{ ... on Person {{ {FIELDS["PERSON"]} }} ... on Team {{ {FIELDS["TEAM"]} }} }} }}
    typesToRead endCursor hasMore }} }}"""


def read_all(type_: str) -> list[dict[str, Any]]:
    """Return all objects of a type."""
    name, found, after = LISTS[type_], list[dict[str, Any]](), None
    query = f"""query($after: String) {{ {name}(first: 100, after: $after) {{
      nodes {{ {FIELDS[type_]} }} pageInfo {{ endCursor hasNextPage }} }} }}"""
    while True:
        page = ask(query, after=after)[name]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


def store(copy: sqlite3.Connection, type_: str, node: dict[str, Any]) -> None:
    """Store an object, or store it again."""
    row = (type_, node["id"], json.dumps(node))
    copy.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?)", row)


def replace_all(copy: sqlite3.Connection, type_: str, nodes: list[dict[str, Any]]) -> None:
    """Store all objects of a type, and drop what is not among them."""
    copy.execute("DELETE FROM objects WHERE type = ?", (type_,))
    for node in nodes:
        store(copy, type_, node)


def keep_place(copy: sqlite3.Connection, cursor: str) -> None:
    """Store where the next run goes on."""
    copy.execute("INSERT OR REPLACE INTO place VALUES (1, ?)", (cursor,))


def begin(copy: sqlite3.Connection) -> str:
    """Take the cursor first, then read all objects. Return the cursor."""
    cursor: str = ask(SNAPSHOT, types=list(FIELDS))["changesSnapshot"]["cursor"]
    everything = {each: read_all(each) for each in FIELDS}
    with copy:
        for type_, nodes in everything.items():
            replace_all(copy, type_, nodes)
        keep_place(copy, cursor)
    print(f"read {sum(map(len, everything.values()))} objects")
    return cursor


def follow(copy: sqlite3.Connection, cursor: str) -> None:
    """Apply all changes after a cursor."""
    has_more, count = True, 0
    while has_more:
        page = ask(CHANGES, after=cursor, types=list(FIELDS))["changes"]
        again = {each: read_all(each) for each in page["typesToRead"]}
        with copy:
            for each in page["changes"]:
                if each["kind"] in ("DELETED", "VISIBILITY_LOST"):
                    copy.execute("DELETE FROM objects WHERE id = ?", (each["nodeId"],))
                elif each["node"] is not None:  # else a later entry removes it
                    store(copy, each["type"], each["node"])
            for type_, nodes in again.items():
                replace_all(copy, type_, nodes)
            keep_place(copy, page["endCursor"])
        cursor, has_more = page["endCursor"], page["hasMore"]
        count += len(page["changes"])
    print(f"applied {count} changes")


def main(path: str) -> None:
    """Begin the copy at this path, or go on with it."""
    copy = sqlite3.connect(path)
    copy.executescript(TABLES)
    known = copy.execute("SELECT cursor FROM place").fetchone()
    try:
        follow(copy, known[0] if known else begin(copy))
    except Refused as refused:
        if refused.code not in ("CURSOR_EXPIRED", "CURSOR_INVALID"):
            raise
        follow(copy, begin(copy))


if __name__ == "__main__":
    main(sys.argv[1])
