"""The operating-system user under which the server's processes run: never root."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from persistence.embedded.errors import EmbeddedPostgresError

UNPRIVILEGED_USERS = ("trellis", "nobody")
"""Users that root hands the server to, the first that exists."""


@dataclass(frozen=True)
class OsUser:
    """A user of the operating system."""

    name: str
    uid: int
    gid: int

    @property
    def is_current(self) -> bool:
        """Whether this process runs as that user already."""
        return self.uid == os.geteuid()

    def has_access(self, operation: str, path: Path) -> bool:
        """Ask the operating system itself, as that user: `x` to enter or execute, `w` to write."""
        return (
            self.run_command(["/bin/sh", "-c", f'test -{operation} "$0"', str(path)]).returncode
            == 0
        )

    def run_command(
        self, command: Sequence[str | Path], stdin: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end as that user, with nothing of our own environment."""
        return subprocess.run(  # noqa: S603 - every command is spelled out by this package
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
    """The user of this process."""
    return _get_user(os.geteuid())


def choose_server_user(home: Path) -> OsUser:
    """Who runs a server under this directory; root leaves it to its owner, or to nobody."""
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
        "PostgreSQL does not run as root, and this system has no user `nobody` to run it as.",
        "Start Trellis as another user, or set DATABASE_URL.",
    )


def _get_user(uid: int) -> OsUser:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise EmbeddedPostgresError(
            f"The user {uid} is not in this system's list of users, and PostgreSQL insists on it.",
            "Add the user to /etc/passwd, or set DATABASE_URL.",
        ) from None
    return OsUser(entry.pw_name, uid, entry.pw_gid)
