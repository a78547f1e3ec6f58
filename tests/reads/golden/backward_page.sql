SELECT CAST( (
  SELECT row_to_json("~") AS row_to_json_1
  FROM (
    SELECT json_build_object('hasPreviousPage'::text, count(*) > $1::BIGINT, 'hasNextPage'::text, false, 'startCursor'::text, (array_agg(translate(encode(convert_to(CAST(json_build_array("~3"."~key0", "~3"."~key1", "~3"."~key2") AS TEXT), 'UTF8'::text) || SUBSTRING(sha256($2::BYTEA || convert_to(CAST(json_build_array("~3"."~key0", "~3"."~key1", "~3"."~key2") AS TEXT), 'UTF8'::text)) FROM 1 FOR 12), 'base64'::text), '+/= '::text, '-_'::text) ORDER BY "~3"."~nth") FILTER (WHERE "~3"."~nth" <= $1::BIGINT))[CAST(least(count(*), $1::BIGINT) AS INTEGER)], 'endCursor'::text, (array_agg(translate(encode(convert_to(CAST(json_build_array("~3"."~key0", "~3"."~key1", "~3"."~key2") AS TEXT), 'UTF8'::text) || SUBSTRING(sha256($2::BYTEA || convert_to(CAST(json_build_array("~3"."~key0", "~3"."~key1", "~3"."~key2") AS TEXT), 'UTF8'::text)) FROM 1 FOR 12), 'base64'::text), '+/= '::text, '-_'::text) ORDER BY "~3"."~nth") FILTER (WHERE "~3"."~nth" <= $1::BIGINT))[1]) AS "pageInfo", coalesce(json_agg( (
      SELECT row_to_json("~") AS row_to_json_2
      FROM (
        SELECT "~3".job_title AS "jobTitle", "~3".name AS name
      ) AS "~"
    ) ORDER BY "~3"."~nth" DESC) FILTER (WHERE "~3"."~nth" <= $1::BIGINT), '[]'::json) AS nodes
    FROM (
      SELECT "~2".tenant_id AS tenant_id, "~2".id AS id, "~2".version AS version, "~2".created_at AS created_at, "~2".updated_at AS updated_at, "~2".given_name AS given_name, "~2".family_name AS family_name, "~2".name AS name, "~2".work_email AS work_email, "~2".employee_number AS employee_number, "~2".job_title AS job_title, "~2".level AS level, "~2".location AS location, "~2".time_zone AS time_zone, "~2".organization_id AS organization_id, "~2".hired_on AS hired_on, "~2".left_on AS left_on, "~2"."~key0" AS "~key0", "~2"."~key1" AS "~key1", "~2"."~key2" AS "~key2", "~2"."~nth" AS "~nth"
      FROM (
        SELECT "~1".tenant_id AS tenant_id, "~1".id AS id, "~1".version AS version, "~1".created_at AS created_at, "~1".updated_at AS updated_at, "~1".given_name AS given_name, "~1".family_name AS family_name, "~1".name AS name, "~1".work_email AS work_email, "~1".employee_number AS employee_number, "~1".job_title AS job_title, "~1".level AS level, "~1".location AS location, "~1".time_zone AS time_zone, "~1".organization_id AS organization_id, "~1".hired_on AS hired_on, "~1".left_on AS left_on, "~1".job_title AS "~key0", "~1".name AS "~key1", "~1".id AS "~key2", row_number() OVER (ORDER BY "~1".job_title DESC NULLS LAST, "~1".name ASC, "~1".id ASC) AS "~nth"
        FROM people AS "~1"
        WHERE "~1".tenant_id = $3::UUID
        AND true
        AND true
        ORDER BY "~1".job_title DESC NULLS LAST, "~1".name ASC, "~1".id ASC
        LIMIT 101
      ) AS "~2"
      LIMIT $1::BIGINT + 1
    ) AS "~3" HAVING true
  ) AS "~"
) AS JSON) AS json
