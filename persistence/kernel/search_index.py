"""The search index: one row for each word of an aggregate's `SEARCH_ATTRIBUTES`."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import Column, Text, Uuid

from domain.kernel.aggregate import Aggregate
from persistence.kernel.mapping.registry import MAPPINGS
from persistence.kernel.mapping.state import EntityState
from persistence.kernel.mapping.write_batch import WriteBatch
from persistence.kernel.mapping.write_statement import WritePhase, WriteStatement
from persistence.kernel.schema.tables import link_table, tenant_index
from persistence.kernel.search_words import list_index_words

words = link_table(
    "words",
    Column("entity", Text, nullable=False),
    Column("word", Text(collation="C"), nullable=False),
    Column("entity_id", Uuid, nullable=False),
    tenant_index("entity", "entity_id", "word"),
    key=("entity", "word", "entity_id"),
)


COLUMNS = (("entity", "text"), ("word", "text"), ("entity_id", "uuid"))
DELETE_TOKENS = WriteStatement(
    WritePhase.DELETE,
    """
    DELETE FROM words USING {rows} WHERE words.tenant_id = $1 AND words.entity = r.entity
    AND words.word = r.word AND words.entity_id = r.entity_id""",
    COLUMNS,
)
INSERT_TOKENS = WriteStatement(
    WritePhase.INSERT,
    """
    INSERT INTO words (tenant_id, entity, word, entity_id)
    SELECT $1::uuid, r.entity, word, r.entity_id
    FROM {rows} CROSS JOIN string_to_table(r.words, ' ') word ON CONFLICT DO NOTHING""",
    (("entity", "text"), ("words", "text"), ("entity_id", "uuid")),
)


def update_index(
    batch: WriteBatch, aggregate: Aggregate, before: EntityState | None, after: EntityState | None
) -> None:
    """Add the new words of an aggregate to the batch, and remove those it no longer has."""
    old_texts, new_texts = _collect_texts(aggregate, before), _collect_texts(aggregate, after)
    if old_texts != new_texts:
        old, new = (
            frozenset().union(*map(list_index_words, texts)) for texts in (old_texts, new_texts)
        )
        batch.add(DELETE_TOKENS, *_build_rows(aggregate, old - new))
        if gained := " ".join(sorted(new - old)):
            batch.add(INSERT_TOKENS, (aggregate.NAME, gained, aggregate.id))


def _collect_texts(aggregate: Aggregate, state: EntityState | None) -> list[str]:
    positions = MAPPINGS[type(aggregate)].positions
    return (
        [state.values[positions[name]] or "" for name in aggregate.SEARCH_ATTRIBUTES]
        if state
        else []
    )


def _build_rows(aggregate: Aggregate, tokens: Iterable[str]) -> list[tuple[str, str, UUID]]:
    return [(aggregate.NAME, word, aggregate.id) for word in sorted(tokens)]
