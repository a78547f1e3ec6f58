"""Text: validation and normalization of what people type.

Unicode is put into its composed form (NFC) and the ends are trimmed. Emoji, joiners and
right-to-left marks stay. Control characters, null bytes and lone surrogates are refused.
"""

import re
import unicodedata
from functools import cache
from zoneinfo import available_timezones

from domain.kernel.errors import Code, Invalid

CONTROL_CHARACTERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
LINE_BREAKS = re.compile("[\t\n\r\x85\u2028\u2029]")
NEWLINES = re.compile("\r\n?|\x85|\u2028|\u2029")
INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})
KEY_PATTERN = re.compile(r"[a-z][a-z0-9_]*")
SLUG_PATTERN = re.compile(r"[a-z][a-z0-9_-]*")
LOCALE_PATTERN = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")
MAILBOX_PATTERN = re.compile(r"[^\s@\"(),:;<>\[\]\\]+")
MAX_EMAIL_LENGTH = 254
MAX_KEY_LENGTH = 50
DOMAIN_LABEL_PATTERN = re.compile(r"\w([\w-]{0,61}\w)?")


def single_line(name: str, value: str | None, *field: str | int, max_length: int = 200) -> str:
    """Return one line of text, which must not be empty.

    Raises Invalid: REQUIRED, TOO_LONG, or INVALID_FORMAT for line breaks and control characters.
    """
    text = optional_single_line(name, value, *field, max_length=max_length)
    if text is None:
        raise Invalid(f"{name} is missing. Fill it in.", *field, code=Code.REQUIRED)
    return text


def optional_single_line(
    name: str, value: str | None, *field: str | int, max_length: int = 200
) -> str | None:
    """Return one line of text, or None without a visible character.

    Raises Invalid: TOO_LONG, or INVALID_FORMAT for line breaks and control characters.
    """
    text = (value or "").strip()
    if LINE_BREAKS.search(text):
        raise Invalid(
            f"{name} is a single line. Remove the line breaks and tabs.",
            *field,
            code=Code.INVALID_FORMAT,
        )
    return multi_line(name, text, *field, max_length=max_length)


def multi_line(
    name: str, value: str | None, *field: str | int, max_length: int = 10_000
) -> str | None:
    """Return text of any number of lines, or None without a visible character.

    Raises Invalid: TOO_LONG, or INVALID_FORMAT for control characters.
    """
    text = unicodedata.normalize("NFC", NEWLINES.sub("\n", value or "").strip())
    if CONTROL_CHARACTERS.search(text):
        raise Invalid(
            f"{name} holds a control character. Remove it, or type the text anew.",
            *field,
            code=Code.INVALID_FORMAT,
        )
    if len(text) > max_length:
        raise Invalid(
            f"{name} has {len(text):,} characters. Shorten it to {max_length:,} at most.",
            *field,
            code=Code.TOO_LONG,
        )
    is_visible = any(unicodedata.category(each) not in INVISIBLE_CATEGORIES for each in text)
    return text if is_visible else None


def validate_key(name: str, value: str, *field: str | int) -> str:
    """Validate a key and return it. Raises Invalid: REQUIRED, TOO_LONG or INVALID_FORMAT."""
    return _require_match(
        KEY_PATTERN,
        single_line(name, value, *field, max_length=MAX_KEY_LENGTH),
        f"{name} starts with a small letter; small letters, digits and underscores follow.",
        *field,
    )


def validate_slug(name: str, value: str, *field: str | int) -> str:
    """Validate a slug and return it. Raises Invalid: REQUIRED, TOO_LONG or INVALID_FORMAT."""
    return _require_match(
        SLUG_PATTERN,
        single_line(name, value, *field, max_length=MAX_KEY_LENGTH),
        f"{name} starts with a small letter; small letters, digits, - and _ follow.",
        *field,
    )


def normalize_email(name: str, value: str | None, *field: str | int) -> str | None:
    """Return an e-mail address in the form in which addresses are compared, or None without one.

    Compatibility forms are unified (NFKC) and case is folded, also before the @: no mail system in
    use distinguishes people by case. Raises Invalid: TOO_LONG or INVALID_FORMAT.
    """
    text = optional_single_line(name, value, *field, max_length=MAX_EMAIL_LENGTH)
    if text is None:
        return None
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    mailbox, _, domain = folded.partition("@")
    labels = domain.split(".")
    if (
        len(folded) > MAX_EMAIL_LENGTH
        or any(unicodedata.category(each) in INVISIBLE_CATEGORIES for each in folded)
        or not MAILBOX_PATTERN.fullmatch(mailbox)
        or "" in mailbox.split(".")
        or len(labels) == 1
        or not all(DOMAIN_LABEL_PATTERN.fullmatch(label) for label in labels)
    ):
        raise Invalid(
            f"{name} is not an e-mail address. Write it like ada@example.com.",
            *field,
            code=Code.INVALID_FORMAT,
        )
    return folded


def validate_locale(name: str, value: str, *field: str | int) -> str:
    """Validate a language tag such as `en` or `pt-BR` (RFC 5646: language, script, region).

    Raises Invalid: REQUIRED, TOO_LONG or INVALID_FORMAT.
    """
    return _require_match(
        LOCALE_PATTERN,
        single_line(name, value, *field, max_length=35),
        f"{name} is not a language tag. Write it like en, pt-BR or zh-Hant-TW.",
        *field,
    )


def validate_time_zone(name: str, value: str | None, *field: str | int) -> str | None:
    """Validate the name of an IANA time zone and return it, or None without one.

    Raises Invalid: TOO_LONG or INVALID_FORMAT.
    """
    text = optional_single_line(name, value, *field)
    if text is not None and text not in _load_time_zones():
        raise Invalid(
            f"{name} is not a known time zone. Write it like Europe/Lisbon.",
            *field,
            code=Code.INVALID_FORMAT,
        )
    return text


@cache
def _load_time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _require_match(pattern: re.Pattern[str], text: str, advice: str, *field: str | int) -> str:
    if not pattern.fullmatch(text):
        raise Invalid(advice, *field, code=Code.INVALID_FORMAT)
    return text
