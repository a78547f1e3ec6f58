"""Nominations: the rules of a cycle, rounds, and who is nominated. Writers may decline a form."""

from alembic import op

revision = "0073"
down_revision = "0072"

CREATE_ROUNDS = """
CREATE TABLE review_nomination_rounds (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    cycle_id UUID NOT NULL,
    packet_id UUID NOT NULL,
    subject_id UUID NOT NULL,
    manager_id UUID,
    direction TEXT NOT NULL,
    template_id UUID NOT NULL,
    subject_nominates BOOLEAN NOT NULL,
    manager_nominates BOOLEAN NOT NULL,
    hr_nominates BOOLEAN NOT NULL,
    approver TEXT NOT NULL,
    least INTEGER NOT NULL,
    most INTEGER NOT NULL,
    shows_nominees BOOLEAN NOT NULL,
    nominate_by DATE NOT NULL,
    due_on DATE NOT NULL,
    status TEXT NOT NULL,
    chosen_count INTEGER NOT NULL,
    CONSTRAINT pk_review_nomination_rounds PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_nomination_rounds_subject_id FOREIGN KEY(tenant_id, subject_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_nomination_rounds_manager_id FOREIGN KEY(tenant_id, manager_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_nomination_rounds_cycle_id FOREIGN KEY(tenant_id, cycle_id)
        REFERENCES review_cycles (tenant_id, id),
    CONSTRAINT fk_review_nomination_rounds_packet_id FOREIGN KEY(tenant_id, packet_id)
        REFERENCES review_packets (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_nomination_rounds_template_id FOREIGN KEY(tenant_id, template_id)
        REFERENCES review_templates (tenant_id, id),
    CONSTRAINT ck_review_nomination_rounds_direction
        CHECK (direction IN ('self', 'manager', 'peer', 'upward', 'second_level', 'extra',
            'interim')),
    CONSTRAINT ck_review_nomination_rounds_approver
        CHECK (approver IN ('manager', 'hr', 'nobody')),
    CONSTRAINT ck_review_nomination_rounds_status
        CHECK (status IN ('proposing', 'choosing', 'closed'))
)
"""
CREATE_PROPOSALS = """
CREATE TABLE review_proposals (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    round_id UUID NOT NULL,
    person_id UUID NOT NULL,
    CONSTRAINT pk_review_proposals PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_proposals_person_id FOREIGN KEY(tenant_id, person_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_proposals_round_id FOREIGN KEY(tenant_id, round_id)
        REFERENCES review_nomination_rounds (tenant_id, id) ON DELETE CASCADE
)
"""
CREATE_NOMINATIONS = """
CREATE TABLE review_nominations (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    round_id UUID NOT NULL,
    packet_id UUID NOT NULL,
    subject_id UUID NOT NULL,
    manager_id UUID NOT NULL,
    direction TEXT NOT NULL,
    approver TEXT NOT NULL,
    nominee_id UUID NOT NULL,
    proposer_id UUID,
    decide_by DATE NOT NULL,
    due_on DATE NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    decided_by_id UUID,
    review_id UUID,
    replaces_id UUID,
    needs_replacement BOOLEAN NOT NULL,
    CONSTRAINT pk_review_nominations PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_review_nominations_subject_id FOREIGN KEY(tenant_id, subject_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_nominations_manager_id FOREIGN KEY(tenant_id, manager_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_nominations_nominee_id FOREIGN KEY(tenant_id, nominee_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_nominations_proposer_id FOREIGN KEY(tenant_id, proposer_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_nominations_decided_by_id FOREIGN KEY(tenant_id, decided_by_id)
        REFERENCES people (tenant_id, id),
    CONSTRAINT fk_review_nominations_round_id FOREIGN KEY(tenant_id, round_id)
        REFERENCES review_nomination_rounds (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_nominations_packet_id FOREIGN KEY(tenant_id, packet_id)
        REFERENCES review_packets (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_review_nominations_review_id FOREIGN KEY(tenant_id, review_id)
        REFERENCES reviews (tenant_id, id),
    CONSTRAINT fk_review_nominations_replaces_id FOREIGN KEY(tenant_id, replaces_id)
        REFERENCES review_nominations (tenant_id, id),
    CONSTRAINT ck_review_nominations_direction
        CHECK (direction IN ('self', 'manager', 'peer', 'upward', 'second_level', 'extra',
            'interim')),
    CONSTRAINT ck_review_nominations_approver
        CHECK (approver IN ('manager', 'hr', 'nobody')),
    CONSTRAINT ck_review_nominations_status
        CHECK (status IN ('proposed', 'approved', 'rejected', 'withdrawn', 'declined',
            'replaced', 'expired'))
)
"""
TABLES = {
    "review_nomination_rounds": CREATE_ROUNDS,
    "review_proposals": CREATE_PROPOSALS,
    "review_nominations": CREATE_NOMINATIONS,
}
INDEXES = (
    ("review_nomination_rounds", "cycle_id", "id"),
    ("review_nomination_rounds", "manager_id"),
    ("review_nomination_rounds", "nominate_by", "id"),
    ("review_nomination_rounds", "packet_id", "direction"),
    ("review_nomination_rounds", "subject_id", "nominate_by", "id"),
    ("review_nomination_rounds", "template_id"),
    ("review_proposals", "person_id"),
    ("review_proposals", "round_id", "id"),
    ("review_nominations", "decide_by", "id"),
    ("review_nominations", "decided_by_id"),
    ("review_nominations", "manager_id"),
    ("review_nominations", "nominee_id"),
    ("review_nominations", "packet_id"),
    ("review_nominations", "proposer_id"),
    ("review_nominations", "replaces_id"),
    ("review_nominations", "review_id"),
    ("review_nominations", "round_id", "nominee_id"),
    ("review_nominations", "subject_id"),
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
DIRECTION_COLUMNS = (
    "nominators JSONB NOT NULL DEFAULT '[]'",
    (
        "approver TEXT NOT NULL DEFAULT 'manager' CONSTRAINT ck_review_cycle_directions_approver"
        " CHECK (approver IN ('manager', 'hr', 'nobody'))"
    ),
    "least_nominees INTEGER NOT NULL DEFAULT 0",
    "most_nominees INTEGER NOT NULL DEFAULT 6",
    "shows_nominees BOOLEAN NOT NULL DEFAULT false",
)
PHASES = "'self', 'peers', 'manager', 'second_level', 'calibration', 'sharing', 'sign_off'"
PHASE_CHECKS = (("review_cycle_phases", "kind"), ("review_cycles", "phase"))


def upgrade() -> None:
    """Create the tables, and extend cycles and forms."""
    for table, statement in TABLES.items():
        op.execute(statement)
        for each in PROTECTION:
            op.execute(each.format(table))
    for table, *columns in INDEXES:
        name = f"ix_{table}_{'_'.join(columns)}"
        op.execute(f"CREATE INDEX {name} ON {table} (tenant_id, {', '.join(columns)})")
    for column in DIRECTION_COLUMNS:
        op.execute(f"ALTER TABLE review_cycle_directions ADD COLUMN {column}")
    op.execute("ALTER TABLE reviews ADD COLUMN decline_reason TEXT")
    for table, column in PHASE_CHECKS:
        check = f"ck_{table}_{column}"
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check}")
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {check}"
            f" CHECK ({column} IN ('nomination', {PHASES})) NOT VALID"
        )
    with op.get_context().autocommit_block():
        for table, column in PHASE_CHECKS:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT ck_{table}_{column}")


def downgrade() -> None:
    """Drop what was added. It fails where a cycle has a phase of nominations."""
    for table, column in PHASE_CHECKS:
        check = f"ck_{table}_{column}"
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({column} IN ({PHASES}))")
    op.execute("ALTER TABLE reviews DROP COLUMN decline_reason")
    for column in DIRECTION_COLUMNS:
        op.execute(f"ALTER TABLE review_cycle_directions DROP COLUMN {column.split()[0]}")
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
