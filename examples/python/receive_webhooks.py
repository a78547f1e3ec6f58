"""Receive the messages of a webhook, verify them, and keep each of them once.

    export TRELLIS_WEBHOOK_SECRET=whsec_…
    python receive_webhooks.py messages.sqlite 8088

Name two secrets, with a space between them, while `webhookRotateSecret` changes them. Trellis sends
to https addresses only, so put a proxy with a certificate before this; to try it, the README says
how to do without one. The messages are stored and answered at once; process them afterwards, in the
order of `sequence`. It needs Python 3.11 and no package. Signatures follow
https://www.standardwebhooks.com.
"""

import base64
import hashlib
import hmac
import json
import os
import sqlite3
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer

TOLERANCE = 300
"""Seconds between the clocks of both sides; older messages may be repeated by an attacker."""

MAX_BODY = 1_000_000
TABLE = """CREATE TABLE IF NOT EXISTS messages
  (id TEXT PRIMARY KEY, sequence INTEGER, type TEXT, body TEXT)"""


def is_authentic(body: bytes, headers: Mapping[str, str], secrets: list[str]) -> bool:
    """Return whether one of the secrets has signed the message within the last minutes."""
    id, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not sent_at.isdecimal() or abs(time.time() - int(sent_at)) > TOLERANCE:
        return False
    given = [each.removeprefix("v1,") for each in headers.get("webhook-signature", "").split()]
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{id}.{sent_at}.".encode() + body
        right = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        if any(hmac.compare_digest(right, each) for each in given):
            return True
    return False


class Receiver(BaseHTTPRequestHandler):
    """Answers one request."""

    copy: sqlite3.Connection

    def do_POST(self) -> None:
        """Store an authentic message, unless it came before."""
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length) if length <= MAX_BODY else b""
        if not is_authentic(body, self.headers, os.environ["TRELLIS_WEBHOOK_SECRET"].split()):
            self.answer(401)
            return
        message = json.loads(body)
        row = self.headers["webhook-id"], message["meta"].get("sequence"), message["type"]
        with self.copy:
            self.copy.execute("INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?)", (*row, body))
        self.answer(200)

    def answer(self, status: int) -> None:
        """Answer with a status only."""
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()


def main(path: str, port: str) -> None:
    """Serve until the process ends."""
    Receiver.copy = sqlite3.connect(path)
    Receiver.copy.execute(TABLE)
    with HTTPServer(("127.0.0.1", int(port)), Receiver) as server:
        print(f"port {server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
