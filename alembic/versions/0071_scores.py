"""Score rules, the scores that they come to, and decisions that a second level approves."""

from uuid import UUID

from alembic import op

revision = "0071"
down_revision = "0070"

OUTCOMES = "'unratable', 'extended', 'not_rendered', 'not_passed'"
SCORE_OUTCOMES = "'level', 'unratable', 'extended', 'not_rendered', 'blocked', 'not_passed'"
STEP_KINDS = "'exclude', 'require', 'override', 'level'"
CREATE_SCORE_RULES = """
CREATE TABLE score_rules (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    document_id UUID NOT NULL,
    revision INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_sort_key TEXT COLLATE "C" DEFAULT '' NOT NULL,
    description TEXT,
    status TEXT NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE,
    valid_from DATE NOT NULL,
    scale_id UUID NOT NULL,
    directions JSONB NOT NULL,
    method TEXT NOT NULL,
    has_sections BOOLEAN NOT NULL,
    decimals INTEGER NOT NULL,
    rounding TEXT NOT NULL,
    rounds_before_levels BOOLEAN NOT NULL,
    CONSTRAINT pk_score_rules PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_score_rules_scale_id FOREIGN KEY(tenant_id, scale_id)
        REFERENCES rating_scales (tenant_id, id),
    CONSTRAINT ck_score_rules_status CHECK (status IN ('draft', 'published', 'archived')),
    CONSTRAINT ck_score_rules_method
        CHECK (method IN ('mean', 'weighted_mean', 'weighted_sum', 'none')),
    CONSTRAINT ck_score_rules_rounding CHECK (rounding IN ('half_up', 'half_even', 'truncate'))
)
"""
CREATE_SCORE_STEPS = f"""
CREATE TABLE score_steps (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    rule_id UUID NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    level INTEGER,
    outcome TEXT,
    needs_narrative BOOLEAN NOT NULL,
    needs_second_level BOOLEAN NOT NULL,
    CONSTRAINT pk_score_steps PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_score_steps_rule_id FOREIGN KEY(tenant_id, rule_id)
        REFERENCES score_rules (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_score_steps_kind CHECK (kind IN ({STEP_KINDS})),
    CONSTRAINT ck_score_steps_outcome CHECK (outcome IN ({OUTCOMES}))
)
"""
CREATE_SCORE_CONDITIONS = """
CREATE TABLE score_conditions (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    rule_id UUID NOT NULL,
    step_id UUID NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    value NUMERIC,
    fact TEXT,
    quantity TEXT,
    number INTEGER,
    lowest INTEGER,
    highest INTEGER,
    is_critical BOOLEAN,
    section_key TEXT,
    CONSTRAINT pk_score_conditions PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_score_conditions_rule_id FOREIGN KEY(tenant_id, rule_id)
        REFERENCES score_rules (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_score_conditions_step_id FOREIGN KEY(tenant_id, step_id)
        REFERENCES score_steps (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_score_conditions_kind
        CHECK (kind IN ('value_at_least', 'value_below', 'ratings', 'fact_at_least',
            'fact_below', 'fact_holds', 'fact_fails')),
    CONSTRAINT ck_score_conditions_quantity
        CHECK (quantity IN ('all', 'any', 'none', 'at_least', 'at_most'))
)
"""
CREATE_REVIEW_SCORES = f"""
CREATE TABLE review_scores (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    packet_id UUID NOT NULL,
    rule_id UUID NOT NULL,
    computed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    is_current BOOLEAN NOT NULL,
    audience TEXT NOT NULL,
    is_shown BOOLEAN NOT NULL,
    outcome TEXT NOT NULL,
    level INTEGER,
    value NUMERIC,
    exact TEXT,
    formula TEXT,
    initial_outcome TEXT NOT NULL,
    initial_level INTEGER,
    initial_value NUMERIC,
    explain TEXT NOT NULL,
    answers_hash TEXT NOT NULL,
    CONSTRAINT pk_review_scores PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_scores_packet_id FOREIGN KEY(tenant_id, packet_id)
        REFERENCES review_packets (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_scores_rule_id FOREIGN KEY(tenant_id, rule_id)
        REFERENCES score_rules (tenant_id, id),
    CONSTRAINT ck_review_scores_audience CHECK (audience IN ('reviewee', 'manager', 'hr_only')),
    CONSTRAINT ck_review_scores_outcome CHECK (outcome IN ({SCORE_OUTCOMES})),
    CONSTRAINT ck_review_scores_initial_outcome CHECK (initial_outcome IN ({SCORE_OUTCOMES}))
)
"""
CREATE_COMPONENTS = """
CREATE TABLE review_score_components (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    score_id UUID NOT NULL,
    position INTEGER NOT NULL,
    review_id UUID NOT NULL,
    question_id UUID NOT NULL,
    weight INTEGER NOT NULL,
    section_weight INTEGER NOT NULL,
    initial_level INTEGER,
    final_level INTEGER,
    points NUMERIC,
    CONSTRAINT pk_review_score_components PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_score_components_score_id FOREIGN KEY(tenant_id, score_id)
        REFERENCES review_scores (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_score_components_review_id FOREIGN KEY(tenant_id, review_id)
        REFERENCES reviews (tenant_id, id),
    CONSTRAINT fk_review_score_components_question_id FOREIGN KEY(tenant_id, question_id)
        REFERENCES review_questions (tenant_id, id)
)
"""
CREATE_STEPS = f"""
CREATE TABLE review_score_steps (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    score_id UUID NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    level INTEGER,
    is_met BOOLEAN NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_review_score_steps PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_score_steps_score_id FOREIGN KEY(tenant_id, score_id)
        REFERENCES review_scores (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_review_score_steps_kind CHECK (kind IN ({STEP_KINDS}))
)
"""
TABLES = {
    "score_rules": CREATE_SCORE_RULES,
    "score_steps": CREATE_SCORE_STEPS,
    "score_conditions": CREATE_SCORE_CONDITIONS,
    "review_scores": CREATE_REVIEW_SCORES,
    "review_score_components": CREATE_COMPONENTS,
    "review_score_steps": CREATE_STEPS,
}
INDEXES = (
    ("INDEX", "score_rules", "name_sort_key", "id"),
    ("INDEX", "score_rules", "scale_id"),
    ("UNIQUE INDEX", "score_rules", "document_id", "revision"),
    ("UNIQUE INDEX", "score_steps", "rule_id", "position"),
    ("INDEX", "score_conditions", "rule_id"),
    ("UNIQUE INDEX", "score_conditions", "step_id", "position"),
    ("INDEX", "review_scores", "packet_id", "computed_at"),
    ("INDEX", "review_scores", "rule_id"),
    ("UNIQUE INDEX", "review_score_components", "score_id", "position"),
    ("INDEX", "review_score_components", "review_id"),
    ("INDEX", "review_score_components", "question_id"),
    ("UNIQUE INDEX", "review_score_steps", "score_id", "position"),
    ("INDEX", "review_cycles", "score_rule_id"),
    ("INDEX", "review_packets", "score_rule_id"),
    ("INDEX", "review_packets", "approved_by_id"),
)
PROTECTION = (
    "ALTER TABLE {0} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {0} FORCE ROW LEVEL SECURITY",
    "ALTER TABLE {0} ALTER COLUMN tenant_id SET (n_distinct=10)",
    (
        "CREATE POLICY own_rows ON {0}"
        " USING (tenant_id = current_setting('app.tenant_id')::uuid)"
        " WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid)"
    ),
    "GRANT SELECT, INSERT, UPDATE, DELETE ON {0} TO trellis_app",
)
COLUMNS = (
    ("review_cycles", "score_rule_id", "UUID"),
    ("review_cycles", "needs_approval", "BOOLEAN NOT NULL DEFAULT false"),
    ("review_packets", "score_rule_id", "UUID"),
    ("review_packets", "days", "INTEGER"),
    ("review_packets", "missing_answers", "TEXT NOT NULL DEFAULT 'exclude'"),
    ("review_packets", "min_answered_percent", "INTEGER NOT NULL DEFAULT 0"),
    ("review_packets", "always_needs_approval", "BOOLEAN NOT NULL DEFAULT false"),
    ("review_packets", "proposed_outcome", "TEXT"),
    ("review_packets", "outcome", "TEXT"),
    ("review_packets", "needs_approval", "BOOLEAN NOT NULL DEFAULT false"),
    ("review_packets", "approved_by_id", "UUID"),
    ("review_packets", "approved_at", "TIMESTAMP WITH TIME ZONE"),
    ("review_packets", "return_reason", "TEXT"),
)
STATUSES = (
    *("collecting", "decided", "approved", "shared", "acknowledged", "refused_to_sign"),
    *("disputed", "cancelled"),
)
CHECKS = (
    ("review_packets", "missing_answers", "'exclude', 'minimum', 'block'"),
    ("review_packets", "proposed_outcome", OUTCOMES),
    ("review_packets", "outcome", OUTCOMES),
)
KEYS = (
    ("review_cycles", "score_rule_id", "score_rules"),
    ("review_packets", "score_rule_id", "score_rules"),
    ("review_packets", "approved_by_id", "people"),
)


