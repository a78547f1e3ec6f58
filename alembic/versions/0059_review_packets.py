"""Packets, reviews and answers: from the first answer to the signature."""

from alembic import op

revision = "0059"
down_revision = "0058"

CREATE_REVIEW_PACKETS = """
CREATE TABLE review_packets (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    subject_id UUID NOT NULL,
    manager_id UUID NOT NULL,
    second_level_id UUID,
    cycle_id UUID,
    starts_on DATE NOT NULL,
    last_day DATE NOT NULL,
    due_on DATE NOT NULL,
    status TEXT NOT NULL,
    is_released BOOLEAN NOT NULL,
    scale_id UUID,
    proposed_level INTEGER,
    level INTEGER,
    level_reason TEXT,
    decided_by_id UUID,
    decided_at TIMESTAMP WITH TIME ZONE,
    shared_at TIMESTAMP WITH TIME ZONE,
    signed_at TIMESTAMP WITH TIME ZONE,
    content_hash TEXT,
    statement TEXT,
    resolution TEXT,
    resolved_by_id UUID,
    CONSTRAINT pk_review_packets PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_packets_subject_id FOREIGN KEY(tenant_id, subject_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_packets_manager_id FOREIGN KEY(tenant_id, manager_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_packets_second_level_id FOREIGN KEY(tenant_id, second_level_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_packets_decided_by_id FOREIGN KEY(tenant_id, decided_by_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_packets_resolved_by_id FOREIGN KEY(tenant_id, resolved_by_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_packets_scale_id FOREIGN KEY(tenant_id, scale_id)
        REFERENCES rating_scales (tenant_id, id),
    CONSTRAINT ck_review_packets_status
        CHECK (status IN ('collecting', 'decided', 'shared', 'acknowledged',
            'refused_to_sign', 'disputed', 'cancelled'))
)
"""
CREATE_REVIEWS = """
CREATE TABLE reviews (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    packet_id UUID NOT NULL,
    subject_id UUID NOT NULL,
    writer_id UUID NOT NULL,
    manager_id UUID NOT NULL,
    second_level_id UUID,
    direction TEXT NOT NULL,
    template_id UUID NOT NULL,
    status TEXT NOT NULL,
    due_on DATE NOT NULL,
    is_shown BOOLEAN NOT NULL,
    is_released BOOLEAN NOT NULL,
    submitted_at TIMESTAMP WITH TIME ZONE,
    submitted_by_id UUID,
    stand_in_id UUID,
    stand_in_reason TEXT,
    CONSTRAINT pk_reviews PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_reviews_subject_id FOREIGN KEY(tenant_id, subject_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_reviews_writer_id FOREIGN KEY(tenant_id, writer_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_reviews_manager_id FOREIGN KEY(tenant_id, manager_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_reviews_second_level_id FOREIGN KEY(tenant_id, second_level_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_reviews_submitted_by_id FOREIGN KEY(tenant_id, submitted_by_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_reviews_stand_in_id FOREIGN KEY(tenant_id, stand_in_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_reviews_packet_id FOREIGN KEY(tenant_id, packet_id)
        REFERENCES review_packets (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_reviews_template_id FOREIGN KEY(tenant_id, template_id)
        REFERENCES review_templates (tenant_id, id),
    CONSTRAINT ck_reviews_direction
        CHECK (direction IN ('self', 'manager', 'peer', 'upward', 'second_level', 'extra')),
    CONSTRAINT ck_reviews_status
        CHECK (status IN ('not_started', 'draft', 'submitted', 'cancelled', 'declined'))
)
"""
CREATE_REVIEW_ANSWERS = """
CREATE TABLE review_answers (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    review_id UUID NOT NULL,
    question_id UUID NOT NULL,
    audience TEXT NOT NULL,
    answer_version INTEGER NOT NULL,
    text TEXT,
    level INTEGER,
    is_not_applicable BOOLEAN NOT NULL,
    choice_key TEXT,
    is_true BOOLEAN,
    number NUMERIC,
    CONSTRAINT pk_review_answers PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_answers_review_id FOREIGN KEY(tenant_id, review_id)
        REFERENCES reviews (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_answers_question_id FOREIGN KEY(tenant_id, question_id)
        REFERENCES review_questions (tenant_id, id),
    CONSTRAINT ck_review_answers_audience
        CHECK (audience IN ('reviewee', 'manager', 'hr_only'))
)
"""
TABLES = {
    "review_packets": CREATE_REVIEW_PACKETS,
    "reviews": CREATE_REVIEWS,
    "review_answers": CREATE_REVIEW_ANSWERS,
}
INDEXES = (
    ("INDEX", "review_packets", "decided_by_id"),
    ("INDEX", "review_packets", "due_on", "id"),
    ("INDEX", "review_packets", "manager_id"),
    ("INDEX", "review_packets", "resolved_by_id"),
    ("INDEX", "review_packets", "scale_id"),
    ("INDEX", "review_packets", "second_level_id"),
    ("INDEX", "review_packets", "subject_id", "due_on", "id"),
    ("INDEX", "reviews", "due_on", "id"),
    ("INDEX", "reviews", "manager_id"),
    ("INDEX", "reviews", "packet_id", "due_on", "id"),
    ("INDEX", "reviews", "second_level_id"),
    ("INDEX", "reviews", "stand_in_id"),
    ("INDEX", "reviews", "subject_id"),
    ("INDEX", "reviews", "submitted_by_id"),
    ("INDEX", "reviews", "template_id"),
    ("INDEX", "reviews", "writer_id", "due_on", "id"),
    ("INDEX", "review_answers", "question_id"),
    ("UNIQUE INDEX", "review_answers", "review_id", "question_id"),
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


def upgrade() -> None:
    """Create the tables."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for kind, table, *columns in INDEXES:
        name = f"{'uq' if kind.startswith('UNIQUE') else 'ix'}_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE {kind} {name} ON {table} (tenant_id, {', '.join(columns)})")


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
