"""Service clients in the memory of a process: caches, uses of keys, addresses and budgets."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.http.client_address import find_client_address
from api.identity.client_cache import CACHE_TTL, MAX_LOOKUPS, ClientCache
from api.identity.client_keys import ClientVerifier, KeyRefused
from api.identity.key_uses import MIN_INTERVAL, KeyUses
from api.kernel.execution.rate_limits import RateLimit, RateLimiter
from domain.kernel.identity import TenantId, generate_id
from domain.service_clients import (
    ClientId,
    ClientKey,
    Lane,
    parse_client_key,
    parse_networks,
)
from persistence.client_directory import KnownClient, KnownKey
from tests.factories.tokens import FakeClock

pytestmark = pytest.mark.anyio

ID = ClientId(TenantId(generate_id()), generate_id())
KEY = ClientKey.create(ID)
NOW = datetime(2026, 6, 1, tzinfo=UTC)
STORED = KnownKey(generate_id(), KEY.hash, None, NOW + timedelta(days=1))
KNOWN = KnownClient(ID, "meridian", Lane.INGEST, (), (STORED,))
HEADER = f"Bearer {KEY.text}"


class StubDirectory:
    """A directory of one client, which counts what it is asked."""

    def __init__(self) -> None:
        self.known: KnownClient | None = KNOWN
        self.lookups: list[ClientId] = []
        self.uses: list[datetime] = []
        self.open = self.most_open = 0

    async def find_client(self, id: ClientId) -> KnownClient | None:
        self.lookups.append(id)
        self.open += 1
        self.most_open = max(self.open, self.most_open)
        await asyncio.sleep(0)
        self.open -= 1
        return replace(self.known) if self.known and id == ID else None

    async def record_use(self, _: TenantId, key_id: object, at: datetime) -> None:
        assert key_id == STORED.id
        self.uses.append(at)


@pytest.fixture
def directory() -> StubDirectory:
    return StubDirectory()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW.timestamp())


def build_verifier(directory: Any, clock: FakeClock) -> ClientVerifier:
    return ClientVerifier(ClientCache(directory, clock), KeyUses(directory), clock)


async def test_a_revoked_key_stops_within_five_seconds(
    directory: StubDirectory, clock: FakeClock
) -> None:
    verifier = build_verifier(directory, clock)
    caller = await verifier.authenticate_key(HEADER, None)
    assert (caller.tenant_id, caller.lane) == (ID.tenant_id, "ingest")
    assert caller.subject == f"service-client:{ID.id}"
    assert await verifier.authenticate_key(HEADER, None) is caller
    assert verifier.find_cached_caller(HEADER) is caller
    directory.known = replace(KNOWN, keys=())
    clock.time += CACHE_TTL - 0.1
    assert await verifier.authenticate_key(HEADER, None) is caller
    assert len(directory.lookups) == 1
    clock.time += 0.2
    with pytest.raises(KeyRefused, check=lambda it: it.reason == "unknown_key"):
        await verifier.authenticate_key(HEADER, None)


async def test_a_key_stops_when_it_expires(directory: StubDirectory, clock: FakeClock) -> None:
    verifier = build_verifier(directory, clock)
    clock.time = STORED.expires_at.timestamp() - 1
    assert await verifier.authenticate_key(HEADER, None)
    clock.time += 1
    with pytest.raises(KeyRefused, check=lambda it: it.reason == "unknown_key"):
        await verifier.authenticate_key(HEADER, None)


async def test_unknown_clients_cost_few_statements(
    directory: StubDirectory, clock: FakeClock
) -> None:
    verifier = build_verifier(directory, clock)
    others = [ClientKey.create(ClientId(ID.tenant_id, generate_id())) for _ in range(30)]
    for _ in range(2):
        found = await asyncio.gather(
            *(verifier.authenticate_key(f"Bearer {each.text}", None) for each in others),
            return_exceptions=True,
        )
        assert {type(each) for each in found} == {KeyRefused}
    assert (len(directory.lookups), directory.most_open) == (30, MAX_LOOKUPS)
    with pytest.raises(KeyRefused, check=lambda it: it.reason == "malformed_key"):
        await verifier.authenticate_key(HEADER[:-1], None)
    assert len(directory.lookups) == 30


async def test_a_use_is_written_once_in_five_minutes(
    directory: StubDirectory, clock: FakeClock
) -> None:
    verifier = build_verifier(directory, clock)
    for _ in range(3):
        await verifier.authenticate_key(HEADER, None)
        clock.time += 1
    clock.time = (NOW + MIN_INTERVAL).timestamp()
    await verifier.authenticate_key(HEADER, None)
    await verifier.close()
    assert directory.uses == [NOW, NOW + MIN_INTERVAL]


async def test_a_use_that_cannot_be_written_ends_no_request(
    directory: StubDirectory, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise OSError("The database is away.")

    monkeypatch.setattr(directory, "record_use", fail)
    verifier = build_verifier(directory, clock)
    await verifier.authenticate_key(HEADER, None)
    await verifier.close()


def test_each_changed_character_of_a_key_is_noticed_without_a_look_up() -> None:
    assert parse_client_key(KEY.text) == KEY
    for index, each in enumerate(KEY.text):
        changed = KEY.text[:index] + ("0" if each != "0" else "1") + KEY.text[index + 1 :]
        assert parse_client_key(changed) is None, index
    assert KEY.secret not in repr(KEY)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7, unknown", "None"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("::ffff:192.0.2.1", None, "192.0.2.1"),
        (None, "198.51.100.7", "None"),
    ],
)
def test_only_trusted_proxies_say_where_a_request_comes_from(
    peer: str | None, forwarded: str | None, address: str
) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope = {"client": (peer, 4711) if peer else None, "headers": headers}
    assert str(find_client_address(scope, parse_networks(["10.0.0.0/8"]))) == address


async def test_a_client_that_ingests_has_a_budget_of_its_own(
    directory: StubDirectory, clock: FakeClock
) -> None:
    ingesting = await build_verifier(directory, clock).authenticate_key(HEADER, None)
    limiter = RateLimiter(
        RateLimit(100, 5),
        RateLimit(10_000, 500),
        clock=lambda: 0.0,
        lane_rate_limits={Lane.INGEST: RateLimit(1_000, 50)},
    )
    for caller, capacity in ((ingesting, 1_000), (replace(ingesting, lane=Lane.STANDARD), 100)):
        status = limiter.charge(caller, 50)
        assert status is not None
        assert (status["maximumAvailable"], status["currentlyAvailable"]) == (
            *(capacity, capacity - 50),
        )
