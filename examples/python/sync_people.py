"""Send everybody who works according to another system: a full sync run.

    export TRELLIS_URL=https://trellis.example TRELLIS_KEY=trellis_key_…
    python sync_people.py payroll people.json 2026-05-31

The file is a JSON array of rows as of `PersonUpsertRowInput`, in any order. The last argument is
the last day of people of the source who have no row; above its limit the run waits for an approval.
It may be interrupted at any point and run again: what is stored already is unchanged. The exit
status is 1 if rows were rejected, or if a person has to approve the run. It needs Python 3.11 and
no package.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from trellis import ask, change

BATCH = 250
"""The most rows of a call."""

START = """mutation($input: SyncRunStartInput!) {
  syncRunStart(input: $input) { syncRun { id } errors { code message } } }"""
UPSERT = """mutation($input: PeopleUpsertInput!) {
  peopleUpsert(input: $input) { outcomes errors { index code message field } } }"""
FINISH = """mutation($input: SyncRunFinishInput!) {
  syncRunFinish(input: $input) {
    syncRun { id status endedCount
      counts { created updated unchanged deferred rejected }
      missingPeople(first: 50) { nodes { name } } }
    errors { code message } } }"""


def send(rows: Sequence[dict[str, Any]], run_id: str) -> int:
    """Send rows of a run, and print why some are rejected. Return how many are."""
    rejected = 0
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        payload = ask(UPSERT, input={"syncRunId": run_id, "rows": batch})["peopleUpsert"]
        rejected += payload["outcomes"].count("REJECTED")
        for each in payload["errors"]:
            row = batch[each["index"]]["externalReference"]["id"]
            print(f"{row}: {'.'.join(each['field'][2:])}: {each['message']}")
    return rejected


def finish(run_id: str, last_day: str) -> bool:
    """Finish a run, and print what it did. Return whether it is finished."""
    run = change(FINISH, id=run_id, lastDay=last_day)["syncRun"]
    for counts in run["counts"]:
        print(", ".join(f"{count} {name}" for name, count in counts.items()))
    print(f"{run['endedCount']} ended")
    if run["status"] == "BLOCKED":
        names = ", ".join(each["name"] for each in run["missingPeople"]["nodes"])
        print(f"A person has to approve run {run['id']}, because these have no row: {names}")
    return bool(run["status"] == "FINISHED")


def main(source: str, path: str, last_day: str) -> int:
    """Send the rows of a file as a full run of a source. Return the exit status."""
    rows = json.loads(Path(path).read_text(encoding="utf-8"))
    for row in rows:
        row["externalReference"]["source"] = source
    run_id = change(START, source=source, kind="FULL", types=["PERSON"])["syncRun"]["id"]
    rejected = send(rows, run_id)
    return 0 if finish(run_id, last_day) and not rejected else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
