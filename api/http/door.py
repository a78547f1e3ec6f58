"""The door: while nobody more can be served in time, whoever comes is told before they are let in.

Only a plain request is answered here: one that has arrived whole and alone, reads, and brings a
token that was verified before. All others take the usual way, to the same answer for ten
times the work.
"""

from api.http import media
from api.http.envelope import safety
from api.http.refusals import Busy, refuse
from api.http.wire import Wire
from api.telemetry.exchange import Exchange, request_id_of

_ANSWER = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: %b; charset=utf-8\r\n"
    b"content-length: %d\r\n%b%bx-request-id: %b\r\n\r\n%b"
)
_USUAL = b"POST /graphql HTTP/1.1\r\n"
_CHANGE = b"mutation"
_UNUSUAL = {b"transfer-encoding", b"upgrade", b"expect", b"origin"}
_KEPT = b"keep-alive"
_NOBODY: dict[bytes, bytes] = {}


class Door:
    """Tells a request's bytes from the outside whether they would wait in vain."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._always = b"".join(b"%b: %b\r\n" % each for each in safety(wire.settings).items())

    def refusal(self, data: bytes, *, before: int = 0) -> bytes | None:
        """The whole answer for whoever would wait in vain; None where they are to come in.

        `before` are at the turnstile, and come first.
        """
        admission = self._wire.admission
        if not (admission.waiting or before) or not data.startswith(_USUAL):
            return None
        head, _, body = data.partition(b"\r\n\r\n")
        headers = _plain(head, len(body))
        authorization = headers.get(b"authorization")
        if authorization is None or _CHANGE in body:
            return None
        caller = self._wire.verifier.known(authorization.decode("latin-1"))
        if caller is None or not admission.is_in_vain(caller.tenant_id, before=before):
            return None
        return self._answer(admission.busy(), headers)

    def _answer(self, busy: Busy, headers: dict[bytes, bytes]) -> bytes:
        accepted = headers.get(b"accept", b"").decode("latin-1")
        exchange = Exchange(request_id_of(headers.items()), status=busy.status, is_shed=True)
        exchange.media_type = media.preferred(accepted, media.GRAPHQL, media.JSON) or media.JSON
        body = refuse(busy, exchange)
        self._wire.turned_away(exchange)
        told = "".join(f"{name}: {value}\r\n" for name, value in busy.headers.items())
        return _ANSWER % (
            exchange.media_type.encode(), len(body), told.encode(), self._always,
            exchange.request_id.encode(), body,
        )  # fmt: skip


def _plain(head: bytes, length: int) -> dict[bytes, bytes]:
    """The headers of a request with a body of this length; none where anything is unusual."""
    lines = head.split(b"\r\n")[1:]
    found = {}
    for line in lines:
        name, _, value = line.partition(b":")
        found[name.lower()] = value.strip()
    is_plain = (
        len(found) == len(lines) == head.count(b"\n")
        and found.get(b"content-length") == b"%d" % length
        and found.get(b"connection", _KEPT).lower() == _KEPT
        and _UNUSUAL.isdisjoint(found)
        and not any(name.split() != [name] for name in found)
    )
    return found if is_plain else _NOBODY
