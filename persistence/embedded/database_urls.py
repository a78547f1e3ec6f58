"""The URLs of an embedded server, and whether it accepts connections."""

import fcntl
import os
import socket
import struct
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from persistence.embedded import initdb
from persistence.embedded.data_directory import REDIRECT_FILE, SOCKET_NAME
from persistence.embedded.errors import EmbeddedPostgresError

RUNNING_SERVER_TIMEOUT = 120.0
"""Seconds to wait until a server that another process is starting accepts connections."""

SOCKET_TIMEOUT = 120.0
"""Seconds to wait for the answer to a connection attempt."""

CANNOT_CONNECT_NOW = b"57P03"
"""The SQLSTATE of a server that is starting up or shutting down."""


@dataclass(frozen=True)
class DatabaseUrls:
    """The URLs of a server, for the role that owns the schema and for those that serve."""

    owner: str
    serving: str
    platform: str = ""


def build_urls(socket_directory: Path) -> DatabaseUrls:
    """Return the URLs of the server with this socket directory."""

    def build_url(role: str) -> str:
        host = quote(str(socket_directory), safe="")
        return f"postgresql://{role}@/{initdb.DATABASE_NAME}?host={host}&port={initdb.PORT}"

    return DatabaseUrls(
        owner=build_url(initdb.OWNER_ROLE),
        serving=build_url(initdb.SERVING_ROLE),
        platform=build_url(initdb.PLATFORM_ROLE),
    )


def get_superuser_url(owner: str) -> str | None:
    """Return the superuser's URL of an embedded server; None if the URL is of another server."""
    prefix = f"postgresql://{initdb.OWNER_ROLE}@/"
    return owner.replace(prefix, "postgresql://postgres@/") if owner.startswith(prefix) else None


def find_running_server(home: Path) -> DatabaseUrls | None:
    """Return the URLs of the server that another process runs in this home, or None."""
    home = home.expanduser().resolve()
    deadline = time.monotonic() + RUNNING_SERVER_TIMEOUT
    while _is_locked(home) and time.monotonic() < deadline:
        redirect_file = home / REDIRECT_FILE
        directory = Path(redirect_file.read_text().strip()) if redirect_file.exists() else home
        try:
            socket_directory = (directory / "data" / "postmaster.pid").read_text().splitlines()[4]
        except (FileNotFoundError, IndexError):
            socket_directory = ""
        if socket_directory and is_accepting_connections(Path(socket_directory)):
            return build_urls(Path(socket_directory))
        time.sleep(0.05)
    return None


def _is_locked(home: Path) -> bool:
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


def is_accepting_connections(socket_directory: Path) -> bool:
    """Return whether the owner's role can connect.

    Sends only the start-up message of PostgreSQL's protocol, because this package uses no driver.
    Raises EmbeddedPostgresError if PostgreSQL refuses the role.
    """
    parameters = ("user", initdb.OWNER_ROLE, "database", initdb.DATABASE_NAME, "")
    startup_message = (
        struct.pack("!i", 3 << 16) + b"\0".join(each.encode() for each in parameters) + b"\0"
    )
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(SOCKET_TIMEOUT)
        try:
            connection.connect(str(socket_directory / SOCKET_NAME))
            connection.sendall(struct.pack("!i", len(startup_message) + 4) + startup_message)
            kind, rest = connection.recv(1), connection.recv(1000)
        except (FileNotFoundError, ConnectionError, TimeoutError):
            return False
    if kind == b"E" and CANNOT_CONNECT_NOW not in rest:
        error_fields = {part[:1]: part[1:] for part in rest[4:].split(b"\0") if part}
        raise EmbeddedPostgresError(
            "PostgreSQL refused the connection of its owner:",
            error_fields.get(b"M", b"").decode(errors="replace"),
        )
    return kind == b"R"
