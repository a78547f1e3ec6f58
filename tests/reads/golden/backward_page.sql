SELECT CAST( (
  SELECT row_to_json("~") AS row_to_json_1
  FROM (
    SELECT (
      SELECT row_to_json("~") AS row_to_json_2
      FROM (WITH "~3" AS (
        SELECT "~2".tenant_id AS tenant_id, "~2".id AS id, "~2".version AS version, "~2".created_at AS created_at, "~2".updated_at AS updated_at, "~2".given_name AS given_name, "~2".family_name AS family_name, "~2".name AS name, "~2".work_email AS work_email, "~2".employee_number AS employee_number, "~2".job_title AS job_title, "~2".level AS level, "~2".location AS location, "~2".time_zone AS time_zone, "~2".organization_id AS organization_id, "~2".hired_on AS hired_on, "~2".left_on AS left_on, "~2"."~key0" AS "~key0", "~2"."~key1" AS "~key1", "~2"."~key2" AS "~key2"
        FROM (
          SELECT "~1".tenant_id AS tenant_id, "~1".id AS id, "~1".version AS version, "~1".created_at AS created_at, "~1".updated_at AS updated_at, "~1".given_name AS given_name, "~1".family_name AS family_name, "~1".name AS name, "~1".work_email AS work_email, "~1".employee_number AS employee_number, "~1".job_title AS job_title, "~1".level AS level, "~1".location AS location, "~1".time_zone AS time_zone, "~1".organization_id AS organization_id, "~1".hired_on AS hired_on, "~1".left_on AS left_on, "~1".job_title AS "~key0", "~1".name AS "~key1", "~1".id AS "~key2"
          FROM people AS "~1"
          WHERE "~1".tenant_id = $1::UUID
          AND true
          AND true
          ORDER BY "~1".job_title DESC NULLS LAST, "~1".name ASC, "~1".id ASC
          LIMIT 101
        ) AS "~2"
        LIMIT $2::BIGINT + 1
      ), "~5" AS (
        SELECT "~4".tenant_id AS tenant_id, "~4".id AS id, "~4".version AS version, "~4".created_at AS created_at, "~4".updated_at AS updated_at, "~4".given_name AS given_name, "~4".family_name AS family_name, "~4".name AS name, "~4".work_email AS work_email, "~4".employee_number AS employee_number, "~4".job_title AS job_title, "~4".level AS level, "~4".location AS location, "~4".time_zone AS time_zone, "~4".organization_id AS organization_id, "~4".hired_on AS hired_on, "~4".left_on AS left_on, "~4"."~key0" AS "~key0", "~4"."~key1" AS "~key1", "~4"."~key2" AS "~key2"
        FROM (
          SELECT "~3".tenant_id AS tenant_id, "~3".id AS id, "~3".version AS version, "~3".created_at AS created_at, "~3".updated_at AS updated_at, "~3".given_name AS given_name, "~3".family_name AS family_name, "~3".name AS name, "~3".work_email AS work_email, "~3".employee_number AS employee_number, "~3".job_title AS job_title, "~3".level AS level, "~3".location AS location, "~3".time_zone AS time_zone, "~3".organization_id AS organization_id, "~3".hired_on AS hired_on, "~3".left_on AS left_on, "~3"."~key0" AS "~key0", "~3"."~key1" AS "~key1", "~3"."~key2" AS "~key2"
          FROM "~3"
          LIMIT $2::BIGINT
        ) AS "~4"
        ORDER BY "~4"."~key0" ASC NULLS FIRST, "~4"."~key1" DESC, "~4"."~key2" DESC
      ) SELECT json_build_object('hasPreviousPage'::text, (
        SELECT count(*) > $2::BIGINT AS anon_1
        FROM "~3"
      ), 'hasNextPage'::text, false, 'startCursor'::text, (
        SELECT translate(encode(convert_to(CAST(json_build_array("~5"."~key0", "~5"."~key1", "~5"."~key2") AS TEXT), 'UTF8'::text) || SUBSTRING(sha256($3::BYTEA || convert_to(CAST(json_build_array("~5"."~key0", "~5"."~key1", "~5"."~key2") AS TEXT), 'UTF8'::text)) FROM 1 FOR 12), 'base64'::text), '+/= '::text, '-_'::text) AS translate_1
        FROM "~5"
        LIMIT 1
      ), 'endCursor'::text, (
        SELECT translate(encode(convert_to(CAST(json_build_array("~5"."~key0", "~5"."~key1", "~5"."~key2") AS TEXT), 'UTF8'::text) || SUBSTRING(sha256($3::BYTEA || convert_to(CAST(json_build_array("~5"."~key0", "~5"."~key1", "~5"."~key2") AS TEXT), 'UTF8'::text)) FROM 1 FOR 12), 'base64'::text), '+/= '::text, '-_'::text) AS translate_2
        FROM "~5"
        ORDER BY "~5"."~key0" DESC NULLS LAST, "~5"."~key1" ASC, "~5"."~key2" ASC
        LIMIT 1
      )) AS "pageInfo", coalesce( (
        SELECT json_agg("~") AS json_agg_1
        FROM (
          SELECT "~5".job_title AS "jobTitle", "~5".name AS name
          FROM "~5"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS people
  ) AS "~"
) AS JSON) AS json
