SELECT CAST( (
  SELECT row_to_json("~") AS row_to_json_1
  FROM (
    SELECT (
      SELECT row_to_json("~") AS row_to_json_2
      FROM (WITH "~4" AS (
        SELECT "~3".tenant_id AS tenant_id, "~3".id AS id, "~3".version AS version, "~3".created_at AS created_at, "~3".updated_at AS updated_at, "~3".kind AS kind, "~3".code AS code, "~3".name AS name, "~3".parent_id AS parent_id, "~3".starts_on AS starts_on, "~3".ends_on AS ends_on, "~3"."~key0" AS "~key0", "~3"."~key1" AS "~key1"
        FROM (
          SELECT "~1".tenant_id AS tenant_id, "~1".id AS id, "~1".version AS version, "~1".created_at AS created_at, "~1".updated_at AS updated_at, "~1".kind AS kind, "~1".code AS code, "~1".name AS name, "~1".parent_id AS parent_id, "~1".starts_on AS starts_on, "~1".ends_on AS ends_on, "~1".name AS "~key0", "~1".id AS "~key1"
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
          ORDER BY "~1".name ASC, "~1".id ASC
          LIMIT 101
        ) AS "~3"
        LIMIT $2::BIGINT
      ) SELECT coalesce( (
        SELECT json_agg("~") AS json_agg_1
        FROM (
          SELECT "~4".name AS name, (
            SELECT row_to_json("~") AS row_to_json_3
            FROM (WITH "~7" AS (
              SELECT "~6".tenant_id AS tenant_id, "~6".id AS id, "~6".version AS version, "~6".created_at AS created_at, "~6".updated_at AS updated_at, "~6".organization_id AS organization_id, "~6".parent_id AS parent_id, "~6".name AS name, "~6".description AS description, "~6".starts_on AS starts_on, "~6".ends_on AS ends_on, "~6"."~key0" AS "~key0", "~6"."~key1" AS "~key1"
              FROM (
                SELECT "~5".tenant_id AS tenant_id, "~5".id AS id, "~5".version AS version, "~5".created_at AS created_at, "~5".updated_at AS updated_at, "~5".organization_id AS organization_id, "~5".parent_id AS parent_id, "~5".name AS name, "~5".description AS description, "~5".starts_on AS starts_on, "~5".ends_on AS ends_on, "~5".name AS "~key0", "~5".id AS "~key1"
                FROM teams AS "~5"
                WHERE "~5".tenant_id = $1::UUID
                AND "~5".organization_id = "~4".id
                AND true
                AND true
                ORDER BY "~5".name ASC, "~5".id ASC
                LIMIT 101
              ) AS "~6"
              LIMIT $3::BIGINT
            ) SELECT coalesce( (
              SELECT json_agg("~") AS json_agg_2
              FROM (
                SELECT "~7".name AS name, (
                  SELECT row_to_json("~") AS row_to_json_4
                  FROM (WITH "~10" AS (
                    SELECT "~9".tenant_id AS tenant_id, "~9".id AS id, "~9".version AS version, "~9".created_at AS created_at, "~9".updated_at AS updated_at, "~9".given_name AS given_name, "~9".family_name AS family_name, "~9".name AS name, "~9".work_email AS work_email, "~9".employee_number AS employee_number, "~9".job_title AS job_title, "~9".level AS level, "~9".location AS location, "~9".time_zone AS time_zone, "~9".organization_id AS organization_id, "~9".hired_on AS hired_on, "~9".left_on AS left_on, "~9"."~key0" AS "~key0", "~9"."~key1" AS "~key1"
                    FROM (
                      SELECT "~8".tenant_id AS tenant_id, "~8".id AS id, "~8".version AS version, "~8".created_at AS created_at, "~8".updated_at AS updated_at, "~8".given_name AS given_name, "~8".family_name AS family_name, "~8".name AS name, "~8".work_email AS work_email, "~8".employee_number AS employee_number, "~8".job_title AS job_title, "~8".level AS level, "~8".location AS location, "~8".time_zone AS time_zone, "~8".organization_id AS organization_id, "~8".hired_on AS hired_on, "~8".left_on AS left_on, "~8".name AS "~key0", "~8".id AS "~key1"
                      FROM people AS "~8"
                      WHERE "~8".tenant_id = $1::UUID
                      AND "~8".id IN (
                        SELECT team_memberships_1.person_id
                        FROM team_memberships AS team_memberships_1
                        WHERE team_memberships_1.tenant_id = $1::UUID
                        AND team_memberships_1.team_id = "~7".id
                        AND team_memberships_1.starts_on <= $4::DATE
                        AND (team_memberships_1.ends_on IS NULL OR team_memberships_1.ends_on > $4::DATE)
                      )
                      AND true
                      AND true
                      ORDER BY "~8".name ASC, "~8".id ASC
                      LIMIT 101
                    ) AS "~9"
                    LIMIT $5::BIGINT
                  ) SELECT coalesce( (
                    SELECT json_agg("~") AS json_agg_3
                    FROM (
                      SELECT "~10".name AS name, (
                        SELECT row_to_json("~") AS row_to_json_5
                        FROM (WITH "~13" AS (
                          SELECT "~12".tenant_id AS tenant_id, "~12".id AS id, "~12".version AS version, "~12".created_at AS created_at, "~12".updated_at AS updated_at, "~12".owner_kind AS owner_kind, "~12".owner_person_id AS owner_person_id, "~12".owner_team_id AS owner_team_id, "~12".owner_organization_id AS owner_organization_id, "~12".title AS title, "~12".description AS description, "~12".purpose AS purpose, "~12".visibility AS visibility, "~12".starts_on AS starts_on, "~12".due_on AS due_on, "~12".status AS status, "~12".closing_note AS closing_note, "~12".closed_at AS closed_at, "~12".parent_id AS parent_id, "~12"."~key0" AS "~key0"
                          FROM (
                            SELECT "~11".tenant_id AS tenant_id, "~11".id AS id, "~11".version AS version, "~11".created_at AS created_at, "~11".updated_at AS updated_at, "~11".owner_kind AS owner_kind, "~11".owner_person_id AS owner_person_id, "~11".owner_team_id AS owner_team_id, "~11".owner_organization_id AS owner_organization_id, "~11".title AS title, "~11".description AS description, "~11".purpose AS purpose, "~11".visibility AS visibility, "~11".starts_on AS starts_on, "~11".due_on AS due_on, "~11".status AS status, "~11".closing_note AS closing_note, "~11".closed_at AS closed_at, "~11".parent_id AS parent_id, "~11".id AS "~key0"
                            FROM goals AS "~11"
                            WHERE "~11".tenant_id = $1::UUID
                            AND "~11".owner_person_id = "~10".id
                            AND true
                            AND ("~11".owner_person_id = $6::UUID OR ("~11".status = 'active' OR "~11".status = 'achieved' OR "~11".status = 'missed' OR "~11".status = 'abandoned') AND ("~11".visibility = 'public' OR "~11".visibility = 'organization' AND ("~11".owner_organization_id = ANY ($7::UUID[]) OR "~11".owner_organization_id IS NULL AND "~11".owner_team_id IN (
                              SELECT teams_1.id
                              FROM teams AS teams_1
                              WHERE teams_1.tenant_id = $1::UUID
                              AND teams_1.organization_id = ANY ($7::UUID[])
                            ) OR "~11".owner_organization_id IS NULL AND "~11".owner_team_id IS NULL AND "~11".owner_person_id IN (
                              SELECT people_1.id
                              FROM people AS people_1
                              WHERE people_1.tenant_id = $1::UUID
                              AND people_1.organization_id = ANY ($7::UUID[])
                            )) OR (EXISTS (
                              SELECT 1
                              FROM goal_viewers AS goal_viewers_1
                              WHERE goal_viewers_1.tenant_id = $1::UUID
                              AND goal_viewers_1.goal_id = "~11".id
                              AND goal_viewers_1.person_id = $6::UUID
                            ))))
                            ORDER BY "~11".id DESC
                            LIMIT 101
                          ) AS "~12"
                          LIMIT $8::BIGINT
                        ) SELECT coalesce( (
                          SELECT json_agg("~") AS json_agg_4
                          FROM (
                            SELECT "~13".title AS title
                            FROM "~13"
                          ) AS "~"
                        ), '[]'::json) AS nodes) AS "~"
                      ) AS goals
                      FROM "~10"
                    ) AS "~"
                  ), '[]'::json) AS nodes) AS "~"
                ) AS members
                FROM "~7"
              ) AS "~"
            ), '[]'::json) AS nodes) AS "~"
          ) AS teams
          FROM "~4"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS organizations
  ) AS "~"
) AS JSON) AS json
