"""Every refusal because of a limit says when to try again."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.errors import RequestError
from api.http.errors import TooManyOpenRequests
from api.kernel.execution.rate_limits import RateLimit, RateLimiter
from api.oauth.errors import OAuthError, too_many_attempts
from api.respond.limiter import TooManyUnknownLinks
from domain.kernel.identity import TenantId, generate_id
from tests.factories.graph import a_caller

API = Path(__file__).resolve().parents[2] / "api"
TOO_MANY_REQUESTS = 429


def throttle() -> RequestError:
    """Return the refusal of an operation that the budget does not cover."""
    limiter = RateLimiter(RateLimit(10, 2), clock=lambda: 0.0)
    caller = a_caller(TenantId(generate_id()))
    limiter.charge(caller, 10)
    with pytest.raises(RequestError) as refused:
        limiter.charge(caller, 7)
    return refused.value


PLACES: dict[str, tuple[Callable[[], RequestError | OAuthError], str]] = {
    "kernel/execution/rate_limits.py:_build_throttle_error": (throttle, "4"),
    "http/errors.py:TooManyOpenRequests": (lambda: TooManyOpenRequests("You have", 3), "1"),
    "respond/limiter.py:TooManyUnknownLinks": (lambda: TooManyUnknownLinks(2.2), "3"),
    "oauth/errors.py:too_many_attempts": (lambda: too_many_attempts(9), "9"),
}
"""Each place of `api` that refuses with 429: how to get its refusal, and its seconds."""

NO_REFUSALS = {"commands/imports/sending.py"}
"""A client of our own."""


def list_places() -> Iterator[str]:
    """Yield the functions and classes of `api` with the number 429."""
    for path in sorted(API.rglob("*.py")):
        for each in ast.parse(path.read_text()).body:
            constants = [n.value for n in ast.walk(each) if isinstance(n, ast.Constant)]
            if TOO_MANY_REQUESTS in constants:
                yield f"{path.relative_to(API)}:{getattr(each, 'name', '')}"


def test_each_place_that_limits_is_known() -> None:
    found = {each for each in list_places() if each.split(":")[0] not in NO_REFUSALS}
    assert found == set(PLACES)


@pytest.mark.parametrize("place", PLACES)
def test_a_refusal_by_a_limit_has_the_seconds_to_wait(place: str) -> None:
    build, seconds = PLACES[place]
    refusal = build()
    headers = refusal.respond().headers if isinstance(refusal, OAuthError) else refusal.headers
    assert refusal.status == TOO_MANY_REQUESTS
    assert {name.lower(): value for name, value in headers.items()}["retry-after"] == seconds
