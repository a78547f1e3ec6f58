"""Words: the search index, one row for each normal word of an aggregate's `SEARCH` attributes."""

import unicodedata
from itertools import groupby

from sqlalchemy import Column, Text, Uuid

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
