SELECT CAST( (
  SELECT row_to_json("~")
  FROM (
    SELECT (
      SELECT row_to_json("~")
      FROM (WITH "~4" AS (
        SELECT array( (
          SELECT "~1".id
          FROM people AS "~1"
          WHERE "~1".tenant_id = $1::UUID
          AND true
          AND "~1".id IN (
            SELECT unnest(array( (
              SELECT "~2".entity_id
              FROM words AS "~2"
              WHERE "~2".tenant_id = $1::UUID
              AND "~2".entity = 'person'::text
              AND "~2".word >= $2::TEXT
              AND "~2".word < $3::TEXT INTERSECT
              SELECT "~3".entity_id
              FROM words AS "~3"
              WHERE "~3".tenant_id = $1::UUID
              AND "~3".entity = 'person'::text
              AND "~3".word >= $4::TEXT
              AND "~3".word < $5::TEXT
            ))) AS unnest_1
          )
          AND true
        )) AS ids
      ), "~5" AS (
        SELECT *
        FROM (
          SELECT "~1".name AS name, "~1".work_email AS work_email, "~1".name_sort_key AS "~key0", "~1".id AS "~key1"
          FROM people AS "~1"
          WHERE "~1".tenant_id = $1::UUID
          AND "~1".id IN (
            SELECT unnest("~4".ids) AS unnest_2
            FROM "~4"
          )
          ORDER BY "~1".name_sort_key ASC, "~1".id ASC
          LIMIT 101
        ) AS "~6"
        LIMIT $6::BIGINT
      ) SELECT (
        SELECT cardinality("~4".ids) AS cardinality_1
        FROM "~4"
      ) AS "totalCount", coalesce( (
        SELECT json_agg("~")
        FROM (
          SELECT "~5".name AS name, "~5".work_email AS "workEmail"
          FROM "~5"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS people
  ) AS "~"
) AS JSON) AS json
