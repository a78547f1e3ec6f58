SELECT CAST( (
  SELECT row_to_json("~") AS row_to_json_1
  FROM (
    SELECT (
      SELECT row_to_json("~") AS row_to_json_2
      FROM (
        SELECT 'person_'::text || CAST("~1".id AS TEXT) AS id, CASE WHEN ("~1".id = $1::UUID) THEN "~1".hired_on END AS "hiredOn", CASE WHEN true THEN (
          SELECT row_to_json("~") AS row_to_json_3
          FROM (WITH "~4" AS (
            SELECT "~3".tenant_id AS tenant_id, "~3".id AS id, "~3".xid AS xid, "~3".seq AS seq, "~3".entity AS entity, "~3".entity_id AS entity_id, "~3".action AS action, "~3".actor_id AS actor_id, "~3".changes AS changes, "~3".recorded_at AS recorded_at, "~3".effective_on AS effective_on, "~3".request_id AS request_id, "~3"."~key0" AS "~key0"
            FROM (
              SELECT "~2".tenant_id AS tenant_id, "~2".id AS id, "~2".xid AS xid, "~2".seq AS seq, "~2".entity AS entity, "~2".entity_id AS entity_id, "~2".action AS action, "~2".actor_id AS actor_id, "~2".changes AS changes, "~2".recorded_at AS recorded_at, "~2".effective_on AS effective_on, "~2".request_id AS request_id, "~2".id AS "~key0"
              FROM journal AS "~2"
              WHERE "~2".tenant_id = $2::UUID
              AND "~2".entity = 'person'::text
              AND "~2".entity_id = "~1".id
              AND true
              AND true
              ORDER BY "~2".id DESC
              LIMIT 101
            ) AS "~3"
            LIMIT $3::BIGINT
          ) SELECT (
            SELECT count(*) AS count_1
            FROM journal AS "~2"
            WHERE "~2".tenant_id = $2::UUID
            AND "~2".entity = 'person'::text
            AND "~2".entity_id = "~1".id
            AND true
            AND true
          ) AS "totalCount", coalesce( (
            SELECT json_agg("~") AS json_agg_1
            FROM (
              SELECT "~4".action AS action, "~4".recorded_at AS "recordedAt", (
                SELECT row_to_json("~") AS row_to_json_4
                FROM (
                  SELECT "~5".name AS name
                  FROM people AS "~5"
                  WHERE "~5".tenant_id = $2::UUID
                  AND "~5".id = "~4".actor_id
                  AND true
                ) AS "~"
              ) AS actor, coalesce( (
                SELECT json_agg("~") AS json_agg_2
                FROM (
                  SELECT anon_1.field AS field, anon_1.before AS before, anon_1.after AS after
                  FROM (
                    SELECT lower(left(CAST(anon_2.key AS TEXT), 1)) || substr(replace(initcap(replace(CAST(anon_2.key AS TEXT), '_'::text, ' '::text)), ' '::text, ''::text), 2) AS field, anon_2.value -> 0 AS before, anon_2.value -> 1 AS after
                    FROM jsonb_each("~4".changes) AS anon_2(key, value)
                    WHERE NOT ("~4".entity = 'organization'::text AND CAST(anon_2.key AS TEXT) IN ('references'::text) AND NOT ("~4".entity = 'organization'::text AND (EXISTS (
                      SELECT 1
                      FROM organizations AS organizations_1
                      WHERE organizations_1.tenant_id = $2::UUID
                      AND organizations_1.id = "~4".entity_id
                      AND true
                    ))) OR "~4".entity = 'person'::text AND CAST(anon_2.key AS TEXT) IN ('hired_on'::text, 'left_on'::text, 'employee_number'::text, 'employments'::text, 'leaves'::text, 'references'::text) AND NOT ("~4".entity = 'person'::text AND (EXISTS (
                      SELECT 1
                      FROM people AS people_1
                      WHERE people_1.tenant_id = $2::UUID
                      AND people_1.id = "~4".entity_id
                      AND people_1.id = $1::UUID
                    ))))
                  ) AS anon_1
                ) AS "~"
              ), '[]'::json) AS changes
              FROM "~4"
            ) AS "~"
          ), '[]'::json) AS nodes) AS "~"
        ) END AS history
        FROM people AS "~1"
        WHERE "~1".tenant_id = $2::UUID
        AND "~1".id = $4::UUID
        AND true
      ) AS "~"
    ) AS node
  ) AS "~"
) AS JSON) AS json
