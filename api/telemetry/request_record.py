"""The record of one request for telemetry: a closed list of facts without any content."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from time import perf_counter
from uuid import UUID

import orjson

from domain.kernel.identity import generate_id_text

Headers = Iterable[tuple[bytes, bytes]]

# Ignored characters and comments, then the first keyword of the document.
_OPERATION_TYPE = re.compile(r"(?:[\s,\ufeff]|#[^\n]*)*(query|mutation|subscription)?")
_CLIENT_REQUEST_ID = re.compile(r"[!-~]{1,128}")
"""A client's own id of its request: visible ASCII characters, so that it fits into a header."""


@dataclass
class RequestRecord:
    """The facts about one request, recorded while it is handled.

    `request_id` is always Trellis' own. `client_request_id` is what the client calls the request.
    """

    request_id: str = field(default_factory=generate_id_text)
    client_request_id: str | None = None
    tenant_id: UUID | None = None
    operation: str = "none"
    operation_name: str | None = None
    codes: tuple[str, ...] = ()
    media_type: str = "application/json"
    status: int = 0
    is_streaming: bool = False
    is_rejected: bool = False
    is_preview: bool = False
    broken_rule: str | None = None
    """The rule that a refused access token breaks."""
    started_at: float = field(default_factory=perf_counter)

    def record_response(self, query: str, body: bytes, operation_kind: str | None) -> None:
        """Record the kind of the operation, guessed where it is unknown, and its error codes."""
        self.operation = operation_kind or guess_operation_kind(query)
        # The engine puts errors first, so that responses without errors need not be parsed.
        if body.startswith(b'{"errors":'):
            errors = orjson.loads(body)["errors"]
            self.codes = tuple(dict.fromkeys(_get_code(each) for each in errors))

    def build_id_headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers of the response that identify the request."""
        headers = [(b"x-request-id", self.request_id.encode())]
        if self.client_request_id is not None:
            headers.append((b"x-client-request-id", self.client_request_id.encode()))
        return headers

    @property
    def outcome(self) -> str:
        """Return the first error code, or OK."""
        return self.codes[0] if self.codes else "OK"

    @property
    def operation_name_hash(self) -> str | None:
        """Return a hash of the operation's name. Those who know the name can recognize it."""
        if not self.operation_name:
            return None
        return sha256(self.operation_name.encode("utf-8", "replace")).hexdigest()[:12]

    def measure_seconds(self) -> float:
        """Return the seconds since the request began."""
        return perf_counter() - self.started_at


def guess_operation_kind(query: str) -> str:
    """Return the kind of a document's first operation, which need not be the one to execute.

    It is for load shedding, before the document is parsed, and for documents that do not parse.
    """
    match = _OPERATION_TYPE.match(query)
    return (match[1] if match else None) or "query"


def _get_code(error: dict[str, dict[str, str]]) -> str:
    return error.get("extensions", {}).get("code", "INTERNAL_SERVER_ERROR")


def find_client_request_id(headers: Headers) -> str | None:
    """Return the client's own id of its request; None if there is none, or it is not usable."""
    for name, value in headers:
        if name == b"x-request-id":
            client_request_id = value.decode("latin-1")
            if _CLIENT_REQUEST_ID.fullmatch(client_request_id):
                return client_request_id
    return None
