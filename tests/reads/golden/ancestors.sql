SELECT CAST( (
  SELECT row_to_json("~")
  FROM (
    SELECT (
      SELECT row_to_json("~")
      FROM (WITH "~2" AS (
        SELECT *
        FROM (
          SELECT "~1".name AS name, "~1".id AS id, "~1".name_sort_key AS "~key0", "~1".id AS "~key1"
          FROM teams AS "~1"
          WHERE "~1".tenant_id = $1::UUID
          AND true
          AND true
          ORDER BY "~1".name_sort_key ASC, "~1".id ASC
          LIMIT 101
        ) AS "~4"
        LIMIT $2::BIGINT
      ) SELECT coalesce( (
        SELECT json_agg("~")
        FROM (
          SELECT "~2".name AS name, coalesce( (
            SELECT json_agg("~")
            FROM (
              SELECT "~3".name AS name
              FROM teams AS "~3"
              WHERE "~3".tenant_id = $1::UUID
              AND "~3".id IN (
                SELECT team_closure_1.ancestor_id
                FROM team_closure AS team_closure_1
                WHERE team_closure_1.tenant_id = $1::UUID
                AND team_closure_1.descendant_id = "~2".id
                AND team_closure_1.depth > 0
              )
              AND true
              ORDER BY (
                SELECT team_closure_1.depth
                FROM team_closure AS team_closure_1
                WHERE team_closure_1.tenant_id = $1::UUID
                AND team_closure_1.descendant_id = "~2".id
                AND team_closure_1.ancestor_id = "~3".id
              )
            ) AS "~"
          ), '[]'::json) AS ancestors
          FROM "~2"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS teams, (
      SELECT row_to_json("~")
      FROM (WITH "~6" AS (
        SELECT *
        FROM (
          SELECT "~5".name AS name, "~5".id AS id, "~5".name_sort_key AS "~key0", "~5".id AS "~key1"
          FROM organizations AS "~5"
          WHERE "~5".tenant_id = $1::UUID
          AND true
          AND true
          ORDER BY "~5".name_sort_key ASC, "~5".id ASC
          LIMIT 101
        ) AS "~8"
        LIMIT $3::BIGINT
      ) SELECT coalesce( (
        SELECT json_agg("~")
        FROM (
          SELECT "~6".name AS name, coalesce( (
            SELECT json_agg("~")
            FROM (
              SELECT "~7".name AS name
              FROM organizations AS "~7"
              WHERE "~7".tenant_id = $1::UUID
              AND "~7".id IN (
                SELECT organization_closure_1.ancestor_id
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = "~6".id
                AND organization_closure_1.depth > 0
              )
              AND true
              ORDER BY (
                SELECT organization_closure_1.depth
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = "~6".id
                AND organization_closure_1.ancestor_id = "~7".id
              )
            ) AS "~"
          ), '[]'::json) AS ancestors
          FROM "~6"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS organizations
  ) AS "~"
) AS JSON) AS json
