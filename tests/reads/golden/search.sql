SELECT CAST( (
  SELECT row_to_json("~") AS row_to_json_1
  FROM (
    SELECT (
      SELECT row_to_json("~") AS row_to_json_2
      FROM (WITH "~5" AS (
        SELECT "~4".tenant_id AS tenant_id, "~4".id AS id, "~4".version AS version, "~4".created_at AS created_at, "~4".updated_at AS updated_at, "~4".given_name AS given_name, "~4".family_name AS family_name, "~4".name AS name, "~4".work_email AS work_email, "~4".employee_number AS employee_number, "~4".job_title AS job_title, "~4".level AS level, "~4".location AS location, "~4".time_zone AS time_zone, "~4".organization_id AS organization_id, "~4".hired_on AS hired_on, "~4".left_on AS left_on, "~4"."~key0" AS "~key0", "~4"."~key1" AS "~key1"
        FROM (
          SELECT "~1".tenant_id AS tenant_id, "~1".id AS id, "~1".version AS version, "~1".created_at AS created_at, "~1".updated_at AS updated_at, "~1".given_name AS given_name, "~1".family_name AS family_name, "~1".name AS name, "~1".work_email AS work_email, "~1".employee_number AS employee_number, "~1".job_title AS job_title, "~1".level AS level, "~1".location AS location, "~1".time_zone AS time_zone, "~1".organization_id AS organization_id, "~1".hired_on AS hired_on, "~1".left_on AS left_on, "~1".name AS "~key0", "~1".id AS "~key1"
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
        ) AS "~4"
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
          SELECT "~5".name AS name, "~5".work_email AS "workEmail"
          FROM "~5"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS people
  ) AS "~"
) AS JSON) AS json
