"""The keys of secret ballots as files, in a folder outside of the database and its backups.

Ballots are sealed by HPKE (RFC 9180) with X25519 and AES-256-GCM. Batches of them are sealed by
AES-256-GCM with keys that follow from the secret of the service.
"""

import asyncio
import hashlib
import hmac
import os
import time
from base64 import b64decode, b64encode
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from domain.kernel.access import Actor
from domain.kernel.ballot_keys import BallotKeys, KeyMissing
from domain.kernel.identity import TenantId

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
OVERHEAD = 48
"""The public key of the sender, and the tag."""

NONCE_LENGTH = 12


class BallotKeyFolder:
    """A folder with one file for each box of ballots of a tenant that are not counted yet.

    `former` is the folder of all tenants, in which earlier releases kept the keys. `secrets` are
    that of the service, which seals batches, and former ones, which open them.
    """

    overhead = OVERHEAD

    def __init__(
        self, folder: Path, former: Path | None = None, secrets: Sequence[str] = ()
    ) -> None:
        self._folder, self._former, self._secrets = folder, former, secrets

    def create(self, box_id: UUID) -> str:
        """Create the key pair of a survey or another box, and return the public key."""
        key = X25519PrivateKey.generate()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(self._build_path(box_id), flags, 0o600), "wb") as file:
            file.write(key.private_bytes_raw())
            file.flush()
            os.fsync(file.fileno())
        return b64encode(key.public_key().public_bytes_raw()).decode()

    def seal(self, public_key: str, ballot: bytes, context: UUID) -> bytes:
        """Return what only the private key can open, and only in this context."""
        key = X25519PublicKey.from_public_bytes(b64decode(public_key))
        return SUITE.encrypt(ballot, key, context.bytes)

    async def open(self, box_id: UUID, sealed: Sequence[tuple[UUID, bytes]]) -> list[bytes]:
        """Open what was sealed, each in its context. Raises KeyMissing."""
        return await asyncio.to_thread(self._open, box_id, sealed)

    def seal_batch(self, box_id: UUID, number: int, content: bytes) -> str:
        """Seal a batch of sealed ballots with the secret of the service, different each time."""
        nonce, place = os.urandom(NONCE_LENGTH), _name_batch(box_id, number)
        key = _derive_key(self._secrets[0], box_id)
        return b64encode(nonce + AESGCM(key).encrypt(nonce, content, place)).decode()

    def open_batch(self, box_id: UUID, number: int, contents: str) -> bytes:
        """Open a batch. Raises KeyMissing where the secret is another one."""
        sealed, place = b64decode(contents), _name_batch(box_id, number)
        nonce, text = sealed[:NONCE_LENGTH], sealed[NONCE_LENGTH:]
        for each in self._secrets:
            with suppress(InvalidTag):
                return AESGCM(_derive_key(each, box_id)).decrypt(nonce, text, place)
        raise KeyMissing

    def destroy(self, box_id: UUID) -> None:
        """Delete the private key for good, if it exists."""
        self.find_path(box_id).unlink(missing_ok=True)

    def list_older_than(self, age: timedelta) -> list[UUID]:
        """Return the boxes of the tenant whose keys were created longer ago than this."""
        latest, found = time.time() - age.total_seconds(), list[UUID]()
        for path in self._folder.glob("*.key"):
            with suppress(FileNotFoundError):  # another process has destroyed it
                if path.stat().st_mtime < latest:
                    found.append(UUID(path.stem))
        return found

    def find_path(self, box_id: UUID) -> Path:
        """Return where the key of a box is, or would be."""
        path = self._build_path(box_id)
        if self._former is None or path.exists():
            return path
        former = self._former / path.name
        return former if former.exists() else path

    def _open(self, box_id: UUID, sealed: Sequence[tuple[UUID, bytes]]) -> list[bytes]:
        try:
            key = X25519PrivateKey.from_private_bytes(self.find_path(box_id).read_bytes())
        except FileNotFoundError as error:
            raise KeyMissing from error
        return [SUITE.decrypt(text, key, context.bytes) for context, text in sealed]

    def _build_path(self, box_id: UUID) -> Path:
        return self._folder / f"{box_id}.key"


class HasBallotKeys:
    """The part of a unit of work that has the keys of secret ballots."""

    folder: ClassVar[Path]
    """The folder of this process, with one folder for each tenant."""

    secrets: ClassVar[Sequence[str]]
    """The secret of the service, and former ones."""

    actor: Actor

    @property
    def ballot_keys(self) -> BallotKeys:
        """The keys of secret ballots of the tenant."""
        return get_ballot_keys(self.actor.tenant_id)


def get_ballot_keys(tenant_id: TenantId) -> BallotKeyFolder:
    """Return the keys of secret ballots of a tenant."""
    folder = HasBallotKeys.folder
    return BallotKeyFolder(folder / str(tenant_id), folder, HasBallotKeys.secrets)


def keep_ballot_keys(folder: Path, secrets: Sequence[str]) -> None:
    """Let the units of work of this process keep keys of secret ballots in this folder.

    They seal batches with the first of these secrets of the service, and open them with all.
    """
    HasBallotKeys.folder, HasBallotKeys.secrets = folder, secrets


def _derive_key(secret: str, box_id: UUID) -> bytes:
    """Return the key of the batches of a box, which has no other use."""
    label = b"trellis ballot batches " + box_id.bytes
    return hmac.digest(secret.encode(), label, hashlib.sha256)


def _name_batch(box_id: UUID, number: int) -> bytes:
    return box_id.bytes + number.to_bytes(4)
