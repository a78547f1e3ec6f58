"""The programs in `examples/` do what the guides say of them, in both languages."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook

from tests.api.client_stories import make_client
from tests.api.node_scripts import build_typescript
from tests.api.served_company import ServedCompany

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LANGUAGES = pytest.mark.parametrize("language", ["python", "typescript"])
SECRETS = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
COPIED = """{ people(first: 100) { nodes { id name workEmail worksHere } }
  teams(first: 100) { nodes { id name } } }"""


def build_command(language: str, program: str) -> list[str]:
    """Return the command of a program; skip the test where it cannot run."""
    if language == "python":
        return [sys.executable, str(EXAMPLES / "python" / f"{program}.py")]
    build_typescript(EXAMPLES / "typescript")
    return ["node", str(EXAMPLES / "typescript" / "build" / f"{program}.js")]


def run(command: list[str], busy: ServedCompany, key: str, *arguments: str) -> tuple[int, str]:
    """Run a program to its end, and return its exit status and output."""
    url = str(busy.client.base_url).rstrip("/")
    environment = os.environ | {"TRELLIS_URL": url, "TRELLIS_KEY": key}
    done = subprocess.run(
        [*command, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def read_copy(path: Path) -> dict[str, Any]:
    """Return the objects of a copy by their ids."""
    if path.suffix == ".json":
        objects = json.loads(path.read_text())["objects"]
        return {id: each["node"] for id, each in objects.items()}
    rows = sqlite3.connect(path).execute("SELECT id, data FROM objects")
    return {id: json.loads(data) for id, data in rows}


def spoil_copy(path: Path) -> None:
    """Give a copy the cursor of another database, and no objects."""
    if path.suffix == ".json":
        path.write_text(json.dumps({"cursor": "changes_of_another_database", "objects": {}}))
        return
    with sqlite3.connect(path) as copy:
        copy.execute("UPDATE place SET cursor = 'changes_of_another_database'")
        copy.execute("DELETE FROM objects")


@LANGUAGES
def test_the_consumer_of_the_feed_keeps_a_copy(
    busy: ServedCompany, tmp_path: Path, language: str
) -> None:
    command = build_command(language, "follow_changes")
    client = make_client(busy, "employee")
    path = tmp_path / ("copy.sqlite" if language == "python" else "copy.json")

    def follow() -> str:
        status, output = run(command, busy, client.key, str(path))
        assert status == 0
        return output

    def read_all() -> dict[str, Any]:
        data = client.post(query=COPIED).json()["data"]
        return {each["id"]: each for some in data.values() for each in some["nodes"]}

    first = follow()
    assert first.splitlines()[1] == "applied 0 changes"
    assert read_copy(path) == read_all()
    mara = busy.company.encode_id("person", "mara")
    edited = busy.mutate("admin", "personEdit", id=mara, givenName="Marah")
    assert edited["errors"] == []
    assert follow() == "applied 1 changes\n"
    assert read_copy(path) == read_all()
    assert read_copy(path)[mara]["name"].startswith("Marah")
    spoil_copy(path)
    assert follow() == first
    assert read_copy(path) == read_all()


@LANGUAGES
def test_a_full_run_sends_everybody_and_asks_for_an_approval(
    busy: ServedCompany, tmp_path: Path, language: str
) -> None:
    command, client = build_command(language, "sync_people"), make_client(busy)
    path, role = tmp_path / "people.json", busy.company.encode_id("role", "hr")
    given = busy.mutate("ruler", "memberAssignRole", id=client.member_id, roleId=role)
    assert given["errors"] == []

    def sync(*ids: str, **more: str) -> tuple[int, list[str]]:
        rows = [
            {"externalReference": {"id": id}, "givenName": id, "hiredOn": "2026-01-01", **more}
            for id in ids
        ]
        path.write_text(json.dumps(rows))
        status, output = run(command, busy, client.key, language, str(path), "2026-05-31")
        return status, output.splitlines()

    none = "0 updated, {} unchanged, 0 deferred, {} rejected"
    assert sync("Ada", "Ben") == (0, [f"2 created, {none.format(0, 0)}", "0 ended"])
    assert sync("Ada", "Ben") == (0, [f"0 created, {none.format(2, 0)}", "0 ended"])
    status, lines = sync("Ada", "Ben", workEmail="nobody")
    assert (status, lines[2:]) == (1, [f"0 created, {none.format(0, 2)}", "0 ended"])
    assert lines[0].startswith("Ada: workEmail: ")
    status, lines = sync("Ada")
    assert (status, lines[:2]) == (1, [f"0 created, {none.format(1, 0)}", "0 ended"])
    assert lines[2].endswith("because these have no row: Ben")


@contextmanager
def serve(command: list[str], path: Path) -> Iterator[str]:
    """Run the receiver, and yield its address."""
    environment = os.environ | {"TRELLIS_WEBHOOK_SECRET": " ".join(SECRETS)}
    process = subprocess.Popen(
        [*command, str(path), "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().split()[1]}/"
    finally:
        process.kill()
        process.communicate()


def list_received(path: Path) -> list[tuple[str, str]]:
    """Return the id and the type of each message that was kept."""
    if path.is_dir():
        files = [*path.glob("*.json")]
        return sorted((each.stem, json.loads(each.read_text())["type"]) for each in files)
    return sorted(sqlite3.connect(path).execute("SELECT id, type FROM messages"))


@LANGUAGES
def test_the_receiver_keeps_each_authentic_message_once(tmp_path: Path, language: str) -> None:
    body = json.dumps({"type": "goal.updated", "data": {}, "meta": {"sequence": 7}})

    def send(url: str, id: str, secret: str, content: str = body) -> int:
        at = datetime.now(UTC)
        headers = {
            "webhook-id": id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign(id, at, body),
        }
        return httpx.post(url, content=content, headers=headers).status_code

    path = tmp_path / "messages"
    with serve(build_command(language, "receive_webhooks"), path) as url:
        assert send(url, "msg_1", SECRETS[0]) == 200
        assert send(url, "msg_1", SECRETS[0]) == 200
        assert send(url, "msg_2", SECRETS[1]) == 200
        assert send(url, "msg_3", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") == 401
        assert send(url, "msg_4", SECRETS[0], body.replace("7", "8")) == 401
        assert httpx.post(url, content=body).status_code == 401
    assert list_received(path) == [("msg_1", "goal.updated"), ("msg_2", "goal.updated")]
