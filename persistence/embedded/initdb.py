"""Create the data directory of a server, and build the options to start it."""

import shutil
import sys
from pathlib import Path

from persistence.embedded.binaries import Binaries
from persistence.embedded.data_directory import ServerPaths, ensure_private_directory
from persistence.embedded.errors import EmbeddedPostgresError
from persistence.embedded.os_user import OsUser, get_current_user

OWNER_ROLE = "trellis_owner"
SERVING_ROLE = "trellis_app"
PLATFORM_ROLE = "trellis_platform"
DATABASE_NAME = "trellis"
PORT = 5432

BOOTSTRAP_SQL = (
    f"CREATE ROLE {OWNER_ROLE} LOGIN CREATEROLE CREATEDB;\n"
    f"CREATE DATABASE {DATABASE_NAME} OWNER {OWNER_ROLE};\n"
)
"""Runs in single-user mode, one statement on each line, before clients can connect."""

MIN_BUILTIN_LOCALE_VERSION = 17
"""The first version with the locale provider `builtin`."""


def read_major_version(data: Path) -> int | None:
    """Return the major version of the data, or None if there is no data."""
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def create_cluster(
    paths: ServerPaths, binaries: Binaries, user: OsUser, *, is_durable: bool
) -> None:
    """Create an empty data directory with the owner's role and database.

    It gets its final name at the end, so an interrupted start leaves no half-made data directory.
    Raises EmbeddedPostgresError.
    """
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
    """Return options to sort by code point: a system's own locales differ in order and version."""
    if major >= MIN_BUILTIN_LOCALE_VERSION:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C"] if sys.platform == "darwin" else ["--locale=C.UTF-8"]


def _run_or_raise(command: list[str | Path], user: OsUser, stdin: str) -> None:
    result = user.run_command(command, stdin)
    output = f"{result.stdout}\n{result.stderr}"
    if result.returncode or "ERROR:" in output or "FATAL:" in output:
        raise EmbeddedPostgresError("PostgreSQL could not create its files:", extract_error(output))


def extract_error(log: str) -> str:
    """Return the last line of a log that contains an error, the most severe first."""
    lines = [each.strip() for each in log.splitlines() if each.strip()]
    for mark in ("No space left", "Read-only file system", "PANIC:", "FATAL:", "ERROR:", "error:"):
        for line in reversed(lines):
            if mark in line:
                return line
    return lines[-1] if lines else "there was no output."


def build_server_options(paths: ServerPaths, *, is_durable: bool) -> list[str]:
    """Return the options of `postgres`, and write the files that control who may connect.

    They are written at each start, because the directory may have another owner now.
    """
    current_user = get_current_user().name.replace('"', '""')
    roles = ("postgres", OWNER_ROLE, SERVING_ROLE, PLATFORM_ROLE)
    map_ = "".join(f'trellis "{current_user}" {role}\n' for role in roles)
    access = "local all all peer map=trellis\nhost all all all scram-sha-256\n"
    options = {
        "hba_file": _write_file(paths.base_directory / "hba.conf", access),
        "ident_file": _write_file(paths.base_directory / "ident.conf", map_),
        # The value is a list: a comma separates its items unless they are quoted.
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
        # After a crash PostgreSQL syncs all files before it uses them. One syncfs call takes
        # milliseconds; one fsync for each file takes seconds.
        options["recovery_init_sync_method"] = "syncfs"
    return [word for name, value in options.items() for word in ("-c", f"{name}={value}")]


def _write_file(path: Path, text: str) -> str:
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    partial.write_text(text)
    partial.chmod(0o644)  # contains no secret, and the user of the server must read it
    partial.replace(path)
    return str(path)
