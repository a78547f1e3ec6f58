CREATE TABLE directory.tenants (
    id UUID NOT NULL,
    slug TEXT NOT NULL,
    status TEXT NOT NULL CONSTRAINT ck_tenants_status CHECK (status IN ('active', 'suspended', 'closing')),
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_tenants PRIMARY KEY (id),
    CONSTRAINT uq_tenants_slug UNIQUE (slug)
);

CREATE TABLE journal (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    xid BIGINT NOT NULL,
    seq INTEGER NOT NULL,
    entity TEXT NOT NULL,
    entity_id UUID NOT NULL,
    action TEXT NOT NULL,
    actor_id UUID,
    changes JSONB NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    effective_on DATE,
    request_id TEXT,
    CONSTRAINT pk_journal PRIMARY KEY (tenant_id, id)
);
CREATE INDEX ix_journal_actor_id_id ON journal (tenant_id, actor_id, id);
CREATE INDEX ix_journal_entity_entity_id_id ON journal (tenant_id, entity, entity_id, id);
CREATE INDEX ix_journal_xid_seq ON journal (tenant_id, xid, seq);

CREATE TABLE organizations (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    parent_id UUID,
    starts_on DATE NOT NULL,
    ends_on DATE,
    CONSTRAINT pk_organizations PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_organizations_parent_id FOREIGN KEY(tenant_id, parent_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT uq_organizations_code UNIQUE (tenant_id, code),
    CONSTRAINT ck_organizations_kind CHECK (kind IN ('company', 'legal_entity', 'division', 'department', 'line_of_business', 'site'))
);
CREATE INDEX ix_organizations_name_id ON organizations (tenant_id, name, id);
CREATE INDEX ix_organizations_parent_id_name_id ON organizations (tenant_id, parent_id, name, id);

CREATE TABLE roles (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    is_built_in BOOLEAN NOT NULL,
    CONSTRAINT pk_roles PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_roles_key UNIQUE (tenant_id, key)
);
CREATE INDEX ix_roles_name_id ON roles (tenant_id, name, id);

CREATE TABLE tenants (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    name TEXT NOT NULL,
    fiscal_year_start_month INTEGER NOT NULL,
    week_start TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    locale TEXT NOT NULL,
    labels JSONB NOT NULL,
    CONSTRAINT pk_tenants PRIMARY KEY (tenant_id, id),
    CONSTRAINT ck_tenants_itself CHECK (id = tenant_id),
    CONSTRAINT ck_tenants_fiscal_year_start_month CHECK (fiscal_year_start_month BETWEEN 1 AND 12),
    CONSTRAINT ck_tenants_week_start CHECK (week_start IN ('monday', 'saturday', 'sunday'))
);

CREATE TABLE words (
    tenant_id UUID NOT NULL,
    entity TEXT NOT NULL,
    word TEXT COLLATE "C" NOT NULL,
    entity_id UUID NOT NULL,
    CONSTRAINT pk_words PRIMARY KEY (tenant_id, entity, word, entity_id)
);
CREATE INDEX ix_words_entity_entity_id_word ON words (tenant_id, entity, entity_id, word);

CREATE TABLE directory.issuers (
    issuer TEXT NOT NULL,
    tenant_id UUID NOT NULL,
    audience TEXT NOT NULL,
    algorithms TEXT NOT NULL,
    key_set_uri TEXT,
    key_set TEXT,
    subject_claim TEXT DEFAULT 'sub' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_issuers PRIMARY KEY (issuer),
    CONSTRAINT fk_issuers_ FOREIGN KEY(tenant_id) REFERENCES directory.tenants (id)
);
CREATE INDEX ix_issuers_tenant_id ON directory.issuers (tenant_id);

CREATE TABLE organization_closure (
    tenant_id UUID NOT NULL,
    descendant_id UUID NOT NULL,
    ancestor_id UUID NOT NULL,
    depth INTEGER NOT NULL,
    CONSTRAINT pk_organization_closure PRIMARY KEY (tenant_id, descendant_id, ancestor_id),
    CONSTRAINT fk_organization_closure_descendant_id FOREIGN KEY(tenant_id, descendant_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT fk_organization_closure_ancestor_id FOREIGN KEY(tenant_id, ancestor_id) REFERENCES organizations (tenant_id, id)
);
CREATE INDEX ix_organization_closure_ancestor_id_depth_descendant_id ON organization_closure (tenant_id, ancestor_id, depth, descendant_id);

CREATE TABLE organization_references (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    organization_id UUID NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    CONSTRAINT pk_organization_references PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_organization_references_organization_id FOREIGN KEY(tenant_id, organization_id) REFERENCES organizations (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_organization_references_source_external_id UNIQUE (tenant_id, source, external_id)
);
CREATE INDEX ix_organization_references_organization_id_source_external_id ON organization_references (tenant_id, organization_id, source, external_id);

CREATE TABLE people (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    given_name TEXT NOT NULL,
    family_name TEXT NOT NULL,
    name TEXT NOT NULL,
    work_email TEXT,
    employee_number TEXT,
    job_title TEXT,
    level TEXT,
    location TEXT,
    time_zone TEXT,
    organization_id UUID,
    hired_on DATE NOT NULL,
    left_on DATE,
    CONSTRAINT pk_people PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_people_organization_id FOREIGN KEY(tenant_id, organization_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT uq_people_employee_number UNIQUE (tenant_id, employee_number)
);
CREATE INDEX ix_people_family_name_given_name_id ON people (tenant_id, family_name, given_name, id);
CREATE INDEX ix_people_hired_on_id ON people (tenant_id, hired_on, id);
CREATE INDEX ix_people_name_id ON people (tenant_id, name, id);
CREATE INDEX ix_people_organization_id_name_id ON people (tenant_id, organization_id, name, id);
CREATE INDEX ix_people_work_email ON people (tenant_id, work_email);

CREATE UNIQUE INDEX uq_people_work_email ON people (tenant_id, work_email) WHERE left_on IS NULL;

CREATE TABLE role_grants (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    role_id UUID NOT NULL,
    permission TEXT NOT NULL,
    population TEXT NOT NULL,
    organization_id UUID,
    CONSTRAINT pk_role_grants PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_role_grants_role_id FOREIGN KEY(tenant_id, role_id) REFERENCES roles (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_role_grants_organization_id FOREIGN KEY(tenant_id, organization_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT ck_role_grants_permission CHECK (permission IN ('audit:read', 'directory:read', 'employment:manage', 'employment:read', 'goals:manage', 'goals:read', 'members:manage', 'members:read', 'organizations:manage', 'people:manage', 'roles:manage', 'settings:manage', 'settings:read', 'teams:manage')),
    CONSTRAINT ck_role_grants_population CHECK (population IN ('everyone', 'organization', 'teams_led', 'reporting_chain', 'self'))
);
CREATE INDEX ix_role_grants_organization_id ON role_grants (tenant_id, organization_id);
CREATE INDEX ix_role_grants_role_id_permission_id ON role_grants (tenant_id, role_id, permission, id);

CREATE TABLE teams (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    organization_id UUID NOT NULL,
    parent_id UUID,
    name TEXT NOT NULL,
    description TEXT,
    starts_on DATE NOT NULL,
    ends_on DATE,
    CONSTRAINT pk_teams PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_teams_organization_id FOREIGN KEY(tenant_id, organization_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT fk_teams_parent_id FOREIGN KEY(tenant_id, parent_id) REFERENCES teams (tenant_id, id)
);
CREATE INDEX ix_teams_name_id ON teams (tenant_id, name, id);
CREATE INDEX ix_teams_organization_id_name_id ON teams (tenant_id, organization_id, name, id);
CREATE INDEX ix_teams_parent_id_name_id ON teams (tenant_id, parent_id, name, id);

CREATE TABLE employments (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    hired_on DATE NOT NULL,
    left_on DATE,
    leaving_reason TEXT,
    CONSTRAINT pk_employments PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_employments_person_id FOREIGN KEY(tenant_id, person_id) REFERENCES people (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_employments_person_id_hired_on_id ON employments (tenant_id, person_id, hired_on, id);

CREATE TABLE goals (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    owner_kind TEXT NOT NULL,
    owner_person_id UUID,
    owner_team_id UUID,
    owner_organization_id UUID,
    title TEXT NOT NULL,
    description TEXT,
    purpose TEXT,
    visibility TEXT NOT NULL,
    starts_on DATE NOT NULL,
    due_on DATE NOT NULL,
    status TEXT NOT NULL,
    closing_note TEXT,
    closed_at TIMESTAMP WITH TIME ZONE,
    parent_id UUID,
    CONSTRAINT pk_goals PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_goals_owner_person_id FOREIGN KEY(tenant_id, owner_person_id) REFERENCES people (tenant_id, id),
    CONSTRAINT fk_goals_owner_team_id FOREIGN KEY(tenant_id, owner_team_id) REFERENCES teams (tenant_id, id),
    CONSTRAINT fk_goals_owner_organization_id FOREIGN KEY(tenant_id, owner_organization_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT fk_goals_parent_id FOREIGN KEY(tenant_id, parent_id) REFERENCES goals (tenant_id, id),
    CONSTRAINT ck_goals_owner CHECK ((owner_person_id IS NOT NULL) = (owner_kind = 'person') AND (owner_team_id IS NOT NULL) = (owner_kind = 'team') AND (owner_organization_id IS NOT NULL) = (owner_kind = 'organization')),
    CONSTRAINT ck_goals_owner_kind CHECK (owner_kind IN ('person', 'team', 'organization')),
    CONSTRAINT ck_goals_visibility CHECK (visibility IN ('public', 'organization', 'reporting_chain', 'private')),
    CONSTRAINT ck_goals_status CHECK (status IN ('draft', 'active', 'achieved', 'missed', 'abandoned'))
);
CREATE INDEX ix_goals_created_at_id ON goals (tenant_id, created_at, id);
CREATE INDEX ix_goals_due_on_id ON goals (tenant_id, due_on, id);
CREATE INDEX ix_goals_owner_organization_id_due_on_id ON goals (tenant_id, owner_organization_id, due_on, id);
CREATE INDEX ix_goals_owner_person_id_due_on_id ON goals (tenant_id, owner_person_id, due_on, id);
CREATE INDEX ix_goals_owner_team_id_due_on_id ON goals (tenant_id, owner_team_id, due_on, id);
CREATE INDEX ix_goals_parent_id_due_on_id ON goals (tenant_id, parent_id, due_on, id);
CREATE INDEX ix_goals_title_id ON goals (tenant_id, title, id);

CREATE TABLE leaves (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    reason TEXT,
    CONSTRAINT pk_leaves PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_leaves_person_id FOREIGN KEY(tenant_id, person_id) REFERENCES people (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_leaves_person_id_starts_on_id ON leaves (tenant_id, person_id, starts_on, id);

CREATE TABLE members (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    version INTEGER NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    person_id UUID NOT NULL,
    subject TEXT NOT NULL,
    status TEXT NOT NULL,
    CONSTRAINT pk_members PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_members_person_id FOREIGN KEY(tenant_id, person_id) REFERENCES people (tenant_id, id),
    CONSTRAINT uq_members_person_id UNIQUE (tenant_id, person_id),
    CONSTRAINT uq_members_subject UNIQUE (tenant_id, subject),
    CONSTRAINT ck_members_status CHECK (status IN ('active', 'removed'))
);

CREATE TABLE person_references (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    CONSTRAINT pk_person_references PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_person_references_person_id FOREIGN KEY(tenant_id, person_id) REFERENCES people (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT uq_person_references_source_external_id UNIQUE (tenant_id, source, external_id)
);
CREATE INDEX ix_person_references_person_id_source_external_id ON person_references (tenant_id, person_id, source, external_id);

CREATE TABLE reporting_closure (
    tenant_id UUID NOT NULL,
    descendant_id UUID NOT NULL,
    ancestor_id UUID NOT NULL,
    depth INTEGER NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    CONSTRAINT pk_reporting_closure PRIMARY KEY (tenant_id, descendant_id, ancestor_id, starts_on),
    CONSTRAINT fk_reporting_closure_descendant_id FOREIGN KEY(tenant_id, descendant_id) REFERENCES people (tenant_id, id),
    CONSTRAINT fk_reporting_closure_ancestor_id FOREIGN KEY(tenant_id, ancestor_id) REFERENCES people (tenant_id, id),
    CONSTRAINT ck_reporting_closure_depth CHECK (depth >= 1)
);
CREATE INDEX ix_reporting_closure_ancestor_id_depth_descendant_id ON reporting_closure (tenant_id, ancestor_id, depth, descendant_id);

CREATE TABLE reporting_lines (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    manager_id UUID NOT NULL,
    kind TEXT NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    CONSTRAINT pk_reporting_lines PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_reporting_lines_person_id FOREIGN KEY(tenant_id, person_id) REFERENCES people (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_reporting_lines_manager_id FOREIGN KEY(tenant_id, manager_id) REFERENCES people (tenant_id, id),
    CONSTRAINT ck_reporting_lines_kind CHECK (kind IN ('primary', 'dotted'))
);
CREATE INDEX ix_reporting_lines_manager_id_kind_starts_on_id ON reporting_lines (tenant_id, manager_id, kind, starts_on, id);
CREATE INDEX ix_reporting_lines_person_id_kind_starts_on_id ON reporting_lines (tenant_id, person_id, kind, starts_on, id);

CREATE TABLE team_closure (
    tenant_id UUID NOT NULL,
    descendant_id UUID NOT NULL,
    ancestor_id UUID NOT NULL,
    depth INTEGER NOT NULL,
    CONSTRAINT pk_team_closure PRIMARY KEY (tenant_id, descendant_id, ancestor_id),
    CONSTRAINT fk_team_closure_descendant_id FOREIGN KEY(tenant_id, descendant_id) REFERENCES teams (tenant_id, id),
    CONSTRAINT fk_team_closure_ancestor_id FOREIGN KEY(tenant_id, ancestor_id) REFERENCES teams (tenant_id, id)
);
CREATE INDEX ix_team_closure_ancestor_id_depth_descendant_id ON team_closure (tenant_id, ancestor_id, depth, descendant_id);

CREATE TABLE team_memberships (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    team_id UUID NOT NULL,
    person_id UUID NOT NULL,
    role TEXT NOT NULL,
    share INTEGER NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE,
    CONSTRAINT pk_team_memberships PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_team_memberships_team_id FOREIGN KEY(tenant_id, team_id) REFERENCES teams (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_team_memberships_person_id FOREIGN KEY(tenant_id, person_id) REFERENCES people (tenant_id, id),
    CONSTRAINT ck_team_memberships_share CHECK (share BETWEEN 0 AND 100),
    CONSTRAINT ck_team_memberships_role CHECK (role IN ('member', 'lead'))
);
CREATE INDEX ix_team_memberships_person_id_starts_on_id ON team_memberships (tenant_id, person_id, starts_on, id);
CREATE INDEX ix_team_memberships_team_id_starts_on_id ON team_memberships (tenant_id, team_id, starts_on, id);

CREATE TABLE check_ins (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    goal_id UUID NOT NULL,
    author_id UUID NOT NULL,
    confidence TEXT NOT NULL,
    note TEXT,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_check_ins PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_check_ins_goal_id FOREIGN KEY(tenant_id, goal_id) REFERENCES goals (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_check_ins_author_id FOREIGN KEY(tenant_id, author_id) REFERENCES people (tenant_id, id),
    CONSTRAINT ck_check_ins_confidence CHECK (confidence IN ('on_track', 'at_risk', 'off_track'))
);
CREATE INDEX ix_check_ins_author_id_recorded_at_id ON check_ins (tenant_id, author_id, recorded_at, id);
CREATE INDEX ix_check_ins_goal_id_recorded_at_id ON check_ins (tenant_id, goal_id, recorded_at, id);

CREATE TABLE goal_viewers (
    tenant_id UUID NOT NULL,
    goal_id UUID NOT NULL,
    person_id UUID NOT NULL,
    CONSTRAINT pk_goal_viewers PRIMARY KEY (tenant_id, goal_id, person_id),
    CONSTRAINT fk_goal_viewers_goal_id FOREIGN KEY(tenant_id, goal_id) REFERENCES goals (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_goal_viewers_person_id FOREIGN KEY(tenant_id, person_id) REFERENCES people (tenant_id, id)
);
CREATE INDEX ix_goal_viewers_person_id_goal_id ON goal_viewers (tenant_id, person_id, goal_id);

CREATE TABLE key_results (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    goal_id UUID NOT NULL,
    title TEXT NOT NULL,
    start_value NUMERIC NOT NULL,
    target_value NUMERIC NOT NULL,
    current_value NUMERIC NOT NULL,
    unit TEXT,
    direction TEXT NOT NULL,
    position INTEGER NOT NULL,
    CONSTRAINT pk_key_results PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_key_results_goal_id FOREIGN KEY(tenant_id, goal_id) REFERENCES goals (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_key_results_direction CHECK (direction IN ('increase', 'decrease'))
);
CREATE INDEX ix_key_results_goal_id_position_id ON key_results (tenant_id, goal_id, position, id);

CREATE TABLE role_assignments (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    member_id UUID NOT NULL,
    role_id UUID NOT NULL,
    organization_id UUID,
    CONSTRAINT pk_role_assignments PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_role_assignments_member_id FOREIGN KEY(tenant_id, member_id) REFERENCES members (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_role_assignments_role_id FOREIGN KEY(tenant_id, role_id) REFERENCES roles (tenant_id, id),
    CONSTRAINT fk_role_assignments_organization_id FOREIGN KEY(tenant_id, organization_id) REFERENCES organizations (tenant_id, id)
);
CREATE INDEX ix_role_assignments_member_id_role_id ON role_assignments (tenant_id, member_id, role_id);
CREATE INDEX ix_role_assignments_organization_id ON role_assignments (tenant_id, organization_id);
CREATE INDEX ix_role_assignments_role_id_member_id ON role_assignments (tenant_id, role_id, member_id);

CREATE TABLE check_in_values (
    tenant_id UUID NOT NULL,
    id UUID NOT NULL,
    check_in_id UUID NOT NULL,
    key_result_id UUID NOT NULL,
    value NUMERIC NOT NULL,
    CONSTRAINT pk_check_in_values PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_check_in_values_check_in_id FOREIGN KEY(tenant_id, check_in_id) REFERENCES check_ins (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT fk_check_in_values_key_result_id FOREIGN KEY(tenant_id, key_result_id) REFERENCES key_results (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_check_in_values_check_in_id_key_result_id ON check_in_values (tenant_id, check_in_id, key_result_id);
CREATE INDEX ix_check_in_values_key_result_id_check_in_id ON check_in_values (tenant_id, key_result_id, check_in_id);
