"""Directories that an embedded PostgreSQL can use, and the errors for those that it cannot."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from persistence.embedded import (
    EmbeddedPostgres,
    EmbeddedPostgresError,
    binaries,
    data_directory,
    os_user,
)
from persistence.embedded.os_user import OsUser, choose_server_user
from tests.persistence.embedded_support import (
    fetch_value,
    list_server_processes,
    read_line,
    requires_linux,
    requires_root,
    wait_until,
)


def test_a_path_too_long_for_a_socket_gets_a_short_one(home: Path) -> None:
    server = EmbeddedPostgres(home / ("long" * 40), is_durable=False)
    with server as at:
        assert server.paths
        assert fetch_value(at.owner, "SELECT 1") == 1
        assert len(str(server.paths.socket_directory)) < 60
        assert stat.S_IMODE(server.paths.socket_directory.lstat().st_mode) == 0o700
        sockets = server.paths.socket_directory
    assert not sockets.exists()


def test_a_short_socket_directory_that_is_a_trap_is_refused(home: Path) -> None:
    far = home / ("long" * 40)
    server = EmbeddedPostgres(far, is_durable=False)
    with server:
        assert server.paths
        sockets = server.paths.socket_directory
    (home.parent / "trap").mkdir()
    sockets.symlink_to(home.parent / "trap")
    try:
        with pytest.raises(EmbeddedPostgresError, match="does not belong to the user"):
            EmbeddedPostgres(far).start()
    finally:
        sockets.unlink()


def test_data_of_another_major_version_is_refused(home: Path) -> None:
    with EmbeddedPostgres(home):
        pass
    (home / "data" / "PG_VERSION").write_text("9\n")
    with pytest.raises(
        EmbeddedPostgresError, match=r"The data was written by PostgreSQL 9, and only another"
    ):
        EmbeddedPostgres(home).start()
    assert (home / "data" / "PG_VERSION").read_text() == "9\n"
    assert list_server_processes(home) == []


def test_a_system_without_postgresql_is_told_what_to_do(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "_find_directories", lambda: iter([Path("/nowhere")]))
    with pytest.raises(
        EmbeddedPostgresError, match=r"There is no PostgreSQL 15 or newer here.*set DATABASE_URL"
    ):
        EmbeddedPostgres(home).start()


def test_the_system_s_own_postgresql_serves_too(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "WHEEL_PACKAGE", "no_such_wheel")
    try:
        with EmbeddedPostgres(home, is_durable=False) as at:
            assert fetch_value(
                at.owner, "SELECT current_setting('server_version_num')::int >= 150000"
            )
    except EmbeddedPostgresError as error:
        pytest.skip(str(error))


def test_a_cluster_that_was_half_made_is_made_anew(home: Path) -> None:
    (home / "fresh").mkdir(parents=True)
    (home / "fresh" / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(home, is_durable=False) as at:
        assert fetch_value(at.owner, "SELECT 1") == 1


@requires_linux
@pytest.mark.parametrize("is_alive", [True, False])
def test_a_dead_server_whose_number_is_still_in_use_is_forgotten(
    home: Path, *, is_alive: bool
) -> None:
    with EmbeddedPostgres(home):
        remains = (home / "data" / "postmaster.pid").read_text().splitlines()
    account = choose_server_user(home)
    user = {} if account.is_current else {"user": account.uid, "group": account.gid}
    stranger = subprocess.Popen(["sleep", "60"], **user)  # type: ignore[call-overload]
    try:
        if not is_alive:  # dead, and not collected by us who started it
            stranger.kill()
            time.sleep(0.1)
        for trace in (
            home / "data" / "postmaster.pid",
            home / "run" / f"{data_directory.SOCKET_NAME}.lock",
        ):
            trace.write_text("\n".join([str(stranger.pid), *remains[1:], ""]))
        with EmbeddedPostgres(home) as at:
            assert fetch_value(at.owner, "SELECT 1") == 1
    finally:
        stranger.kill()
        assert stranger.wait() == -signal.SIGKILL


@requires_root
@pytest.mark.parametrize("size", ["8m", "60m"])
def test_a_full_disk_is_named(home: Path, size: str) -> None:
    with (
        MountedDisk(home.parent / "disk", f"size={size}") as disk,
        pytest.raises(EmbeddedPostgresError, match="MB are free on the disk that holds"),
    ):
        EmbeddedPostgres(disk / "postgres").start()


@requires_root
def test_a_disk_that_fills_up_is_named_and_nothing_is_lost(home: Path) -> None:
    with MountedDisk(home.parent / "disk", "size=200m") as disk:
        with EmbeddedPostgres(disk / "postgres") as at:
            fetch_value(at.owner, "CREATE TABLE kept AS SELECT 42 AS answer")
        filling = disk / "filling"
        _fill_disk(filling)
        with pytest.raises(EmbeddedPostgresError, match=r"nothing was lost|is full"):
            EmbeddedPostgres(disk / "postgres").start()
        filling.unlink()
        with EmbeddedPostgres(disk / "postgres") as at:
            assert fetch_value(at.owner, "SELECT answer FROM kept") == 42


def _fill_disk(path: Path) -> None:
    try:
        with path.open("wb", buffering=0) as file:
            while True:
                file.write(b"\0" * 65536)
    except OSError:
        pass


@requires_root
def test_a_read_only_disk_is_named(home: Path) -> None:
    with MountedDisk(home.parent / "disk", "size=200m") as disk:
        with EmbeddedPostgres(disk / "postgres"):
            pass
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with pytest.raises(EmbeddedPostgresError, match="is read-only"):
            EmbeddedPostgres(disk / "postgres").start()
        with pytest.raises(EmbeddedPostgresError, match="is read-only"):
            EmbeddedPostgres(disk / "another" / "postgres").start()


@requires_root
def test_a_home_that_only_root_may_enter_has_its_data_elsewhere(home: Path) -> None:
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "project" / "postgres")
    with server as at:
        fetch_value(at.owner, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert server.paths
        elsewhere = server.paths.base_directory
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert not elsewhere.is_relative_to(closed)
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o710

    shutil.copytree(closed / "project", closed / "copy")
    copy = EmbeddedPostgres(closed / "copy" / "postgres", is_durable=False)
    with copy as at:
        assert copy.paths
        assert copy.paths.base_directory != elsewhere
        assert fetch_value(at.owner, "SELECT to_regclass('kept')::text") is None

    (closed / "project").rename(closed / "moved")
    moved = EmbeddedPostgres(closed / "moved" / "postgres")
    with moved as at:
        assert fetch_value(at.owner, "SELECT answer FROM kept") == 42


@requires_root
def test_programs_that_only_root_may_execute_are_offered_elsewhere(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    install_wheel(closed, monkeypatch)
    for _ in range(2):
        with EmbeddedPostgres(home) as at:
            assert fetch_value(at.owner, "SHOW server_version_num") >= "180000"


@pytest.mark.parametrize("name", ["it's", 'a "b"', "a$HOME`b`[c]"])
def test_a_project_directory_may_have_any_name(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    project = home.parent / name
    project.mkdir()
    install_wheel(project, monkeypatch)
    server = EmbeddedPostgres(project / "postgres", is_durable=False)
    with server as at:
        assert fetch_value(at.owner, "SHOW server_version_num") >= "180000"
    assert server.paths
    assert not server.paths.program_directory.exists()


def install_wheel(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copy the wheel with PostgreSQL into a directory, and let the server find only that one."""
    package = next(
        Path(each) for each in sys.path if (Path(each) / binaries.WHEEL_PACKAGE).exists()
    )
    for name in (binaries.WHEEL_PACKAGE, f"{binaries.WHEEL_PACKAGE}.libs"):
        shutil.copytree(package / name, directory / name, symlinks=True)
    programs = directory / binaries.WHEEL_PACKAGE / "pginstall18" / "bin"
    monkeypatch.setattr(binaries, "_find_directories", lambda: iter([programs]))


