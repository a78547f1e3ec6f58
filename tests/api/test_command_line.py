"""The commands of `trellis`, and their errors when something is missing."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.commands import cli
from persistence.embedded import DatabaseUrls


@dataclass(frozen=True)
class Finished:
    """What a command returned and printed."""

    returncode: int
    stdout: str
    stderr: str


RunTrellis = Callable[..., Finished]


@pytest.fixture
def trellis(
    tmp_path: Path,
    addresses: DatabaseUrls,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> RunTrellis:
    """Run a command in this process, on the database of the tests; None removes a variable.

    A process for each would spend nearly all its time on imports. `test_serve_command.py` starts
    real ones.
    """
    for name in [each for each in os.environ if "TRELLIS" in each]:
        monkeypatch.delenv(name)

    def run(*words: str, **variables: str | None) -> Finished:
        chosen = {
            "DATABASE_URL": addresses.owner,
            "TRELLIS_SERVING_URL": addresses.serving,
            "TRELLIS_DIRECTORY": str(tmp_path),
            "COLUMNS": "200",
            **variables,
        }
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["trellis", *words])
            for name, value in chosen.items():
                if value is None:
                    patch.delenv(name, raising=False)
                else:
                    patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                cli.main()
        printed = capsys.readouterr()
        return Finished(int(ended.value.code or 0), printed.out, printed.err)

    return run


def test_a_tenant_is_founded_listed_suspended_and_resumed(trellis: RunTrellis) -> None:
    slug = f"tenant-{time.time_ns()}"
    founded = trellis("tenant", "create", slug, "--name", "Acme", "--admin", "ada@acme.example")
    assert (founded.returncode, founded.stderr) == (0, f"Created {slug}.\n")
    assert trellis("tenant", "suspend", slug).returncode == 0
    assert f"{slug}\tsuspended\t" in trellis("tenant", "list").stdout
    assert trellis("tenant", "resume", slug).returncode == 0
    assert f"{slug}\tactive\t" in trellis("tenant", "list").stdout


@pytest.mark.parametrize(
    ("words", "variables", "sentence"),
    [
        (("tenant", "create", "A!", "--name", "A"), {}, "A slug has 3 to 63 small letters"),
        (("tenant", "suspend", "nobody-here"), {}, "There is no tenant nobody-here."),
        (("issuer", "remove", "nobody-here", "x"), {}, "There is no tenant nobody-here."),
        (
            ("tenant", "move", "nobody-here", "--to", "home"),
            {},
            "There is no tenant nobody-here.",
        ),
        (
            ("tenant", "create", "acme", "--name", "A", "--database", "../x"),
            {},
            "No database can be named ../x. Choose one of: home.\n",
        ),
        (
            ("tenant", "suspend", "x"),
            {"DATABASE_URL": None},
            "This command needs the role of the platform.",
        ),
        (("check",), {"TRELLIS_SERVING_URL": "mysql://x"}, "must begin with postgresql://"),
        (
            ("check",),
            {"TRELLIS_SERVING_URL": "postgresql://trellis_app@127.0.0.1:1/trellis"},
            "The database does not answer",
        ),
        (("token", "--tenant", "a", "--as", "b", "--ttl", "0"), {}, "The lifetime must be 1 to"),
        (
            ("token", "--tenant", "nobody-here", "--as", "b"),
            {},
            "There is no tenant nobody-here. See `trellis tenant list`.",
        ),
        (("serve",), {"PORT": "none"}, "PORT: Input should be a valid integer"),
        (
            ("serve",),
            {"TRELLIS_BACKGROUND_SLOTS": "many"},
            "TRELLIS_BACKGROUND_SLOTS: Input should be a valid integer",
        ),
        (
            ("check",),
            {"TRELLIS_DATABASES__NORTH__SERVING_URL": "mysql://x"},
            "TRELLIS_DATABASES__NORTH__SERVING_URL: The URL of a database must begin with",
        ),
        (
            ("worker",),
            {"TRELLIS_BACKGROUND_SLOTS": "0"},
            "A worker needs TRELLIS_BACKGROUND_SLOTS of at least 1.",
        ),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    trellis: RunTrellis, words: tuple[str, ...], variables: dict[str, str | None], sentence: str
) -> None:
    done = trellis(*words, **variables)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_tenant_moves_to_where_it_lives_with_one_line_of_output(trellis: RunTrellis) -> None:
    slug = f"tenant-{time.time_ns()}"
    trellis("tenant", "create", slug, "--name", "Acme")
    moved = trellis("tenant", "move", slug, "--to", "home")
    refused = trellis("tenant", "move", slug, "--to", "../x")
    assert (moved.returncode, moved.stderr) == (0, f"{slug} lives in home.\n")
    assert (refused.returncode, refused.stderr) == (
        1,
        "No database can be named ../x. Choose one of: home.\n",
    )


def test_the_help_names_the_command_as_people_type_it(trellis: RunTrellis) -> None:
    assert "Usage: trellis tasks retry [OPTIONS]" in trellis("tasks", "retry", "--help").stdout


def test_migrating_twice_changes_nothing(trellis: RunTrellis) -> None:
    assert [trellis("migrate").returncode for _ in range(2)] == [0, 0]


def test_the_serving_role_is_found_fit_and_the_owner_is_not(
    trellis: RunTrellis, addresses: DatabaseUrls
) -> None:
    assert trellis("check").returncode == 0
    refused = trellis("check", TRELLIS_SERVING_URL=addresses.owner)
    assert refused.returncode == 1
    assert "owns tables" in refused.stderr


def test_each_database_is_checked_and_migrated_although_another_fails(
    trellis: RunTrellis, addresses: DatabaseUrls
) -> None:
    gone = "postgresql://trellis@127.0.0.1:1/trellis"
    both = {
        "TRELLIS_DATABASES__GONE__DATABASE_URL": gone,
        "TRELLIS_DATABASES__SAME__DATABASE_URL": addresses.owner,
        "TRELLIS_DATABASES__SAME__SERVING_URL": addresses.serving,
    }
    for command in ("check", "migrate"):
        done = trellis(command, **both)
        assert done.returncode == 1
        assert "gone: The database does not answer" in done.stderr
        assert "home: " not in done.stderr
        assert "same: " not in done.stderr
        assert "Traceback" not in done.stderr


def test_a_token_is_printed_bare(trellis: RunTrellis) -> None:
    slug, admin = f"tenant-{time.time_ns()}", "ada@acme.example"
    trellis("tenant", "create", slug, "--name", "Acme", "--admin", admin)

    unknown = trellis("token", "--tenant", slug, "--as", "ben@acme.example")
    done = trellis("token", "--tenant", slug, "--as", admin, "--ttl", "60")

    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr == (
        f"ben@acme.example is no active member of {slug}. Check the address.\n"
    )
    assert done.returncode == 0
    assert done.stdout.count(".") == 2
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


def test_no_token_is_made_in_production(trellis: RunTrellis) -> None:
    done = trellis(
        "token", "--tenant", "a", "--as", "b", TRELLIS_PRODUCTION="1", TRELLIS_SECRET="s" * 32
    )
    assert done.returncode == 1
    assert "does not sign in production" in done.stderr


def test_the_schema_is_printed(trellis: RunTrellis) -> None:
    assert "type Query {" in trellis("schema").stdout
