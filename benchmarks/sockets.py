"""Sockets: just enough of a WebSocket client to keep a thousand of them open in one process."""

import asyncio
import json
import os
import struct
import time
from collections.abc import Callable
from typing import cast

TEXT, PING, PONG = 1, 9, 10
SMALL, MIDDLING, LARGE = 126, 1 << 16, 127
SECONDS_TO_TRY_AGAIN = 0.5
Heard = Callable[[bytes, float], None]

HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)


class Subscriber(asyncio.Protocol):
    """One socket with one subscription; each event is told with the moment of its arrival."""

    def __init__(self, token: str, document: str, heard: Heard) -> None:
        self.token, self.document, self.heard = token, document, heard
        self.subscribed = asyncio.get_running_loop().create_future()
        self.events = 0
        self._waiting = b""
        self._upgraded = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the socket."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is not of that class
        self._transport.write(HANDSHAKE)

    def data_received(self, data: bytes) -> None:
        """Take what has come, as far as it is whole."""
        now = time.perf_counter()
        self._waiting += data
        if not self._upgraded:
            head, found, self._waiting = self._waiting.partition(b"\r\n\r\n")
            if not found:
                self._waiting = head
                return
            self._begin(head)
        while (frame := self._frame()) is not None:
            self._take(frame, now)

    def connection_lost(self, exc: Exception | None) -> None:
        """A socket that closes before it is subscribed will never be."""
        if not self.subscribed.done():
            self.subscribed.set_exception(exc or ConnectionError("The server closed the socket."))

    def close(self) -> None:
        """Go away."""
        self._transport.close()

    def _begin(self, head: bytes) -> None:
        if not head.startswith(b"HTTP/1.1 101"):
            self.subscribed.set_exception(ConnectionError(head.decode()))
        self._upgraded = True
        self._say({"type": "connection_init", "payload": {"authorization": self.token}})

    def _frame(self) -> bytes | None:
        data = self._waiting
        if len(data) < 2:
            return None
        length, start = data[1] & 0x7F, 2
        if length == SMALL and len(data) >= 4:
            length, start = struct.unpack_from(">H", data, 2)[0], 4
        elif length == LARGE and len(data) >= 10:
            length, start = struct.unpack_from(">Q", data, 2)[0], 10
        if len(data) < start + length or (start == 2 and length >= SMALL):
            return None
        self._waiting, frame = data[start + length :], data[start : start + length]
        if data[0] & 0x0F == PING:
            self._send(PONG, frame)
        return frame if data[0] & 0x0F == TEXT else b""

    def _take(self, frame: bytes, now: float) -> None:
        if b'"type":"next"' in frame:
            self.events += 1
            self.heard(frame, now)
        elif b'"connection_ack"' in frame:
            self._subscribe()
        elif b'"UNAVAILABLE"' in frame:
            asyncio.get_running_loop().call_later(SECONDS_TO_TRY_AGAIN, self._subscribe)
        elif b'"pong"' in frame and not self.subscribed.done():
            self.subscribed.set_result(None)
        elif b'"error"' in frame and not self.subscribed.done():
            self.subscribed.set_exception(ConnectionError(frame.decode()))

    def _subscribe(self) -> None:
        if self._transport.is_closing():
            return
        self._say({"type": "subscribe", "id": "1", "payload": {"query": self.document}})
        # A pong comes after the subscription was begun, because messages are taken in turn.
        self._say({"type": "ping"})

    def _say(self, message: dict[str, object]) -> None:
        self._send(TEXT, json.dumps(message).encode())

    def _send(self, kind: int, text: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(each ^ mask[n & 3] for n, each in enumerate(text))
        size = (
            bytes((0x80 | len(text),))
            if len(text) < SMALL
            else struct.pack(">BH", 0x80 | SMALL, len(text))
        )
        self._transport.write(bytes((0x80 | kind,)) + size + mask + masked)
