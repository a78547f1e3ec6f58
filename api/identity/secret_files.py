"""Secret files: small secrets that Trellis generates and that only their owner may read."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

OTHERS_MASK = 0o077


def read_or_create(path: Path, create: Callable[[], bytes]) -> bytes:
    """Return the file's content; create the file first if it is missing.

    If several processes create it at once, all return the content of one. Raises PermissionError.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create_file(path, create())
    if path.stat().st_mode & OTHERS_MASK:
        raise PermissionError(f"{path} is readable by other users. Run: chmod 600 {path}")
    return path.read_bytes()


def _create_file(path: Path, content: bytes) -> None:
    # Written to a temporary file and linked: nobody reads half of it, and the first file stays.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
