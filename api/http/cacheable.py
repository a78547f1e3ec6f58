"""Responses that clients may keep: with the tag of their version, or under an address of it."""

from functools import cache
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

REVALIDATED = "no-cache"
"""Keep it, but ask whether it is current."""

IMMUTABLE = "public, max-age=31536000, immutable"
"""Keep it for a year: another version has another address."""


def respond_cacheable(request: Request, body: bytes, media_type: str) -> Response:
    """Respond with the body, or 304 where the client has this version of it.

    An address with the parameter `v` of this version never gets another one.
    """
    version = compute_version(body)
    is_pinned = request.query_params.get("v") == version
    tag = f'"{version}"'
    headers = {"etag": tag, "cache-control": IMMUTABLE if is_pinned else REVALIDATED}
    known_tags = request.headers.get("if-none-match", "").replace("W/", "").split(",")
    if not {tag, "*"}.isdisjoint(each.strip() for each in known_tags):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


@cache
def compute_version(body: bytes) -> str:
    """Return a hash of the body."""
    return sha256(body).hexdigest()[:32]
