"""Where a server answers, and whether it does."""

import fcntl
import os
import socket
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from persistence.embedded import cluster
from persistence.embedded.place import ELSEWHERE, SOCKET
from persistence.embedded.unavailable import Unavailable

PATIENCE = 120.0
CANNOT_CONNECT_NOW = b"57P03"


@dataclass(frozen=True)
class Addresses:
    """Where the server answers, for the owner of the schema and for those who serve."""

    owner: str
    serving: str


def addresses(sockets: Path) -> Addresses:
    """Where a server with this directory of sockets answers."""

    def of(role: str) -> str:
        where = quote(str(sockets), safe="")
        return f"postgresql://{role}@/{cluster.DATABASE}?host={where}&port={cluster.PORT}"

    return Addresses(owner=of(cluster.OWNER), serving=of(cluster.SERVING))


def superuser(owner: str) -> str | None:
    """The same server for its superuser, where this is the address of one of ours."""
    ours = f"postgresql://{cluster.OWNER}@/"
    return owner.replace(ours, "postgresql://postgres@/") if owner.startswith(ours) else None


def running(home: Path) -> Addresses | None:
    """Where the server of this home answers that another process owns, if there is one."""
    home = home.expanduser().resolve()
    until = time.monotonic() + PATIENCE
    while _is_held(home) and time.monotonic() < until:
        note = home / ELSEWHERE
        directory = Path(note.read_text().strip()) if note.exists() else home
        try:
            sockets = (directory / "data" / "postmaster.pid").read_text().splitlines()[4]
        except (FileNotFoundError, IndexError):
            sockets = ""
        if sockets and answers(Path(sockets)):
            return addresses(Path(sockets))
        time.sleep(0.05)
    return None


def _is_held(home: Path) -> bool:
    try:
        file = os.open(home / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(file)


def answers(sockets: Path) -> bool:
    """Whether the owner can connect: the start of PostgreSQL's protocol, spoken by hand."""
    words = ("user", cluster.OWNER, "database", cluster.DATABASE, "")
    greeting = struct.pack("!i", 3 << 16) + b"\0".join(each.encode() for each in words) + b"\0"
    with socket.socket(socket.AF_UNIX) as talking:
        talking.settimeout(PATIENCE)
        try:
            talking.connect(str(sockets / SOCKET))
            talking.sendall(struct.pack("!i", len(greeting) + 4) + greeting)
            kind, rest = talking.recv(1), talking.recv(1000)
        except (FileNotFoundError, ConnectionError, TimeoutError):
            return False
    if kind == b"E" and CANNOT_CONNECT_NOW not in rest:
        told = {part[:1]: part[1:] for part in rest[4:].split(b"\0") if part}
        raise Unavailable(
            "PostgreSQL refused its owner:", told.get(b"M", b"").decode(errors="replace")
        )
    return kind == b"R"
