"""Retention policies: table, mapping and read model, and the statements of what is due."""

from domain.retention import DUE_BY_DAY, DUE_IDS, RetentionKind, RetentionPolicy
from domain.retention.applying import DELETE_COMMENTS
from persistence.concept import register_concept
from persistence.kernel.schema.columns import columns_of
from persistence.kernel.schema.tables import aggregate_table, tenant_unique
from persistence.unit_of_work.declared_statements import declare_statement

retention_policies = aggregate_table(
    "retention_policies",
    *columns_of(RetentionPolicy),
    tenant_unique("data_kind"),
    prefix="retention",
)

RETENTION_POLICY = register_concept(
    RetentionPolicy, retention_policies, order=("data_kind",), affects_access=False
)

UNHELD = """NOT EXISTS (SELECT FROM legal_holds h
    WHERE h.tenant_id = $1 AND h.person_id = {0} AND h.status = 'active')"""
DUE = {
    RetentionKind.LEAVERS: f"""
    SELECT t.id, t.left_on - 1 + $2::integer AS due_on FROM people t
    WHERE t.tenant_id = $1 AND t.left_on IS NOT NULL AND t.record_status = 'current'
      AND {UNHELD.format("t.id")}""",
    RetentionKind.FEEDBACK: f"""
    SELECT t.id, t.created_at::date + $2::integer AS due_on FROM feedbacks t
    WHERE t.tenant_id = $1
      AND {UNHELD.format("t.subject_id")} AND {UNHELD.format("t.author_id")}""",
    RetentionKind.SURVEY_COMMENTS: """
    SELECT t.id, s.closes_on + $2::integer AS due_on FROM survey_comments t
    JOIN surveys s ON s.tenant_id = $1 AND s.id = t.survey_id
    WHERE t.tenant_id = $1""",
}
"""What a policy of so many days removes, and from which day on. Days without a hold only."""

for _kind, _rows in DUE.items():
    declare_statement(
        DUE_BY_DAY[_kind],
        f"SELECT due_on, count(*) FROM ({_rows}) due WHERE due_on <= $3::date GROUP BY due_on",
        *("days", "until"),
    )
    declare_statement(
        DUE_IDS[_kind],
        f"SELECT id FROM ({_rows}) due WHERE due_on <= $3::date ORDER BY due_on, id LIMIT $4",
        *("days", "until", "maximum"),
    )
declare_statement(
    DELETE_COMMENTS,
    "DELETE FROM survey_comments WHERE tenant_id = $1 AND id = ANY($2::uuid[]) RETURNING id",
    "ids",
)
