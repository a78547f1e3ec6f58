"""The seals of the journal: a hash chain of each tenant, which a worker extends after the commit.

What is hashed, and when, is in `domain.kernel.audit_chain`.
"""

from sqlalchemy import BigInteger, Column, DateTime, LargeBinary, text

from persistence.kernel.engine_kind import count_inserted
from persistence.kernel.schema.tables import link_table, tenant_index

journal_seals = link_table(
    "journal_seals",
    Column("position", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("salt", LargeBinary),
    Column("content_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("rewritten_at", DateTime(timezone=True)),
    Column("cause_at", DateTime(timezone=True)),
    tenant_index("number", "position"),
    tenant_index("rewritten_at", postgresql_where=text("rewritten_at IS NOT NULL")),
    key=("position",),
)
"""`number` is that of the entry. The serving role may only insert rows, and destroy salts."""

FIXED = """
jsonb_build_array(j.number, j.seq, j.id, j.entity, j.action,
                  (extract(epoch FROM j.recorded_at) * 1000000)::bigint,
                  j.effective_on, j.request_id)::text
"""
CONTENT = "jsonb_build_array(j.entity_id, j.actor_id, j.changes, j.access_facts)::text"
"""The values that erasures and merges rewrite: `REWRITABLE_COLUMNS` of the schema lint."""

IS_RESTORED = "j.entity = 'tenant' AND j.action = 'restored'"
"""What the entry is that explains a gap before it: `restore --in-place` advances the clock."""

DESTROY_SALTS = """
UPDATE journal_seals SET salt = NULL, rewritten_at = $3
WHERE tenant_id = $1 AND number = ANY($2::bigint[]) AND salt IS NOT NULL
"""
SELECT_LAST_SEAL = """
SELECT coalesce(max(s.position), 0), coalesce(max(s.number), 0),
       coalesce((SELECT l.hash FROM journal_seals l WHERE l.tenant_id = $1
                 ORDER BY l.position DESC LIMIT 1), decode(repeat('00', 32), 'hex'))
FROM journal_seals s WHERE s.tenant_id = $1
"""
SELECT_REWRITTEN = f"""
SELECT j.number, {FIXED}, {CONTENT}, s.rewritten_at
FROM journal_seals s JOIN journal j ON j.tenant_id = $1 AND j.number = s.number
WHERE s.tenant_id = $1 AND s.rewritten_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM journal_seals l
    WHERE l.tenant_id = $1 AND l.number = s.number AND l.position > s.position)
ORDER BY s.position LIMIT $2
"""
SELECT_UNSEALED = f"""
SELECT j.number, {FIXED}, {CONTENT}, NULL::timestamptz
FROM journal j WHERE j.tenant_id = $1 AND j.number > $2 ORDER BY j.number LIMIT $3
"""
INSERT_SEALS = count_inserted(
    """
    INSERT INTO journal_seals (tenant_id, position, number, salt, content_hash, hash, cause_at)
    SELECT $1::uuid, r.position, r.number, r.salt, r.content_hash, r.hash, r.cause_at
    FROM unnest($2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[], $6::bytea[],
                $7::timestamptz[])
         AS r (position, number, salt, content_hash, hash, cause_at)"""
)
