"""The operating-system user that runs the processes of the server: never root."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from persistence.embedded.errors import EmbeddedPostgresError

UNPRIVILEGED_USERS = ("trellis", "nobody")
"""The users that run the server if Trellis runs as root; the first that exists is chosen."""


@dataclass(frozen=True)
class OsUser:
    """A user of the operating system."""

    name: str
    uid: int
    gid: int

    @property
    def is_current(self) -> bool:
        """Whether this process runs as that user."""
        return self.uid == os.geteuid()

    def has_access(self, operation: str, path: Path) -> bool:
        """Return whether the user may enter or execute (`x`) or write (`w`) a path.

        The command `test` runs as that user, so every rule of the system counts, also ACLs.
        """
        return (
            self.run_command(["/bin/sh", "-c", f'test -{operation} "$0"', str(path)]).returncode
            == 0
        )

    def run_command(
        self, command: Sequence[str | Path], stdin: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end as that user, without the environment of this process."""
        return subprocess.run(  # noqa: S603 - commands are constants of this package
            list(command),
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            umask=0o077,
            text=True,
            check=False,
            capture_output=True,
            start_new_session=True,
            user=None if self.is_current else self.uid,
            group=None if self.is_current else self.gid,
            extra_groups=None if self.is_current else [],
            input=stdin,
        )


def get_current_user() -> OsUser:
    """Return the user of this process."""
    return _get_user(os.geteuid())


def choose_server_user(home: Path) -> OsUser:
    """Return the user for a server under this directory.

    It is the user of this process. Root chooses the owner of the directory instead, or an
    unprivileged user. Raises EmbeddedPostgresError if there is none.
    """
    if os.geteuid() != 0:
        return get_current_user()
    nearest = next(each for each in (home / "data", home, *home.parents) if each.exists())
    owner = nearest.stat().st_uid
    if owner != 0:
        try:
            return _get_user(owner)
        except EmbeddedPostgresError:
            pass
    for name in UNPRIVILEGED_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return OsUser(name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root, and this system has no user `nobody` to run it.",
        "Start Trellis as another user, or set DATABASE_URL.",
    )


def _get_user(uid: int) -> OsUser:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedPostgresError(
            f"PostgreSQL needs a user name, and the user id {uid} has none on this system.",
            "Add the user to /etc/passwd, or set DATABASE_URL.",
        ) from None
    return OsUser(entry.pw_name, uid, entry.pw_gid)
