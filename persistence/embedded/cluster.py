"""A cluster of databases on disk: made whole or not at all, opened by its own version only."""

import shutil
import sys
from pathlib import Path

from persistence.embedded.account import Account, ourselves
from persistence.embedded.binaries import Binaries
from persistence.embedded.place import Place, own
from persistence.embedded.unavailable import Unavailable

OWNER = "trellis_owner"
SERVING = "trellis_app"
DATABASE = "trellis"
PORT = 5432

FIRST_WORDS = (
    f"CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB;\nCREATE DATABASE {DATABASE} OWNER {OWNER};\n"
)
"""Said in single-user mode, one statement a line, before anybody can connect."""

BRINGS_LOCALES = 17
"""Since this version PostgreSQL has locales of its own."""


def major_of(data: Path) -> int | None:
    """The major version that wrote this data, or None where there is none yet."""
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def create(place: Place, binaries: Binaries, account: Account, *, lasting: bool) -> None:
    """Make an empty cluster with the owner's role and database."""
    fresh = place.directory / "fresh"
    if fresh.exists():
        shutil.rmtree(fresh)  # left by a start that was interrupted
    own(fresh, account)
    initialize: list[str | Path] = [
        binaries.program("initdb"),
        f"--pgdata={fresh}",
        "--username=postgres",
        "--auth-local=peer",
        "--auth-host=scram-sha-256",
        "--data-checksums",
        "--encoding=UTF8",
        *_locale(binaries.major),
        *([] if lasting else ["--no-sync"]),
    ]
    _succeed(initialize, account, "")
    talk: list[str | Path] = [binaries.program("postgres"), "--single", "-D", fresh, "postgres"]
    _succeed(talk, account, FIRST_WORDS)
    fresh.rename(place.data)


def _locale(major: int) -> list[str]:
    """Unicode by code point, with the same answers on every system."""
    if major >= BRINGS_LOCALES:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C"] if sys.platform == "darwin" else ["--locale=C.UTF-8"]


def _succeed(command: list[str | Path], account: Account, words: str) -> None:
    done = account.run(command, words)
    said = f"{done.stdout}\n{done.stderr}"
    if done.returncode or "ERROR:" in said or "FATAL:" in said:
        raise Unavailable("PostgreSQL could not make its files:", reason_in(said))


def reason_in(said: str) -> str:
    """The line of a log in which a program says why it gave up, the last such."""
    lines = [each.strip() for each in said.splitlines() if each.strip()]
    for mark in ("No space left", "Read-only file system", "PANIC:", "FATAL:", "ERROR:", "error:"):
        for line in reversed(lines):
            if mark in line:
                return line
    return lines[-1] if lines else "it said nothing."


def settings(place: Place, *, lasting: bool) -> list[str]:
    """The words on the command line of `postgres`.

    Who may connect is written anew for each start: the project may have changed hands.
    """
    us = ourselves().name.replace('"', '""')
    map_ = "".join(f'trellis "{us}" {role}\n' for role in ("postgres", OWNER, SERVING))
    access = "local all all peer map=trellis\nhost all all all scram-sha-256\n"
    chosen = {
        "hba_file": _written(place.directory / "hba.conf", access),
        "ident_file": _written(place.directory / "ident.conf", map_),
        # A list to PostgreSQL, in which a comma separates unless it is quoted.
        "unix_socket_directories": '"{}"'.format(str(place.sockets).replace('"', '""')),
        "unix_socket_permissions": "0700",
        "listen_addresses": "",
        "port": str(PORT),
        "cluster_name": DATABASE,
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
        "logging_collector": "off",
        "fsync": "on" if lasting else "off",
        "full_page_writes": "on" if lasting else "off",
        "synchronous_commit": "on" if lasting else "off",
    }
    if sys.platform == "linux":
        # After a crash the disk has to have all files before they are trusted: all at once, for
        # one after the other takes seconds.
        chosen["recovery_init_sync_method"] = "syncfs"
    return [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]


def _written(path: Path, text: str) -> str:
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    partial.write_text(text)
    partial.chmod(0o644)  # nothing secret; the directory is closed, and the account must read it
    partial.replace(path)
    return str(path)
