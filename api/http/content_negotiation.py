"""Media types: the negotiation of the response's type, and the check of the request's."""

from collections.abc import Sequence
from functools import lru_cache

RESPONSE_JSON = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"
EVENT_STREAM = "text/event-stream"

GRAPHQL = (RESPONSE_JSON, JSON)


@lru_cache(maxsize=256)
def select_media_type(accept: str | None, offered: Sequence[str], default: str) -> str | None:
    """Return the offered type that an Accept header prefers, or None if it accepts none.

    Without a header, or for `*/*`, it is `default`. Of equal types the one offered first wins.
    """
    if accept is None or not accept.strip():
        return default
    ranges = [_parse_media_range(each) for each in accept.split(",") if each.strip()]
    best: tuple[float, int, int] | None = None
    chosen: str | None = None
    for position, media_type in enumerate(offered):
        matching = [each for each in ranges if _is_covered(each[0], media_type)]
        if not matching:
            continue
        # The most specific range that covers a type decides its quality (RFC 9110 §12.5.1).
        media_range, quality = max(matching, key=lambda each: _get_specificity(each[0]))
        if quality <= 0:
            continue
        precedence = 2 if media_range == media_type else int(media_type == default)
        rank = (quality, precedence, -position)
        if best is None or rank > best:
            best, chosen = rank, media_type
    return chosen


def is_media_type_named(accept: str | None, media_type: str) -> bool:
    """Return whether an Accept header names this type itself, not only a range that includes it."""
    return accept is not None and any(
        media_range == media_type and quality > 0
        for media_range, quality in map(_parse_media_range, accept.split(","))
    )


@lru_cache(maxsize=64)
def is_utf8_json(content_type: str | None) -> bool:
    """Return whether a body of this content type is JSON in UTF-8."""
    if content_type is None:
        return False
    media_type, *parameters = (part.strip() for part in content_type.lower().split(";"))
    charsets = [
        value.strip().strip('"')
        for name, _, value in (each.partition("=") for each in parameters)
        if name.strip() == "charset"
    ]
    return media_type == JSON and all(each in ("utf-8", "utf8") for each in charsets)


def _parse_media_range(text: str) -> tuple[str, float]:
    media_range, *parameters = (part.strip().lower() for part in text.split(";"))
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                quality = 0.0
    return media_range, quality


def _is_covered(media_range: str, media_type: str) -> bool:
    return media_range in ("*/*", media_type, media_type.partition("/")[0] + "/*")


def _get_specificity(media_range: str) -> int:
    return 0 if media_range == "*/*" else 1 if media_range.endswith("/*") else 2
