"""The operating-system user that runs the processes of the server: never root."""

import logging
import os
import pwd
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from persistence.embedded.errors import EmbeddedPostgresError

ACCOUNT = "trellis"
"""The account that runs the server if Trellis runs as root, and that owns its data.

Every process of an account can read its files, so it must not be shared with other daemons, as
`nobody` is. It must have a name, because `initdb` refuses a bare user id.
"""

SHARED_ACCOUNT = "nobody"
"""Ran the server in earlier versions; its data directories go to `ACCOUNT`."""

CREATE_ACCOUNT_COMMANDS = (
    f"useradd --system --user-group --no-create-home --shell /usr/sbin/nologin {ACCOUNT}",
    f"addgroup -S {ACCOUNT}; adduser -S -D -H -G {ACCOUNT} -s /sbin/nologin {ACCOUNT}",
)
"""Commands of most systems, and of Alpine."""

SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
CREATE_ACCOUNT_TIMEOUT = 5.0
"""Seconds; another process may be creating the account, or hold the lock of the password file."""

_LOG = logging.getLogger(__name__)


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

    It is the user of this process. Root chooses the owner of the directory instead, or the account
    `trellis`, which is created if it is missing. Raises EmbeddedPostgresError if that fails.
    """
    if os.geteuid() != 0:
        return get_current_user()
    nearest = next(each for each in (home / "data", home, *home.parents) if each.exists())
    owner = nearest.stat().st_uid
    if owner not in (0, get_shared_uid()):
        try:
            return _get_user(owner)
        except EmbeddedPostgresError:
            pass
    return _find_account() or _create_account()


def get_shared_uid() -> int | None:
    """Return the user id of `nobody`, if the system has that account."""
    try:
        return pwd.getpwnam(SHARED_ACCOUNT).pw_uid
    except KeyError:
        return None


def _find_account() -> OsUser | None:
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        return None
    return OsUser(ACCOUNT, entry.pw_uid, entry.pw_gid)


def _create_account() -> OsUser:
    deadline = time.monotonic() + CREATE_ACCOUNT_TIMEOUT
    while time.monotonic() < deadline:
        for command in CREATE_ACCOUNT_COMMANDS:
            subprocess.run(  # noqa: S602 - a constant; the shell finds the program
                command, shell=True, check=False, capture_output=True, env={"PATH": SYSTEM_PATH}
            )
            if user := _find_account():
                _LOG.warning("Created the system account %s to run PostgreSQL.", ACCOUNT)
                return user
        time.sleep(0.2)
    raise EmbeddedPostgresError(
        f"PostgreSQL does not run as root, and the account `{ACCOUNT}` cannot be created.",
        "Create this system account, start Trellis as another user, or set DATABASE_URL.",
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
