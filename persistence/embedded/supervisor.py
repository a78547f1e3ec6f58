"""Start and stop the embedded server: one owner for a home, and no process left behind."""

import errno
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from persistence.embedded import data_directory, initdb
from persistence.embedded.binaries import choose_binaries
from persistence.embedded.data_directory import SOCKET_NAME, ServerPaths
from persistence.embedded.database_urls import DatabaseUrls, build_urls, is_accepting_connections
from persistence.embedded.errors import EmbeddedPostgresError
from persistence.embedded.os_user import OsUser, choose_server_user

START_TIMEOUT = 120.0
STOP_TIMEOUT = 60.0
MIN_FREE_MEGABYTES = {True: 120, False: 24}
"""Free megabytes that are required, by whether the data directory is new."""

REAP_TIMEOUT = 0.5
"""Seconds after which a dead process still exists only if the system never reaps it."""

MAX_LOG_SIZE = 10_000_000
WATCHDOG_SCRIPT = Path(__file__).with_name("watchdog.py")


class EmbeddedPostgres:
    """An embedded PostgreSQL in a directory, which ends together with this process.

    `is_durable=False` is for tests: PostgreSQL does not wait for the disk, and `stop` deletes all
    files.
    """

    def __init__(self, home: Path, *, is_durable: bool = True) -> None:
        self.home = home.expanduser().absolute()
        self.is_durable = is_durable
        self.paths: ServerPaths | None = None
        self._watchdog: subprocess.Popen[bytes] | None = None
        self._log_offset = 0

    def start(self, lock_timeout: float = 5.0) -> DatabaseUrls:
        """Start the server, and return its URLs when it accepts connections.

        It runs until `stop` or until this process ends. `lock_timeout` is the time in seconds to
        wait for another owner of the home. Raises EmbeddedPostgresError.
        """
        try:
            self.home = data_directory.create_home(self.home)
            lock_fd = data_directory.lock_home(self.home, lock_timeout)
            try:
                self._start_server(lock_fd)
            finally:
                os.close(lock_fd)  # the watchdog and the server hold the lock from now on
            return self._wait_until_ready()
        except OSError as error:
            self.stop()
            raise _create_os_error(error, self.home) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server and wait for its last process. Does nothing if it does not run."""
        if self._watchdog is None:
            return
        watchdog, self._watchdog = self._watchdog, None
        if watchdog.stdin:
            watchdog.stdin.close()
        try:
            watchdog.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            watchdog.kill()
            watchdog.wait()
        if not self.is_durable and self.paths:
            shutil.rmtree(self.paths.base_directory, ignore_errors=True)
            shutil.rmtree(self.paths.socket_directory, ignore_errors=True)
            shutil.rmtree(self.paths.program_directory, ignore_errors=True)

    def __enter__(self) -> DatabaseUrls:
        return self.start()

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def is_running(self) -> bool:
        """Whether the server runs; it also counts as running while it recovers from a crash."""
        return self._watchdog is not None and self._watchdog.poll() is None

    def _start_server(self, lock_fd: int) -> None:
        user = choose_server_user(self.home)
        paths = self.paths = data_directory.prepare_directories(self.home, user)
        is_new = not paths.data_directory.exists()
        _require_free_space(paths.base_directory, MIN_FREE_MEGABYTES[is_new])
        binaries = choose_binaries(
            user, paths.program_directory, initdb.read_major_version(paths.data_directory)
        )
        if is_new:
            initdb.create_cluster(paths, binaries, user, is_durable=self.is_durable)
        for stale_file in (
            paths.data_directory / "postmaster.pid",
            paths.socket_path.with_name(f"{SOCKET_NAME}.lock"),
        ):
            _remove_stale_file(stale_file, paths.data_directory)
        command = [str(binaries.get_program("postgres")), "-D", str(paths.data_directory)]
        self._start_watchdog(
            user,
            [*command, *initdb.build_server_options(paths, is_durable=self.is_durable)],
            paths.log_path,
            lock_fd,
        )

        data_directory.restore_ownership(self.home)

    def _start_watchdog(self, user: OsUser, command: list[str], log: Path, lock_fd: int) -> None:
        if log.exists() and log.stat().st_size > MAX_LOG_SIZE:
            log.replace(log.with_suffix(".log.1"))
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        with os.fdopen(os.open(log, flags, 0o600), "ab") as log_file:
            self._watchdog = subprocess.Popen(  # noqa: S603 - a script of this package
                [
                    sys.executable,
                    "-I",
                    "-S",
                    str(WATCHDOG_SCRIPT),
                    str(user.uid),
                    str(user.gid),
                    *command,
                ],
                stdin=subprocess.PIPE,
                stdout=log_file,
                stderr=log_file,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C"},
                pass_fds=(lock_fd,),
                start_new_session=True,  # Ctrl-C in the terminal reaches the owner only
            )
        self._log_offset = log.stat().st_size

    def _wait_until_ready(self) -> DatabaseUrls:
        if self.paths is None or self._watchdog is None:
            raise EmbeddedPostgresError("PostgreSQL was stopped before it accepted connections.")
        deadline = time.monotonic() + START_TIMEOUT
        while not is_accepting_connections(self.paths.socket_directory):
            if self._watchdog.poll() is not None or time.monotonic() > deadline:
                with self.paths.log_path.open("rb") as log:
                    log.seek(self._log_offset)
                    output = log.read().decode(errors="replace")
                raise EmbeddedPostgresError(
                    "PostgreSQL did not start:",
                    initdb.extract_error(output),
                    f"Its log is {self.paths.log_path}.",
                )
            time.sleep(0.02)
        return build_urls(self.paths.socket_directory)


def _require_free_space(directory: Path, megabytes: int) -> None:
    disk = os.statvfs(directory)
    free = disk.f_bavail * disk.f_frsize // 1_000_000
    if free < megabytes:
        raise EmbeddedPostgresError(
            f"Only {free} MB are free on the disk that holds {directory}.",
            f"PostgreSQL needs {megabytes}. Free some space and start again; nothing was lost.",
        )


def _remove_stale_file(path: Path, data: Path) -> None:
    """Delete the lock file of a dead server if its process id is in use.

    PostgreSQL would take the process with that id for the server: another program, or a dead
    process that is never reaped, as in many containers. It deletes other stale files itself.
    Raises EmbeddedPostgresError if a server really runs on the data.
    """
    try:
        process = int(path.read_text().split()[0])
    except (FileNotFoundError, IndexError):
        return
    deadline = time.monotonic() + REAP_TIMEOUT
    while _is_alive(process):
        if str(data) in _read_command_line(process):
            raise EmbeddedPostgresError(
                f"A PostgreSQL that Trellis did not start runs on {data} (process {process}).",
                "Stop that process first.",
            )
        if time.monotonic() > deadline:
            path.unlink()
            return
        time.sleep(0.02)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _read_command_line(process: int) -> str:
    """Return the command line of a running process, else an empty text."""
    if Path("/proc/self/cmdline").exists():
        line = Path("/proc", str(process), "cmdline")
        return line.read_text().replace("\0", " ") if line.exists() else ""
    command = ["/bin/ps", "-o", "command=", "-p", str(process)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603


def _create_os_error(error: OSError, home: Path) -> EmbeddedPostgresError:
    path = error.filename or home
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EmbeddedPostgresError(
            f"The disk that holds {path} is full.", "Free some space and start again."
        )
    if error.errno == errno.EROFS:
        return EmbeddedPostgresError(
            f"The disk that holds {path} is read-only.", "Move the directory to another disk."
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return EmbeddedPostgresError(
            f"The user of this process may not use {path}.",
            "Start Trellis as the user who started it first, or remove that directory.",
        )
    return EmbeddedPostgresError(f"The operating system refused to use {path}: {error.strerror}.")
