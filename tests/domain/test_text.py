import sys
import unicodedata

import pytest

from domain.kernel.errors import Code
from domain.kernel.text import (
    MARKS_BY_DECOMPOSITION,
    RAW_CHARACTERS_PER_CHARACTER,
    fold_case,
    fold_email,
    multi_line,
    optional_single_line,
    reject_oversized,
    single_line,
    validate_email,
    validate_key,
    validate_locale,
    validate_time_zone,
)
from tests.factories.domain_examples import expect_error


@pytest.mark.parametrize(
    "text",
    [
        "Ada",
        "مرحبا بالعالم",
        "\u200f\u05e9\u05dc\u05d5\u05dd",
        "👩🏽\u200d💻 ships 🚀",
        "Łódź",
        "\U0001d518\U0001d52b",
        "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    ],
)
def test_what_people_type_is_kept_as_they_meant_it(text: str) -> None:
    assert single_line("The name", text) == text


def test_texts_are_composed_and_trimmed() -> None:
    assert single_line("The name", "  Zoe\u0301\u00a0") == "Zoé"


@pytest.mark.parametrize("text", ["", "   ", "\u200b\u200d", "\u3000", None])
def test_what_nobody_can_see_is_missing(text: str | None) -> None:
    assert optional_single_line("The name", text) is None
    with expect_error(Code.REQUIRED, "input", "name"):
        single_line("The name", text, "input", "name")


@pytest.mark.parametrize(
    "text", ["a\x00b", "\x00", "a\x1bb", "a\x7fb", "a\x85b", "a\ud800b", "a\nb", "a\rb", "a\u2028b"]
)
def test_a_line_holds_no_control_characters(text: str) -> None:
    with expect_error(Code.INVALID_FORMAT, "title"):
        single_line("The title", text, "title")


@pytest.mark.parametrize("text", ["a\x00b", "a\x08b", "a\udfffb"])
def test_paragraphs_hold_no_control_characters(text: str) -> None:
    with expect_error(Code.INVALID_FORMAT, "note"):
        multi_line("The note", text, "note")


def test_paragraphs_keep_their_lines_and_one_kind_of_line_break() -> None:
    assert multi_line("The note", "one\r\ntwo\rthree\n\n\tfour") == "one\ntwo\nthree\n\n\tfour"


def test_length_is_counted_in_characters_once_composed() -> None:
    assert single_line("The unit", "e\u0301" * 5, max_length=5) == "é" * 5
    assert single_line("The unit", "🚀" * 5, max_length=5) == "🚀" * 5
    with expect_error(Code.TOO_LONG, "unit"):
        single_line("The unit", "x" * 6, "unit", max_length=5)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        ("ÄDA@example.com", "äda@example.com"),
        ("\uff41\uff44\uff41@example.com", "ada@example.com"),
        ("ada+hr@mail.example.co.uk", "ada+hr@mail.example.co.uk"),
        ("ada@bücher.example", "ada@bücher.example"),
        ("Ada@XN--Bcher-KVA.example", "ada@bücher.example"),
        ("ada@bücher\u3002example", "ada@bücher.example"),
        ("ada@straße.example", "ada@strasse.example"),
        ("ada@xn--strae-oqa.example", "ada@strasse.example"),
        ("ada@xn--abc.example", "ada@xn--abc.example"),
        ("xn--bcher-kva@example.com", "xn--bcher-kva@example.com"),
    ],
)
def test_an_address_is_kept_as_given_and_has_one_form_for_comparison(
    typed: str, folded: str
) -> None:
    assert validate_email("The work e-mail", typed, "workEmail") == typed
    assert fold_email(typed) == folded == fold_email(folded)


def test_an_address_is_composed_and_trimmed() -> None:
    assert validate_email("It", " A\u0308da@Example.com ") == "Äda@Example.com"
    assert validate_email("It", "") is validate_email("It", None) is None


def test_case_and_compatibility_forms_are_equal_where_case_is_ignored() -> None:
    assert fold_case("E-7ß\uff21\u212a") == fold_case("e-7SSAk") == "e-7ssak"


