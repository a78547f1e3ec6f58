SELECT CAST( (
  SELECT row_to_json("~") AS row_to_json_1
  FROM (
    SELECT (
      SELECT row_to_json("~") AS row_to_json_2
      FROM (WITH "~3" AS (
        SELECT "~2".tenant_id AS tenant_id, "~2".id AS id, "~2".version AS version, "~2".created_at AS created_at, "~2".updated_at AS updated_at, "~2".owner_kind AS owner_kind, "~2".owner_person_id AS owner_person_id, "~2".owner_team_id AS owner_team_id, "~2".owner_organization_id AS owner_organization_id, "~2".title AS title, "~2".description AS description, "~2".purpose AS purpose, "~2".visibility AS visibility, "~2".starts_on AS starts_on, "~2".due_on AS due_on, "~2".status AS status, "~2".closing_note AS closing_note, "~2".closed_at AS closed_at, "~2".parent_id AS parent_id, "~2"."~key0" AS "~key0", "~2"."~key1" AS "~key1"
        FROM (
          SELECT "~1".tenant_id AS tenant_id, "~1".id AS id, "~1".version AS version, "~1".created_at AS created_at, "~1".updated_at AS updated_at, "~1".owner_kind AS owner_kind, "~1".owner_person_id AS owner_person_id, "~1".owner_team_id AS owner_team_id, "~1".owner_organization_id AS owner_organization_id, "~1".title AS title, "~1".description AS description, "~1".purpose AS purpose, "~1".visibility AS visibility, "~1".starts_on AS starts_on, "~1".due_on AS due_on, "~1".status AS status, "~1".closing_note AS closing_note, "~1".closed_at AS closed_at, "~1".parent_id AS parent_id, "~1".due_on AS "~key0", "~1".id AS "~key1"
          FROM goals AS "~1"
          WHERE "~1".tenant_id = $1::UUID
          AND CAST("~1".status AS TEXT) = any($2::TEXT[])
          AND ("~1".owner_person_id = $3::UUID OR ("~1".status = 'active' OR "~1".status = 'achieved' OR "~1".status = 'missed' OR "~1".status = 'abandoned') AND ("~1".visibility = 'public' OR "~1".visibility = 'organization' AND ("~1".owner_organization_id = ANY ($4::UUID[]) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IN (
            SELECT teams_1.id
            FROM teams AS teams_1
            WHERE teams_1.tenant_id = $1::UUID
            AND teams_1.organization_id = ANY ($4::UUID[])
          ) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IS NULL AND "~1".owner_person_id IN (
            SELECT people_1.id
            FROM people AS people_1
            WHERE people_1.tenant_id = $1::UUID
            AND people_1.organization_id = ANY ($4::UUID[])
          )) OR (EXISTS (
            SELECT 1
            FROM goal_viewers AS goal_viewers_1
            WHERE goal_viewers_1.tenant_id = $1::UUID
            AND goal_viewers_1.goal_id = "~1".id
            AND goal_viewers_1.person_id = $3::UUID
          ))) OR ("~1".visibility = 'public' OR "~1".visibility = 'organization' OR "~1".visibility = 'reporting_chain') AND (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $1::UUID
            AND reporting_closure_1.descendant_id = "~1".owner_person_id
            AND reporting_closure_1.ancestor_id = $3::UUID
            AND reporting_closure_1.starts_on <= $5::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $5::DATE)
          )))
          ORDER BY "~1".due_on ASC, "~1".id ASC
          LIMIT 101
        ) AS "~2"
        LIMIT $6::BIGINT + 1
      ), "~4" AS (
        SELECT "~3".tenant_id AS tenant_id, "~3".id AS id, "~3".version AS version, "~3".created_at AS created_at, "~3".updated_at AS updated_at, "~3".owner_kind AS owner_kind, "~3".owner_person_id AS owner_person_id, "~3".owner_team_id AS owner_team_id, "~3".owner_organization_id AS owner_organization_id, "~3".title AS title, "~3".description AS description, "~3".purpose AS purpose, "~3".visibility AS visibility, "~3".starts_on AS starts_on, "~3".due_on AS due_on, "~3".status AS status, "~3".closing_note AS closing_note, "~3".closed_at AS closed_at, "~3".parent_id AS parent_id, "~3"."~key0" AS "~key0", "~3"."~key1" AS "~key1"
        FROM "~3"
        LIMIT $6::BIGINT
      ) SELECT (
        SELECT count(*) AS count_1
        FROM goals AS "~1"
        WHERE "~1".tenant_id = $1::UUID
        AND CAST("~1".status AS TEXT) = any($2::TEXT[])
        AND ("~1".owner_person_id = $3::UUID OR ("~1".status = 'active' OR "~1".status = 'achieved' OR "~1".status = 'missed' OR "~1".status = 'abandoned') AND ("~1".visibility = 'public' OR "~1".visibility = 'organization' AND ("~1".owner_organization_id = ANY ($4::UUID[]) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IN (
          SELECT teams_1.id
          FROM teams AS teams_1
          WHERE teams_1.tenant_id = $1::UUID
          AND teams_1.organization_id = ANY ($4::UUID[])
        ) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IS NULL AND "~1".owner_person_id IN (
          SELECT people_1.id
          FROM people AS people_1
          WHERE people_1.tenant_id = $1::UUID
          AND people_1.organization_id = ANY ($4::UUID[])
        )) OR (EXISTS (
          SELECT 1
          FROM goal_viewers AS goal_viewers_1
          WHERE goal_viewers_1.tenant_id = $1::UUID
          AND goal_viewers_1.goal_id = "~1".id
          AND goal_viewers_1.person_id = $3::UUID
        ))) OR ("~1".visibility = 'public' OR "~1".visibility = 'organization' OR "~1".visibility = 'reporting_chain') AND (EXISTS (
          SELECT 1
          FROM reporting_closure AS reporting_closure_1
          WHERE reporting_closure_1.tenant_id = $1::UUID
          AND reporting_closure_1.descendant_id = "~1".owner_person_id
          AND reporting_closure_1.ancestor_id = $3::UUID
          AND reporting_closure_1.starts_on <= $5::DATE
          AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $5::DATE)
        )))
      ) AS "totalCount", json_build_object('hasNextPage'::text, (
        SELECT count(*) > $6::BIGINT AS anon_1
        FROM "~3"
      ), 'endCursor'::text, (
        SELECT translate(encode(convert_to(CAST(json_build_array("~4"."~key0", "~4"."~key1") AS TEXT), 'UTF8'::text) || SUBSTRING(sha256($7::BYTEA || convert_to(CAST(json_build_array("~4"."~key0", "~4"."~key1") AS TEXT), 'UTF8'::text)) FROM 1 FOR 12), 'base64'::text), '+/= '::text, '-_'::text) AS translate_1
        FROM "~4"
        ORDER BY "~4"."~key0" DESC, "~4"."~key1" DESC
        LIMIT 1
      )) AS "pageInfo", coalesce( (
        SELECT json_agg("~") AS json_agg_1
        FROM (
          SELECT translate(encode(convert_to(CAST(json_build_array("~4"."~key0", "~4"."~key1") AS TEXT), 'UTF8'::text) || SUBSTRING(sha256($7::BYTEA || convert_to(CAST(json_build_array("~4"."~key0", "~4"."~key1") AS TEXT), 'UTF8'::text)) FROM 1 FOR 12), 'base64'::text), '+/= '::text, '-_'::text) AS cursor, (
            SELECT row_to_json("~") AS row_to_json_3
            FROM (
              SELECT "~4".title AS title, "~4".due_on AS "dueOn", upper(CAST("~4".status AS TEXT)) AS status, (
                SELECT avg(CAST(greatest(0, least(1, coalesce((key_results_1.current_value - key_results_1.start_value) / CAST(nullif(key_results_1.target_value - key_results_1.start_value, 0) AS NUMERIC), CASE WHEN (CASE WHEN (CAST(key_results_1.direction AS TEXT) = 'decrease'::text) THEN -(key_results_1.current_value - key_results_1.target_value) ELSE key_results_1.current_value - key_results_1.target_value END >= 0) THEN 1 ELSE 0 END))) AS DOUBLE PRECISION)) AS avg_1
                FROM key_results AS key_results_1
                WHERE key_results_1.tenant_id = $1::UUID
                AND key_results_1.goal_id = "~4".id
              ) AS progress, (
                SELECT row_to_json("~") AS row_to_json_4
                FROM (WITH "~7" AS (
                  SELECT "~6".tenant_id AS tenant_id, "~6".id AS id, "~6".goal_id AS goal_id, "~6".title AS title, "~6".start_value AS start_value, "~6".target_value AS target_value, "~6".current_value AS current_value, "~6".unit AS unit, "~6".direction AS direction, "~6".position AS position, "~6"."~key0" AS "~key0", "~6"."~key1" AS "~key1"
                  FROM (
                    SELECT "~5".tenant_id AS tenant_id, "~5".id AS id, "~5".goal_id AS goal_id, "~5".title AS title, "~5".start_value AS start_value, "~5".target_value AS target_value, "~5".current_value AS current_value, "~5".unit AS unit, "~5".direction AS direction, "~5".position AS position, "~5".position AS "~key0", "~5".id AS "~key1"
                    FROM key_results AS "~5"
                    WHERE "~5".tenant_id = $1::UUID
                    AND "~5".goal_id = "~4".id
                    AND true
                    AND true
                    ORDER BY "~5".position ASC, "~5".id ASC
                    LIMIT 101
                  ) AS "~6"
                  LIMIT $8::BIGINT
                ) SELECT coalesce( (
                  SELECT json_agg("~") AS json_agg_2
                  FROM (
                    SELECT "~7".title AS title, CAST("~7".current_value AS TEXT) AS "currentValue", CAST(greatest(0, least(1, coalesce(("~7".current_value - "~7".start_value) / CAST(nullif("~7".target_value - "~7".start_value, 0) AS NUMERIC), CASE WHEN (CASE WHEN (CAST("~7".direction AS TEXT) = 'decrease'::text) THEN -("~7".current_value - "~7".target_value) ELSE "~7".current_value - "~7".target_value END >= 0) THEN 1 ELSE 0 END))) AS DOUBLE PRECISION) AS progress
                    FROM "~7"
                  ) AS "~"
                ), '[]'::json) AS nodes) AS "~"
              ) AS "keyResults"
            ) AS "~"
          ) AS node
          FROM "~4"
        ) AS "~"
      ), '[]'::json) AS edges) AS "~"
    ) AS goals
  ) AS "~"
) AS JSON) AS json
