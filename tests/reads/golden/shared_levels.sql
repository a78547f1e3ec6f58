SELECT CAST( (
  SELECT row_to_json("~")
  FROM (
    SELECT (
      SELECT row_to_json("~")
      FROM (WITH "~2" AS (
        SELECT *
        FROM (
          SELECT "~1".name AS name, "~1".id AS id, "~1".held_on AS "~key0", "~1".id AS "~key1"
          FROM calibration_sessions AS "~1"
          WHERE "~1".tenant_id = $1::UUID
          AND CAST("~1".status AS TEXT) = $2::TEXT
          AND true
          ORDER BY "~1".held_on DESC, "~1".id DESC
          LIMIT 101
        ) AS "~9"
        LIMIT $3::BIGINT
      ) SELECT coalesce( (
        SELECT json_agg("~")
        FROM (
          SELECT "~2".name AS name, coalesce( (
            SELECT json_agg("~")
            FROM (
              SELECT CASE WHEN ("~3".person_id IS DISTINCT FROM $4::UUID) THEN (
                SELECT row_to_json("~")
                FROM (
                  SELECT "~4".name AS name
                  FROM people AS "~4"
                  WHERE "~4".tenant_id = $1::UUID
                  AND "~4".id = "~3".person_id
                  AND true
                ) AS "~"
              ) END AS person, "~6"."~object" AS "originalLevel", "~8"."~object" AS level
              FROM calibration_subjects AS "~3" LEFT OUTER JOIN LATERAL (
                SELECT row_to_json("~") AS "~object"
                FROM (
                  SELECT "~5".label AS label
                  FROM rating_levels AS "~5"
                  WHERE "~5".tenant_id = $1::UUID
                  AND "~5".scale_id = "~3".scale_id
                  AND "~5".position = "~3".original_level
                  AND true
                ) AS "~"
              ) AS "~6" ON true LEFT OUTER JOIN LATERAL (
                SELECT row_to_json("~") AS "~object"
                FROM (
                  SELECT "~7".position AS position, CAST("~7".value AS TEXT) AS value
                  FROM rating_levels AS "~7"
                  WHERE "~7".tenant_id = $1::UUID
                  AND "~7".scale_id = "~3".scale_id
                  AND "~7".position = "~3".level
                  AND true
                ) AS "~"
              ) AS "~8" ON true
              WHERE "~3".tenant_id = $1::UUID
              AND "~3".session_id = "~2".id
              AND "~3".person_id IS DISTINCT
              FROM $4::UUID
              AND true
              AND true
              ORDER BY "~3".discussion_key, "~3".id
            ) AS "~"
          ), '[]'::json) AS subjects
          FROM "~2"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS "calibrationSessions"
  ) AS "~"
) AS JSON) AS json
