"""Text: validation and normalization of what people type.

Unicode is put into its composed form (NFC) and the ends are trimmed. Emoji, joiners and
right-to-left marks stay. Control characters, null bytes and lone surrogates are refused.

Normalization takes time with the square of the combining marks in a row: 10 seconds and more for
96 kB of them. So the raw text is bounded before any other work on it.
"""

import re
import unicodedata
from functools import cache, lru_cache
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
MAX_DOMAIN_LABEL_LENGTH = 63
ASCII_LABEL_PREFIX = "xn--"
ASCII_LABEL_PATTERN = re.compile(r"(?<![\w-])xn--[a-z0-9-]+", re.ASCII | re.IGNORECASE)
IDEOGRAPHIC_FULL_STOP = "\u3002"
"""A full stop in the domains of Chinese and Japanese addresses (RFC 3490)."""

MAX_KEY_LENGTH = 50
MAX_LOCALE_LENGTH = 35
MAX_TIME_ZONE_LENGTH = 200
TIME_ZONE_AREAS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia"),
    *("Atlantic", "Australia", "Europe", "Indian", "Pacific"),
)
"""The areas of the names of places in the IANA time zone database."""

MAX_COMBINING_MARKS = 30
"""Combining marks in a row: the longest run of a stream-safe text (UAX #15, section 13)."""

RAW_CHARACTERS_PER_CHARACTER = 4
"""Characters of a raw text that may become one by composition (NFC): U+1F82 has four parts."""

MARKS_BY_DECOMPOSITION = "\u0f73\u0f75\u0f81\uff9e\uff9f"
"""Characters that are no combining marks themselves, and become some by decomposition."""
DOMAIN_LABEL_PATTERN = re.compile(r"\w([\w-]{0,61}\w)?")


def reject_oversized(name: str, value: str, *field: str | int, max_length: int) -> None:
    """Refuse a raw text that is too long or that would take long to normalize.

    It looks at the length only, then at combining marks; both take time with the length at most.
    A character has at most 4 bytes in UTF-8, so this bounds the bytes as well.

    Raises Invalid: TOO_LONG, or INVALID_FORMAT for more than 30 combining marks in a row.
    """
    if len(value) > max_length * RAW_CHARACTERS_PER_CHARACTER:
        raise _build_too_long_error(name, value, *field, max_length=max_length)
    if not value.isascii() and _has_long_mark_run(value):
        raise Invalid(
            f"{name} has more than {MAX_COMBINING_MARKS} combining marks in a row. Remove some.",
            *field,
            code=Code.INVALID_FORMAT,
        )


def _has_long_mark_run(text: str) -> bool:
    """Return whether there are more than 30 combining marks in a row.

    Such a run covers every 31st character somewhere, so most texts are decided by those alone.
    """
    if not any(map(_is_mark, text[MAX_COMBINING_MARKS :: MAX_COMBINING_MARKS + 1])):
        return False
    run_length = 0
    for each in text:
        run_length = run_length + 1 if _is_mark(each) else 0
        if run_length > MAX_COMBINING_MARKS:
            return True
    return False


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) > 0 or character in MARKS_BY_DECOMPOSITION


def _build_too_long_error(name: str, text: str, *field: str | int, max_length: int) -> Invalid:
    return Invalid(
        f"{name} has {len(text):,} characters. Shorten it to {max_length:,} at most.",
        *field,
        code=Code.TOO_LONG,
    )


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
    if not value:
        return None
    is_plain = value.isascii() and value.isprintable() and len(value) <= max_length
    if is_plain and value[0] != " " and value[-1] != " ":  # most texts need no more
        return value
    reject_oversized(name, value, *field, max_length=max_length)
    text = value.strip()
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
    if not value:
        return None
    reject_oversized(name, value, *field, max_length=max_length)
    text = unicodedata.normalize("NFC", NEWLINES.sub("\n", value).strip())
    if CONTROL_CHARACTERS.search(text):
        raise Invalid(
            f"{name} holds a control character. Remove it, or type the text anew.",
            *field,
            code=Code.INVALID_FORMAT,
        )
    if len(text) > max_length:
        raise _build_too_long_error(name, text, *field, max_length=max_length)
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


