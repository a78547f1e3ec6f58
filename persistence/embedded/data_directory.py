"""The directories of the server: in its home, or elsewhere if only root may enter the home."""

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

from persistence.embedded.binaries import is_safe_in_shell
from persistence.embedded.errors import EmbeddedPostgresError
from persistence.embedded.os_user import OsUser, get_shared_uid

MAX_SOCKET_PATH_LENGTH = 103 if sys.platform == "darwin" else 107
"""The maximum length of the path of a Unix socket, in bytes."""

SOCKET_NAME = ".s.PGSQL.5432"
MAX_RUNTIME_DIRECTORY_LENGTH = 50
"""Bytes; a longer runtime directory leaves too little room for the name of the socket."""

SHARED_DIRECTORY = Path("/var/lib/trellis")
"""The directory for data if Trellis runs as root and the server's user may not enter the home."""

REDIRECT_FILE = "elsewhere"
ORIGIN_FILE = "origin"


@dataclass(frozen=True)
class ServerPaths:
    """The directories of a server. Its user owns the data and socket directories.

    PostgreSQL's programs are copied to `program_directory` where that is necessary.
    """

    base_directory: Path
    socket_directory: Path
    program_directory: Path

    @property
    def data_directory(self) -> Path:
        """PostgreSQL's data directory."""
        return self.base_directory / "data"

    @property
    def socket_path(self) -> Path:
        """The path of the socket on which the server listens."""
        return self.socket_directory / SOCKET_NAME

    @property
    def log_path(self) -> Path:
        """The log of the server; outside the data directory, so that no backup contains it."""
        return self.base_directory / "server.log"


def lock_home(home: Path, timeout: float) -> int:
    """Lock the home for one server, and return the file descriptor that holds the lock.

    Every process of the server inherits the lock, so a free lock proves that none of them is left.
    Waits at most `timeout` seconds. Raises EmbeddedPostgresError.
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
                    "Stop that process first, or choose another directory.",
                ) from None
            time.sleep(0.05)
        else:
            os.ftruncate(file, 0)
            os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
            return file


def create_home(home: Path) -> Path:
    """Create the home and its missing parents; their owner is that of the directory above."""
    if not home.exists():
        create_home(home.parent)
        home.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            above = home.parent.stat()
            os.chown(home, above.st_uid, above.st_gid)
    return home.resolve()


def prepare_directories(home: Path, user: OsUser) -> ServerPaths:
    """Choose the directories of the server, and make them private to its user."""
    directory = home
    if not user.is_current and home.stat().st_uid != user.uid:
        _allow_traversal(home, user)
        if not user.has_access("x", home):
            directory = _find_or_create_redirect(home, user)
    else:
        home.chmod(0o700)
    if not user.is_current:
        for name in ("data", "run"):
            _take_over(directory / name, user)
    if (directory / "data").exists():
        _verify_directory(directory / "data", user)
    programs = directory
    if not is_safe_in_shell(directory):
        programs = ensure_private_directory(_choose_short_path(Path("/tmp"), directory, user), user)  # noqa: S108
    return ServerPaths(directory, _prepare_socket_directory(directory, user), programs)


def ensure_private_directory(directory: Path, user: OsUser) -> Path:
    """Create a directory that only the user may enter, or verify that an existing one is so."""
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
    """Give files that root wrote into a directory to the owner of the directory."""
    if os.geteuid() == 0:
        owner = directory.stat()
        for each in directory.iterdir():
            if not stat.S_ISDIR(each.lstat().st_mode):
                os.chown(each, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _take_over(directory: Path, user: OsUser) -> None:
    """Give a directory that `nobody` owns, with its files, to the user."""
    shared_uid = get_shared_uid()
    if directory.is_symlink() or not directory.exists() or directory.stat().st_uid != shared_uid:
        return
    # The directory first: from then on, other processes of `nobody` cannot enter it.
    for path in (directory, *directory.rglob("*")):
        if path.lstat().st_uid == shared_uid:
            os.chown(path, user.uid, user.gid, follow_symlinks=False)


def _verify_directory(directory: Path, user: OsUser) -> None:
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.uid:
        raise EmbeddedPostgresError(
            f"{directory} does not belong to the user {user.name}, who runs PostgreSQL.",
            "Start Trellis as the user who started it first, or remove that directory.",
        )
    if found.st_mode & 0o077:
        directory.chmod(0o700)
        if directory.lstat().st_mode & 0o077:
            raise EmbeddedPostgresError(
                f"PostgreSQL needs file permissions, and the disk that holds {directory} has none.",
                "Move the directory to another disk, or set DATABASE_URL.",
            )


def _allow_traversal(directory: Path, user: OsUser) -> None:
    """Let the user pass through a directory of root, but not list it."""
    os.chown(directory, 0, user.gid)
    directory.chmod(0o710)


def _find_or_create_redirect(home: Path, user: OsUser) -> Path:
    """Return a directory outside of a home that only root may enter.

    A file in the home contains its path, so a moved home still finds it. A file in the directory
    contains the path of the home, so a copied home gets a new directory.
    """
    redirect_file = home / REDIRECT_FILE
    if redirect_file.exists():
        redirect = Path(redirect_file.read_text().strip())
        if redirect.exists() and not _is_copied_home(home, redirect):
            _allow_traversal(redirect, user)
            (redirect / ORIGIN_FILE).write_text(f"{home}\n")
            return redirect
    # A temporary home gets a temporary directory, so that test runs leave nothing under /var.
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
            "Move the directory, start Trellis as another user, or set DATABASE_URL.",
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
            f"Trellis would store its data in {SHARED_DIRECTORY}, which not only root may change.",
            "Change its owner and its permissions, or set DATABASE_URL.",
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
    """Return the directory of the socket: beside the data, or with a short path if needed."""
    beside = directory / "run"
    # For clients a comma separates hosts.
    if len(os.fsencode(beside / SOCKET_NAME)) <= MAX_SOCKET_PATH_LENGTH and "," not in str(beside):
        return ensure_private_directory(beside, user)
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    fits = user.is_current and 0 < len(runtime) < MAX_RUNTIME_DIRECTORY_LENGTH
    short = Path(runtime if fits else "/tmp")  # noqa: S108 - its owner is verified
    return ensure_private_directory(_choose_short_path(short, directory, user), user)


def _choose_short_path(parent: Path, directory: Path, user: OsUser) -> Path:
    name = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
    return parent / f"trellis-{user.uid}-{name}"
