"""The embedded PostgreSQL: its data outlives every death, its processes outlive none."""

import asyncio
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from threading import Thread, Timer
from typing import Any

import asyncpg
import pytest

from persistence.embedded import Addresses, EmbeddedPostgres, Unavailable, binaries, place, running
from persistence.embedded.account import Account, account_for

ROOT = Path(__file__).resolve().parents[2]
IS_ROOT = os.geteuid() == 0
ON_LINUX = sys.platform == "linux"

as_root = pytest.mark.skipif(not IS_ROOT, reason="only root may do this")
on_linux = pytest.mark.skipif(not ON_LINUX, reason="reads /proc")

LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)

OWNER = """
import signal, sys, time
from pathlib import Path
from persistence.embedded import EmbeddedPostgres
signal.signal(signal.SIGINT, signal.default_int_handler)  # shells may ignore it
server = EmbeddedPostgres(Path(sys.argv[1]))
print(server.start().owner, flush=True)
time.sleep(600)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory that the server's user may reach; pytest's own is closed to it."""
    directory = Path(tempfile.mkdtemp(prefix="embedded-")).resolve()
    directory.chmod(0o755)
    yield directory / "postgres"
    for each in directory.rglob(place.ELSEWHERE):
        shutil.rmtree(each.read_text().strip(), ignore_errors=True)
    shutil.rmtree(directory)


