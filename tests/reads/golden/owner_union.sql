SELECT CAST( (
  SELECT row_to_json("~")
  FROM (
    SELECT (
      SELECT row_to_json("~")
      FROM (WITH "~2" AS (
        SELECT *
        FROM (
          SELECT "~1".title AS title, "~1".owner_kind AS owner_kind, "~1".owner_person_id AS owner_person_id, "~1".owner_team_id AS owner_team_id, "~1".owner_organization_id AS owner_organization_id, "~1".title AS "~key0", "~1".created_at AS "~key1", "~1".id AS "~key2"
          FROM goals AS "~1"
          WHERE "~1".tenant_id = $1::UUID
          AND true
          AND ("~1".visibility != 'private' OR "~1".owner_person_id = $2::UUID OR "~1".status != 'draft' AND (EXISTS (
            SELECT 1
            FROM goal_viewers AS goal_viewers_1
            WHERE goal_viewers_1.tenant_id = $1::UUID
            AND goal_viewers_1.goal_id = "~1".id
            AND goal_viewers_1.person_id = $2::UUID
          )))
          ORDER BY "~1".title ASC, "~1".created_at DESC, "~1".id DESC
          LIMIT 101
        ) AS "~7"
        LIMIT $3::BIGINT
      ) SELECT coalesce( (
        SELECT json_agg("~")
        FROM (
          SELECT "~2".title AS title, upper(CAST("~2".owner_kind AS TEXT)) AS "ownerKind", CASE WHEN (CAST("~2".owner_kind AS TEXT) = 'person'::text) THEN (
            SELECT row_to_json("~")
            FROM (
              SELECT 'Person'::text AS __typename, "~3".name AS called
              FROM people AS "~3"
              WHERE "~3".tenant_id = $1::UUID
              AND "~3".id = "~2".owner_person_id
              AND true
            ) AS "~"
          ) WHEN (CAST("~2".owner_kind AS TEXT) = 'team'::text) THEN (
            SELECT row_to_json("~")
            FROM (
              SELECT 'Team'::text AS __typename, "~4".name AS called, (
                SELECT row_to_json("~")
                FROM (
                  SELECT "~5".code AS code
                  FROM organizations AS "~5"
                  WHERE "~5".tenant_id = $1::UUID
                  AND "~5".id = "~4".organization_id
                  AND true
                ) AS "~"
              ) AS organization
              FROM teams AS "~4"
              WHERE "~4".tenant_id = $1::UUID
              AND "~4".id = "~2".owner_team_id
              AND true
            ) AS "~"
          ) WHEN (CAST("~2".owner_kind AS TEXT) = 'organization'::text) THEN (
            SELECT row_to_json("~")
            FROM (
              SELECT 'Organization'::text AS __typename, "~6".name AS called, upper(CAST("~6".kind AS TEXT)) AS kind
              FROM organizations AS "~6"
              WHERE "~6".tenant_id = $1::UUID
              AND "~6".id = "~2".owner_organization_id
              AND true
            ) AS "~"
          ) END AS owner
          FROM "~2"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS goals
  ) AS "~"
) AS JSON) AS json
