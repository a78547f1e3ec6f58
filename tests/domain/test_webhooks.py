"""Messages of webhooks, their signatures, and when they are sent again."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from standardwebhooks import Webhook as Verifier

from domain.kernel.identity import TenantId, generate_id
from domain.webhooks import (
    Message,
    build_headers,
    build_message_id,
    derive_secret,
    find_delay,
    format_secret,
)
from domain.webhooks.messages import SECRET_PREFIX
from tests.factories.actors import NOW
from tests.factories.members import a_member
from tests.factories.people import a_person
from tests.factories.webhooks import a_webhook

TENANT = TenantId(UUID(int=1))


def test_each_key_signs_as_the_public_library_does() -> None:
    secrets = [derive_secret("master", TENANT, UUID(int=n)) for n in (1, 2)]
    message = Message("msg_1", "goal.updated", "2026-06-15T09:30:00Z", {"id": "goal_\xe4"})
    assert message.body.decode() == (
        '{"type":"goal.updated","timestamp":"2026-06-15T09:30:00Z","data":{"id":"goal_\xe4"},"meta":{}}'
    )
    at = datetime.fromtimestamp(1_614_265_330, UTC)
    expected = [
        Verifier(format_secret(each)).sign("msg_1", at, message.body.decode()) for each in secrets
    ]
    assert build_headers(message, 1_614_265_330, secrets) == {
        "Content-Type": "application/json",
        "webhook-id": "msg_1",
        "webhook-timestamp": "1614265330",
        "webhook-signature": " ".join(expected),
    }


def test_a_secret_belongs_to_one_key_of_one_tenant_and_process() -> None:
    key = UUID(int=2)
    secret = derive_secret("master", TENANT, key)
    assert len(secret) == 32
    assert secret == derive_secret("master", TENANT, key)
    others = (
        derive_secret("another", TENANT, key),
        derive_secret("master", TenantId(UUID(int=3)), key),
        derive_secret("master", TENANT, UUID(int=4)),
    )
    assert secret not in others
    assert format_secret(secret).startswith(SECRET_PREFIX)
    assert len(format_secret(secret)) == len(SECRET_PREFIX) + 44


def test_a_former_key_signs_for_a_day() -> None:
    webhook = a_webhook(a_member(a_person(TENANT, "Ada"), "ada"), "Copy")
    former = webhook.key_id
    assert webhook.list_key_ids(NOW) == [former]
    webhook.rotate_secret(NOW)
    assert webhook.list_key_ids(NOW + timedelta(hours=23)) == [webhook.key_id, former]
    assert webhook.list_key_ids(NOW + timedelta(hours=24)) == [webhook.key_id]


def test_ids_of_messages_depend_on_all_parts() -> None:
    id, other = generate_id(), generate_id()
    assert build_message_id(id, "a") == build_message_id(id, "a")
    assert len({build_message_id(each, part) for each in (id, other) for part in "ab"}) == 4


def test_retries_are_spread_over_three_days_and_end() -> None:
    delays = [find_delay(n, random=Random(n)) for n in range(1, 10)]
    planned = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]
    for delay, seconds in zip(delays, planned, strict=True):
        assert delay is not None
        assert timedelta(seconds=seconds) <= delay <= timedelta(seconds=1.2 * seconds)
    assert find_delay(10) is None


@pytest.mark.parametrize(("wish", "longest"), [(60, 60), (10**9, 86_400), (-5, 6), (1, 6)])
def test_a_receiver_may_ask_for_a_longer_delay(wish: int, longest: int) -> None:
    delay = find_delay(1, timedelta(seconds=wish))
    assert delay is not None
    assert timedelta(seconds=max(5, min(wish, 86_400))) <= delay <= timedelta(seconds=longest)
