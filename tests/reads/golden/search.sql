SELECT CAST( (
  SELECT row_to_json("~") AS row_to_json_1
  FROM (
    SELECT (
      SELECT row_to_json("~") AS row_to_json_2
      FROM (WITH "~4" AS (
        SELECT *
        FROM (
          SELECT "~1".name AS name, "~1".work_email AS work_email, "~1".name AS "~key0", "~1".id AS "~key1"
          FROM people AS "~1"
          WHERE "~1".tenant_id = $1::UUID
          AND true
          AND "~1".id = ANY (array( (
            SELECT "~2".entity_id
            FROM words AS "~2"
            WHERE "~2".tenant_id = $1::UUID
            AND "~2".entity = 'person'::text
            AND "~2".word >= $2::VARCHAR
            AND "~2".word < $3::VARCHAR INTERSECT
            SELECT "~3".entity_id
            FROM words AS "~3"
            WHERE "~3".tenant_id = $1::UUID
            AND "~3".entity = 'person'::text
            AND "~3".word >= $4::VARCHAR
            AND "~3".word < $5::VARCHAR
          )))
          AND true
          ORDER BY "~1".name ASC, "~1".id ASC
          LIMIT 101
        ) AS "~5"
        LIMIT $6::BIGINT
      ) SELECT (
        SELECT count(*) AS count_1
        FROM people AS "~1"
        WHERE "~1".tenant_id = $1::UUID
        AND true
        AND "~1".id = ANY (array( (
          SELECT "~2".entity_id
          FROM words AS "~2"
          WHERE "~2".tenant_id = $1::UUID
          AND "~2".entity = 'person'::text
          AND "~2".word >= $2::VARCHAR
          AND "~2".word < $3::VARCHAR INTERSECT
          SELECT "~3".entity_id
          FROM words AS "~3"
          WHERE "~3".tenant_id = $1::UUID
          AND "~3".entity = 'person'::text
          AND "~3".word >= $4::VARCHAR
          AND "~3".word < $5::VARCHAR
        )))
        AND true
      ) AS "totalCount", coalesce( (
        SELECT json_agg("~") AS json_agg_1
        FROM (
          SELECT "~4".name AS name, "~4".work_email AS "workEmail"
          FROM "~4"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS people
  ) AS "~"
) AS JSON) AS json
