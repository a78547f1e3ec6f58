SELECT CAST( (
  SELECT row_to_json("~")
  FROM (
    SELECT (
      SELECT row_to_json("~")
      FROM (WITH "~2" AS (
        SELECT *
        FROM (
          SELECT "~1".title AS title, "~1".due_on AS due_on, "~1".status AS status, "~1".id AS id, "~1".due_on AS "~key0", "~1".id AS "~key1"
          FROM goals AS "~1"
          WHERE "~1".tenant_id = $1::UUID
          AND CAST("~1".status AS TEXT) = any($2::TEXT[])
          AND ("~1".owner_person_id = $3::UUID OR "~1".status != 'draft' AND ("~1".visibility = 'public' OR "~1".visibility = 'organization' AND ("~1".owner_organization_id = ANY ($4::UUID[]) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IN (
            SELECT teams_1.id
            FROM teams AS teams_1
            WHERE teams_1.tenant_id = $1::UUID
            AND teams_1.organization_id = ANY ($4::UUID[])
          ) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IS NULL AND "~1".owner_person_id IN (
            SELECT people_1.id
            FROM people AS people_1
            WHERE people_1.tenant_id = $1::UUID
            AND (people_1.organization_id = ANY ($4::UUID[]) AND (people_1.unit_changes_on IS NULL OR people_1.unit_changes_on > $5::DATE) OR people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $5::DATE AND (
              SELECT jobs_1.organization_id
              FROM jobs AS jobs_1
              WHERE jobs_1.tenant_id = $1::UUID
              AND jobs_1.person_id = people_1.id
              AND jobs_1.superseded_at IS NULL
              AND jobs_1.starts_on <= $5::DATE
              AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
              ORDER BY jobs_1.starts_on DESC
              LIMIT 1
            ) = ANY ($4::UUID[]))
          )) OR (EXISTS (
            SELECT 1
            FROM goal_viewers AS goal_viewers_1
            WHERE goal_viewers_1.tenant_id = $1::UUID
            AND goal_viewers_1.goal_id = "~1".id
            AND goal_viewers_1.person_id = $3::UUID
          ))) OR "~1".visibility != 'private' AND (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $1::UUID
            AND reporting_closure_1.descendant_id = "~1".owner_person_id
            AND reporting_closure_1.ancestor_id = $3::UUID
            AND reporting_closure_1.starts_on <= $5::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $5::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $5::DATE)
          )))
          ORDER BY "~1".due_on ASC, "~1".id ASC
          LIMIT 101
        ) AS "~7"
        LIMIT $6::BIGINT + 1
      ), "~3" AS (
        SELECT *
        FROM "~2"
        LIMIT $6::BIGINT
      ) SELECT (
        SELECT count(*) AS count_1
        FROM goals AS "~1"
        WHERE "~1".tenant_id = $1::UUID
        AND CAST("~1".status AS TEXT) = any($2::TEXT[])
        AND ("~1".owner_person_id = $3::UUID OR "~1".status != 'draft' AND ("~1".visibility = 'public' OR "~1".visibility = 'organization' AND ("~1".owner_organization_id = ANY ($4::UUID[]) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IN (
          SELECT teams_1.id
          FROM teams AS teams_1
          WHERE teams_1.tenant_id = $1::UUID
          AND teams_1.organization_id = ANY ($4::UUID[])
        ) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IS NULL AND "~1".owner_person_id IN (
          SELECT people_1.id
          FROM people AS people_1
          WHERE people_1.tenant_id = $1::UUID
          AND (people_1.organization_id = ANY ($4::UUID[]) AND (people_1.unit_changes_on IS NULL OR people_1.unit_changes_on > $5::DATE) OR people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $5::DATE AND (
            SELECT jobs_1.organization_id
            FROM jobs AS jobs_1
            WHERE jobs_1.tenant_id = $1::UUID
            AND jobs_1.person_id = people_1.id
            AND jobs_1.superseded_at IS NULL
            AND jobs_1.starts_on <= $5::DATE
            AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
            ORDER BY jobs_1.starts_on DESC
            LIMIT 1
          ) = ANY ($4::UUID[]))
        )) OR (EXISTS (
          SELECT 1
          FROM goal_viewers AS goal_viewers_1
          WHERE goal_viewers_1.tenant_id = $1::UUID
          AND goal_viewers_1.goal_id = "~1".id
          AND goal_viewers_1.person_id = $3::UUID
        ))) OR "~1".visibility != 'private' AND (EXISTS (
          SELECT 1
          FROM reporting_closure AS reporting_closure_1
          WHERE reporting_closure_1.tenant_id = $1::UUID
          AND reporting_closure_1.descendant_id = "~1".owner_person_id
          AND reporting_closure_1.ancestor_id = $3::UUID
          AND reporting_closure_1.starts_on <= $5::DATE
          AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $5::DATE)
          AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $5::DATE)
        )))
      ) AS "totalCount", json_build_object('hasNextPage'::text, (
        SELECT count(*) > $6::BIGINT AS anon_1
        FROM "~2"
      ), 'endCursor'::text, (
        SELECT translate(encode(convert_to(CAST(json_build_array("~3"."~key0", "~3"."~key1") AS TEXT), 'UTF8'::text) || SUBSTRING(sha256($7::BYTEA || convert_to(CAST(json_build_array("~3"."~key0", "~3"."~key1") AS TEXT), 'UTF8'::text)) FROM 1 FOR 12), 'base64'::text), '+/= '::text, '-_'::text) AS translate_1
        FROM "~3"
        ORDER BY "~3"."~key0" DESC, "~3"."~key1" DESC
        LIMIT 1
      )) AS "pageInfo", coalesce( (
        SELECT json_agg("~")
        FROM (
          SELECT translate(encode(convert_to(CAST(json_build_array("~3"."~key0", "~3"."~key1") AS TEXT), 'UTF8'::text) || SUBSTRING(sha256($7::BYTEA || convert_to(CAST(json_build_array("~3"."~key0", "~3"."~key1") AS TEXT), 'UTF8'::text)) FROM 1 FOR 12), 'base64'::text), '+/= '::text, '-_'::text) AS cursor, (
            SELECT row_to_json("~")
            FROM (
              SELECT "~3".title AS title, "~3".due_on AS "dueOn", upper(CAST("~3".status AS TEXT)) AS status, (
                SELECT CAST(avg(greatest(0e-40, least((1 + 0e-40), coalesce(((key_results_1.current_value - key_results_1.start_value) + 0e-40) / CAST(nullif(key_results_1.target_value - key_results_1.start_value, 0e-40) AS NUMERIC), CASE WHEN (CASE WHEN (CAST(key_results_1.direction AS TEXT) = 'decrease'::text) THEN -(key_results_1.current_value - key_results_1.target_value) ELSE key_results_1.current_value - key_results_1.target_value END >= 0e-40) THEN (1 + 0e-40) ELSE 0e-40 END)))) AS DOUBLE PRECISION) AS avg_1
                FROM key_results AS key_results_1
                WHERE key_results_1.tenant_id = $1::UUID
                AND key_results_1.goal_id = "~3".id
              ) AS progress, (
                SELECT row_to_json("~")
                FROM (WITH "~5" AS (
                  SELECT *
                  FROM (
                    SELECT "~4".title AS title, "~4".current_value AS current_value, "~4".target_value AS target_value, "~4".direction AS direction, "~4".start_value AS start_value, "~4".position AS "~key0", "~4".id AS "~key1"
                    FROM key_results AS "~4"
                    WHERE "~4".tenant_id = $1::UUID
                    AND "~4".goal_id = "~3".id
                    AND true
                    AND true
                    ORDER BY "~4".position ASC, "~4".id ASC
                    LIMIT 101
                  ) AS "~6"
                  LIMIT $8::BIGINT
                ) SELECT coalesce( (
                  SELECT json_agg("~")
                  FROM (
                    SELECT "~5".title AS title, CAST("~5".current_value AS TEXT) AS "currentValue", CAST(greatest(0e-40, least((1 + 0e-40), coalesce((("~5".current_value - "~5".start_value) + 0e-40) / CAST(nullif("~5".target_value - "~5".start_value, 0e-40) AS NUMERIC), CASE WHEN (CASE WHEN (CAST("~5".direction AS TEXT) = 'decrease'::text) THEN -("~5".current_value - "~5".target_value) ELSE "~5".current_value - "~5".target_value END >= 0e-40) THEN (1 + 0e-40) ELSE 0e-40 END))) AS DOUBLE PRECISION) AS progress
                    FROM "~5"
                  ) AS "~"
                ), '[]'::json) AS nodes) AS "~"
              ) AS "keyResults"
            ) AS "~"
          ) AS node
          FROM "~3"
        ) AS "~"
      ), '[]'::json) AS edges) AS "~"
    ) AS goals
  ) AS "~"
) AS JSON) AS json
