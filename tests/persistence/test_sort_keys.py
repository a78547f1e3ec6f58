"""Sort keys: the order of names by ICU in several languages, and what fits into an index."""

import pytest

from persistence.kernel.collation import MAX_KEY_LENGTH, build_sort_key

ORDERS = {
    "en": ("adam", "Adam", "Åsa", "de la Cruz", "Dela", "O'Hara", "Ohara", "Öst", "Zoe", "Zoë"),
    "sv": ("adam", "Vera", "Wera", "Zara", "Åsa", "Ärla", "Öst"),
    "da": ("Anna", "Zara", "Ægir", "Øst", "Åse", "Aase"),
    "de": ("Arla", "Ärla", "Öst", "Oz", "Strasse", "Straße", "Zara"),
    "de-AT": ("Arla", "Ärla", "Zara"),
    "tr": ("can", "çan", "dan", "ılgaz", "Irmak", "İnci", "ipek", "sen", "şen"),
    "es": ("nube", "Nuria", "Ñandú", "ocho"),
    "zh-Hant-TW": ("王", "李"),
    "xx-ZZ": ("adam", "Åsa", "Zara"),
    "en-GB": ("Team 2", "Team 10", "Team 10b"),
}


@pytest.mark.parametrize("locale", ORDERS)
def test_names_sort_as_people_expect_in_their_language(locale: str) -> None:
    pytest.importorskip("icu")
    keys = [build_sort_key(each, locale) for each in ORDERS[locale]]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("name", ["", "Ada", "\U0001f69a" * 200, "田" * 200, "Ӝ\u0301" * 100])
def test_a_key_is_printable_and_fits_an_index_and_a_cursor(name: str) -> None:
    key = build_sort_key(name, "en")
    assert len(key) <= MAX_KEY_LENGTH
    assert all(" " <= each <= "\u011f" for each in key)
