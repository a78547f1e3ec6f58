"""Search: each search word must begin a word of the row, as `search_words` says."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ARRAY, CompoundSelect, Select, Text, Uuid, func, intersect, select

from domain.kernel.errors import Code, Invalid
from persistence.kernel.search_index import words
from persistence.kernel.search_words import list_search_words
from persistence.kernel.sql_literals import literal_text
from persistence.reading.compile_context import CompileContext
from persistence.reading.plan_cache import SingleArgumentSource
from persistence.reading.read_model import ReadModel, Row, Sql
from persistence.reading.selection import Field, ReadRequest

MAX_SEARCH_WORDS = 5
MAX_SEARCH_LENGTH = 200
LAST_CHARACTER = chr(0x10FFFF)


@dataclass(frozen=True)
class SearchWord:
    """One normalized word of a search, or the upper bound of all words that begin with it."""

    field: Field
    index: int
    is_upper_bound: bool = False

    def __call__(self, request: ReadRequest) -> str:
        """Return the word or the bound."""
        word = _get_search_words(self.field, request)[self.index]
        return word + LAST_CHARACTER if self.is_upper_bound else word


@dataclass(frozen=True)
class SearchWordCount(SingleArgumentSource):
    """The number of words in a search; the statement has one look-up for each."""

    argument: str = "search"

    def __call__(self, request: ReadRequest) -> int:
        """Return the number. Raises Invalid (LIMIT_EXCEEDED) for more than 5 words."""
        count = len(_get_search_words(self.field, request))
        if count > MAX_SEARCH_WORDS:
            message = f"A search has at most {MAX_SEARCH_WORDS} words. Remove some words."
            raise Invalid(message, "search", code=Code.LIMIT_EXCEEDED)
        return count


def compile_search(context: CompileContext, model: ReadModel, row: Row, field: Field) -> Sql | None:
    """Return the condition that a row matches the `search` argument, or None without a search.

    The ids go through an array, for which a generic plan estimates ten rows. So PostgreSQL starts
    with the index of words and looks up each row. With a join it would scan the list in its order
    and look up the words of each row; with `= ANY(array)` it would scan the whole index.
    """
    count = context.builder.specialize_on(SearchWordCount(field)) if model.is_searchable else 0
    if not count:
        return None
    ids = [_select_ids_by_word(context, model, field, n) for n in range(count)]
    common = intersect(*ids) if count > 1 else ids[0]
    return row.c.id.in_(unnest_ids(collect_ids(common)))


def collect_ids(ids: Select[Any] | CompoundSelect[Any]) -> Sql:
    """Return the selected ids as one array."""
    return func.array(ids.scalar_subquery(), type_=ARRAY(Uuid))


def unnest_ids(ids: Sql) -> Select[Any]:
    """Return a select of the ids in an array."""
    return select(func.unnest(ids))


def _select_ids_by_word(
    context: CompileContext, model: ReadModel, field: Field, index: int
) -> Select[Any]:
    word_rows = words.alias(context.create_name())
    return (
        select(word_rows.c.entity_id)
        .where(
            word_rows.c.tenant_id == context.facts.tenant(),
            word_rows.c.entity == literal_text(model.entity),
            word_rows.c.word >= context.builder.bind(SearchWord(field, index), Text()),
            word_rows.c.word
            < context.builder.bind(SearchWord(field, index, is_upper_bound=True), Text()),
        )
        .correlate(None)
    )


def _get_search_words(field: Field, request: ReadRequest) -> list[str]:
    return _split_search(field.arguments(request).get("search") or "")


@lru_cache(maxsize=64)
def _split_search(text: str) -> list[str]:
    """Return the normalized words in a fixed order; a request needs them several times."""
    return sorted(list_search_words(text))
