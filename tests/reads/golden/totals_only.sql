SELECT CAST( (
  SELECT row_to_json("~")
  FROM (
    SELECT (
      SELECT row_to_json("~")
      FROM (
        SELECT (
          SELECT count(*) AS count_1
          FROM goals AS "~1"
          WHERE "~1".tenant_id = $1::UUID
          AND true
          AND ("~1".owner_person_id = $2::UUID OR "~1".status != 'draft' AND ("~1".visibility = 'public' OR "~1".visibility = 'organization' AND ("~1".owner_organization_id = ANY ($3::UUID[]) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IN (
            SELECT teams_1.id
            FROM teams AS teams_1
            WHERE teams_1.tenant_id = $1::UUID
            AND teams_1.organization_id = ANY ($3::UUID[])
          ) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IS NULL AND "~1".owner_person_id IN (
            SELECT people_1.id
            FROM people AS people_1
            WHERE people_1.tenant_id = $1::UUID
            AND (people_1.organization_id = ANY ($3::UUID[]) AND (people_1.unit_changes_on IS NULL OR people_1.unit_changes_on > $4::DATE) OR people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $4::DATE AND (
              SELECT jobs_1.organization_id
              FROM jobs AS jobs_1
              WHERE jobs_1.tenant_id = $1::UUID
              AND jobs_1.person_id = people_1.id
              AND jobs_1.superseded_at IS NULL
              AND jobs_1.starts_on <= $4::DATE
              AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
              ORDER BY jobs_1.starts_on DESC
              LIMIT 1
            ) = ANY ($3::UUID[]))
          )) OR (EXISTS (
            SELECT 1
            FROM goal_viewers AS goal_viewers_1
            WHERE goal_viewers_1.tenant_id = $1::UUID
            AND goal_viewers_1.goal_id = "~1".id
            AND goal_viewers_1.person_id = $2::UUID
          ))))
        ) AS "totalCount"
      ) AS "~"
    ) AS goals, (
      SELECT row_to_json("~")
      FROM (
        SELECT (
          SELECT count(*) AS count_2
          FROM goals AS "~3"
          WHERE "~3".tenant_id = $1::UUID
          AND CAST("~3".status AS TEXT) = $5::TEXT
          AND "~3".due_on < $6::DATE
          AND ("~3".owner_person_id = $2::UUID OR "~3".status != 'draft' AND ("~3".visibility = 'public' OR "~3".visibility = 'organization' AND ("~3".owner_organization_id = ANY ($3::UUID[]) OR "~3".owner_organization_id IS NULL AND "~3".owner_team_id IN (
            SELECT teams_1.id
            FROM teams AS teams_1
            WHERE teams_1.tenant_id = $1::UUID
            AND teams_1.organization_id = ANY ($3::UUID[])
          ) OR "~3".owner_organization_id IS NULL AND "~3".owner_team_id IS NULL AND "~3".owner_person_id IN (
            SELECT people_1.id
            FROM people AS people_1
            WHERE people_1.tenant_id = $1::UUID
            AND (people_1.organization_id = ANY ($3::UUID[]) AND (people_1.unit_changes_on IS NULL OR people_1.unit_changes_on > $4::DATE) OR people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $4::DATE AND (
              SELECT jobs_1.organization_id
              FROM jobs AS jobs_1
              WHERE jobs_1.tenant_id = $1::UUID
              AND jobs_1.person_id = people_1.id
              AND jobs_1.superseded_at IS NULL
              AND jobs_1.starts_on <= $4::DATE
              AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
              ORDER BY jobs_1.starts_on DESC
              LIMIT 1
            ) = ANY ($3::UUID[]))
          )) OR (EXISTS (
            SELECT 1
            FROM goal_viewers AS goal_viewers_1
            WHERE goal_viewers_1.tenant_id = $1::UUID
            AND goal_viewers_1.goal_id = "~3".id
            AND goal_viewers_1.person_id = $2::UUID
          ))))
        ) AS "totalCount"
      ) AS "~"
    ) AS late, (
      SELECT row_to_json("~")
      FROM (
        SELECT (
          SELECT count(*) AS count_3
          FROM people AS "~5"
          WHERE "~5".tenant_id = $1::UUID
          AND true
          AND true
        ) AS "totalCount"
      ) AS "~"
    ) AS people
  ) AS "~"
) AS JSON) AS json
