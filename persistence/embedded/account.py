"""The operating-system user under which the server's processes run: never root."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from persistence.embedded.unavailable import Unavailable

UNPRIVILEGED = ("trellis", "nobody")
"""Users that root hands the server to, the first that exists."""


@dataclass(frozen=True)
class Account:
    """A user of the operating system."""

    name: str
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Whether this process runs as that user already."""
        return self.uid == os.geteuid()

    def may(self, operation: str, path: Path) -> bool:
        """Ask the operating system itself, as that user: `x` to enter or execute, `w` to write."""
        return self.run(["/bin/sh", "-c", f'test -{operation} "$0"', str(path)]).returncode == 0

    def run(
        self, command: Sequence[str | Path], words: str = ""
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
            user=None if self.is_ours else self.uid,
            group=None if self.is_ours else self.gid,
            extra_groups=None if self.is_ours else [],
            input=words,
        )


def ourselves() -> Account:
    """The user of this process."""
    return _known(os.geteuid())


def account_for(home: Path) -> Account:
    """Who runs a server under this directory; root leaves it to its owner, or to nobody."""
    if os.geteuid() != 0:
        return ourselves()
    nearest = next(each for each in (home / "data", home, *home.parents) if each.exists())
    owner = nearest.stat().st_uid
    if owner != 0:
        try:
            return _known(owner)
        except Unavailable:
            pass
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise Unavailable(
        "PostgreSQL does not run as root, and this system has no user `nobody` to run it as.",
        "Start Trellis as another user, or set DATABASE_URL.",
    )


def _known(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise Unavailable(
            f"The user {uid} is not in this system's list of users, and PostgreSQL insists on it.",
            "Add the user to /etc/passwd, or set DATABASE_URL.",
        ) from None
    return Account(entry.pw_name, uid, entry.pw_gid)
