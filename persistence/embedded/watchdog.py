"""The process between the owner and PostgreSQL, which stops the server when the owner ends.

It runs as a script and imports only the standard library. Its standard input is a pipe that only
the owner holds open: the pipe closes when the owner stops the server or ends in any other way.
A server that crashed is started again; a server that cannot start ends the watchdog.

    watchdog.py UID GID POSTGRES ARGUMENT...
"""

import ctypes
import os
import select
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
FAST_SHUTDOWN_TIMEOUT = 30.0
"""Seconds for a fast shutdown. After an immediate one, the next start needs a recovery."""

MAX_RESTARTS = 100
RESTART_DELAY = 0.1
"""Seconds. After a crash, the last processes of the server may still use its shared memory."""


def drop_privileges(uid: int, gid: int) -> None:
    """Become this user permanently, if the process runs as root."""
    if os.geteuid() == 0 and uid != 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)


def start_server(command: list[str]) -> int:
    """Start the server and return its process id.

    On Linux the server also stops if the watchdog itself is killed.
    """
    watchdog = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    child = os.fork()
    if child:
        return child
    try:
        # A change of the user would clear this setting, so it follows drop_privileges.
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() == watchdog:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            empty_input = os.open(os.devnull, os.O_RDONLY)
            os.dup2(empty_input, 0)
            os.execv(command[0], command)  # noqa: S606 - no shell between the two processes
    finally:
        os._exit(127)


def poll_exit_status(child: int) -> int | None:
    """Return the wait status of the server, or None while it runs."""
    process, status = os.waitpid(child, os.WNOHANG)
    return status if process else None


def stop_server(child: int) -> None:
    """Stop the server: a fast shutdown, then an immediate one, then SIGKILL."""
    for signal_number, timeout in (
        (signal.SIGINT, FAST_SHUTDOWN_TIMEOUT),
        (signal.SIGQUIT, 10.0),
        (signal.SIGKILL, 10.0),
    ):
        os.kill(child, signal_number)
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if poll_exit_status(child) is not None:
                return
            time.sleep(0.01)


def wait_for_exit(child: int, wakeup_fd: int) -> int | None:
    """Wait for the end of the server and return its status, or None if the owner ended first."""
    while True:
        ready, _, _ = select.select([0, wakeup_fd], [], [])
        if 0 in ready:
            stop_server(child)
            return None
        os.read(wakeup_fd, 512)
        status = poll_exit_status(child)
        if status is not None:
            return status


def main(uid: int, gid: int, command: list[str]) -> int:
    """Keep the server running until the owner ends."""
    drop_privileges(uid, gid)
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)  # only the pipe stops the server
    wakeup_fd, signal_fd = os.pipe()
    os.set_blocking(signal_fd, False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(signal_fd, warn_on_full_buffer=False)
    attempts = 0
    while True:
        started_at = time.monotonic()
        status = wait_for_exit(start_server(command), wakeup_fd)
        if status is None:
            return 0
        attempts = (
            attempts + 1 if attempts and time.monotonic() - started_at < 10 * RESTART_DELAY else 0
        )
        crashed = os.WIFSIGNALED(status) or attempts
        if not crashed or attempts > MAX_RESTARTS:
            return os.waitstatus_to_exitcode(status) & 0xFF
        attempts = attempts or 1
        time.sleep(RESTART_DELAY)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
