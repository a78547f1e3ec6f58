"""The statements that compare the participants of a cycle with their packets.

EXCEPT reads each table once, also where PostgreSQL has no statistics of the new rows yet. With NOT
EXISTS it may then read all packets for each participant.
"""

from domain.reviews.cycles.opening import LIST_MISSING, LIST_SURPLUS
from persistence.unit_of_work.declared_statements import declare_statement

REVIEWED = """
SELECT participant.person_id FROM review_participants participant
WHERE participant.tenant_id = $1 AND participant.cycle_id = $2 AND participant.status = 'active'
  AND participant.manager_id IS NOT NULL"""

SELECT_MISSING = f"""{REVIEWED}
EXCEPT
SELECT packet.subject_id FROM review_packets packet
WHERE packet.tenant_id = $1 AND packet.cycle_id = $2 AND packet.status <> 'cancelled'
ORDER BY 1 LIMIT $3"""
declare_statement(LIST_MISSING, SELECT_MISSING, "cycle_id", "count")

SELECT_SURPLUS = f"""
SELECT packet.subject_id FROM review_packets packet
WHERE packet.tenant_id = $1 AND packet.cycle_id = $2
  AND packet.status IN ('collecting', 'decided', 'approved')
EXCEPT
({REVIEWED} AND EXISTS (
  SELECT FROM review_cycles cycle
  WHERE cycle.tenant_id = $1 AND cycle.id = $2 AND cycle.status <> 'cancelled'))
ORDER BY 1 LIMIT $3"""
declare_statement(LIST_SURPLUS, SELECT_SURPLUS, "cycle_id", "count")
