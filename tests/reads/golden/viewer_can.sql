SELECT CAST( (
  SELECT row_to_json("~") AS row_to_json_1
  FROM (
    SELECT (
      SELECT row_to_json("~") AS row_to_json_2
      FROM (
        SELECT "~2".name AS name, (
          SELECT array_to_json(array_remove(ARRAY[CASE WHEN "~3".r0 THEN 'EDIT'::text END, CASE WHEN "~3".r0 THEN 'ASSIGN_MANAGER'::text END, CASE WHEN "~3".r0 THEN 'END_LINE'::text END, CASE WHEN "~3".r1 THEN 'RENUMBER'::text END, CASE WHEN "~3".r1 THEN 'REFER'::text END, CASE WHEN "~3".r1 THEN 'START_LEAVE'::text END, CASE WHEN ("~3".r1 AND NOT coalesce(NOT (EXISTS (
            SELECT 1
            FROM leaves AS leaves_1
            WHERE leaves_1.tenant_id = $1::UUID
            AND leaves_1.person_id = "~2".id
          )), $2::BOOLEAN)) THEN 'RETURN_FROM_LEAVE'::text END, CASE WHEN ("~3".r1 AND NOT coalesce((EXISTS (
            SELECT 1
            FROM roles AS roles_1, role_assignments AS role_assignments_1, members AS members_1, people AS people_1
            WHERE roles_1.tenant_id = $1::UUID
            AND role_assignments_1.tenant_id = $1::UUID
            AND members_1.tenant_id = $1::UUID
            AND people_1.tenant_id = $1::UUID
            AND roles_1.key = 'tenant_admin'::text
            AND role_assignments_1.role_id = roles_1.id
            AND role_assignments_1.organization_id IS NULL
            AND members_1.id = role_assignments_1.member_id
            AND members_1.status = 'active'::text
            AND people_1.id = members_1.person_id
            AND people_1.left_on IS NULL
            AND people_1.id = "~2".id
          )) AND NOT (EXISTS (
            SELECT 1
            FROM roles AS roles_2, role_assignments AS role_assignments_2, members AS members_2, people AS people_2
            WHERE roles_2.tenant_id = $1::UUID
            AND role_assignments_2.tenant_id = $1::UUID
            AND members_2.tenant_id = $1::UUID
            AND people_2.tenant_id = $1::UUID
            AND roles_2.key = 'tenant_admin'::text
            AND role_assignments_2.role_id = roles_2.id
            AND role_assignments_2.organization_id IS NULL
            AND members_2.id = role_assignments_2.member_id
            AND members_2.status = 'active'::text
            AND people_2.id = members_2.person_id
            AND people_2.left_on IS NULL
            AND people_2.id != "~2".id
          )), $3::BOOLEAN)) THEN 'LEAVE'::text END, CASE WHEN ("~3".r1 AND NOT coalesce("~2".left_on IS NULL, $4::BOOLEAN)) THEN 'STAY'::text END, CASE WHEN ("~3".r1 AND NOT coalesce("~2".left_on IS NULL OR "~2".left_on > $5::DATE, $6::BOOLEAN)) THEN 'REHIRE'::text END], NULL)) AS array_to_json_1
          FROM (
            SELECT false AS r0, false AS r1
            LIMIT ALL OFFSET 0
          ) AS "~3"
        ) AS "viewerCan"
        FROM people AS "~2"
        WHERE "~2".tenant_id = $1::UUID
        AND "~2".id = "~1".person_id
        AND true
      ) AS "~"
    ) AS person, array_to_json(array( (
      SELECT distinct(upper(replace(CAST(role_grants_1.permission AS TEXT), ':'::text, '_'::text))) AS name
      FROM role_grants AS role_grants_1, role_assignments AS role_assignments_3
      WHERE role_assignments_3.tenant_id = $1::UUID
      AND role_assignments_3.member_id = "~1".id
      AND role_grants_1.tenant_id = $1::UUID
      AND role_grants_1.role_id = role_assignments_3.role_id
      ORDER BY name
    ))) AS permissions
    FROM members AS "~1"
    WHERE "~1".tenant_id = $1::UUID
    AND "~1".id = $7::UUID
    AND true
  ) AS "~"
) AS JSON) AS json

