SELECT CAST( (
  SELECT row_to_json("~") AS row_to_json_1
  FROM (
    SELECT (
      SELECT row_to_json("~") AS row_to_json_2
      FROM (WITH "~3" AS (
        SELECT "~2".tenant_id AS tenant_id, "~2".id AS id, "~2".version AS version, "~2".created_at AS created_at, "~2".updated_at AS updated_at, "~2".owner_kind AS owner_kind, "~2".owner_person_id AS owner_person_id, "~2".owner_team_id AS owner_team_id, "~2".owner_organization_id AS owner_organization_id, "~2".title AS title, "~2".description AS description, "~2".purpose AS purpose, "~2".visibility AS visibility, "~2".starts_on AS starts_on, "~2".due_on AS due_on, "~2".status AS status, "~2".closing_note AS closing_note, "~2".closed_at AS closed_at, "~2".parent_id AS parent_id, "~2"."~key0" AS "~key0", "~2"."~key1" AS "~key1", "~2"."~key2" AS "~key2"
        FROM (
          SELECT "~1".tenant_id AS tenant_id, "~1".id AS id, "~1".version AS version, "~1".created_at AS created_at, "~1".updated_at AS updated_at, "~1".owner_kind AS owner_kind, "~1".owner_person_id AS owner_person_id, "~1".owner_team_id AS owner_team_id, "~1".owner_organization_id AS owner_organization_id, "~1".title AS title, "~1".description AS description, "~1".purpose AS purpose, "~1".visibility AS visibility, "~1".starts_on AS starts_on, "~1".due_on AS due_on, "~1".status AS status, "~1".closing_note AS closing_note, "~1".closed_at AS closed_at, "~1".parent_id AS parent_id, "~1".title AS "~key0", "~1".created_at AS "~key1", "~1".id AS "~key2"
          FROM goals AS "~1"
          WHERE "~1".tenant_id = $1::UUID
          AND true
          AND ("~1".owner_person_id = $2::UUID OR "~1".visibility = 'public' OR "~1".visibility = 'organization' OR "~1".visibility = 'reporting_chain' OR ("~1".status = 'active' OR "~1".status = 'achieved' OR "~1".status = 'missed' OR "~1".status = 'abandoned') AND (EXISTS (
            SELECT 1
            FROM goal_viewers AS goal_viewers_1
            WHERE goal_viewers_1.tenant_id = $1::UUID
            AND goal_viewers_1.goal_id = "~1".id
            AND goal_viewers_1.person_id = $2::UUID
          )))
          ORDER BY "~1".title ASC, "~1".created_at DESC, "~1".id DESC
          LIMIT 101
        ) AS "~2"
        LIMIT $3::BIGINT
      ) SELECT coalesce( (
        SELECT json_agg("~") AS json_agg_1
        FROM (
          SELECT "~3".title AS title, upper(CAST("~3".owner_kind AS TEXT)) AS "ownerKind", CASE WHEN (CAST("~3".owner_kind AS TEXT) = 'person'::text) THEN (
            SELECT row_to_json("~") AS row_to_json_3
            FROM (
              SELECT 'Person'::text AS __typename, "~4".name AS called
              FROM people AS "~4"
              WHERE "~4".tenant_id = $1::UUID
              AND "~4".id = "~3".owner_person_id
              AND true
            ) AS "~"
          ) WHEN (CAST("~3".owner_kind AS TEXT) = 'team'::text) THEN (
            SELECT row_to_json("~") AS row_to_json_4
            FROM (
              SELECT 'Team'::text AS __typename, "~5".name AS called, (
                SELECT row_to_json("~") AS row_to_json_5
                FROM (
                  SELECT "~6".code AS code
                  FROM organizations AS "~6"
                  WHERE "~6".tenant_id = $1::UUID
                  AND "~6".id = "~5".organization_id
                  AND true
                ) AS "~"
              ) AS organization
              FROM teams AS "~5"
              WHERE "~5".tenant_id = $1::UUID
              AND "~5".id = "~3".owner_team_id
              AND true
            ) AS "~"
          ) WHEN (CAST("~3".owner_kind AS TEXT) = 'organization'::text) THEN (
            SELECT row_to_json("~") AS row_to_json_6
            FROM (
              SELECT 'Organization'::text AS __typename, "~7".name AS called, upper(CAST("~7".kind AS TEXT)) AS kind
              FROM organizations AS "~7"
              WHERE "~7".tenant_id = $1::UUID
              AND "~7".id = "~3".owner_organization_id
              AND true
            ) AS "~"
          ) END AS owner
          FROM "~3"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS goals
  ) AS "~"
) AS JSON) AS json