@requires_root
def test_no_other_account_can_read_what_root_stores(home: Path) -> None:
    server = EmbeddedPostgres(home)
    with server:
        assert server.paths
        data = server.paths.data_directory
    nobody = find_nobody()
    listing = nobody.run_command(["/bin/ls", data])

    assert (data.owner(), data.group()) == ("trellis", "trellis")
    assert (listing.stdout, listing.returncode != 0) == ("", True)


@requires_root
def test_data_that_nobody_owns_goes_to_the_account(home: Path) -> None:
    server, nobody = EmbeddedPostgres(home), find_nobody()
    with server as at:
        fetch_value(at.owner, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert server.paths
        directories = (server.paths.data_directory, server.paths.socket_directory)
    home.chmod(0o711)
    target = home.parent / "target"
    target.touch()
    (directories[0] / "link").symlink_to(target)
    for directory in directories:
        for path in (directory, *directory.rglob("*")):
            os.chown(path, nobody.uid, nobody.gid, follow_symlinks=False)
    assert nobody.has_access("x", directories[0])

    with server as at:
        assert fetch_value(at.owner, "SELECT answer FROM kept") == 42
    assert not nobody.has_access("x", directories[0])
    owners = {path.lstat().st_uid for each in directories for path in (each, *each.rglob("*"))}
    assert owners == {pwd.getpwnam("trellis").pw_uid}
    assert target.stat().st_uid == 0


@requires_root
def test_a_system_without_the_account_is_told_what_to_do(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os_user, "ACCOUNT", "no-such-account")
    monkeypatch.setattr(os_user, "CREATE_ACCOUNT_COMMANDS", ("exit 1",))
    monkeypatch.setattr(os_user, "CREATE_ACCOUNT_TIMEOUT", 0.1)
    with pytest.raises(EmbeddedPostgresError, match="`no-such-account` cannot be created"):
        EmbeddedPostgres(home).start()
    assert list_server_processes(home) == []


def find_nobody() -> OsUser:
    entry = pwd.getpwnam("nobody")
    return OsUser("nobody", entry.pw_uid, entry.pw_gid)


@requires_root
def test_a_plain_user_needs_nothing_from_root(
    home: Path, owning: Callable[..., "subprocess.Popen[str]"]
) -> None:
    account = choose_server_user(home)
    theirs = home.parent / "theirs"
    theirs.mkdir(mode=0o700)
    os.chown(theirs, account.uid, account.gid)
    options = {
        "python": _find_python_for(account),
        "user": account.uid,
        "group": account.gid,
        "extra_groups": [],
        "env": {"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    }
    # Root, in the user's own project, leaves everything to that user.
    for _ in range(2):
        with EmbeddedPostgres(theirs / "postgres") as at:
            assert fetch_value(at.owner, "SELECT current_user") == "trellis_owner"
        process = owning(theirs / "postgres", **options)
        assert read_line(process) == at.owner
        process.kill()
        process.wait()
        wait_until(lambda: not list_server_processes(theirs))


def _find_python_for(account: OsUser) -> str:
    """Find a Python that this user may run; ours may lie in root's home."""
    package = Path(data_directory.__file__).parent
    if not account.has_access("x", package):
        pytest.skip("Only root may enter this clone.")
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        asking = [python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        if account.has_access("x", Path(python)) and account.run_command(asking).returncode == 0:
            return python
    pytest.skip("No Python here that a plain user may run.")


class MountedDisk:
    """A small mounted disk, where the system allows one."""

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
