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

from persistence.embedded.errors import EmbeddedPostgresError
from persistence.embedded.os_user import OsUser

MAX_SOCKET_PATH_LENGTH = 103 if sys.platform == "darwin" else 107
"""The longest address of a Unix socket, in bytes."""

SOCKET_NAME = ".s.PGSQL.5432"
MAX_RUNTIME_DIRECTORY_LENGTH = 50
"""A runtime directory of no more bytes leaves room for our name and the socket's."""

SHARED_DIRECTORY = Path("/var/lib/trellis")
"""Where root keeps the data of projects that the server's own user may not enter."""

REDIRECT_FILE = "elsewhere"
ORIGIN_FILE = "origin"


@dataclass(frozen=True)
class ServerPaths:
    """The directories of a server: `directory` is ours, `data` and `sockets` are the account's."""

    base_directory: Path
    socket_directory: Path

    @property
    def data_directory(self) -> Path:
        """PostgreSQL's data directory."""
        return self.base_directory / "data"

    @property
    def socket_path(self) -> Path:
        """Where the server listens."""
        return self.socket_directory / SOCKET_NAME

    @property
    def log_path(self) -> Path:
        """What the server says, outside the data directory so that no backup holds it."""
        return self.base_directory / "server.log"


def lock_home(home: Path, timeout: float) -> int:
    """Hold the home for one server.

    Every process of the server inherits the lock, so that a free lock proves that none of them is
    left, however its owner died.
    """
    file = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                holder = os.read(file, 20).decode() or "another"
                os.close(file)
                raise EmbeddedPostgresError(
                    f"Trellis already runs its database in {home} (process {holder.strip()}).",
                    "Stop that one first, or give this one another directory.",
                ) from None
            time.sleep(0.05)
        else:
            os.ftruncate(file, 0)
            os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
            return file


def create_home(home: Path) -> Path:
    """Make the home and what is missing above it, in the name of the project's owner."""
    if not home.exists():
        create_home(home.parent)
        home.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            above = home.parent.stat()
            os.chown(home, above.st_uid, above.st_gid)
    return home.resolve()


def prepare_directories(home: Path, user: OsUser) -> ServerPaths:
    """Choose the directories, and make sure that they are closed to everybody else."""
    directory = home
    if not user.is_current and home.stat().st_uid != user.uid:
        _allow_traversal(home, user)
        if not user.has_access("x", home):
            directory = _find_or_create_redirect(home, user)
    else:
        home.chmod(0o700)
    if (directory / "data").exists():
        _verify_directory(directory / "data", user)
    return ServerPaths(directory, _prepare_socket_directory(directory, user))


def ensure_private_directory(directory: Path, user: OsUser) -> Path:
    """Make a directory that only the account may enter, or make sure that it is one."""
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if not user.is_current:
            os.chown(directory, user.uid, user.gid, follow_symlinks=False)
    _verify_directory(directory, user)
    return directory


def restore_ownership(directory: Path) -> None:
    """What root wrote into somebody's project belongs to that person."""
    if os.geteuid() == 0:
        owner = directory.stat()
        for each in directory.iterdir():
            if not stat.S_ISDIR(each.lstat().st_mode):
                os.chown(each, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _verify_directory(directory: Path, user: OsUser) -> None:
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.uid:
        raise EmbeddedPostgresError(
            f"{directory} does not belong to the user {user.name}, who runs PostgreSQL here.",
            "Start Trellis as the user who started it first, or remove that directory.",
        )
    if found.st_mode & 0o077:
        directory.chmod(0o700)
        if directory.lstat().st_mode & 0o077:
            raise EmbeddedPostgresError(
                f"The disk that holds {directory} keeps no permissions, which PostgreSQL needs.",
                "Put the project on another disk, or set DATABASE_URL.",
            )


def _allow_traversal(directory: Path, user: OsUser) -> None:
    """Root's directory, which the account may pass through and not list."""
    os.chown(directory, 0, user.gid)
    directory.chmod(0o710)


def _find_or_create_redirect(home: Path, user: OsUser) -> Path:
    """A directory outside a home that only root may enter.

    The home names it, so that it is found when the home moves, and forgotten when the home is
    removed; a copy of a home does not share the data of the original.
    """
    redirect_file = home / REDIRECT_FILE
    if redirect_file.exists():
        redirect = Path(redirect_file.read_text().strip())
        if redirect.exists() and not _is_copied_home(home, redirect):
            (redirect / ORIGIN_FILE).write_text(f"{home}\n")
            return redirect
    # What is temporary stays so: nobody looks for the remains of a test run under /var.
    temporary = Path(tempfile.gettempdir()).resolve()
    root = temporary if home.is_relative_to(temporary) else SHARED_DIRECTORY
    if root == SHARED_DIRECTORY:
        _ensure_shared_directory()
    chosen = root / f"trellis-{secrets.token_hex(6)}"
    chosen.mkdir(mode=0o710)
    _allow_traversal(chosen, user)
    if not user.has_access("x", chosen):
        chosen.rmdir()
        raise EmbeddedPostgresError(
            f"PostgreSQL does not run as root, and the user {user.name} may enter neither "
            f"{home} nor {root}.",
            "Move the project, start it as another user, or set DATABASE_URL.",
        )
    (chosen / ORIGIN_FILE).write_text(f"{home}\n")
    redirect_file.write_text(f"{chosen}\n")
    return chosen


def _ensure_shared_directory() -> None:
    if not SHARED_DIRECTORY.exists():
        SHARED_DIRECTORY.mkdir(parents=True)
        SHARED_DIRECTORY.chmod(0o711)
    found = SHARED_DIRECTORY.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
        raise EmbeddedPostgresError(
            f"{SHARED_DIRECTORY} is not root's alone, and Trellis would keep its data there."
        )


def _is_copied_home(home: Path, redirect: Path) -> bool:
    origin = Path((redirect / ORIGIN_FILE).read_text().strip())
    redirect_file = origin / REDIRECT_FILE
    return (
        origin != home
        and redirect_file.exists()
        and redirect_file.read_text().strip() == str(redirect)
    )


def _prepare_socket_directory(directory: Path, user: OsUser) -> Path:
    """The directory of the socket: beside the data, or a short one if that path is too long."""
    beside = directory / "run"
    # Clients take a comma for the end of one address and the beginning of another.
    if len(os.fsencode(beside / SOCKET_NAME)) <= MAX_SOCKET_PATH_LENGTH and "," not in str(beside):
        return ensure_private_directory(beside, user)
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    fits = user.is_current and 0 < len(runtime) < MAX_RUNTIME_DIRECTORY_LENGTH
    short = Path(runtime if fits else "/tmp")  # noqa: S108 - who owns it is verified
    name = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
    return ensure_private_directory(short / f"trellis-{user.uid}-{name}", user)
