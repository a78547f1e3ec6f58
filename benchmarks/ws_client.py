"""A small WebSocket client of which one process can hold thousands."""

import asyncio
import json
import os
import struct
import time
from collections.abc import Callable
from typing import cast

TEXT, PING, PONG = 1, 9, 10
LENGTH_16_BIT, MIDDLING, LENGTH_64_BIT = 126, 1 << 16, 127
RETRY_DELAY = 0.5
EventHandler = Callable[[bytes, float], None]

HANDSHAKE = (
    b"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)


class WebSocketSubscriber(asyncio.Protocol):
    """A socket with one subscription. Each event is reported with its time of arrival."""

    def __init__(self, token: str, document: str, on_event: EventHandler) -> None:
        self.token, self.document, self.on_event = token, document, on_event
        self.ready = asyncio.get_running_loop().create_future()
        self.event_count = 0
        self._buffer = b""
        self._is_upgraded = False
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Request the upgrade."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is not of that class
        self._transport.write(HANDSHAKE)

    def data_received(self, data: bytes) -> None:
        """Process all complete messages."""
        now = time.perf_counter()
        self._buffer += data
        if not self._is_upgraded:
            head, found, self._buffer = self._buffer.partition(b"\r\n\r\n")
            if not found:
                self._buffer = head
                return
            self._finish_handshake(head)
        while (frame := self._read_frame()) is not None:
            self._handle_message(frame, now)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the subscription if it has not begun."""
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionError("The server closed the socket."))

    def close(self) -> None:
        """Close the socket."""
        self._transport.close()

    def _finish_handshake(self, head: bytes) -> None:
        if not head.startswith(b"HTTP/1.1 101"):
            self.ready.set_exception(ConnectionError(head.decode()))
        self._is_upgraded = True
        self._send_message({"type": "connection_init", "payload": {"authorization": self.token}})

    def _read_frame(self) -> bytes | None:
        data = self._buffer
        if len(data) < 2:
            return None
        length, start = data[1] & 0x7F, 2
        if length == LENGTH_16_BIT and len(data) >= 4:
            length, start = struct.unpack_from(">H", data, 2)[0], 4
        elif length == LENGTH_64_BIT and len(data) >= 10:
            length, start = struct.unpack_from(">Q", data, 2)[0], 10
        if len(data) < start + length or (start == 2 and length >= LENGTH_16_BIT):
            return None
        self._buffer, frame = data[start + length :], data[start : start + length]
        if data[0] & 0x0F == PING:
            self._send_frame(PONG, frame)
        return frame if data[0] & 0x0F == TEXT else b""

    def _handle_message(self, frame: bytes, now: float) -> None:
        if b'"type":"next"' in frame:
            self.event_count += 1
            self.on_event(frame, now)
        elif b'"connection_ack"' in frame:
            self._subscribe()
        elif b'"UNAVAILABLE"' in frame:
            asyncio.get_running_loop().call_later(RETRY_DELAY, self._subscribe)
        elif b'"pong"' in frame and not self.ready.done():
            self.ready.set_result(None)
        elif b'"error"' in frame and not self.ready.done():
            self.ready.set_exception(ConnectionError(frame.decode()))

    def _subscribe(self) -> None:
        if self._transport.is_closing():
            return
        self._send_message({"type": "subscribe", "id": "1", "payload": {"query": self.document}})
        # The server handles messages in order, so the pong means that the subscription has begun.
        self._send_message({"type": "ping"})

    def _send_message(self, message: dict[str, object]) -> None:
        self._send_frame(TEXT, json.dumps(message).encode())

    def _send_frame(self, opcode: int, payload: bytes) -> None:
        mask = os.urandom(4)
        masked = bytes(each ^ mask[n & 3] for n, each in enumerate(payload))
        size = (
            bytes((0x80 | len(payload),))
            if len(payload) < LENGTH_16_BIT
            else struct.pack(">BH", 0x80 | LENGTH_16_BIT, len(payload))
        )
        self._transport.write(bytes((0x80 | opcode,)) + size + mask + masked)
