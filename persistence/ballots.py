"""Batches of sealed ballots: their table. The graph shows nothing of it."""

from domain.ballots import BallotBatch
from persistence.kernel.mapping.registry import map_entity
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import entity_table, tenant_index

ballot_batches = entity_table(
    "ballot_batches",
    *columns_of(BallotBatch),
    tenant_index("box_id", "number", unique=True),
    prefix="ballotbatch",
)

map_entity(BallotBatch, ballot_batches, affects_access=False)
