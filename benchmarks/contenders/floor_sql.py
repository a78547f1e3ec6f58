"""The statements of the floor: for each case the fastest that can be written by hand.

`:tenant`, `:person`, `:units` (units of the person), `:led` (teams that the person leads) and
`:today` are facts about the caller. All other names are variables of the request. The statements
apply the visibility rule, because any hand-written endpoint would have to.
"""

LED_TEAM = """
    g.owner_team_id IN (SELECT descendant_id FROM team_closure
                        WHERE tenant_id = :tenant AND ancestor_id = ANY(:led))"""
IS_NAMED_VIEWER = """
    EXISTS (SELECT 1 FROM goal_viewers v
            WHERE v.tenant_id = :tenant AND v.goal_id = g.id AND v.person_id = :person)"""
VISIBLE_TO_HR = f"""
    (g.visibility <> 'private' OR g.owner_person_id = :person OR {LED_TEAM}
     OR g.status <> 'draft' AND {IS_NAMED_VIEWER})"""
VISIBLE_TO_EMPLOYEE = f"""
    (g.status <> 'draft'
     AND (g.visibility = 'public'
          OR g.visibility = 'organization'
             AND (g.owner_person_id IN
                    (SELECT id FROM people
                     WHERE tenant_id = :tenant AND organization_id = ANY(:units))
                  OR g.owner_team_id IN
                    (SELECT id FROM teams
                     WHERE tenant_id = :tenant AND organization_id = ANY(:units))
                  OR g.owner_organization_id = ANY(:units))
          OR {IS_NAMED_VIEWER})
     OR g.owner_person_id = :person OR {LED_TEAM}
     OR g.visibility <> 'private'
        AND g.owner_person_id IN (SELECT descendant_id FROM reporting_closure
                                  WHERE tenant_id = :tenant AND ancestor_id = :person
                                    AND starts_on <= :today
                                    AND (ends_on IS NULL OR ends_on > :today)))"""
EDITABLE_BY_HR = f"(g.visibility <> 'private' OR g.owner_person_id = :person OR {LED_TEAM})"


def _build_owner(name: str, prefix: str, table: str, column: str) -> str:
    return f"""
    (SELECT row_to_json(o) FROM
        (SELECT '{name}' AS __typename, '{prefix}_' || p.id AS id, p.name FROM {table} p
         WHERE p.tenant_id = :tenant AND p.id = g.{column}) o)"""


OWNER = f"""
     CASE g.owner_kind
       WHEN 'person' THEN {_build_owner("Person", "person", "people", "owner_person_id")}
       WHEN 'team' THEN {_build_owner("Team", "team", "teams", "owner_team_id")}
       ELSE {_build_owner("Organization", "org", "organizations", "owner_organization_id")}
     END AS owner"""


def _build_key_results(columns: str, limit: int) -> str:
    return f"""
     (SELECT row_to_json(c) FROM (SELECT coalesce(json_agg(k), '[]') AS nodes FROM
        (SELECT 'keyres_' || r.id AS id, {columns}
         FROM key_results r WHERE r.tenant_id = :tenant AND r.goal_id = g.id
         ORDER BY r.position, r.id LIMIT {limit}) k) c) AS "keyResults\""""


KEY_RESULTS = _build_key_results(
    """r.title, r.current_value::text AS "currentValue", r.target_value::text AS "targetValue",
                r.unit""",
    10,
)


def _build_page(rows: str) -> str:
    """Return the SQL of a connection's nodes."""
    nodes = f"SELECT coalesce(json_agg(n), '[]') AS nodes FROM ({rows}) n"
    return f"SELECT row_to_json(c) FROM ({nodes}) c"


def _build_link(prefix: str, table: str, id: str, extra_columns: str = "") -> str:
    """Return the SQL of one object that a column refers to."""
    return f"""
     (SELECT row_to_json(o) FROM (SELECT '{prefix}_' || p.id AS id, p.name{extra_columns}
      FROM {table} p
      WHERE p.tenant_id = :tenant AND p.id = {id}) o)"""


def _build_goals_page(visibility: str) -> str:
    return f"""
SELECT json_build_object('data', json_build_object('goals', row_to_json(page))) FROM (SELECT
  (SELECT count(*) FROM goals g WHERE g.tenant_id = :tenant AND {visibility}) AS "totalCount",
  (SELECT coalesce(json_agg(node), '[]') FROM (SELECT
     'goal_' || g.id AS id, g.title, upper(g.status) AS status, g.due_on AS "dueOn",
     {OWNER}, {KEY_RESULTS}
   FROM goals g WHERE g.tenant_id = :tenant AND {visibility}
   ORDER BY g.id DESC LIMIT 50) node) AS nodes) page"""


_HISTORY = f"""
  SELECT 'journal_' || j.id AS id, upper(j.action) AS action, j.recorded_at AS "recordedAt",
         {_build_link("person", "people", "j.actor_id")} AS actor,
         (SELECT coalesce(json_agg(e), '[]') FROM
            (SELECT key AS field, value -> 0 AS before, value -> 1 AS after
             FROM jsonb_each(j.changes)) e) AS changes
  FROM journal j WHERE j.tenant_id = :tenant AND j.entity = 'goal' AND j.entity_id = g.id
  ORDER BY j.id DESC LIMIT 10"""

GOAL = f"""
SELECT json_build_object('data', json_build_object('goal', (SELECT row_to_json(node) FROM (SELECT
  'goal_' || g.id AS id, g.title, g.description, upper(g.status) AS status,
  upper(g.visibility) AS visibility, g.starts_on AS "startsOn", g.due_on AS "dueOn",
  {OWNER}, {KEY_RESULTS},
  CASE WHEN {EDITABLE_BY_HR} THEN ({_build_page(_HISTORY)}) END AS history
FROM goals g WHERE g.tenant_id = :tenant AND g.id = :id AND {VISIBLE_TO_HR}) node)))"""

