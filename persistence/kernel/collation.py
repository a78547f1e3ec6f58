"""Sort keys of names: texts that PostgreSQL compares byte by byte, in the order of a language.

PostgreSQL may be built without ICU, and the orders of operating systems differ. So Python computes
the keys with ICU, by the Unicode Collation Algorithm and the rules of a locale. Numbers inside a
name sort by their value.
"""

import unicodedata
from functools import lru_cache
from typing import Any

from persistence.kernel.search_words import to_plain_letters

try:
    import icu
except ImportError:  # An operating system for which there is no wheel.
    icu = None

DEFAULT_LOCALE = "en"

MAX_KEY_LENGTH = 400
"""In characters of two bytes at most: an entry of a B-tree and a cursor have room for it."""

_FIRST_PRINTABLE = 0x20
_PRINTABLE = {byte: byte + _FIRST_PRINTABLE for byte in range(256)}
"""Moves each byte of a key above the control characters, which JSON would spell with six."""

COLLATION_VERSION = "plain" if icu is None else f"icu {icu.ICU_VERSION}"
"""Keys of different versions must not be compared."""


def build_sort_key(text: str, locale: str) -> str:
    """Return the key by which a text is sorted in a locale, such as `sv` or `de-AT`."""
    key: bytes = (
        _build_plain_key(text).encode()
        if icu is None
        else _create_collator(locale).getSortKey(text)
    )
    return key.rstrip(b"\0").decode("latin-1").translate(_PRINTABLE)[:MAX_KEY_LENGTH]


@lru_cache(maxsize=64)
def _create_collator(locale: str) -> Any:
    """Return the collator of a locale, or of the language-independent order for unknown ones."""
    try:
        identifier = icu.Locale.forLanguageTag(locale)
    except icu.ICUError:
        identifier = icu.Locale.getRoot()
    collator = icu.Collator.createInstance(identifier)
    collator.setAttribute(icu.UCollAttribute.NUMERIC_COLLATION, icu.UCollAttributeValue.ON)
    return collator


def _build_plain_key(text: str) -> str:
    """Return a key without ICU: letters before accents before case, in no particular language."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "\1".join((to_plain_letters(text), folded, text.swapcase()))