SELECT CAST( (
  SELECT row_to_json("~") AS row_to_json_1
  FROM (WITH "~3" AS (
    SELECT "~2".tenant_id AS tenant_id, "~2".id AS id, "~2".version AS version, "~2".created_at AS created_at, "~2".updated_at AS updated_at, "~2".owner_kind AS owner_kind, "~2".owner_person_id AS owner_person_id, "~2".owner_team_id AS owner_team_id, "~2".owner_organization_id AS owner_organization_id, "~2".title AS title, "~2".description AS description, "~2".purpose AS purpose, "~2".visibility AS visibility, "~2".starts_on AS starts_on, "~2".due_on AS due_on, "~2".status AS status, "~2".closing_note AS closing_note, "~2".closed_at AS closed_at, "~2".parent_id AS parent_id, "~2"."~key0" AS "~key0", "~2"."~key1" AS "~key1"
    FROM (
      SELECT "~1".tenant_id AS tenant_id, "~1".id AS id, "~1".version AS version, "~1".created_at AS created_at, "~1".updated_at AS updated_at, "~1".owner_kind AS owner_kind, "~1".owner_person_id AS owner_person_id, "~1".owner_team_id AS owner_team_id, "~1".owner_organization_id AS owner_organization_id, "~1".title AS title, "~1".description AS description, "~1".purpose AS purpose, "~1".visibility AS visibility, "~1".starts_on AS starts_on, "~1".due_on AS due_on, "~1".status AS status, "~1".closing_note AS closing_note, "~1".closed_at AS closed_at, "~1".parent_id AS parent_id, "~1".status AS "~key0", "~1".id AS "~key1"
      FROM goals AS "~1"
      WHERE "~1".tenant_id = $1::UUID
      AND true
      AND ("~1".owner_person_id = $2::UUID OR ("~1".status = 'active' OR "~1".status = 'achieved' OR "~1".status = 'missed' OR "~1".status = 'abandoned') AND ("~1".visibility = 'public' OR "~1".visibility = 'organization' AND ("~1".owner_organization_id = ANY ($3::UUID[]) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IN (
        SELECT teams_1.id
        FROM teams AS teams_1
        WHERE teams_1.tenant_id = $1::UUID
        AND teams_1.organization_id = ANY ($3::UUID[])
      ) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IS NULL AND "~1".owner_person_id IN (
        SELECT people_1.id
        FROM people AS people_1
        WHERE people_1.tenant_id = $1::UUID
        AND people_1.organization_id = ANY ($3::UUID[])
      )) OR (EXISTS (
        SELECT 1
        FROM goal_viewers AS goal_viewers_1
        WHERE goal_viewers_1.tenant_id = $1::UUID
        AND goal_viewers_1.goal_id = "~1".id
        AND goal_viewers_1.person_id = $2::UUID
      ))) OR (EXISTS (
        SELECT 1
        FROM team_closure AS team_closure_1
        WHERE team_closure_1.tenant_id = $1::UUID
        AND team_closure_1.descendant_id = "~1".owner_team_id
        AND team_closure_1.ancestor_id = ANY ($4::UUID[])
      )))
      ORDER BY "~1".status ASC, "~1".id ASC
      LIMIT 101
    ) AS "~2"
    LIMIT $5::BIGINT
  ) SELECT coalesce( (
    SELECT json_agg("~") AS json_agg_1
    FROM (
      SELECT "~3".title AS title, upper(CAST("~3".status AS TEXT)) AS status, (
        SELECT array_to_json(array_remove(ARRAY[CASE WHEN ("~4".r0 AND CAST("~3".status AS TEXT) IN ('draft'::text, 'active'::text)) THEN 'EDIT'::text END, CASE WHEN ("~4".r0 AND CAST("~3".status AS TEXT) IN ('draft'::text, 'active'::text)) THEN 'ALIGN'::text END, CASE WHEN ("~4".r0 AND CAST("~3".status AS TEXT) IN ('draft'::text)) THEN 'ACTIVATE'::text END, CASE WHEN ("~4".r0 AND CAST("~3".status AS TEXT) IN ('draft'::text) AND NOT coalesce(EXISTS (
          SELECT 1
          FROM goals AS goals_1
          WHERE goals_1.tenant_id = $1::UUID
          AND goals_1.parent_id = "~3".id
        ), $6::BOOLEAN)) THEN 'DISCARD'::text END, CASE WHEN ("~4".r0 AND CAST("~3".status AS TEXT) IN ('active'::text)) THEN 'CHECK_IN'::text END, CASE WHEN ("~4".r0 AND CAST("~3".status AS TEXT) IN ('active'::text)) THEN 'ACHIEVE'::text END, CASE WHEN ("~4".r0 AND CAST("~3".status AS TEXT) IN ('active'::text)) THEN 'MISS'::text END, CASE WHEN ("~4".r0 AND CAST("~3".status AS TEXT) IN ('active'::text)) THEN 'ABANDON'::text END, CASE WHEN ("~4".r0 AND CAST("~3".status AS TEXT) IN ('achieved'::text, 'missed'::text, 'abandoned'::text)) THEN 'REOPEN'::text END], NULL)) AS array_to_json_1
        FROM (
          SELECT "~3".owner_person_id = $2::UUID
          OR (EXISTS (
            SELECT 1
            FROM team_closure AS team_closure_2
            WHERE team_closure_2.tenant_id = $1::UUID
            AND team_closure_2.descendant_id = "~3".owner_team_id
            AND team_closure_2.ancestor_id = ANY ($4::UUID[])
          )) AS r0
          LIMIT ALL OFFSET 0
        ) AS "~4"
      ) AS "viewerCan"
      FROM "~3"
    ) AS "~"
  ), '[]'::json) AS nodes) AS "~"
) AS JSON) AS json