_SITE_PEOPLE = """
  SELECT 'person_' || p.id AS id, p.name, p.job_title AS "jobTitle" FROM people p
  WHERE p.tenant_id = :tenant AND p.organization_id = o4.id
  ORDER BY p.name_sort_key, p.id LIMIT 2"""
_SITE_GOALS = f"""
  SELECT 'goal_' || g.id AS id, g.title, upper(g.status) AS status FROM goals g
  WHERE g.tenant_id = :tenant AND g.owner_organization_id = o4.id AND {VISIBLE_TO_HR}
  ORDER BY g.id DESC LIMIT 2"""


def _build_units(level: int, limit: int, child_columns: str) -> str:
    it, above = f"o{level}", f"o{level - 1}"
    return _build_page(f"""
  SELECT 'org_' || {it}.id AS id, {it}.name, upper({it}.kind) AS kind, {child_columns}
  FROM organizations {it} WHERE {it}.tenant_id = :tenant AND {it}.parent_id = {above}.id
  ORDER BY {it}.name_sort_key, {it}.id LIMIT {limit}""")


_SITES = _build_units(
    4, 5, f"({_build_page(_SITE_PEOPLE)}) AS people, ({_build_page(_SITE_GOALS)}) AS goals"
)
_DEPARTMENTS = _build_units(3, 5, f"({_SITES}) AS children")
_DIVISIONS = _build_units(2, 10, f"({_DEPARTMENTS}) AS children")

TREE = f"""
SELECT json_build_object('data', json_build_object('organization', (SELECT row_to_json(node) FROM
  (SELECT 'org_' || o1.id AS id, o1.name, upper(o1.kind) AS kind, ({_DIVISIONS}) AS children
   FROM organizations o1 WHERE o1.tenant_id = :tenant AND o1.id = :root) node)))"""

_OWN_GOALS = f"""
  SELECT 'goal_' || g.id AS id, g.title, upper(g.status) AS status, g.due_on AS "dueOn",
         {_build_key_results('r.title, r.current_value::text AS "currentValue"', 5)}
  FROM goals g WHERE g.tenant_id = :tenant AND g.owner_person_id = :person
  ORDER BY g.due_on, g.id LIMIT 10"""
_DUE_GOALS = f"""
  SELECT 'goal_' || g.id AS id, g.title, g.due_on AS "dueOn" FROM goals g
  WHERE g.tenant_id = :tenant AND g.status = 'active' AND {VISIBLE_TO_HR}
  ORDER BY g.due_on, g.id LIMIT 10"""
_NEW_HIRES = f"""
  SELECT 'person_' || q.id AS id, q.name, q.job_title AS "jobTitle",
         {_build_link("org", "organizations", "q.organization_id")} AS organization
  FROM people q WHERE q.tenant_id = :tenant ORDER BY q.hired_on DESC, q.id DESC LIMIT 10"""
_TEAMS = f"""
  SELECT 'team_' || t.id AS id, t.name,
         {_build_link("org", "organizations", "t.organization_id")} AS organization
  FROM teams t WHERE t.tenant_id = :tenant ORDER BY t.name_sort_key, t.id LIMIT 10"""

DASHBOARD = f"""
SELECT json_build_object('data', row_to_json(screen)) FROM (SELECT
  (SELECT row_to_json(v) FROM (SELECT
     {_build_link("person", "people", ":person", ', p.job_title AS "jobTitle"')} AS person) v
   ) AS viewer,
  {_build_link("tenant", "tenants", ":tenant")} AS tenant,
  ({_build_page(_OWN_GOALS)}) AS mine,
  (SELECT row_to_json(c) FROM (SELECT
     (SELECT count(*) FROM goals g
      WHERE g.tenant_id = :tenant AND g.status = 'active' AND {VISIBLE_TO_HR}) AS "totalCount",
     (SELECT coalesce(json_agg(n), '[]') FROM ({_DUE_GOALS}) n) AS nodes) c) AS due,
  ({_build_page(_NEW_HIRES)}) AS newcomers,
  ({_build_page(_TEAMS)}) AS teams) screen"""

PEOPLE_SEARCH = f"""
WITH hits AS (SELECT ARRAY(
  SELECT q.id FROM people q
  WHERE q.tenant_id = :tenant AND q.location = :location
    AND q.id IN (SELECT unnest(ARRAY(SELECT entity_id FROM words
                 WHERE tenant_id = :tenant AND entity = 'person'
                   AND word >= :search AND word < :search || U&'\\+10FFFF')))) AS ids)
SELECT json_build_object('data', json_build_object('people', row_to_json(page))) FROM (SELECT
  (SELECT cardinality(ids) FROM hits) AS "totalCount",
  (SELECT coalesce(json_agg(n), '[]') FROM (SELECT
     'person_' || q.id AS id, q.name, q.job_title AS "jobTitle", q.location,
     {_build_link("org", "organizations", "q.organization_id")} AS organization
   FROM people q WHERE q.tenant_id = :tenant AND q.id IN (SELECT unnest(ids) FROM hits)
   ORDER BY q.name_sort_key, q.id LIMIT 25) n) AS nodes) page"""

READ_STATEMENTS = {
    "goals-page": _build_goals_page(VISIBLE_TO_HR),
    "goals-page-employee": _build_goals_page(VISIBLE_TO_EMPLOYEE),
    "goals-page-manager": _build_goals_page(VISIBLE_TO_EMPLOYEE),
    "goal": GOAL,
    "tree": TREE,
    "dashboard": DASHBOARD,
    "people-search": PEOPLE_SEARCH,
}