def upgrade() -> None:
    """Create the tables, and let cycles and packets refer to them."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for table, column, kind in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    for kind, table, *columns in INDEXES:
        name = f"{'uq' if kind.startswith('UNIQUE') else 'ix'}_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE {kind} {name} ON {table} (tenant_id, {', '.join(columns)})")
    for table, column, values in CHECKS:
        _add(table, f"ck_{table}_{column}", f"CHECK ({column} IN ({values}))")
    for table, column, target in KEYS:
        key = f"FOREIGN KEY (tenant_id, {column}) REFERENCES {target} (tenant_id, id)"
        _add(table, f"fk_{table}_{column}", key)
    _allow(*STATUSES)
    with op.get_context().autocommit_block():
        # No row has a rule; row-level security needs some tenant to validate it for.
        op.execute(f"SET app.tenant_id = '{UUID(int=0)}'")
        for prefix, rows in (("ck", CHECKS), ("fk", KEYS)):
            for table, column, _ in rows:
                op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {prefix}_{table}_{column}")
        op.execute("ALTER TABLE review_packets VALIDATE CONSTRAINT ck_review_packets_status")
        op.execute("RESET app.tenant_id")


def downgrade() -> None:
    """Take the approvals back, and drop what was added."""
    op.execute("ALTER TABLE review_packets NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE review_packets SET status = 'decided' WHERE status = 'approved'")
    op.execute("ALTER TABLE review_packets FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE todos NO FORCE ROW LEVEL SECURITY")
    op.execute("DELETE FROM todos WHERE kind = 'review_approve'")
    op.execute("ALTER TABLE todos FORCE ROW LEVEL SECURITY")
    _allow(*(each for each in STATUSES if each != "approved"))
    for table, column, _ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE review_packets VALIDATE CONSTRAINT ck_review_packets_status")


def _allow(*statuses: str) -> None:
    listed = ", ".join(f"'{each}'" for each in statuses)
    op.execute("ALTER TABLE review_packets DROP CONSTRAINT ck_review_packets_status")
    _add("review_packets", "ck_review_packets_status", f"CHECK (status IN ({listed}))")


def _add(table: str, name: str, constraint: str) -> None:
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {constraint} NOT VALID")
