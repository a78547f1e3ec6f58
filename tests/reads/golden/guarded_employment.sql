SELECT CAST( (
  SELECT row_to_json("~")
  FROM (
    SELECT (
      SELECT row_to_json("~")
      FROM (WITH "~2" AS (
        SELECT *
        FROM (
          SELECT "~1".name AS name, "~1".hired_on AS hired_on, "~1".id AS id, "~1".left_on AS left_on, CASE WHEN ("~1".id = $1::UUID OR (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $2::UUID
            AND reporting_closure_1.descendant_id = "~1".id
            AND reporting_closure_1.ancestor_id = $1::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          ))) THEN "~1".hired_on END AS "~key0", "~1".id AS "~key1"
          FROM people AS "~1"
          WHERE "~1".tenant_id = $2::UUID
          AND (CASE WHEN ("~1".id = $1::UUID OR (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $2::UUID
            AND reporting_closure_1.descendant_id = "~1".id
            AND reporting_closure_1.ancestor_id = $1::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          ))) THEN CASE WHEN ("~1".hired_on > $3::DATE) THEN 'upcoming'::text WHEN ("~1".left_on <= $3::DATE) THEN 'left'::text WHEN (EXISTS (
            SELECT 1
            FROM leaves AS leaves_1
            WHERE leaves_1.tenant_id = $2::UUID
            AND leaves_1.person_id = "~1".id
            AND leaves_1.starts_on >= "~1".hired_on
            AND leaves_1.starts_on <= $3::DATE
            AND (leaves_1.ends_on IS NULL OR leaves_1.ends_on > $3::DATE)
          )) THEN 'on_leave'::text ELSE 'employed'::text END END IS NULL OR NOT (CAST(CASE WHEN ("~1".id = $1::UUID OR (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $2::UUID
            AND reporting_closure_1.descendant_id = "~1".id
            AND reporting_closure_1.ancestor_id = $1::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          ))) THEN CASE WHEN ("~1".hired_on > $3::DATE) THEN 'upcoming'::text WHEN ("~1".left_on <= $3::DATE) THEN 'left'::text WHEN (EXISTS (
            SELECT 1
            FROM leaves AS leaves_1
            WHERE leaves_1.tenant_id = $2::UUID
            AND leaves_1.person_id = "~1".id
            AND leaves_1.starts_on >= "~1".hired_on
            AND leaves_1.starts_on <= $3::DATE
            AND (leaves_1.ends_on IS NULL OR leaves_1.ends_on > $3::DATE)
          )) THEN 'on_leave'::text ELSE 'employed'::text END END AS TEXT) = any($4::TEXT[])))
          AND true
          ORDER BY CASE WHEN ("~1".id = $1::UUID OR (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $2::UUID
            AND reporting_closure_1.descendant_id = "~1".id
            AND reporting_closure_1.ancestor_id = $1::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          ))) THEN "~1".hired_on END ASC NULLS LAST, "~1".id ASC
          LIMIT 101
        ) AS "~5"
        LIMIT $5::BIGINT
      ) SELECT coalesce( (
        SELECT json_agg("~")
        FROM (
          SELECT "~2".name AS name, CASE WHEN ("~2".id = $1::UUID OR (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $2::UUID
            AND reporting_closure_1.descendant_id = "~2".id
            AND reporting_closure_1.ancestor_id = $1::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          ))) THEN "~2".hired_on END AS "hiredOn", CASE WHEN ("~2".id = $1::UUID OR (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $2::UUID
            AND reporting_closure_1.descendant_id = "~2".id
            AND reporting_closure_1.ancestor_id = $1::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          ))) THEN upper(CAST(CASE WHEN ("~2".hired_on > $3::DATE) THEN 'upcoming'::text WHEN ("~2".left_on <= $3::DATE) THEN 'left'::text WHEN (EXISTS (
            SELECT 1
            FROM leaves AS leaves_1
            WHERE leaves_1.tenant_id = $2::UUID
            AND leaves_1.person_id = "~2".id
            AND leaves_1.starts_on >= "~2".hired_on
            AND leaves_1.starts_on <= $3::DATE
            AND (leaves_1.ends_on IS NULL OR leaves_1.ends_on > $3::DATE)
          )) THEN 'on_leave'::text ELSE 'employed'::text END AS TEXT)) END AS "employmentStatus", CASE WHEN ("~2".id = $1::UUID OR (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $2::UUID
            AND reporting_closure_1.descendant_id = "~2".id
            AND reporting_closure_1.ancestor_id = $1::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          ))) THEN coalesce( (
            SELECT json_agg("~")
            FROM (
              SELECT "~3".hired_on AS "hiredOn", "~3".left_on - 1 AS "lastDay"
              FROM employments AS "~3"
              WHERE "~3".tenant_id = $2::UUID
              AND "~3".person_id = "~2".id
              AND true
              ORDER BY "~3".hired_on, "~3".id
            ) AS "~"
          ), '[]'::json) END AS employments, CASE WHEN ("~2".id = $1::UUID OR (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $2::UUID
            AND reporting_closure_1.descendant_id = "~2".id
            AND reporting_closure_1.ancestor_id = $1::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          ))) THEN coalesce( (
            SELECT json_agg("~")
            FROM (
              SELECT "~4".source AS source
              FROM person_references AS "~4"
              WHERE "~4".tenant_id = $2::UUID
              AND "~4".person_id = "~2".id
              AND true
              ORDER BY "~4".source, "~4".external_id, "~4".id
            ) AS "~"
          ), '[]'::json) END AS "references"
          FROM "~2"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS people
  ) AS "~"
) AS JSON) AS json
