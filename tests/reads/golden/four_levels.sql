SELECT CAST( (
  SELECT row_to_json("~")
  FROM (
    SELECT (
      SELECT row_to_json("~")
      FROM (WITH "~3" AS (
        SELECT *
        FROM (
          SELECT "~1".name AS name, "~1".id AS id, "~1".name_sort_key AS "~key0", "~1".id AS "~key1"
          FROM organizations AS "~1"
          WHERE "~1".tenant_id = $1::UUID
          AND (EXISTS (
            SELECT 1
            FROM teams AS "~2"
            WHERE "~2".tenant_id = $1::UUID
            AND "~2".organization_id = "~1".id
            AND true
            AND true
          ))
          AND true
          ORDER BY "~1".name_sort_key ASC, "~1".id ASC
          LIMIT 101
        ) AS "~13"
        LIMIT $2::BIGINT
      ) SELECT coalesce( (
        SELECT json_agg("~")
        FROM (
          SELECT "~3".name AS name, (
            SELECT row_to_json("~")
            FROM (WITH "~5" AS (
              SELECT *
              FROM (
                SELECT "~4".name AS name, "~4".id AS id, "~4".name_sort_key AS "~key0", "~4".id AS "~key1"
                FROM teams AS "~4"
                WHERE "~4".tenant_id = $1::UUID
                AND "~4".organization_id = "~3".id
                AND true
                AND true
                ORDER BY "~4".name_sort_key ASC, "~4".id ASC
                LIMIT 101
              ) AS "~12"
              LIMIT $3::BIGINT
            ) SELECT coalesce( (
              SELECT json_agg("~")
              FROM (
                SELECT "~5".name AS name, (
                  SELECT row_to_json("~")
                  FROM (WITH "~7" AS (
                    SELECT *
                    FROM (
                      SELECT "~6".name AS name, "~6".id AS id, "~6".name_sort_key AS "~key0", "~6".id AS "~key1"
                      FROM people AS "~6"
                      WHERE "~6".tenant_id = $1::UUID
                      AND "~6".id IN (
                        SELECT team_memberships_1.person_id
                        FROM team_memberships AS team_memberships_1
                        WHERE team_memberships_1.tenant_id = $1::UUID
                        AND team_memberships_1.team_id = "~5".id
                        AND team_memberships_1.starts_on <= $4::DATE
                        AND (team_memberships_1.ends_on IS NULL OR team_memberships_1.ends_on > $4::DATE)
                        AND NOT (EXISTS (
                          SELECT 1
                          FROM people AS people_1
                          WHERE people_1.tenant_id = $1::UUID
                          AND people_1.id = team_memberships_1.person_id
                          AND people_1.left_on <= $4::DATE
                        ))
                      )
                      AND true
                      AND true
                      ORDER BY "~6".name_sort_key ASC, "~6".id ASC
                      LIMIT 101
                    ) AS "~11"
                    LIMIT $5::BIGINT
                  ) SELECT coalesce( (
                    SELECT json_agg("~")
                    FROM (
                      SELECT "~7".name AS name, (
                        SELECT row_to_json("~")
                        FROM (WITH "~9" AS (
                          SELECT *
                          FROM (
                            SELECT "~8".title AS title, "~8".id AS "~key0"
                            FROM goals AS "~8"
                            WHERE "~8".tenant_id = $1::UUID
                            AND "~8".owner_person_id = "~7".id
                            AND true
                            AND ("~8".owner_person_id = $6::UUID OR "~8".status != 'draft' AND ("~8".visibility = 'public' OR "~8".visibility = 'organization' AND ("~8".owner_organization_id = ANY ($7::UUID[]) OR "~8".owner_organization_id IS NULL AND "~8".owner_team_id IN (
                              SELECT teams_1.id
                              FROM teams AS teams_1
                              WHERE teams_1.tenant_id = $1::UUID
                              AND teams_1.organization_id = ANY ($7::UUID[])
                            ) OR "~8".owner_organization_id IS NULL AND "~8".owner_team_id IS NULL AND "~8".owner_person_id IN (
                              SELECT people_1.id
                              FROM people AS people_1
                              WHERE people_1.tenant_id = $1::UUID
                              AND (people_1.organization_id = ANY ($7::UUID[]) AND (people_1.unit_changes_on IS NULL OR people_1.unit_changes_on > $4::DATE) OR people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $4::DATE AND (
                                SELECT jobs_1.organization_id
                                FROM jobs AS jobs_1
                                WHERE jobs_1.tenant_id = $1::UUID
                                AND jobs_1.person_id = people_1.id
                                AND jobs_1.superseded_at IS NULL
                                AND jobs_1.starts_on <= $4::DATE
                                AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
                                ORDER BY jobs_1.starts_on DESC
                                LIMIT 1
                              ) = ANY ($7::UUID[]))
                            )) OR (EXISTS (
                              SELECT 1
                              FROM goal_viewers AS goal_viewers_1
                              WHERE goal_viewers_1.tenant_id = $1::UUID
                              AND goal_viewers_1.goal_id = "~8".id
                              AND goal_viewers_1.person_id = $6::UUID
                            ))))
                            ORDER BY "~8".id DESC
                            LIMIT 101
                          ) AS "~10"
                          LIMIT $8::BIGINT
                        ) SELECT coalesce( (
                          SELECT json_agg("~")
                          FROM (
                            SELECT "~9".title AS title
                            FROM "~9"
                          ) AS "~"
                        ), '[]'::json) AS nodes) AS "~"
                      ) AS goals
                      FROM "~7"
                    ) AS "~"
                  ), '[]'::json) AS nodes) AS "~"
                ) AS people
                FROM "~5"
              ) AS "~"
            ), '[]'::json) AS nodes) AS "~"
          ) AS teams
          FROM "~3"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS organizations
  ) AS "~"
) AS JSON) AS json
