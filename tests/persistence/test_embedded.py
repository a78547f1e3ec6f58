"""The embedded PostgreSQL: its data survives any crash, and no process is left behind."""

import os
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread, Timer
from typing import Any

import asyncpg
import pytest

from persistence.embedded import (
    DatabaseUrls,
    EmbeddedPostgres,
    EmbeddedPostgresError,
    find_running_server,
)
from tests.persistence.embedded_support import (
    fetch_value,
    list_server_processes,
    read_line,
    read_postmaster_pid,
    requires_linux,
    run_with_connection,
    wait_until,
)

CONNECTION_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)


def test_the_owner_of_the_schema_is_no_superuser_and_checksums_are_kept(home: Path) -> None:
    with EmbeddedPostgres(home, is_durable=False) as at:
        assert fetch_value(at.owner, "SELECT current_user") == "trellis_owner"
        assert (
            fetch_value(at.owner, "SELECT usesuper FROM pg_user WHERE usename = current_user")
            is False
        )
        assert fetch_value(at.owner, "SHOW data_checksums") == "on"
        assert fetch_value(at.owner, "SHOW server_encoding") == "UTF8"
        assert fetch_value(at.owner, "SHOW listen_addresses") == ""
        assert fetch_value(at.owner, "SELECT 'ä' > 'z' COLLATE \"C\"") is True


def test_a_lasting_server_waits_for_the_disk(home: Path) -> None:
    with EmbeddedPostgres(home) as at:
        settings = "SELECT string_agg(setting, ' ') FROM pg_settings WHERE name = ANY ($1)"
        names = ["fsync", "full_page_writes", "synchronous_commit"]
        assert run_with_connection(at.owner, lambda c: c.fetchval(settings, names)) == "on on on"


def test_the_serving_role_answers_once_it_exists(home: Path) -> None:
    with EmbeddedPostgres(home, is_durable=False) as at:
        fetch_value(at.owner, "CREATE ROLE trellis_app LOGIN")
        assert fetch_value(at.serving, "SELECT current_user") == "trellis_app"


def test_only_the_owners_user_may_enter(home: Path) -> None:
    server = EmbeddedPostgres(home, is_durable=False)
    with server:
        assert server.paths
        for directory in (server.paths.data_directory, server.paths.socket_directory):
            assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert not stat.S_IMODE(home.stat().st_mode) & 0o007
        assert server.paths.data_directory not in server.paths.socket_directory.parents
        access = (server.paths.base_directory / "hba.conf").read_text()
        assert access == "local all all peer map=trellis\nhost all all all scram-sha-256\n"


@requires_linux
def test_no_process_of_the_server_is_root(home: Path) -> None:
    with EmbeddedPostgres(home, is_durable=False):
        processes = list_server_processes(home)
        assert len(processes) > 3
        for process in processes:
            assert Path("/proc", str(process)).stat().st_uid != 0


def test_a_restart_keeps_the_data(home: Path) -> None:
    with EmbeddedPostgres(home) as at:
        fetch_value(at.owner, "CREATE TABLE kept AS SELECT 42 AS answer")
    with EmbeddedPostgres(home) as at:
        assert fetch_value(at.owner, "SELECT answer FROM kept") == 42
    assert list_server_processes(home) == []


def test_a_killed_server_is_back_with_all_it_acknowledged(home: Path) -> None:
    with EmbeddedPostgres(home) as at:
        fetch_value(at.owner, "CREATE TABLE kept (number int PRIMARY KEY)")
        acknowledged = 0
        for _ in range(3):
            killing = Timer(0.3, lambda: os.kill(read_postmaster_pid(home), signal.SIGKILL))
            killing.start()

            async def write(connection: "asyncpg.Connection[Any]") -> None:
                nonlocal acknowledged
                while True:
                    await connection.execute("INSERT INTO kept VALUES ($1)", acknowledged + 1)
                    acknowledged += 1

            with pytest.raises((*CONNECTION_ERRORS, asyncpg.InternalClientError)):
                run_with_connection(at.owner, write)
            killing.join()
            wait_until(lambda: find_running_server(home))
            # One more may have been kept than was acknowledged, never one less.
            found = fetch_value(at.owner, "SELECT count(*) FROM kept")
            assert found in (acknowledged, acknowledged + 1)
            acknowledged = found
        assert acknowledged > 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_an_owner_that_dies(
    home: Path, owning: Callable[[], "subprocess.Popen[str]"], number: signal.Signals
) -> None:
    process = owning()
    fetch_value(read_line(process), "CREATE TABLE kept AS SELECT 42 AS answer")
    assert list_server_processes(home)
    process.send_signal(number)
    process.wait(timeout=30)
    wait_until(lambda: not list_server_processes(home))
    with EmbeddedPostgres(home) as at:
        assert fetch_value(at.owner, "SELECT answer FROM kept") == 42


@requires_linux
def test_nothing_outlives_its_guard(home: Path) -> None:
    server = EmbeddedPostgres(home)
    with server:
        status = Path("/proc", str(read_postmaster_pid(home)), "status").read_text()
        guard = int(status.split("PPid:")[1].split()[0])
        os.kill(guard, signal.SIGKILL)
        wait_until(lambda: not list_server_processes(home))


def test_a_server_started_in_a_thread_outlives_the_thread(home: Path) -> None:
    server = EmbeddedPostgres(home, is_durable=False)
    found: list[DatabaseUrls] = []
    thread = Thread(target=lambda: found.append(server.start()))
    thread.start()
    thread.join()
    time.sleep(0.3)
    assert fetch_value(found[0].owner, "SELECT 1") == 1
    server.stop()


def test_a_second_owner_is_refused_and_a_guest_finds_the_server(home: Path) -> None:
    assert find_running_server(home) is None
    with EmbeddedPostgres(home, is_durable=False) as at:
        with pytest.raises(
            EmbeddedPostgresError,
            match=f"already runs its database in .* \\(process {os.getpid()}\\)",
        ):
            EmbeddedPostgres(home).start(lock_timeout=0.1)
        assert find_running_server(home) == at
        assert fetch_value(at.owner, "SELECT 1") == 1
    assert find_running_server(home) is None


def test_two_projects_run_side_by_side(home: Path) -> None:
    other = home.parent / 'an, "other" one'
    with (
        EmbeddedPostgres(home, is_durable=False) as one,
        EmbeddedPostgres(other, is_durable=False) as two,
    ):
        fetch_value(one.owner, "CREATE TABLE mine ()")
        assert fetch_value(two.owner, "SELECT to_regclass('mine')::text") is None