@pytest.fixture
def owner(home: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Starts other processes that own the server of the home."""
    started: list[subprocess.Popen[str]] = []

    def start(
        at: Path = home, python: str = sys.executable, **options: Any
    ) -> "subprocess.Popen[str]":
        command = [python, "-c", OWNER, str(at)]
        started.append(
            subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, **options)
        )
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.wait()
        if each.stdout:
            each.stdout.close()
    _wait_until(lambda: not _processes_of(home.parent))


def ask(url: str, *statements: str) -> Any:
    """The value that the last of these statements returns."""

    async def asking(connection: "asyncpg.Connection[Any]") -> Any:
        return [await connection.fetchval(each) for each in statements][-1]

    return _connected(url, asking)


def _connected(url: str, act: Callable[["asyncpg.Connection[Any]"], Awaitable[Any]]) -> Any:
    async def connected() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await act(connection)
        finally:
            connection.terminate()

    return asyncio.run(connected())


def _processes_of(home: Path) -> list[int]:
    """The processes of the server in a home: guard, postmaster and backends."""
    listed = subprocess.run(
        ["ps", "-wweo", "pid,ppid,command"], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()[1:]]
    roots = {int(row[0]) for row in rows if f"{home}/" in row[2] and "-c import" not in row[2]}
    return [int(row[0]) for row in rows if {int(row[0]), int(row[1])} & roots]


def _wait_until(true: Callable[[], object], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "It did not happen in time."
        time.sleep(0.02)


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def _postmaster(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().splitlines()[0])


def test_the_owner_of_the_schema_is_no_superuser_and_checksums_are_kept(home: Path) -> None:
    with EmbeddedPostgres(home, lasting=False) as at:
        assert ask(at.owner, "SELECT current_user") == "trellis_owner"
        assert ask(at.owner, "SELECT usesuper FROM pg_user WHERE usename = current_user") is False
        assert ask(at.owner, "SHOW data_checksums") == "on"
        assert ask(at.owner, "SHOW server_encoding") == "UTF8"
        assert ask(at.owner, "SHOW listen_addresses") == ""
        assert ask(at.owner, "SELECT 'ä' > 'z' COLLATE \"C\"") is True


def test_a_lasting_server_waits_for_the_disk(home: Path) -> None:
    with EmbeddedPostgres(home) as at:
        settings = "SELECT string_agg(setting, ' ') FROM pg_settings WHERE name = ANY ($1)"
        names = ["fsync", "full_page_writes", "synchronous_commit"]
        assert _connected(at.owner, lambda c: c.fetchval(settings, names)) == "on on on"


def test_the_serving_role_answers_once_it_exists(home: Path) -> None:
    with EmbeddedPostgres(home, lasting=False) as at:
        ask(at.owner, "CREATE ROLE trellis_app LOGIN")
        assert ask(at.serving, "SELECT current_user") == "trellis_app"


def test_only_the_owners_user_may_enter(home: Path) -> None:
    server = EmbeddedPostgres(home, lasting=False)
    with server:
        assert server.place
        for directory in (server.place.data, server.place.sockets):
            assert stat.S_IMODE(directory.stat().st_mode) == 0o700
        assert not stat.S_IMODE(home.stat().st_mode) & 0o007
        assert server.place.data not in server.place.sockets.parents
        access = (server.place.directory / "hba.conf").read_text()
        assert access == "local all all peer map=trellis\nhost all all all scram-sha-256\n"


@on_linux
def test_no_process_of_the_server_is_root(home: Path) -> None:
    with EmbeddedPostgres(home, lasting=False):
        processes = _processes_of(home)
        assert len(processes) > 3
        for process in processes:
            assert Path("/proc", str(process)).stat().st_uid != 0


def test_a_restart_keeps_the_data_and_is_quick(home: Path) -> None:
    with EmbeddedPostgres(home) as at:
        ask(at.owner, "CREATE TABLE kept AS SELECT 42 AS answer")
    began = time.monotonic()
    with EmbeddedPostgres(home) as at:
        assert time.monotonic() - began < 3
        assert ask(at.owner, "SELECT answer FROM kept") == 42
    assert _processes_of(home) == []


def test_a_killed_server_is_back_in_seconds_with_all_it_acknowledged(home: Path) -> None:
    with EmbeddedPostgres(home) as at:
        ask(at.owner, "CREATE TABLE kept (number int PRIMARY KEY)")
        acknowledged = 0
        for _ in range(3):
            killing = Timer(0.3, lambda: os.kill(_postmaster(home), signal.SIGKILL))
            killing.start()

            async def write(connection: "asyncpg.Connection[Any]") -> None:
                nonlocal acknowledged
                while True:
                    await connection.execute("INSERT INTO kept VALUES ($1)", acknowledged + 1)
                    acknowledged += 1

            with pytest.raises((*LOST, asyncpg.InternalClientError)):
                _connected(at.owner, write)
            killing.join()
            began = time.monotonic()
            _wait_until(lambda: running(home))
            assert time.monotonic() - began < 5
            # One more may have been kept than was acknowledged, never one less.
            found = ask(at.owner, "SELECT count(*) FROM kept")
            assert found in (acknowledged, acknowledged + 1)
            acknowledged = found
        assert acknowledged > 0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_an_owner_that_dies(
    home: Path, owner: Callable[[], "subprocess.Popen[str]"], number: signal.Signals
) -> None:
    process = owner()
    ask(_line(process), "CREATE TABLE kept AS SELECT 42 AS answer")
    assert _processes_of(home)
    process.send_signal(number)
    process.wait(timeout=30)
    _wait_until(lambda: not _processes_of(home))
    with EmbeddedPostgres(home) as at:
        assert ask(at.owner, "SELECT answer FROM kept") == 42


@on_linux
def test_nothing_outlives_its_guard(home: Path) -> None:
    server = EmbeddedPostgres(home)
    with server:
        status = Path("/proc", str(_postmaster(home)), "status").read_text()
        guard = int(status.split("PPid:")[1].split()[0])
        os.kill(guard, signal.SIGKILL)
        _wait_until(lambda: not _processes_of(home))


def test_a_server_started_in_a_thread_outlives_the_thread(home: Path) -> None:
    server = EmbeddedPostgres(home, lasting=False)
    found: list[Addresses] = []
    thread = Thread(target=lambda: found.append(server.start()))
    thread.start()
    thread.join()
    time.sleep(0.3)
    assert ask(found[0].owner, "SELECT 1") == 1
    server.stop()


def test_a_second_owner_is_refused_and_a_guest_finds_the_server(home: Path) -> None:
    assert running(home) is None
    with EmbeddedPostgres(home, lasting=False) as at:
        with pytest.raises(
            Unavailable, match=f"already runs its database in .* \\(process {os.getpid()}\\)"
        ):
            EmbeddedPostgres(home).start(patience=0.1)
        assert running(home) == at
        assert ask(at.owner, "SELECT 1") == 1
    assert running(home) is None


def test_two_projects_run_side_by_side(home: Path) -> None:
    other = home.parent / 'an, "other" one'
    with (
        EmbeddedPostgres(home, lasting=False) as one,
        EmbeddedPostgres(other, lasting=False) as two,
    ):
        ask(one.owner, "CREATE TABLE mine ()")
        assert ask(two.owner, "SELECT to_regclass('mine')::text") is None


def test_a_path_too_long_for_a_socket_gets_a_short_one(home: Path) -> None:
    server = EmbeddedPostgres(home / ("long" * 40), lasting=False)
    with server as at:
        assert server.place
        assert ask(at.owner, "SELECT 1") == 1
        assert len(str(server.place.sockets)) < 60
        assert stat.S_IMODE(server.place.sockets.lstat().st_mode) == 0o700
        sockets = server.place.sockets
    assert not sockets.exists()


def test_a_short_socket_directory_that_is_a_trap_is_refused(home: Path) -> None:
    far = home / ("long" * 40)
    server = EmbeddedPostgres(far, lasting=False)
    with server:
        assert server.place
        sockets = server.place.sockets
    (home.parent / "trap").mkdir()
    sockets.symlink_to(home.parent / "trap")
    try:
        with pytest.raises(Unavailable, match="does not belong to the user"):
            EmbeddedPostgres(far).start()
    finally:
        sockets.unlink()


def test_data_of_another_major_version_is_refused(home: Path) -> None:
    with EmbeddedPostgres(home):
        pass
    (home / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(
        Unavailable, match=r"The data was written by PostgreSQL 9, and only another"
    ):
        EmbeddedPostgres(home).start()
    assert (home / "data" / "PG_VERSION").read_text() == "9\n"
    assert _processes_of(home) == []


def test_a_system_without_postgresql_is_told_what_to_do(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "_directories", lambda: iter([Path("/nowhere")]))
    with pytest.raises(
        Unavailable, match=r"There is no PostgreSQL 15 or newer here.*set DATABASE_URL"
    ):
        EmbeddedPostgres(home).start()


def test_the_system_s_own_postgresql_serves_too(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "CARRIER", "no_such_wheel")
    try:
        with EmbeddedPostgres(home, lasting=False) as at:
            assert ask(at.owner, "SELECT current_setting('server_version_num')::int >= 150000")
    except Unavailable as error:
        pytest.skip(str(error))


def test_a_cluster_that_was_half_made_is_made_anew(home: Path) -> None:
    (home / "fresh").mkdir(parents=True)
    (home / "fresh" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(home, lasting=False) as at:
        assert ask(at.owner, "SELECT 1") == 1


@on_linux
@pytest.mark.parametrize("is_alive", [True, False])
def test_a_dead_server_whose_number_is_still_in_use_is_forgotten(
    home: Path, *, is_alive: bool
) -> None:
    with EmbeddedPostgres(home):
        remains = (home / "data" / "postmaster.pid").read_text().splitlines()
    account = account_for(home)
    user = {} if account.is_ours else {"user": account.uid, "group": account.gid}
    stranger = subprocess.Popen(["sleep", "60"], **user)  # type: ignore[call-overload]
    try:
        if not is_alive:  # dead, and not collected by us who started it
            stranger.kill()
            time.sleep(0.1)
        for trace in (home / "data" / "postmaster.pid", home / "run" / f"{place.SOCKET}.lock"):
            trace.write_text("\n".join([str(stranger.pid), *remains[1:], ""]))
        with EmbeddedPostgres(home) as at:
            assert ask(at.owner, "SELECT 1") == 1
    finally:
        stranger.kill()
        assert stranger.wait() == -signal.SIGKILL


@as_root
@pytest.mark.parametrize("size", ["8m", "60m"])
def test_a_full_disk_is_named(home: Path, size: str) -> None:
    with (
        _mounted(home.parent / "disk", f"size={size}") as disk,
        pytest.raises(Unavailable, match="MB are free on the disk that holds"),
    ):
        EmbeddedPostgres(disk / "postgres").start()


@as_root
def test_a_disk_that_fills_up_is_named_and_nothing_is_lost(home: Path) -> None:
    with _mounted(home.parent / "disk", "size=200m") as disk:
        with EmbeddedPostgres(disk / "postgres") as at:
            ask(at.owner, "CREATE TABLE kept AS SELECT 42 AS answer")
        filling = disk / "filling"
        _fill(filling)
        with pytest.raises(Unavailable, match=r"nothing was lost|is full"):
            EmbeddedPostgres(disk / "postgres").start()
        filling.unlink()
        with EmbeddedPostgres(disk / "postgres") as at:
            assert ask(at.owner, "SELECT answer FROM kept") == 42


def _fill(path: Path) -> None:
    try:
        with path.open("wb", buffering=0) as file:
            while True:
                file.write(b"\0" * 65536)
    except OSError:
        pass


@as_root
def test_a_read_only_disk_is_named(home: Path) -> None:
    with _mounted(home.parent / "disk", "size=200m") as disk:
        with EmbeddedPostgres(disk / "postgres"):
            pass
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with pytest.raises(Unavailable, match="is read-only"):
            EmbeddedPostgres(disk / "postgres").start()
        with pytest.raises(Unavailable, match="is read-only"):
            EmbeddedPostgres(disk / "another" / "postgres").start()


@as_root
def test_a_home_that_only_root_may_enter_has_its_data_elsewhere(home: Path) -> None:
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "project" / "postgres")
    with server as at:
        ask(at.owner, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert server.place
        elsewhere = server.place.directory
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert not elsewhere.is_relative_to(closed)
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o710

    shutil.copytree(closed / "project", closed / "copy")
    copy = EmbeddedPostgres(closed / "copy" / "postgres", lasting=False)
    with copy as at:
        assert copy.place
        assert copy.place.directory != elsewhere
        assert ask(at.owner, "SELECT to_regclass('kept')::text") is None

    (closed / "project").rename(closed / "moved")
    moved = EmbeddedPostgres(closed / "moved" / "postgres")
    with moved as at:
        assert ask(at.owner, "SELECT answer FROM kept") == 42


@as_root
def test_programs_that_only_root_may_execute_are_offered_elsewhere(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    package = next(Path(each) for each in sys.path if (Path(each) / binaries.CARRIER).exists())
    for name in (binaries.CARRIER, f"{binaries.CARRIER}.libs"):
        shutil.copytree(package / name, closed / name, symlinks=True)
    monkeypatch.setattr(
        binaries, "_directories", lambda: iter([closed / binaries.CARRIER / "pginstall18" / "bin"])
    )
    for _ in range(2):
        with EmbeddedPostgres(home) as at:
            assert ask(at.owner, "SHOW server_version_num") >= "180000"


@as_root
def test_a_plain_user_needs_nothing_from_root(
    home: Path, owner: Callable[..., "subprocess.Popen[str]"]
) -> None:
    account = account_for(home)
    theirs = home.parent / "theirs"
    theirs.mkdir(mode=0o700)
    os.chown(theirs, account.uid, account.gid)
    options = {
        "python": _python_for(account),
        "user": account.uid,
        "group": account.gid,
        "extra_groups": [],
        "env": {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    }
    # Root, in the user's own project, leaves everything to that user.
    for _ in range(2):
        with EmbeddedPostgres(theirs / "postgres") as at:
            assert ask(at.owner, "SELECT current_user") == "trellis_owner"
        process = owner(theirs / "postgres", **options)
        assert _line(process) == at.owner
        process.kill()
        process.wait()
        _wait_until(lambda: not _processes_of(theirs))


def _python_for(account: Account) -> str:
    """A Python that this user may run; ours may lie in root's home."""
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        asking = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        if account.may("x", Path(python)) and account.run(asking).returncode == 0:
            return python
    pytest.skip("No Python here that a plain user may run.")


class _mounted:  # noqa: N801 - used as a word
    """A small disk of its own, where the system lets us have one."""

    def __init__(self, at: Path, options: str) -> None:
        self.at, self.options = at, options

    def __enter__(self) -> Path:
        self.at.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"mode=755,{self.options}", "tmpfs", str(self.at)]
        mounting = subprocess.run(command, capture_output=True, text=True, check=False)
        if mounting.returncode:
            pytest.skip(textwrap.shorten(mounting.stderr, 80))
        return self.at

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", self.at], check=True)