SELECT CAST( (
  SELECT row_to_json("~") AS row_to_json_1
  FROM (WITH "~3" AS (
    SELECT "~2".tenant_id AS tenant_id, "~2".id AS id, "~2".version AS version, "~2".created_at AS created_at, "~2".updated_at AS updated_at, "~2".organization_id AS organization_id, "~2".parent_id AS parent_id, "~2".name AS name, "~2".description AS description, "~2".starts_on AS starts_on, "~2".ends_on AS ends_on, "~2"."~key0" AS "~key0", "~2"."~key1" AS "~key1"
    FROM (
      SELECT "~1".tenant_id AS tenant_id, "~1".id AS id, "~1".version AS version, "~1".created_at AS created_at, "~1".updated_at AS updated_at, "~1".organization_id AS organization_id, "~1".parent_id AS parent_id, "~1".name AS name, "~1".description AS description, "~1".starts_on AS starts_on, "~1".ends_on AS ends_on, "~1".name AS "~key0", "~1".id AS "~key1"
      FROM teams AS "~1"
      WHERE "~1".tenant_id = $1::UUID
      AND true
      AND true
      ORDER BY "~1".name ASC, "~1".id ASC
      LIMIT 101
    ) AS "~2"
    LIMIT $2::BIGINT
  ) SELECT coalesce( (
    SELECT json_agg("~") AS json_agg_1
    FROM (
      SELECT "~3".name AS name, (
        SELECT array_to_json(array_remove(ARRAY[CASE WHEN "~4".r0 THEN 'EDIT'::text END, CASE WHEN "~4".r0 THEN 'ADD_MEMBER'::text END, CASE WHEN "~4".r0 THEN 'CHANGE_MEMBERSHIP'::text END, CASE WHEN "~4".r0 THEN 'END_MEMBERSHIP'::text END, CASE WHEN "~4".r1 THEN 'MOVE'::text END, CASE WHEN ("~4".r1 AND NOT coalesce(EXISTS (
          SELECT 1
          FROM teams AS teams_1
          WHERE teams_1.tenant_id = $1::UUID
          AND teams_1.parent_id = "~3".id
          AND teams_1.ends_on IS NULL
        ), $3::BOOLEAN)) THEN 'CLOSE'::text END, CASE WHEN ("~4".r1 AND NOT coalesce("~3".ends_on IS NULL, $4::BOOLEAN)) THEN 'REOPEN'::text END], NULL)) AS array_to_json_1
        FROM (
          SELECT EXISTS (
            SELECT 1
            FROM team_closure AS team_closure_1
            WHERE team_closure_1.tenant_id = $1::UUID
            AND team_closure_1.descendant_id = "~3".id
            AND team_closure_1.ancestor_id = ANY ($5::UUID[])
          ) AS r0, false AS r1
          LIMIT ALL OFFSET 0
        ) AS "~4"
      ) AS "viewerCan"
      FROM "~3"
    ) AS "~"
  ), '[]'::json) AS nodes) AS "~"
) AS JSON) AS json
