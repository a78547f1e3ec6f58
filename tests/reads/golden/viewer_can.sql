SELECT CAST( (
  SELECT row_to_json("~")
  FROM (
    SELECT (
      SELECT row_to_json("~")
      FROM (
        SELECT (
          SELECT row_to_json("~")
          FROM (
            SELECT "~2".name AS name, (
              SELECT array_to_json(array_remove(ARRAY[CASE WHEN ("~3".r0 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'EDIT'::text END, CASE WHEN ("~3".r0 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'ASSIGN_MANAGER'::text END, CASE WHEN ("~3".r0 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'END_LINE'::text END, CASE WHEN ("~3".r1 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'CHANGE_EMPLOYEE_NUMBER'::text END, CASE WHEN ("~3".r1 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'ADD_EXTERNAL_REFERENCE'::text END, CASE WHEN ("~3".r1 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'REMOVE_EXTERNAL_REFERENCE'::text END, CASE WHEN ("~3".r1 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'CHANGE_JOB'::text END, CASE WHEN ("~3".r1 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'START_LEAVE'::text END, CASE WHEN ("~3".r1 AND CAST("~2".record_status AS TEXT) IN ('current'::text) AND NOT coalesce(NOT (EXISTS (
                SELECT 1
                FROM leaves AS leaves_1
                WHERE leaves_1.tenant_id = $1::UUID
                AND leaves_1.person_id = "~2".id
              )), false)) THEN 'RETURN_FROM_LEAVE'::text END, CASE WHEN ("~3".r1 AND CAST("~2".record_status AS TEXT) IN ('current'::text) AND NOT coalesce((EXISTS (
                SELECT 1
                FROM roles AS roles_1, role_assignments AS role_assignments_1, members AS members_1, people AS people_1
                WHERE roles_1.tenant_id = $1::UUID
                AND role_assignments_1.tenant_id = $1::UUID
                AND members_1.tenant_id = $1::UUID
                AND people_1.tenant_id = $1::UUID
                AND roles_1.key = 'tenant_admin'::text
                AND role_assignments_1.role_id = roles_1.id
                AND role_assignments_1.organization_id IS NULL
                AND role_assignments_1.expires_at IS NULL
                AND (role_assignments_1.starts_at IS NULL OR role_assignments_1.starts_at <= now())
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
                AND role_assignments_2.expires_at IS NULL
                AND (role_assignments_2.starts_at IS NULL OR role_assignments_2.starts_at <= now())
                AND members_2.id = role_assignments_2.member_id
                AND members_2.status = 'active'::text
                AND people_2.id = members_2.person_id
                AND people_2.left_on IS NULL
                AND people_2.id != "~2".id
              )), false)) THEN 'DEPART'::text END, CASE WHEN ("~3".r1 AND CAST("~2".record_status AS TEXT) IN ('current'::text) AND NOT coalesce("~2".left_on IS NULL, false)) THEN 'CANCEL_DEPARTURE'::text END, CASE WHEN ("~3".r1 AND CAST("~2".record_status AS TEXT) IN ('current'::text) AND NOT coalesce("~2".left_on IS NULL OR "~2".left_on > $2::DATE, false)) THEN 'REHIRE'::text END, CASE WHEN ("~3".r2 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'CORRECT_EMPLOYMENT'::text END, CASE WHEN ("~3".r2 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'CORRECT_JOB'::text END, CASE WHEN ("~3".r2 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'WITHDRAW_JOB'::text END, CASE WHEN ("~3".r2 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'CORRECT_LEAVE'::text END, CASE WHEN ("~3".r2 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'CORRECT_LINE'::text END, CASE WHEN ("~3".r2 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'ADD_PAST_LINE'::text END, CASE WHEN ("~3".r3 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'MERGE'::text END, CASE WHEN ("~3".r4 AND CAST("~2".record_status AS TEXT) IN ('current'::text) AND NOT coalesce("~2".left_on IS NULL OR "~2".left_on > $2::DATE OR (EXISTS (
                SELECT 1
                FROM legal_holds AS legal_holds_1
                WHERE legal_holds_1.tenant_id = $1::UUID
                AND legal_holds_1.person_id = "~2".id
                AND legal_holds_1.status = 'active'::text
              )), false)) THEN 'ERASE'::text END, CASE WHEN ("~3".r5 AND CAST("~2".record_status AS TEXT) IN ('current'::text)) THEN 'EXPORT'::text END, CASE WHEN ("~3".r6 AND NOT coalesce("~2".left_on <= $2::DATE, false)) THEN 'CREATE_ACTION_ITEM'::text END, CASE WHEN ("~3".r7 AND NOT coalesce("~2".left_on <= $2::DATE OR $3::UUID IS NULL OR "~2".id = $3::UUID, false)) THEN 'GIVE_FEEDBACK'::text END, CASE WHEN ("~3".r8 AND NOT coalesce("~2".left_on <= $2::DATE, false)) THEN 'LAUNCH_FEEDBACK_PROGRAM'::text END, CASE WHEN ("~3".r9 AND NOT coalesce("~2".left_on <= $2::DATE, false)) THEN 'CREATE_GOAL'::text END, CASE WHEN ("~3".r10 AND NOT coalesce((EXISTS (
                SELECT 1
                FROM members AS members_3
                WHERE members_3.tenant_id = $1::UUID
                AND members_3.person_id = "~2".id
              )) OR "~2".left_on <= $2::DATE, false)) THEN 'CREATE_MEMBER'::text END, CASE WHEN ("~3".r11 AND NOT coalesce("~2".left_on <= $2::DATE, false)) THEN 'CREATE_REVIEW_PACKET'::text END], NULL)) AS array_to_json_1
              FROM (
                SELECT (
                  SELECT false
                ) AS r0, (
                  SELECT false
                ) AS r1, (
                  SELECT false
                ) AS r2, (
                  SELECT false
                ) AS r3, (
                  SELECT false
                ) AS r4, "~2".id = $3::UUID AS r5, true AS r6, true AS r7, (
                  SELECT false
                ) AS r8, "~2".id = $3::UUID AS r9, (
                  SELECT false
                ) AS r10, (
                  SELECT false
                ) AS r11
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
          AND (role_assignments_3.starts_at IS NULL OR role_assignments_3.starts_at <= now())
          AND (role_assignments_3.expires_at IS NULL OR role_assignments_3.expires_at > now())
          AND role_grants_1.tenant_id = $1::UUID
          AND role_grants_1.role_id = role_assignments_3.role_id
          ORDER BY name
        ))) AS permissions
        FROM members AS "~1"
        WHERE "~1".tenant_id = $1::UUID
        AND "~1".id = $4::UUID
        AND true
      ) AS "~"
    ) AS viewer, (
      SELECT row_to_json("~")
      FROM (WITH "~5" AS (
        SELECT *
        FROM (
          SELECT "~4".title AS title, "~4".status AS status, "~4".owner_person_id AS owner_person_id, "~4".owner_team_id AS owner_team_id, "~4".owner_kind AS owner_kind, "~4".visibility AS visibility, "~4".id AS id, "~4".status AS "~key0", "~4".id AS "~key1"
          FROM goals AS "~4"
          WHERE "~4".tenant_id = $1::UUID
          AND true
          AND ("~4".owner_person_id = $3::UUID OR "~4".status != 'draft' AND ("~4".visibility = 'public' OR "~4".visibility = 'organization' AND ("~4".owner_organization_id = ANY ($5::UUID[]) OR "~4".owner_organization_id IS NULL AND "~4".owner_team_id IN (
            SELECT teams_1.id
            FROM teams AS teams_1
            WHERE teams_1.tenant_id = $1::UUID
            AND teams_1.organization_id = ANY ($5::UUID[])
          ) OR "~4".owner_organization_id IS NULL AND "~4".owner_team_id IS NULL AND "~4".owner_person_id IN (
            SELECT people_3.id
            FROM people AS people_3
            WHERE people_3.tenant_id = $1::UUID
            AND (people_3.organization_id = ANY ($5::UUID[]) AND (people_3.unit_changes_on IS NULL OR people_3.unit_changes_on > $2::DATE) OR people_3.unit_changes_on IS NOT NULL AND people_3.unit_changes_on <= $2::DATE AND (
              SELECT jobs_1.organization_id
              FROM jobs AS jobs_1
              WHERE jobs_1.tenant_id = $1::UUID
              AND jobs_1.person_id = people_3.id
              AND jobs_1.superseded_at IS NULL
              AND jobs_1.starts_on <= $2::DATE
              AND (people_3.left_on IS NULL OR jobs_1.starts_on < people_3.left_on)
              ORDER BY jobs_1.starts_on DESC
              LIMIT 1
            ) = ANY ($5::UUID[]))
          )) OR (EXISTS (
            SELECT 1
            FROM goal_viewers AS goal_viewers_1
            WHERE goal_viewers_1.tenant_id = $1::UUID
            AND goal_viewers_1.goal_id = "~4".id
            AND goal_viewers_1.person_id = $3::UUID
          ))) OR (EXISTS (
            SELECT 1
            FROM team_closure AS team_closure_1
            WHERE team_closure_1.tenant_id = $1::UUID
            AND team_closure_1.descendant_id = "~4".owner_team_id
            AND team_closure_1.ancestor_id = ANY ($6::UUID[])
          )))
          ORDER BY "~4".status ASC, "~4".id ASC
          LIMIT 101
        ) AS "~7"
        LIMIT $7::BIGINT
      ) SELECT coalesce( (
        SELECT json_agg("~")
        FROM (
          SELECT "~5".title AS title, upper(CAST("~5".status AS TEXT)) AS status, (
            SELECT array_to_json(array_remove(ARRAY[CASE WHEN ("~6".r0 AND CAST("~5".status AS TEXT) IN ('draft'::text, 'active'::text)) THEN 'EDIT'::text END, CASE WHEN ("~6".r0 AND CAST("~5".status AS TEXT) IN ('draft'::text, 'active'::text)) THEN 'ALIGN'::text END, CASE WHEN ("~6".r0 AND CAST("~5".status AS TEXT) IN ('draft'::text, 'active'::text) AND NOT coalesce("~5".visibility != 'public'::text AND ("~5".owner_person_id = $3::UUID OR "~5".owner_kind = 'organization' AND (EXISTS (
              SELECT 1
              FROM team_closure AS team_closure_1
              WHERE team_closure_1.tenant_id = $1::UUID
              AND team_closure_1.descendant_id = "~5".owner_team_id
              AND team_closure_1.ancestor_id = ANY ($6::UUID[])
            )) OR (EXISTS (
              SELECT 1
              FROM team_closure AS team_closure_1
              WHERE team_closure_1.tenant_id = $1::UUID
              AND team_closure_1.descendant_id = "~5".owner_team_id
              AND team_closure_1.ancestor_id = ANY ($6::UUID[])
            ))) IS NOT true AND NOT (EXISTS (
              SELECT 1
              FROM people AS people_3
              WHERE people_3.tenant_id = $1::UUID
              AND people_3.id = "~5".owner_person_id
              AND people_3.left_on <= $2::DATE
            )), false)) THEN 'REASSIGN'::text END, CASE WHEN ("~6".r0 AND CAST("~5".status AS TEXT) IN ('draft'::text)) THEN 'ACTIVATE'::text END, CASE WHEN ("~6".r0 AND CAST("~5".status AS TEXT) IN ('draft'::text) AND NOT coalesce(EXISTS (
              SELECT 1
              FROM goals AS goals_1
              WHERE goals_1.tenant_id = $1::UUID
              AND goals_1.parent_id = "~5".id
            ), false)) THEN 'DISCARD'::text END, CASE WHEN ("~6".r0 AND CAST("~5".status AS TEXT) IN ('active'::text)) THEN 'CHECK_IN'::text END, CASE WHEN ("~6".r0 AND CAST("~5".status AS TEXT) IN ('active'::text)) THEN 'ACHIEVE'::text END, CASE WHEN ("~6".r0 AND CAST("~5".status AS TEXT) IN ('active'::text)) THEN 'MARK_MISSED'::text END, CASE WHEN ("~6".r0 AND CAST("~5".status AS TEXT) IN ('active'::text)) THEN 'ABANDON'::text END, CASE WHEN ("~6".r0 AND CAST("~5".status AS TEXT) IN ('achieved'::text, 'missed'::text, 'abandoned'::text)) THEN 'REOPEN'::text END, CASE WHEN "~6".r1 THEN 'ADD_EXTERNAL_REFERENCE'::text END, CASE WHEN "~6".r1 THEN 'REMOVE_EXTERNAL_REFERENCE'::text END], NULL)) AS array_to_json_2
            FROM (
              SELECT "~5".owner_person_id = $3::UUID
              OR (EXISTS (
                SELECT 1
                FROM team_closure AS team_closure_1
                WHERE team_closure_1.tenant_id = $1::UUID
                AND team_closure_1.descendant_id = "~5".owner_team_id
                AND team_closure_1.ancestor_id = ANY ($6::UUID[])
              )) AS r0, (
                SELECT false
              ) AS r1
              LIMIT ALL OFFSET 0
            ) AS "~6"
          ) AS "viewerCan"
          FROM "~5"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS goals, (
      SELECT row_to_json("~")
      FROM (WITH "~9" AS (
        SELECT *
        FROM (
          SELECT "~8".name AS name, "~8".id AS id, "~8".ends_on AS ends_on, "~8".organization_id AS organization_id, "~8".parent_id AS parent_id, "~8".name_sort_key AS "~key0", "~8".id AS "~key1"
          FROM teams AS "~8"
          WHERE "~8".tenant_id = $1::UUID
          AND true
          AND true
          ORDER BY "~8".name_sort_key ASC, "~8".id ASC
          LIMIT 101
        ) AS "~11"
        LIMIT $8::BIGINT
      ) SELECT coalesce( (
        SELECT json_agg("~")
        FROM (
          SELECT "~9".name AS name, (
            SELECT array_to_json(array_remove(ARRAY[CASE WHEN "~10".r0 THEN 'EDIT'::text END, CASE WHEN "~10".r0 THEN 'ADD_MEMBER'::text END, CASE WHEN "~10".r0 THEN 'CHANGE_MEMBERSHIP'::text END, CASE WHEN "~10".r0 THEN 'END_MEMBERSHIP'::text END, CASE WHEN "~10".r1 THEN 'MOVE'::text END, CASE WHEN ("~10".r1 AND NOT coalesce(EXISTS (
              SELECT 1
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.parent_id = "~9".id
              AND teams_1.ends_on IS NULL
            ), false)) THEN 'CLOSE'::text END, CASE WHEN ("~10".r1 AND NOT coalesce("~9".ends_on IS NULL OR (EXISTS (
              SELECT 1
              FROM organizations AS organizations_1
              WHERE organizations_1.tenant_id = $1::UUID
              AND organizations_1.id = "~9".organization_id
              AND organizations_1.ends_on IS NOT NULL
            )) OR (EXISTS (
              SELECT 1
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.id = "~9".parent_id
              AND teams_1.ends_on IS NOT NULL
            )), false)) THEN 'REOPEN'::text END, CASE WHEN "~10".r1 THEN 'ADD_EXTERNAL_REFERENCE'::text END, CASE WHEN "~10".r1 THEN 'REMOVE_EXTERNAL_REFERENCE'::text END, CASE WHEN "~10".r2 THEN 'CREATE_ANNOTATION'::text END, CASE WHEN ("~10".r3 AND NOT coalesce("~9".ends_on <= $2::DATE, false)) THEN 'CREATE_GOAL'::text END, CASE WHEN ("~10".r4 AND NOT coalesce("~9".ends_on <= $2::DATE, false)) THEN 'CREATE_KPI'::text END, CASE WHEN ("~10".r4 AND NOT coalesce("~9".ends_on <= $2::DATE, false)) THEN 'CREATE_SCORECARD'::text END, CASE WHEN ("~10".r1 AND NOT coalesce("~9".ends_on <= $2::DATE, false)) THEN 'CREATE_TEAM'::text END], NULL)) AS array_to_json_3
            FROM (
              SELECT EXISTS (
                SELECT 1
                FROM team_closure AS team_closure_1
                WHERE team_closure_1.tenant_id = $1::UUID
                AND team_closure_1.descendant_id = "~9".id
                AND team_closure_1.ancestor_id = ANY ($6::UUID[])
              ) AS r0, (
                SELECT false
              ) AS r1, (
                SELECT false
              ) AS r2, EXISTS (
                SELECT 1
                FROM team_closure AS team_closure_1
                WHERE team_closure_1.tenant_id = $1::UUID
                AND team_closure_1.descendant_id = "~9".id
                AND team_closure_1.ancestor_id = ANY ($6::UUID[])
              ) AS r3, (
                SELECT false
              ) AS r4
              LIMIT ALL OFFSET 0
            ) AS "~10"
          ) AS "viewerCan"
          FROM "~9"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS teams
  ) AS "~"
) AS JSON) AS json
