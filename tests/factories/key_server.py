"""An issuer's key server on a local port, with a chosen key set, delay and failure."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


@dataclass
class KeyServer:
    """A server that answers every request with one document, after a delay, and counts them."""

    body: bytes = b'{"keys": []}'
    status: str = "200 OK"
    headers: str = ""
    delay_seconds: float = 0
    requests: list[str] = field(default_factory=list)
    port: int = 0
    active_tasks: set[asyncio.Task[None] | None] = field(default_factory=set)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/keys"

    def publish(self, document: str) -> None:
        self.body, self.status, self.headers = document.encode(), "200 OK", ""

    def publish_error(self, status: str = "503 Unavailable", headers: str = "") -> None:
        self.status, self.headers = status, headers

    async def handle_connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.active_tasks.add(asyncio.current_task())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.requests.append(head.decode())
            await asyncio.sleep(self.delay_seconds)
            length = f"Content-Length: {len(self.body)}\r\nConnection: close\r\n"
            head = f"HTTP/1.1 {self.status}\r\n{length}{self.headers}\r\n".encode()
            writer.write(head + self.body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def stop(self) -> None:
        """Stop the server and its pending answers."""
        tasks = [task for task in self.active_tasks if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def a_key_server(
    document: str = '{"keys": []}', certificate: Path | None = None
) -> AsyncIterator[KeyServer]:
    published = KeyServer(document.encode())
    proof = certificate and ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    if proof and certificate:
        proof.load_cert_chain(certificate)
    server = await asyncio.start_server(published.handle_connection, "127.0.0.1", 0, ssl=proof)
    published.port = server.sockets[0].getsockname()[1]
    async with server:
        try:
            yield published
        finally:
            await published.stop()


def a_certificate(name: str, directory: Path) -> Path:
    """Create a self-signed certificate of this name, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = directory / "certificate.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    return path
