"""OpenID Connect Discovery: where an issuer publishes its keys."""

import json
from typing import Any

from api.identity.jwks import MalformedKeySet, parse_key_set
from api.identity.ssrf_safe_fetch import Fetcher, FetchError
from domain.kernel.errors import Code, Invalid

PATH = ".well-known/openid-configuration"


async def discover_key_set(issuer: str, fetch: Fetcher) -> str:
    """Return the address of the issuer's key set. Raises Invalid.

    The document must name exactly this issuer (OpenID Connect Discovery 1.0, section 4.3).
    """
    address = f"{issuer.removesuffix('/')}/{PATH}"
    document = await _fetch_document(address, fetch)
    found = document.get("issuer")
    if found != issuer:
        raise Invalid(
            f"The discovery document at {address} names another issuer: {found!r}. Register that"
            " one if its tokens say so.",
            "name",
            code=Code.INCONSISTENT,
        )
    return await check_key_set(document.get("jwks_uri"), fetch)


async def check_key_set(address: object, fetch: Fetcher) -> str:
    """Return the address if it has a key set with a usable key. Raises Invalid."""
    if not isinstance(address, str):
        raise Invalid("The discovery document names no key set (jwks_uri).", "keySetUri")
    try:
        keys = parse_key_set(await fetch(address))
    except (FetchError, MalformedKeySet) as error:
        raise Invalid(f"There is no key set at {address}: {error}", "keySetUri") from None
    if not keys:
        raise Invalid(f"The key set at {address} has no key that can be used.", "keySetUri")
    return address


async def _fetch_document(address: str, fetch: Fetcher) -> dict[str, Any]:
    try:
        document = json.loads(await fetch(address))
    except (FetchError, ValueError, RecursionError) as error:
        message = (
            f"There is no discovery document at {address}: {error}. Check the issuer, or name the"
            " key set's address."
        )
        raise Invalid(message, "name") from None
    if not isinstance(document, dict):
        raise Invalid(f"The discovery document at {address} is no JSON object.", "name")
    return document
