"""The form of an exported tenant: JSON Lines, compressed by gzip.

The first line is the head. Then each table has a line that begins it, its rows in the order of
their key, and a line that ends it, with the number of rows and their digest. The tables are in the
order of their foreign keys, so a reader can insert them one after the other. The digests find
damage, not forgery. docs/operations/tenant-data.md describes each line.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import Table

from domain.kernel.errors import Invalid
from domain.kernel.identity import TenantId
from domain.tenants import TenantRegistration, TenantStatus

FORMAT = "trellis-tenant-2"
END = b'{"end": '
"""How a line begins that ends a table. A row begins with its tenant."""

DAMAGED = "The file is damaged"


@dataclass(frozen=True)
class Head:
    """The first line: the tenant's rows in the directory, and how the file was made.

    `open_boxes` are the ids of the surveys and feedback programs whose ballots were sealed.
    """

    revision: str
    exported_at: str
    tenant: TenantRegistration
    tenant_row: dict[str, Any]
    issuers: list[dict[str, Any]]
    open_boxes: list[UUID]

    @property
    def issuer_names(self) -> list[str]:
        """The names of the issuers, each once."""
        return sorted({str(each["issuer"]) for each in self.issuers})


def render_head(
    revision: str,
    tenant_row: dict[str, Any],
    issuers: list[dict[str, Any]],
    open_boxes: Sequence[UUID],
) -> bytes:
    """Return the first line of a file that is written now."""
    head = {
        "form": FORMAT,
        "revision": revision,
        "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "tenant": tenant_row,
        "issuers": issuers,
        "open_boxes": [str(each) for each in open_boxes],
    }
    return json.dumps(head).encode() + b"\n"


def parse_head(line: bytes) -> Head:
    """Read the first line. Raises Invalid."""
    try:
        head = json.loads(line)
        if head.get("form") != FORMAT:
            raise Invalid(
                f"This file does not have the form {FORMAT}. Choose a file that `trellis tenant"
                " export` of this version wrote."
            )
        row = head["tenant"]
        tenant = TenantRegistration(
            id=TenantId(UUID(row["id"])), slug=row["slug"], status=TenantStatus(row["status"])
        )
        issuers = list(head["issuers"])
        if any(UUID(each["tenant_id"]) != tenant.id for each in issuers):
            raise name_other_tenant("its issuers")
        boxes = [UUID(each) for each in head["open_boxes"]]
        return Head(head["revision"], str(head["exported_at"]), tenant, row, issuers, boxes)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Invalid(f"{DAMAGED}: its first line cannot be read.") from error


def name_other_tenant(place: str) -> Invalid:
    """Return the refusal of a file in which something belongs to another tenant."""
    return Invalid(
        f"The file names another tenant in {place}, so nothing was restored. Find out who wrote"
        " this file."
    )


@dataclass
class TableDigest:
    """The number of a table's rows, and their digest."""

    table: str
    count: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)

    def add_row(self, line: bytes) -> None:
        """Add a row, given as its line without the line break."""
        self.count += 1
        self._digest.update(line + b"\n")

    def render_begin(self) -> bytes:
        """Return the line before the rows of a table."""
        return json.dumps({"table": self.table}).encode() + b"\n"

    def render_end(self) -> bytes:
        """Return the line after the rows of a table."""
        digest = self._digest.hexdigest()
        end = {"end": self.table, "rows": self.count, "sha256": digest}
        return json.dumps(end).encode() + b"\n"


@contextmanager
def open_file(path: Path) -> Iterator[tuple[Head, BinaryIO]]:
    """Yield the head of a file, and the file after it. Raises Invalid if it is no such file."""
    try:
        with gzip.open(path, "rb") as file:
            yield parse_head(file.readline()), file  # type: ignore[misc]
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Invalid(f"{DAMAGED}: it is incomplete.") from error


def read_table(file: BinaryIO, table: Table) -> Iterator[bytes]:
    """Yield the rows of the next table, without line breaks.

    Raises Invalid if it is another table, if the file ends, or if the digest differs.
    """
    digest = TableDigest(table.name)
    if file.readline() != digest.render_begin():
        raise Invalid(f"{DAMAGED}: the rows of {table.name} are missing.")
    for line in file:
        if line.startswith(END):
            if line != digest.render_end():
                raise Invalid(f"{DAMAGED}: the rows of {table.name} have another digest.")
            return
        row = line.rstrip(b"\n")
        digest.add_row(row)
        yield row
    raise Invalid(f"{DAMAGED}: it is incomplete.")