@pytest.mark.parametrize(
    "text",
    [
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "ada@@example.com",
        "ada@b@example.com",
        "ada@ex\uff20ample.com",
        "a da@example.com",
        "ada@exam ple.com",
        "ada..l@example.com",
        ".ada@example.com",
        "ada@example..com",
        "ada@-example.com",
        "ad\u200ba@example.com",
        "<ada@example.com>",
        "ada\n@example.com",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with expect_error(Code.INVALID_FORMAT, "workEmail"):
        validate_email("The work e-mail", text, "workEmail")


def test_an_address_has_254_characters_at_most() -> None:
    assert validate_email("It", "a" * 242 + "@example.com") == "a" * 242 + "@example.com"
    with expect_error(Code.TOO_LONG, "workEmail"):
        validate_email("It", "a" * 243 + "@example.com", "workEmail")


@pytest.mark.parametrize("tag", ["en", "pt-BR", "zh-Hant-TW", "es-419", "gsw"])
def test_a_language_tag_is_kept(tag: str) -> None:
    assert validate_locale("The locale", tag) == tag


@pytest.mark.parametrize("tag", ["EN", "en_US", "en-us", "english", "en-US\n-x", "-", "1"])
def test_what_is_no_language_tag_is_refused(tag: str) -> None:
    with expect_error(Code.INVALID_FORMAT, "locale"):
        validate_locale("The locale", tag, "locale")


def test_time_zones_are_those_of_the_iana() -> None:
    assert validate_time_zone("The time zone", "Europe/Lisbon") == "Europe/Lisbon"
    assert validate_time_zone("The time zone", "America/Argentina/Ushuaia") is not None
    assert validate_time_zone("The time zone", "UTC") == "UTC"
    assert validate_time_zone("The time zone", None) is None
    for unknown in (
        *("Europe/Atlantis", "europe/lisbon", "../../etc/passwd", "GMT+1", "GMT", "EST", "CET"),
        *("Etc/GMT+5", "Etc/UTC", "US/Eastern", "EST5EDT", "Factory", "localtime", "Europe/"),
    ):
        with expect_error(Code.INVALID_FORMAT, "timeZone"):
            validate_time_zone("The time zone", unknown, "timeZone")


def test_a_key_is_a_word_for_machines() -> None:
    assert validate_key("The key", "people_partner_2") == "people_partner_2"
    for wrong in ("People", "2nd", "a-b", "a b", "é"):
        with expect_error(Code.INVALID_FORMAT, "key"):
            validate_key("The key", wrong, "key")


MARKS = "\u0301"


def test_a_raw_text_is_refused_by_its_length_before_it_is_normalized() -> None:
    assert single_line("The unit", "\u1f82" * 5, max_length=5) == "\u1f82" * 5
    assert single_line("The unit", "\u03b1\u0313\u0300\u0345" * 5, max_length=5) == "\u1f82" * 5
    for value in ("a" + MARKS * 20_000 + "\u0316" * 20_000, " " * 21, "x" * 21):
        with expect_error(Code.TOO_LONG, "unit"):
            single_line("The unit", value, "unit", max_length=5)
        with expect_error(Code.TOO_LONG, "unit"):
            multi_line("The unit", value, "unit", max_length=5)


@pytest.mark.parametrize("mark", ["\u0301", "\u0316", "\u0f73", "\uff9e", "\U0001e94a"])
@pytest.mark.parametrize("start", [0, 1, 29, 30, 31, 61])
def test_at_most_thirty_combining_marks_stand_in_a_row(mark: str, start: int) -> None:
    reject_oversized("It", "é" * start + mark * 30 + "a" + mark * 30, max_length=200)
    with expect_error(Code.INVALID_FORMAT, "unit"):
        reject_oversized("It", "é" * start + mark * 31 + "a", "unit", max_length=200)


def test_every_character_that_becomes_combining_marks_counts() -> None:
    characters = [chr(each) for each in range(sys.maxunicode + 1) if not 0xD800 <= each < 0xE000]
    assert (
        "".join(
            each
            for each in characters
            if not unicodedata.combining(each)
            and unicodedata.combining(unicodedata.normalize("NFKD", each)[0])
        )
        == MARKS_BY_DECOMPOSITION
    )
    assert (
        max(len(unicodedata.normalize("NFD", each)) for each in characters)
        == RAW_CHARACTERS_PER_CHARACTER
    )
