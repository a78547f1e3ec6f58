SELECT CAST( (
  SELECT row_to_json("~")
  FROM (
    SELECT (
      SELECT row_to_json("~")
      FROM (WITH "~2" AS (
        SELECT *
        FROM (
          SELECT "~1".id AS id, "~1".left_on AS left_on, "~1".job_changes_on AS job_changes_on, "~1".job_title AS job_title, "~1".name AS name, CASE WHEN ("~1".job_changes_on <= $1::DATE) THEN (
            SELECT jobs_1.job_title
            FROM jobs AS jobs_1
            WHERE jobs_1.tenant_id = $2::UUID
            AND jobs_1.person_id = "~1".id
            AND jobs_1.superseded_at IS NULL
            AND ("~1".left_on IS NULL OR jobs_1.starts_on < "~1".left_on)
            AND jobs_1.starts_on <= $1::DATE
            ORDER BY jobs_1.starts_on DESC
            LIMIT 1
          ) ELSE "~1".job_title END AS "~key0", "~1".created_at AS "~key1", "~1".id AS "~key2"
          FROM people AS "~1"
          WHERE "~1".tenant_id = $2::UUID
          AND true
          AND true
          ORDER BY CASE WHEN ("~1".job_changes_on <= $1::DATE) THEN (
            SELECT jobs_1.job_title
            FROM jobs AS jobs_1
            WHERE jobs_1.tenant_id = $2::UUID
            AND jobs_1.person_id = "~1".id
            AND jobs_1.superseded_at IS NULL
            AND ("~1".left_on IS NULL OR jobs_1.starts_on < "~1".left_on)
            AND jobs_1.starts_on <= $1::DATE
            ORDER BY jobs_1.starts_on DESC
            LIMIT 1
          ) ELSE "~1".job_title END DESC NULLS LAST, "~1".created_at ASC, "~1".id ASC
          LIMIT 101
        ) AS "~4"
        LIMIT $3::BIGINT + 1
      ), "~3" AS (
        SELECT *
        FROM (
          SELECT *
          FROM "~2"
          LIMIT $3::BIGINT
        ) AS "~5"
        ORDER BY "~5"."~key0" ASC NULLS FIRST, "~5"."~key1" DESC, "~5"."~key2" DESC
      ) SELECT json_build_object('hasPreviousPage'::text, (
        SELECT count(*) > $3::BIGINT AS anon_1
        FROM "~2"
      ), 'hasNextPage'::text, false, 'startCursor'::text, (
        SELECT translate(encode(convert_to(CAST(json_build_array("~3"."~key0", "~3"."~key1", "~3"."~key2") AS TEXT), 'UTF8'::text) || SUBSTRING(sha256($4::BYTEA || convert_to(CAST(json_build_array("~3"."~key0", "~3"."~key1", "~3"."~key2") AS TEXT), 'UTF8'::text)) FROM 1 FOR 12), 'base64'::text), '+/= '::text, '-_'::text) AS translate_1
        FROM "~3"
        LIMIT 1
      ), 'endCursor'::text, (
        SELECT translate(encode(convert_to(CAST(json_build_array("~3"."~key0", "~3"."~key1", "~3"."~key2") AS TEXT), 'UTF8'::text) || SUBSTRING(sha256($4::BYTEA || convert_to(CAST(json_build_array("~3"."~key0", "~3"."~key1", "~3"."~key2") AS TEXT), 'UTF8'::text)) FROM 1 FOR 12), 'base64'::text), '+/= '::text, '-_'::text) AS translate_2
        FROM "~3"
        ORDER BY "~3"."~key0" DESC NULLS LAST, "~3"."~key1" ASC, "~3"."~key2" ASC
        LIMIT 1
      )) AS "pageInfo", coalesce( (
        SELECT json_agg("~")
        FROM (
          SELECT CASE WHEN ("~3".job_changes_on <= $1::DATE) THEN (
            SELECT jobs_1.job_title
            FROM jobs AS jobs_1
            WHERE jobs_1.tenant_id = $2::UUID
            AND jobs_1.person_id = "~3".id
            AND jobs_1.superseded_at IS NULL
            AND ("~3".left_on IS NULL OR jobs_1.starts_on < "~3".left_on)
            AND jobs_1.starts_on <= $1::DATE
            ORDER BY jobs_1.starts_on DESC
            LIMIT 1
          ) ELSE "~3".job_title END AS "jobTitle", "~3".name AS name
          FROM "~3"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS people
  ) AS "~"
) AS JSON) AS json
