"""The process between the owner and PostgreSQL, which ends the server when the owner ends.

Run as a script, with nothing but the standard library. Its standard input is a pipe that only the
owner holds open: when the owner stops the server, or dies in whatever way, the pipe closes.
A server that was killed is started again; one that cannot start is given up.

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
"""Seconds for a fast shutdown; then an immediate one, which the next start recovers from."""

MAX_RESTARTS = 100
RESTART_DELAY = 0.1
"""After a crash, the last processes of the dead server may still hold its shared memory."""


def drop_privileges(uid: int, gid: int) -> None:
    """Become the account, for good."""
    if os.geteuid() == 0 and uid != 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)


def start_server(command: list[str]) -> int:
    """Start the server so that even our own violent death ends it, where the system can do that."""
    guard = os.getpid()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    child = os.fork()
    if child:
        return child
    try:
        # In the process that becomes PostgreSQL, and after the change of user, which clears it.
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
        if os.getppid() == guard:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            os.execv(command[0], command)  # noqa: S606 - a shell would stand between
    finally:
        os._exit(127)


def poll_exit_status(child: int) -> int | None:
    """The wait status of the server, or None while it runs."""
    found, status = os.waitpid(child, os.WNOHANG)
    return status if found else None


def stop_server(child: int) -> None:
    """Fast, then immediate, then dead."""
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
    """Wait for the end of the server, and return its status; None when the owner ended first."""
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
        signal.signal(each, signal.SIG_IGN)  # only the owner decides
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
