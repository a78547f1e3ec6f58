"""A cluster of databases on disk: made whole or not at all, opened by its own version only."""

import shutil
import sys
from pathlib import Path

from persistence.embedded.binaries import Binaries
from persistence.embedded.data_directory import ServerPaths, ensure_private_directory
from persistence.embedded.errors import EmbeddedPostgresError
from persistence.embedded.os_user import OsUser, get_current_user

OWNER_ROLE = "trellis_owner"
SERVING_ROLE = "trellis_app"
DATABASE_NAME = "trellis"
PORT = 5432

BOOTSTRAP_SQL = f"CREATE ROLE {OWNER_ROLE} LOGIN CREATEROLE CREATEDB;\nCREATE DATABASE {DATABASE_NAME} OWNER {OWNER_ROLE};\n"
"""Said in single-user mode, one statement a line, before anybody can connect."""

MIN_BUILTIN_LOCALE_VERSION = 17
"""Since this version PostgreSQL has locales of its own."""


def read_major_version(data: Path) -> int | None:
    """The major version that wrote this data, or None where there is none yet."""
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def create_cluster(
    paths: ServerPaths, binaries: Binaries, user: OsUser, *, is_durable: bool
) -> None:
    """Make an empty cluster with the owner's role and database."""
    fresh = paths.base_directory / "fresh"
    if fresh.exists():
        shutil.rmtree(fresh)  # left by a start that was interrupted
    ensure_private_directory(fresh, user)
    initialize: list[str | Path] = [
        binaries.get_program("initdb"),
        f"--pgdata={fresh}",
        "--username=postgres",
        "--auth-local=peer",
        "--auth-host=scram-sha-256",
        "--data-checksums",
        "--encoding=UTF8",
        *_build_locale_options(binaries.major),
        *([] if is_durable else ["--no-sync"]),
    ]
    _run_or_raise(initialize, user, "")
    bootstrap: list[str | Path] = [
        binaries.get_program("postgres"),
        "--single",
        "-D",
        fresh,
        "postgres",
    ]
    _run_or_raise(bootstrap, user, BOOTSTRAP_SQL)
    fresh.rename(paths.data_directory)


def _build_locale_options(major: int) -> list[str]:
    """Unicode by code point, with the same answers on every system."""
    if major >= MIN_BUILTIN_LOCALE_VERSION:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C"] if sys.platform == "darwin" else ["--locale=C.UTF-8"]


def _run_or_raise(command: list[str | Path], user: OsUser, stdin: str) -> None:
    result = user.run_command(command, stdin)
    output = f"{result.stdout}\n{result.stderr}"
    if result.returncode or "ERROR:" in output or "FATAL:" in output:
        raise EmbeddedPostgresError("PostgreSQL could not make its files:", extract_error(output))


def extract_error(log: str) -> str:
    """The line of a log in which a program says why it gave up, the last such."""
    lines = [each.strip() for each in log.splitlines() if each.strip()]
    for mark in ("No space left", "Read-only file system", "PANIC:", "FATAL:", "ERROR:", "error:"):
        for line in reversed(lines):
            if mark in line:
                return line
    return lines[-1] if lines else "it said nothing."


def build_server_options(paths: ServerPaths, *, is_durable: bool) -> list[str]:
    """The words on the command line of `postgres`.

    Who may connect is written anew for each start: the project may have changed hands.
    """
    current_user = get_current_user().name.replace('"', '""')
    map_ = "".join(
        f'trellis "{current_user}" {role}\n' for role in ("postgres", OWNER_ROLE, SERVING_ROLE)
    )
    access = "local all all peer map=trellis\nhost all all all scram-sha-256\n"
    options = {
        "hba_file": _write_file(paths.base_directory / "hba.conf", access),
        "ident_file": _write_file(paths.base_directory / "ident.conf", map_),
        # A list to PostgreSQL, in which a comma separates unless it is quoted.
        "unix_socket_directories": '"{}"'.format(str(paths.socket_directory).replace('"', '""')),
        "unix_socket_permissions": "0700",
        "listen_addresses": "",
        "port": str(PORT),
        "cluster_name": DATABASE_NAME,
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
        "logging_collector": "off",
        "fsync": "on" if is_durable else "off",
        "full_page_writes": "on" if is_durable else "off",
        "synchronous_commit": "on" if is_durable else "off",
    }
    if sys.platform == "linux":
        # After a crash the disk has to have all files before they are trusted: all at once, for
        # one after the other takes seconds.
        options["recovery_init_sync_method"] = "syncfs"
    return [word for name, value in options.items() for word in ("-c", f"{name}={value}")]


def _write_file(path: Path, text: str) -> str:
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    partial.write_text(text)
    partial.chmod(0o644)  # nothing secret; the directory is closed, and the account must read it
    partial.replace(path)
    return str(path)
