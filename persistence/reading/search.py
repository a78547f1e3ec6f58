"""Search: every word typed begins a word of the row, whatever its case and accents."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import ARRAY, CompoundSelect, Select, Text, Uuid, func, intersect, select

from domain.kernel.errors import Code, Invalid
from persistence.kernel.words import tokenize, words
from persistence.reading.plans import OfArgument
from persistence.reading.readable import Readable, Row, Sql
from persistence.reading.selection import Field, Run
from persistence.reading.wire import literal_text

if TYPE_CHECKING:
    from persistence.reading.compiler import Compiler

MOST_WORDS = 5
LAST_CHARACTER = chr(0x10FFFF)


@dataclass(frozen=True)
class SearchedWord:
    """One word of a search, in normal form; `end` is the first text beyond all words it begins."""

    field: Field
    index: int
    end: bool = False

    def __call__(self, run: Run) -> str:
        """The word."""
        word = _words(self.field, run)[self.index]
        return word + LAST_CHARACTER if self.end else word


@dataclass(frozen=True)
class WordCount(OfArgument):
    """How many words a search has: the statement has a look-up for each."""

    argument: str = "search"

    def __call__(self, run: Run) -> int:
        """The number. Raises Invalid (LIMIT_EXCEEDED) for too many words."""
        count = len(_words(self.field, run))
        if count > MOST_WORDS:
            message = f"Search for at most {MOST_WORDS} words."
            raise Invalid(message, "search", code=Code.LIMIT_EXCEEDED)
        return count


def searched(compiler: "Compiler", readable: Readable, row: Row, field: Field) -> Sql | None:
    """The rows that a connection's `search` finds, or None where nothing is searched.

    They go through an array, which a generic plan takes for ten rows: so it begins with the words,
    and looks up one row after the other. Of a join it would rather begin at the list's order, and
    ask the index about every row; an array in the condition, it reads the whole index for.
    """
    count = compiler.draft.know(WordCount(field)) if readable.searchable else 0
    if not count:
        return None
    ids = [_found(compiler, readable, field, n) for n in range(count)]
    common = intersect(*ids) if count > 1 else ids[0]
    return row.c.id.in_(unpacked(collected(common)))


def collected(ids: Select[Any] | CompoundSelect[Any]) -> Sql:
    """Ids as one array."""
    return func.array(ids.scalar_subquery(), type_=ARRAY(Uuid))


def unpacked(ids: Sql) -> Select[Any]:
    """The ids of an array as rows."""
    return select(func.unnest(ids))


def _found(compiler: "Compiler", readable: Readable, field: Field, nth: int) -> Select[Any]:
    found = words.alias(compiler.name())
    return (
        select(found.c.entity_id)
        .where(
            found.c.tenant_id == compiler.facts.tenant(),
            found.c.entity == literal_text(readable.entity),
            found.c.word >= compiler.draft.bind(SearchedWord(field, nth), Text()),
            found.c.word < compiler.draft.bind(SearchedWord(field, nth, end=True), Text()),
        )
        .correlate(None)
    )


def _words(field: Field, run: Run) -> list[str]:
    return _sought(field.arguments(run).get("search") or "")


@lru_cache(maxsize=64)
def _sought(text: str) -> list[str]:
    """The words to look for, in a fixed order: each request asks for them several times."""
    return sorted(tokenize(text))