def validate_email(name: str, value: str | None, *field: str | int) -> str | None:
    """Validate an e-mail address and return it as given, or None without one.

    Raises Invalid: TOO_LONG or INVALID_FORMAT.
    """
    text = optional_single_line(name, value, *field, max_length=MAX_EMAIL_LENGTH)
    if text is None:
        return None
    if not _is_folded_email(fold_email(text)):
        raise Invalid(
            f"{name} is not an e-mail address. Write it like ada@example.com.",
            *field,
            code=Code.INVALID_FORMAT,
        )
    return text


@lru_cache(maxsize=1_024)
def _is_folded_email(folded: str) -> bool:
    """Return whether a folded text is an e-mail address."""
    mailbox, _, domain = folded.partition("@")
    labels = domain.split(".")
    return (
        len(folded) <= MAX_EMAIL_LENGTH
        and not any(unicodedata.category(each) in INVISIBLE_CATEGORIES for each in folded)
        and MAILBOX_PATTERN.fullmatch(mailbox) is not None
        and "" not in mailbox.split(".")
        and len(labels) > 1
        and all(DOMAIN_LABEL_PATTERN.fullmatch(label) for label in labels)
    )


@lru_cache(maxsize=1_024)  # a batch asks for the same ones again and again
def fold_email(text: str) -> str:
    """Return the form in which a bounded e-mail address, or a part of one, is compared.

    Compatibility forms are unified (NFKC) and case is folded, also before the @: no mail system in
    use distinguishes people by case. A label of the domain in ASCII form (`xn--bcher-kva`, RFC
    3492) and its Unicode form (`bücher`) are the same.
    """
    mailbox, at, domain = fold_case(text).rpartition("@")
    labels = domain.replace(IDEOGRAPHIC_FULL_STOP, ".").split(".")
    return mailbox + at + ".".join(map(_decode_label, labels))


def decode_ascii_labels(text: str) -> str:
    """Return a text in which each label of a domain in ASCII form has its Unicode form."""
    return ASCII_LABEL_PATTERN.sub(lambda label: _decode_label(label[0].lower()), text)


def fold_case(text: str) -> str:
    """Return the form in which a bounded text is compared without regard to case (Unicode, D146).

    Compatibility forms are unified as well: full-width letters equal ordinary ones.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _decode_label(label: str) -> str:
    """Return the Unicode form of a label of a domain, or the label if it has no valid one."""
    if not label.startswith(ASCII_LABEL_PREFIX) or len(label) > MAX_DOMAIN_LABEL_LENGTH:
        return label
    encoded = label.removeprefix(ASCII_LABEL_PREFIX)
    try:
        decoded = encoded.encode("ascii").decode("punycode")
        is_exact = decoded.encode("punycode").decode("ascii") == encoded
    except UnicodeError:
        return label
    folded = fold_case(decoded)
    is_valid = not decoded.isascii() and DOMAIN_LABEL_PATTERN.fullmatch(folded)
    return folded if is_exact and is_valid else label


def validate_locale(name: str, value: str, *field: str | int) -> str:
    """Validate a language tag such as `en` or `pt-BR` (RFC 5646: language, script, region).

    Raises Invalid: REQUIRED, TOO_LONG or INVALID_FORMAT.
    """
    return _require_match(
        LOCALE_PATTERN,
        single_line(name, value, *field, max_length=MAX_LOCALE_LENGTH),
        f"{name} is not a language tag. Write it like en, pt-BR or zh-Hant-TW.",
        *field,
    )


def validate_time_zone(name: str, value: str | None, *field: str | int) -> str | None:
    """Validate the name of an IANA time zone and return it, or None without one.

    It names a place, or is UTC. Abbreviations and fixed offsets are refused: their meaning is
    unclear (EST), reversed (Etc/GMT+5), or wrong for half of the year.

    Raises Invalid: TOO_LONG or INVALID_FORMAT.
    """
    text = optional_single_line(name, value, *field, max_length=MAX_TIME_ZONE_LENGTH)
    if text is not None and text not in _load_time_zones():
        raise Invalid(
            f"{name} is not a known time zone. Use a place, such as Europe/Lisbon, or UTC.",
            *field,
            code=Code.INVALID_FORMAT,
        )
    return text


@cache
def _load_time_zones() -> frozenset[str]:
    areas = tuple(f"{area}/" for area in TIME_ZONE_AREAS)
    return frozenset(each for each in available_timezones() if each.startswith(areas)) | {"UTC"}


def _require_match(pattern: re.Pattern[str], text: str, advice: str, *field: str | int) -> str:
    if not pattern.fullmatch(text):
        raise Invalid(advice, *field, code=Code.INVALID_FORMAT)
    return text
