"""Words: the search index, one row for each normal word of an aggregate's `SEARCH` attributes."""

import unicodedata
from collections.abc import Iterable
from itertools import groupby
from uuid import UUID

from sqlalchemy import Column, Text, Uuid

from domain.kernel.aggregate import Aggregate
from persistence.kernel.images import Image
from persistence.kernel.mapping import KEPT
from persistence.kernel.tables import indexed, link_table
from persistence.kernel.writing import Change, Turn, Writes

LONGEST = 64
"""Longer words are cut, because an entry of the index must fit its page."""

words = link_table(
    "words",
    Column("entity", Text, nullable=False),
    Column("word", Text(collation="C"), nullable=False),
    Column("entity_id", Uuid, nullable=False),
    indexed("entity", "entity_id", "word"),
    key=("entity", "word", "entity_id"),
)


def normal_words(text: str) -> frozenset[str]:
    """The words of a text without case and accents, as they are kept and as they are looked for."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(each for each in plain if unicodedata.category(each)[0] != "M")
    runs = ("".join(run) for is_word, run in groupby(bare, str.isalnum) if is_word)
    return frozenset(run[:LONGEST] for run in runs)


COLUMNS = (("entity", "text"), ("word", "text"), ("entity_id", "uuid"))
FORGET = Change(
    Turn.DELETE,
    """
    DELETE FROM words USING {rows} WHERE words.tenant_id = $1 AND words.entity = r.entity
    AND words.word = r.word AND words.entity_id = r.entity_id""",
    COLUMNS,
)
LEARN = Change(
    Turn.INSERT,
    """
    INSERT INTO words (tenant_id, entity, word, entity_id)
    SELECT $1::uuid, r.entity, r.word, r.entity_id FROM {rows} ON CONFLICT DO NOTHING""",
    COLUMNS,
)


def follow(writes: Writes, aggregate: Aggregate, before: Image | None, after: Image | None) -> None:
    """Let the aggregate be found by the words that it has now, and no longer by those it had."""
    was, now = _texts(aggregate, before), _texts(aggregate, after)
    if was != now:
        old, new = (frozenset().union(*map(normal_words, texts)) for texts in (was, now))
        writes.add(FORGET, *_rows(aggregate, old - new))
        writes.add(LEARN, *_rows(aggregate, new - old))


def _texts(aggregate: Aggregate, image: Image | None) -> list[str]:
    places = KEPT[type(aggregate)].places
    return (
        [image.values[places[name]] or "" for name in aggregate.SEARCH_ATTRIBUTES] if image else []
    )


def _rows(aggregate: Aggregate, found: Iterable[str]) -> list[tuple[str, str, UUID]]:
    return [(aggregate.NAME, word, aggregate.id) for word in sorted(found)]
