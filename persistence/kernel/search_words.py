"""The words of a text, for the search index and for queries, which compare them by prefix.

Case, accents and apostrophes are ignored, and letters such as `ø` equal their plain forms. In
scripts without spaces a word may begin at any character, so the index has all ends of a run.
"""

import re
import unicodedata
from collections.abc import Iterator

from domain.kernel.text import ASCII_LABEL_PREFIX, decode_ascii_labels

MAX_WORD_LENGTH = 64
"""Longer words are cut, because an entry of a B-tree must fit a page."""

MAX_RUN_LENGTH = 24
"""Runs of a script without spaces are cut earlier, for the index has every end of them."""

APOSTROPHES = "`´ʹʻʼʽˈ׳‘’‛′ꞌ＇"  # noqa: RUF001 - all that people type for an apostrophe
"""What people type in the place of an apostrophe, such as the okina and the geresh."""

LATIN_LETTERS = (*range(0x80, 0x2B0), *range(0x1E00, 0x1F00), *range(0x2C60, 0x2C80))
PLAIN_LETTERS = {"æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ŋ": "n", "ȷ": "j", "ı": "i"}  # noqa: RUF001 - the point
PLAIN_LETTERS |= {"ə": "e", "ǝ": "e", "ɛ": "e", "ɔ": "o"}
"""Letters without a decomposition whose Unicode names do not tell the plain letter."""

SPACELESS = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Tibetan, Burmese, Khmer
    "\u3005-\u3007\u3040-\u312f"  # the iteration mark, kana and bopomofo
    "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"  # Chinese characters
    "\u1100-\u11ff"  # Hangul, whose names have no spaces; decomposed
)
"""Scripts that write no spaces between words, or between the parts of a name."""

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
SPACELESS_CHARACTER = re.compile(f"[{SPACELESS}]")
RUN_START = re.compile(f"[{SPACELESS}]|(?<=[{SPACELESS}]).")
SYLLABLE_END = re.compile("[\u1160-\u11ff]")
INNER_SPACE = re.compile(f"(?<=[{SPACELESS}])[\\s\u00b7\u30fb]+(?=[{SPACELESS}])")


def list_index_words(text: str) -> frozenset[str]:
    """Return the words of a text for the index: also the parts of O'Brien, and ends of runs."""
    plain = to_plain_letters(text)
    if plain.isascii() and "'" not in plain:  # most names
        return frozenset([run[:MAX_WORD_LENGTH] for run in WORD.findall(plain)])
    runs = WORD.findall(INNER_SPACE.sub("", plain))
    return frozenset(word for run in runs for word in _split_run(run))


def list_search_words(text: str) -> frozenset[str]:
    """Return the words of a query; each must begin a word of the index."""
    return frozenset(_cut(run.replace("'", "")) for run in WORD.findall(to_plain_letters(text)))


def _split_run(run: str) -> Iterator[str]:
    """Yield the words under which a run of letters is found."""
    for word in {run.replace("'", ""), *run.split("'")}:
        yield _cut(word)
        if not word.isascii():
            for start in RUN_START.finditer(word):
                if not SYLLABLE_END.match(start[0]):
                    yield _cut(word[start.start() :])


def _cut(word: str) -> str:
    is_ordinary = word.isascii() or not SPACELESS_CHARACTER.search(word)
    return word[: MAX_WORD_LENGTH if is_ordinary else MAX_RUN_LENGTH]


def to_plain_letters(text: str) -> str:
    """Return a text without case and accents, in plain letters, and with one kind of apostrophe."""
    if text.isascii():
        lower = text.lower()
        plain = decode_ascii_labels(lower) if ASCII_LABEL_PREFIX in lower else lower
        return plain.replace("`", "'") if plain.isascii() else plain.translate(_REPLACEMENTS)
    text = decode_ascii_labels(text).translate(_APOSTROPHE_TABLE)
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(each for each in folded if unicodedata.category(each)[0] != "M")
    return bare.translate(_REPLACEMENTS)


def _find_plain_letter(character: str) -> str | None:
    """Return `o` for `ø`, whose name is LATIN SMALL LETTER O WITH STROKE."""
    name = re.fullmatch("LATIN SMALL LETTER ([A-Z]) WITH .*", unicodedata.name(character, ""))
    return name[1].lower() if name else None


_APOSTROPHE_TABLE = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
_REPLACEMENTS = _APOSTROPHE_TABLE | str.maketrans(
    {chr(each): plain for each in LATIN_LETTERS if (plain := _find_plain_letter(chr(each)))}
    | PLAIN_LETTERS
)
