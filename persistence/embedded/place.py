"""Where the server's files lie: in the project, or elsewhere if only root may enter that."""

import fcntl
import hashlib
import os
import secrets
import stat
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from persistence.embedded.account import Account
from persistence.embedded.unavailable import Unavailable

SOCKET_PATH = 103 if sys.platform == "darwin" else 107
"""The longest address of a Unix socket, in bytes."""

SOCKET = ".s.PGSQL.5432"
SHORT = 50
"""A runtime directory of no more bytes leaves room for our name and the socket's."""

SHARED = Path("/var/lib/trellis")
"""Where root keeps the data of projects that the server's own user may not enter."""

ELSEWHERE = "elsewhere"
ORIGIN = "origin"


@dataclass(frozen=True)
class Place:
    """The directories of a server: `directory` is ours, `data` and `sockets` are the account's."""

    directory: Path
    sockets: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.directory / "data"

    @property
    def socket(self) -> Path:
        """Where the server listens."""
        return self.sockets / SOCKET

    @property
    def log(self) -> Path:
        """What the server says, outside the data directory so that no backup holds it."""
        return self.directory / "server.log"


def lock(home: Path, patience: float) -> int:
    """Hold the home for one server.

    Every process of the server inherits the lock, so that a free lock proves that none of them is
    left, however its owner died.
    """
    file = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                holder = os.read(file, 20).decode() or "another"
                os.close(file)
                raise Unavailable(
                    f"Trellis already runs its database in {home} (process {holder.strip()}).",
                    "Stop that one first, or give this one another directory.",
                ) from None
            time.sleep(0.05)
        else:
            os.ftruncate(file, 0)
            os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
            return file


def make_home(home: Path) -> Path:
    """Make the home and what is missing above it, in the name of the project's owner."""
    if not home.exists():
        make_home(home.parent)
        home.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            above = home.parent.stat()
            os.chown(home, above.st_uid, above.st_gid)
    return home.resolve()


def settle(home: Path, account: Account) -> Place:
    """Choose the directories, and make sure that they are closed to everybody else."""
    directory = home
    if not account.is_ours and home.stat().st_uid != account.uid:
        _let_in(home, account)
        if not account.may("x", home):
            directory = _elsewhere(home, account)
    else:
        home.chmod(0o700)
    if (directory / "data").exists():
        _verify(directory / "data", account)
    return Place(directory, _sockets(directory, account))


def own(directory: Path, account: Account) -> Path:
    """Make a directory that only the account may enter, or make sure that it is one."""
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if not account.is_ours:
            os.chown(directory, account.uid, account.gid, follow_symlinks=False)
    _verify(directory, account)
    return directory


def leave_to_its_owner(directory: Path) -> None:
    """What root wrote into somebody's project belongs to that person."""
    if os.geteuid() == 0:
        owner = directory.stat()
        for each in directory.iterdir():
            if not stat.S_ISDIR(each.lstat().st_mode):
                os.chown(each, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _verify(directory: Path, account: Account) -> None:
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid:
        raise Unavailable(
            f"{directory} does not belong to the user {account.name}, who runs PostgreSQL here.",
            "Start Trellis as the user who started it first, or remove that directory.",
        )
    if found.st_mode & 0o077:
        directory.chmod(0o700)
        if directory.lstat().st_mode & 0o077:
            raise Unavailable(
                f"The disk that holds {directory} keeps no permissions, which PostgreSQL needs.",
                "Put the project on another disk, or set DATABASE_URL.",
            )


def _let_in(directory: Path, account: Account) -> None:
    """Root's directory, which the account may pass through and not list."""
    os.chown(directory, 0, account.gid)
    directory.chmod(0o710)


def _elsewhere(home: Path, account: Account) -> Path:
    """A directory outside a home that only root may enter.

    The home names it, so that it is found when the home moves, and forgotten when the home is
    removed; a copy of a home does not share the data of the original.
    """
    note = home / ELSEWHERE
    if note.exists():
        known = Path(note.read_text().strip())
        if known.exists() and not _copied(home, known):
            (known / ORIGIN).write_text(f"{home}\n")
            return known
    # What is temporary stays so: nobody looks for the remains of a test run under /var.
    temporary = Path(tempfile.gettempdir()).resolve()
    root = temporary if home.is_relative_to(temporary) else SHARED
    if root == SHARED:
        _share()
    chosen = root / f"trellis-{secrets.token_hex(6)}"
    chosen.mkdir(mode=0o710)
    _let_in(chosen, account)
    if not account.may("x", chosen):
        chosen.rmdir()
        raise Unavailable(
            f"PostgreSQL does not run as root, and the user {account.name} may enter neither "
            f"{home} nor {root}.",
            "Move the project, start it as another user, or set DATABASE_URL.",
        )
    (chosen / ORIGIN).write_text(f"{home}\n")
    note.write_text(f"{chosen}\n")
    return chosen


def _share() -> None:
    if not SHARED.exists():
        SHARED.mkdir(parents=True)
        SHARED.chmod(0o711)
    found = SHARED.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
        raise Unavailable(f"{SHARED} is not root's alone, and Trellis would keep its data there.")


def _copied(home: Path, known: Path) -> bool:
    origin = Path((known / ORIGIN).read_text().strip())
    note = origin / ELSEWHERE
    return origin != home and note.exists() and note.read_text().strip() == str(known)


def _sockets(directory: Path, account: Account) -> Path:
    """The directory of the socket: beside the data, or a short one if that path is too long."""
    beside = directory / "run"
    # Clients take a comma for the end of one address and the beginning of another.
    if len(os.fsencode(beside / SOCKET)) <= SOCKET_PATH and "," not in str(beside):
        return own(beside, account)
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    fits = account.is_ours and 0 < len(runtime) < SHORT
    short = Path(runtime if fits else "/tmp")  # noqa: S108 - who owns it is verified
    name = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
    return own(short / f"trellis-{account.uid}-{name}", account)
