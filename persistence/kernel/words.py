"""Words: the search index, one row for each normal word of an aggregate's `SEARCH` attributes."""

import unicodedata
from collections.abc import Iterable
from itertools import groupby
from uuid import UUID

from sqlalchemy import Column, Text, Uuid

from domain.kernel.aggregate import Aggregate
from persistence.kernel.changes import history_of
from persistence.kernel.mapping import Connection
from persistence.kernel.tables import indexed, link_table

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


FORGET = """
DELETE FROM words WHERE tenant_id = $1 AND entity = $2 AND word = $3 AND entity_id = $4
"""
LEARN = """
INSERT INTO words (tenant_id, entity, word, entity_id) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""

Row = tuple[UUID, str, str, UUID]


class Vocabulary:
    """What a unit of work changes in the index."""

    def __init__(self) -> None:
        self._forgotten: list[Row] = []
        self._learnt: list[Row] = []

    def follow(self, aggregate: Aggregate, *, gone: bool = False) -> None:
        """Note by which words the aggregate is no longer found, and by which from now on."""
        texts = [history_of(aggregate, attribute) for attribute in aggregate.SEARCH]
        if not gone and all(was == now for was, now in texts):
            return
        before: set[str] = set()
        after: set[str] = set()
        for was, now in texts:
            before |= normal_words(was or "")
            after |= set() if gone else normal_words(now or "")
        self._forgotten += self._rows(aggregate, before - after)
        self._learnt += self._rows(aggregate, after - before)

    async def write(self, connection: Connection) -> None:
        """Bring the index up to date."""
        if self._forgotten:
            await connection.executemany(FORGET, self._forgotten)
        if self._learnt:
            await connection.executemany(LEARN, self._learnt)

    def _rows(self, aggregate: Aggregate, found: Iterable[str]) -> list[Row]:
        return [(aggregate.tenant_id, aggregate.NAME, word, aggregate.id) for word in sorted(found)]
