"""`trellis import` against a served company."""

import csv
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.commands.imports.sending import ImportFailed, Sender
from tests.api.served_company import ServedCompany

LINES = [
    "Employee ID;First name;Last name;E-mail;Manager ID;Start date",
    "C2;Ben;Öz;ben@import.example;C1;15.04.2024",
    "C1;Ada;Nováková;ada@import.example;;31.03.2024",
    "C3;Cleo;;cleo@import.example;C9;31.02.2024",
    "C4;Dan;;BEN@import.example;C1;01.05.2024",
]
PEOPLE = """{ people(where: { workEmail: { in: ["ada@import.example", "ben@import.example"] } },
    orderBy: [{ field: NAME }]) { nodes { name version hiredOn manager { name } } } }"""


def test_a_file_is_checked_imported_and_unchanged_the_second_time(
    busy: ServedCompany, tmp_path: Path
) -> None:
    file, results = tmp_path / "people.csv", tmp_path / "results.csv"
    file.write_text("\n".join(LINES), encoding="utf-16")

    key = busy.build_headers("hr")["authorization"].removeprefix("Bearer ")

    def run(*options: str) -> list[list[str]]:
        words = ["import", str(file), "--source", "payroll", "--results", str(results), *options]
        done = subprocess.run(
            [sys.executable, "-m", "api.commands.cli", *words, "--url", str(busy.client.base_url)],
            env=os.environ | {"TRELLIS_KEY": key, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2, done.stderr
        assert "4 lines, encoding utf-16, separator ;\nDates are DD.MM.YYYY.\n" in done.stderr
        with results.open(encoding="utf-8") as opened:
            return [line[:4] for line in csv.reader(opened)][1:]

    refused = [
        ["4", "REJECTED", "hiredOn", "31.02.2024"],
        ["5", "REJECTED", "workEmail", "BEN@import.example"],
    ]
    assert run("--dry-run") == [["2", "CREATED", "", ""], ["3", "CREATED", "", ""], *refused]
    assert busy.query("hr", PEOPLE)["people"]["nodes"] == []

    assert run("--yes") == [["2", "CREATED", "", ""], ["3", "CREATED", "", ""], *refused]
    stored = busy.query("hr", PEOPLE)["people"]["nodes"]
    assert [(each["name"], each["hiredOn"], each["manager"]) for each in stored] == [
        ("Ada Nováková", "2024-03-31", None),
        ("Ben Öz", "2024-04-15", {"name": "Ada Nováková"}),
    ]

    assert run("--yes") == [["2", "UNCHANGED", "", ""], ["3", "UNCHANGED", "", ""], *refused]
    assert busy.query("hr", PEOPLE)["people"]["nodes"] == stored


class Answers:
    """Answers with a status and a body each, and records the waits."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.waits = list[float]()

    def create_sender(self) -> Sender:
        def respond(_: httpx.Request) -> httpx.Response:
            status, body = self.answers.pop(0)
            return httpx.Response(status, json=body, headers={"Retry-After": "3"})

        client = httpx.Client(transport=httpx.MockTransport(respond), base_url="http://trellis")
        return Sender(client, is_dry_run=False, sleep=self.waits.append)


BUSY = {"errors": [{"message": "Too many requests."}]}
STORED = {"data": {"peopleUpsert": {"outcomes": ["CREATED"], "errors": []}}}


def test_a_batch_waits_as_long_as_the_server_asks_for() -> None:
    answers = Answers((429, BUSY), (503, BUSY), (200, STORED))
    (row,) = answers.create_sender().send_all([{}])
    assert (row.outcome, row.faults, answers.waits) == ("CREATED", [], [3, 3])


def test_an_import_stops_when_the_whole_request_is_refused() -> None:
    answers = Answers((401, {"errors": [{"message": "The key is not valid."}]}))
    with pytest.raises(ImportFailed, match="The key is not valid"):
        list(answers.create_sender().send_all([{}]))
    assert answers.waits == []
