"""Prose of code, schema and documentation: phrases of the old private language are banned."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    ".ci", "alembic", "api", "benchmarks", "docs", "domain", "examples", "openapi", "persistence",
    "tests",
)  # fmt: skip
SUFFIXES = {".graphql", ".md", ".py", ".toml", ".yaml", ".yml"}
EXEMPT = (
    "api/demo/data/",
    "docs/style.md",
    "tests/conformance/node_modules/",
    "benchmarks/node/node_modules/",
)
"""Titles of goals, which may name a desk; the page that quotes the phrases; installed packages."""

BANNED_PHRASES = (
    "whoever",
    "unless said",
    "unless told",
    "to be said",
    "what came of",
    "is told",
    "are told",
    "was told",
    "were told",
    "be told",
    "in vain",
    "nobody but",
    "foreseen",
    "let in",
    "news",
    "desk",
    "turnstile",
    "attendance",
    "admissions",
    "retelling",
    "the house",
)
ALTERNATIVES = "|".join(BANNED_PHRASES).replace(" ", r"[\s#]+")
BANNED = re.compile(rf"(?<![a-z])(?:{ALTERNATIVES})(?![a-z])", re.IGNORECASE)


def test_no_banned_phrase_is_left() -> None:
    assert list(_find_phrases()) == []


@pytest.mark.parametrize(
    "text",
    ["# Whoever calls", "No limit unless\n    # said otherwise", "self._news = 1", "The desk."],
)
def test_a_banned_phrase_is_found(text: str) -> None:
    assert BANNED.search(text)


@pytest.mark.parametrize("text", ["newsletter", "desktop", "unlet input"])
def test_a_longer_word_is_no_banned_phrase(text: str) -> None:
    assert not BANNED.search(text)


def _find_phrases() -> Iterator[str]:
    for path in _list_files():
        text = path.read_text(encoding="utf-8")
        for found in BANNED.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{path.relative_to(ROOT)}:{line}: {found[0]!r}"


def _list_files() -> list[Path]:
    folders = [path for each in FOLDERS for path in (ROOT / each).rglob("*")]
    files = [*ROOT.iterdir(), *folders]
    return sorted(
        path
        for path in files
        if path.suffix in SUFFIXES
        and path != Path(__file__)
        and not any(str(path.relative_to(ROOT)).startswith(each) for each in EXEMPT)
    )
