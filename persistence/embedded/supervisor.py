"""Starting and stopping the server: one owner, one home, nothing left behind."""

import errno
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from persistence.embedded import cluster, place
from persistence.embedded.account import Account, account_for
from persistence.embedded.addresses import Addresses, addresses, answers
from persistence.embedded.binaries import choose
from persistence.embedded.place import SOCKET, Place
from persistence.embedded.unavailable import Unavailable

STARTING = 120.0
STOPPING = 60.0
NEEDED = {True: 120, False: 24}
"""Megabytes that must be free: to make a cluster, and to open one."""

COLLECTED = 0.5
"""Seconds in which a system that collects its dead processes has done so."""

ENOUGH_LOG = 10_000_000
GUARD = Path(__file__).with_name("guard.py")


class EmbeddedPostgres:
    """Our own PostgreSQL under a directory, dying with its owner.

    `lasting=False` is for tests: nothing waits for the disk, and stopping removes everything.
    """

    def __init__(self, home: Path, *, lasting: bool = True) -> None:
        self.home = home.expanduser().absolute()
        self.lasting = lasting
        self.place: Place | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._silence = 0

    def start(self, patience: float = 5.0) -> Addresses:
        """Run the server until `stop`, or until this process ends. Blocks until it answers.

        Waits so long for another owner of the same home to go. Raises Unavailable.
        """
        try:
            self.home = place.make_home(self.home)
            held = place.lock(self.home, patience)
            try:
                self._launch(held)
            finally:
                os.close(held)  # the guard and the server hold it from here on
            return self._wait()
        except OSError as error:
            self.stop()
            raise _explained(error, self.home) from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server and wait for its last process. Does nothing where none runs."""
        if self._guard is None:
            return
        guarding, self._guard = self._guard, None
        if guarding.stdin:
            guarding.stdin.close()
        try:
            guarding.wait(STOPPING)
        except subprocess.TimeoutExpired:
            guarding.kill()
            guarding.wait()
        if not self.lasting and self.place:
            shutil.rmtree(self.place.directory, ignore_errors=True)
            shutil.rmtree(self.place.sockets, ignore_errors=True)

    def __enter__(self) -> Addresses:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def is_running(self) -> bool:
        """Whether the server is there; a moment of recovery after a crash counts."""
        return self._guard is not None and self._guard.poll() is None

    def _launch(self, held: int) -> None:
        account = account_for(self.home)
        here = self.place = place.settle(self.home, account)
        binaries = choose(account, here.directory, cluster.major_of(here.data))
        fresh = not here.data.exists()
        _demand_room(here.directory, NEEDED[fresh])
        if fresh:
            cluster.create(here, binaries, account, lasting=self.lasting)
        for trace in (here.data / "postmaster.pid", here.socket.with_name(f"{SOCKET}.lock")):
            _forget_the_dead(trace, here.data)
        command = [str(binaries.program("postgres")), "-D", str(here.data)]
        self._spawn(
            account, [*command, *cluster.settings(here, lasting=self.lasting)], here.log, held
        )

        place.leave_to_its_owner(self.home)

    def _spawn(self, account: Account, command: list[str], log: Path, held: int) -> None:
        if log.exists() and log.stat().st_size > ENOUGH_LOG:
            log.replace(log.with_suffix(".log.1"))
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
        with os.fdopen(os.open(log, flags, 0o600), "ab") as writing:
            self._guard = subprocess.Popen(  # noqa: S603 - our own script
                [
                    sys.executable,
                    "-I",
                    "-S",
                    str(GUARD),
                    str(account.uid),
                    str(account.gid),
                    *command,
                ],
                stdin=subprocess.PIPE,
                stdout=writing,
                stderr=writing,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C"},
                pass_fds=(held,),
                start_new_session=True,  # Ctrl-C in the terminal reaches the owner only
            )
        self._silence = log.stat().st_size

    def _wait(self) -> Addresses:
        if self.place is None or self._guard is None:
            raise Unavailable("PostgreSQL was stopped before it answered.")
        until = time.monotonic() + STARTING
        while not answers(self.place.sockets):
            if self._guard.poll() is not None or time.monotonic() > until:
                with self.place.log.open("rb") as log:
                    log.seek(self._silence)
                    said = log.read().decode(errors="replace")
                raise Unavailable(
                    "PostgreSQL did not start:",
                    cluster.reason_in(said),
                    f"Its log is {self.place.log}.",
                )
            time.sleep(0.02)
        return addresses(self.place.sockets)


def _demand_room(directory: Path, megabytes: int) -> None:
    disk = os.statvfs(directory)
    free = disk.f_bavail * disk.f_frsize // 1_000_000
    if free < megabytes:
        raise Unavailable(
            f"Only {free} MB are free on the disk that holds {directory}.",
            f"PostgreSQL needs {megabytes}. Make room and start again; nothing was lost.",
        )


def _forget_the_dead(trace: Path, data: Path) -> None:
    """Forget a dead server whose process number is still, or again, in use.

    PostgreSQL would take whatever bears that number for the server: a stranger, or its own remains
    where nobody collects the dead, as in many containers. The rest it clears away itself.
    """
    try:
        process = int(trace.read_text().split()[0])
    except (FileNotFoundError, IndexError):
        return
    until = time.monotonic() + COLLECTED
    while _exists(process):
        if str(data) in _command_of(process):
            raise Unavailable(
                f"A PostgreSQL that Trellis did not start runs on {data} (process {process}).",
                "Stop it first.",
            )
        if time.monotonic() > until:
            trace.unlink()
            return
        time.sleep(0.02)


def _exists(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _command_of(process: int) -> str:
    """The command line of a living process, else nothing."""
    if Path("/proc/self/cmdline").exists():
        line = Path("/proc", str(process), "cmdline")
        return line.read_text().replace("\0", " ") if line.exists() else ""
    asking = ["/bin/ps", "-o", "command=", "-p", str(process)]
    return subprocess.run(asking, capture_output=True, text=True, check=False).stdout  # noqa: S603


def _explained(error: OSError, home: Path) -> Unavailable:
    where = error.filename or home
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable(f"The disk that holds {where} is full.", "Make room and start again.")
    if error.errno == errno.EROFS:
        return Unavailable(
            f"The disk that holds {where} is read-only.", "Put the project on another."
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return Unavailable(
            f"The user of this process may not use {where}.",
            "Start Trellis as the user who started it first, or remove that directory.",
        )
    return Unavailable(f"The system refused to use {where}: {error.strerror}.")
