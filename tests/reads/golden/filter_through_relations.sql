SELECT CAST( (
  SELECT row_to_json("~")
  FROM (
    SELECT (
      SELECT row_to_json("~")
      FROM (WITH "~6" AS (
        SELECT *
        FROM (
          SELECT "~1".title AS title, "~1".owner_kind AS owner_kind, "~1".owner_person_id AS owner_person_id, "~1".owner_team_id AS owner_team_id, "~1".owner_organization_id AS owner_organization_id, "~1".id AS "~key0"
          FROM goals AS "~1"
          WHERE "~1".tenant_id = $1::UUID
          AND (EXISTS (
            SELECT 1
            FROM people AS "~2"
            WHERE "~2".tenant_id = $1::UUID
            AND "~2".id = "~1".owner_person_id
            AND (EXISTS (
              SELECT 1
              FROM people AS "~3"
              WHERE "~3".tenant_id = $1::UUID
              AND "~3".id = (
                SELECT reporting_closure_1.ancestor_id
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = "~2".id
                AND reporting_closure_1.depth = 1
                AND reporting_closure_1.starts_on <= $2::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
                LIMIT 1
              )
              AND (EXISTS (
                SELECT 1
                FROM goals AS "~4"
                WHERE "~4".tenant_id = $1::UUID
                AND "~4".owner_person_id = "~3".id
                AND CAST("~4".status AS TEXT) = $3::TEXT
                AND ("~4".owner_person_id = $4::UUID OR "~4".status != 'draft' AND ("~4".visibility = 'organization' AND ("~4".owner_organization_id = ANY ($5::UUID[]) OR "~4".owner_organization_id IS NULL AND "~4".owner_team_id IN (
                  SELECT teams_1.id
                  FROM teams AS teams_1
                  WHERE teams_1.tenant_id = $1::UUID
                  AND teams_1.organization_id = ANY ($5::UUID[])
                ) OR "~4".owner_organization_id IS NULL AND "~4".owner_team_id IS NULL AND "~4".owner_person_id IN (
                  SELECT people_1.id
                  FROM people AS people_1
                  WHERE people_1.tenant_id = $1::UUID
                  AND (people_1.organization_id = ANY ($5::UUID[]) AND (people_1.unit_changes_on IS NULL OR people_1.unit_changes_on > $2::DATE) OR people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE AND (
                    SELECT jobs_1.organization_id
                    FROM jobs AS jobs_1
                    WHERE jobs_1.tenant_id = $1::UUID
                    AND jobs_1.person_id = people_1.id
                    AND jobs_1.superseded_at IS NULL
                    AND jobs_1.starts_on <= $2::DATE
                    AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
                    ORDER BY jobs_1.starts_on DESC
                    LIMIT 1
                  ) = ANY ($5::UUID[]))
                )) OR (EXISTS (
                  SELECT 1
                  FROM goal_viewers AS goal_viewers_1
                  WHERE goal_viewers_1.tenant_id = $1::UUID
                  AND goal_viewers_1.goal_id = "~4".id
                  AND goal_viewers_1.person_id = $4::UUID
                )) OR "~4".visibility = 'public' AND (EXISTS (
                  SELECT 1
                  FROM organization_closure AS organization_closure_1
                  WHERE organization_closure_1.tenant_id = $1::UUID
                  AND organization_closure_1.descendant_id = coalesce("~4".owner_organization_id, (
                    SELECT teams_1.organization_id
                    FROM teams AS teams_1
                    WHERE teams_1.tenant_id = $1::UUID
                    AND teams_1.id = "~4".owner_team_id
                  ), (
                    SELECT CASE WHEN (people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE) THEN (
                      SELECT jobs_1.organization_id
                      FROM jobs AS jobs_1
                      WHERE jobs_1.tenant_id = $1::UUID
                      AND jobs_1.person_id = people_1.id
                      AND jobs_1.superseded_at IS NULL
                      AND jobs_1.starts_on <= $2::DATE
                      AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
                      ORDER BY jobs_1.starts_on DESC
                      LIMIT 1
                    ) ELSE people_1.organization_id END AS anon_1
                    FROM people AS people_1
                    WHERE people_1.tenant_id = $1::UUID
                    AND people_1.id = "~4".owner_person_id
                  ))
                  AND organization_closure_1.ancestor_id = ANY ($6::UUID[])
                ))) OR "~4".visibility != 'private' AND ((EXISTS (
                  SELECT 1
                  FROM reporting_closure AS reporting_closure_1
                  WHERE reporting_closure_1.tenant_id = $1::UUID
                  AND reporting_closure_1.descendant_id = "~4".owner_person_id
                  AND reporting_closure_1.ancestor_id = $4::UUID
                  AND reporting_closure_1.starts_on <= $2::DATE
                  AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
                  AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
                )) OR (EXISTS (
                  SELECT 1
                  FROM organization_closure AS organization_closure_1
                  WHERE organization_closure_1.tenant_id = $1::UUID
                  AND organization_closure_1.descendant_id = coalesce("~4".owner_organization_id, (
                    SELECT teams_1.organization_id
                    FROM teams AS teams_1
                    WHERE teams_1.tenant_id = $1::UUID
                    AND teams_1.id = "~4".owner_team_id
                  ), (
                    SELECT CASE WHEN (people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE) THEN (
                      SELECT jobs_1.organization_id
                      FROM jobs AS jobs_1
                      WHERE jobs_1.tenant_id = $1::UUID
                      AND jobs_1.person_id = people_1.id
                      AND jobs_1.superseded_at IS NULL
                      AND jobs_1.starts_on <= $2::DATE
                      AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
                      ORDER BY jobs_1.starts_on DESC
                      LIMIT 1
                    ) ELSE people_1.organization_id END AS anon_2
                    FROM people AS people_1
                    WHERE people_1.tenant_id = $1::UUID
                    AND people_1.id = "~4".owner_person_id
                  ))
                  AND organization_closure_1.ancestor_id = ANY ($7::UUID[])
                ))))
              ))
              AND ("~3".id = $4::UUID OR (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = "~3".id
                AND reporting_closure_1.ancestor_id = $4::UUID
                AND reporting_closure_1.starts_on <= $2::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
              )) OR (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = "~3".organization_id
                AND organization_closure_1.ancestor_id = ANY ($8::UUID[])
              )) AND ("~3".unit_changes_on IS NULL OR "~3".unit_changes_on > $2::DATE) OR "~3".unit_changes_on IS NOT NULL AND "~3".unit_changes_on <= $2::DATE AND (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = (
                  SELECT jobs_1.organization_id
                  FROM jobs AS jobs_1
                  WHERE jobs_1.tenant_id = $1::UUID
                  AND jobs_1.person_id = "~3".id
                  AND jobs_1.superseded_at IS NULL
                  AND jobs_1.starts_on <= $2::DATE
                  AND ("~3".left_on IS NULL OR jobs_1.starts_on < "~3".left_on)
                  ORDER BY jobs_1.starts_on DESC
                  LIMIT 1
                )
                AND organization_closure_1.ancestor_id = ANY ($8::UUID[])
              )) OR (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = "~3".organization_id
                AND organization_closure_1.ancestor_id = ANY ($9::UUID[])
              )) AND ("~3".unit_changes_on IS NULL OR "~3".unit_changes_on > $2::DATE) OR "~3".unit_changes_on IS NOT NULL AND "~3".unit_changes_on <= $2::DATE AND (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = (
                  SELECT jobs_1.organization_id
                  FROM jobs AS jobs_1
                  WHERE jobs_1.tenant_id = $1::UUID
                  AND jobs_1.person_id = "~3".id
                  AND jobs_1.superseded_at IS NULL
                  AND jobs_1.starts_on <= $2::DATE
                  AND ("~3".left_on IS NULL OR jobs_1.starts_on < "~3".left_on)
                  ORDER BY jobs_1.starts_on DESC
                  LIMIT 1
                )
                AND organization_closure_1.ancestor_id = ANY ($9::UUID[])
              )) OR (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = "~3".organization_id
                AND organization_closure_1.ancestor_id = ANY ($10::UUID[])
              )) AND ("~3".unit_changes_on IS NULL OR "~3".unit_changes_on > $2::DATE) OR "~3".unit_changes_on IS NOT NULL AND "~3".unit_changes_on <= $2::DATE AND (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = (
                  SELECT jobs_1.organization_id
                  FROM jobs AS jobs_1
                  WHERE jobs_1.tenant_id = $1::UUID
                  AND jobs_1.person_id = "~3".id
                  AND jobs_1.superseded_at IS NULL
                  AND jobs_1.starts_on <= $2::DATE
                  AND ("~3".left_on IS NULL OR jobs_1.starts_on < "~3".left_on)
                  ORDER BY jobs_1.starts_on DESC
                  LIMIT 1
                )
                AND organization_closure_1.ancestor_id = ANY ($10::UUID[])
              )))
            ))
            AND ("~2".id = $4::UUID OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = "~2".id
              AND reporting_closure_1.ancestor_id = $4::UUID
              AND reporting_closure_1.starts_on <= $2::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
            )) OR (EXISTS (
              SELECT 1
              FROM organization_closure AS organization_closure_1
              WHERE organization_closure_1.tenant_id = $1::UUID
              AND organization_closure_1.descendant_id = "~2".organization_id
              AND organization_closure_1.ancestor_id = ANY ($8::UUID[])
            )) AND ("~2".unit_changes_on IS NULL OR "~2".unit_changes_on > $2::DATE) OR "~2".unit_changes_on IS NOT NULL AND "~2".unit_changes_on <= $2::DATE AND (EXISTS (
              SELECT 1
              FROM organization_closure AS organization_closure_1
              WHERE organization_closure_1.tenant_id = $1::UUID
              AND organization_closure_1.descendant_id = (
                SELECT jobs_1.organization_id
                FROM jobs AS jobs_1
                WHERE jobs_1.tenant_id = $1::UUID
                AND jobs_1.person_id = "~2".id
                AND jobs_1.superseded_at IS NULL
                AND jobs_1.starts_on <= $2::DATE
                AND ("~2".left_on IS NULL OR jobs_1.starts_on < "~2".left_on)
                ORDER BY jobs_1.starts_on DESC
                LIMIT 1
              )
              AND organization_closure_1.ancestor_id = ANY ($8::UUID[])
            )) OR (EXISTS (
              SELECT 1
              FROM organization_closure AS organization_closure_1
              WHERE organization_closure_1.tenant_id = $1::UUID
              AND organization_closure_1.descendant_id = "~2".organization_id
              AND organization_closure_1.ancestor_id = ANY ($9::UUID[])
            )) AND ("~2".unit_changes_on IS NULL OR "~2".unit_changes_on > $2::DATE) OR "~2".unit_changes_on IS NOT NULL AND "~2".unit_changes_on <= $2::DATE AND (EXISTS (
              SELECT 1
              FROM organization_closure AS organization_closure_1
              WHERE organization_closure_1.tenant_id = $1::UUID
              AND organization_closure_1.descendant_id = (
                SELECT jobs_1.organization_id
                FROM jobs AS jobs_1
                WHERE jobs_1.tenant_id = $1::UUID
                AND jobs_1.person_id = "~2".id
                AND jobs_1.superseded_at IS NULL
                AND jobs_1.starts_on <= $2::DATE
                AND ("~2".left_on IS NULL OR jobs_1.starts_on < "~2".left_on)
                ORDER BY jobs_1.starts_on DESC
                LIMIT 1
              )
              AND organization_closure_1.ancestor_id = ANY ($9::UUID[])
            )) OR (EXISTS (
              SELECT 1
              FROM organization_closure AS organization_closure_1
              WHERE organization_closure_1.tenant_id = $1::UUID
              AND organization_closure_1.descendant_id = "~2".organization_id
              AND organization_closure_1.ancestor_id = ANY ($10::UUID[])
            )) AND ("~2".unit_changes_on IS NULL OR "~2".unit_changes_on > $2::DATE) OR "~2".unit_changes_on IS NOT NULL AND "~2".unit_changes_on <= $2::DATE AND (EXISTS (
              SELECT 1
              FROM organization_closure AS organization_closure_1
              WHERE organization_closure_1.tenant_id = $1::UUID
              AND organization_closure_1.descendant_id = (
                SELECT jobs_1.organization_id
                FROM jobs AS jobs_1
                WHERE jobs_1.tenant_id = $1::UUID
                AND jobs_1.person_id = "~2".id
                AND jobs_1.superseded_at IS NULL
                AND jobs_1.starts_on <= $2::DATE
                AND ("~2".left_on IS NULL OR jobs_1.starts_on < "~2".left_on)
                ORDER BY jobs_1.starts_on DESC
                LIMIT 1
              )
              AND organization_closure_1.ancestor_id = ANY ($10::UUID[])
            )))
          ))
          AND (NOT (EXISTS (
            SELECT 1
            FROM key_results AS "~5"
            WHERE "~5".tenant_id = $1::UUID
            AND "~5".goal_id = "~1".id
            AND NOT coalesce("~5".title IS DISTINCT FROM $11::TEXT, false)
            AND (EXISTS (
              SELECT 1
              FROM goals AS goals_1
              WHERE goals_1.tenant_id = $1::UUID
              AND goals_1.id = "~5".goal_id
              AND (goals_1.owner_person_id = $4::UUID OR goals_1.status != 'draft' AND (goals_1.visibility = 'organization' AND (goals_1.owner_organization_id = ANY ($5::UUID[]) OR goals_1.owner_organization_id IS NULL AND goals_1.owner_team_id IN (
                SELECT teams_1.id
                FROM teams AS teams_1
                WHERE teams_1.tenant_id = $1::UUID
                AND teams_1.organization_id = ANY ($5::UUID[])
              ) OR goals_1.owner_organization_id IS NULL AND goals_1.owner_team_id IS NULL AND goals_1.owner_person_id IN (
                SELECT people_1.id
                FROM people AS people_1
                WHERE people_1.tenant_id = $1::UUID
                AND (people_1.organization_id = ANY ($5::UUID[]) AND (people_1.unit_changes_on IS NULL OR people_1.unit_changes_on > $2::DATE) OR people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE AND (
                  SELECT jobs_1.organization_id
                  FROM jobs AS jobs_1
                  WHERE jobs_1.tenant_id = $1::UUID
                  AND jobs_1.person_id = people_1.id
                  AND jobs_1.superseded_at IS NULL
                  AND jobs_1.starts_on <= $2::DATE
                  AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
                  ORDER BY jobs_1.starts_on DESC
                  LIMIT 1
                ) = ANY ($5::UUID[]))
              )) OR (EXISTS (
                SELECT 1
                FROM goal_viewers AS goal_viewers_1
                WHERE goal_viewers_1.tenant_id = $1::UUID
                AND goal_viewers_1.goal_id = goals_1.id
                AND goal_viewers_1.person_id = $4::UUID
              )) OR goals_1.visibility = 'public' AND (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = coalesce(goals_1.owner_organization_id, (
                  SELECT teams_1.organization_id
                  FROM teams AS teams_1
                  WHERE teams_1.tenant_id = $1::UUID
                  AND teams_1.id = goals_1.owner_team_id
                ), (
                  SELECT CASE WHEN (people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE) THEN (
                    SELECT jobs_1.organization_id
                    FROM jobs AS jobs_1
                    WHERE jobs_1.tenant_id = $1::UUID
                    AND jobs_1.person_id = people_1.id
                    AND jobs_1.superseded_at IS NULL
                    AND jobs_1.starts_on <= $2::DATE
                    AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
                    ORDER BY jobs_1.starts_on DESC
                    LIMIT 1
                  ) ELSE people_1.organization_id END AS anon_3
                  FROM people AS people_1
                  WHERE people_1.tenant_id = $1::UUID
                  AND people_1.id = goals_1.owner_person_id
                ))
                AND organization_closure_1.ancestor_id = ANY ($6::UUID[])
              ))) OR goals_1.visibility != 'private' AND ((EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = goals_1.owner_person_id
                AND reporting_closure_1.ancestor_id = $4::UUID
                AND reporting_closure_1.starts_on <= $2::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
              )) OR (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = coalesce(goals_1.owner_organization_id, (
                  SELECT teams_1.organization_id
                  FROM teams AS teams_1
                  WHERE teams_1.tenant_id = $1::UUID
                  AND teams_1.id = goals_1.owner_team_id
                ), (
                  SELECT CASE WHEN (people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE) THEN (
                    SELECT jobs_1.organization_id
                    FROM jobs AS jobs_1
                    WHERE jobs_1.tenant_id = $1::UUID
                    AND jobs_1.person_id = people_1.id
                    AND jobs_1.superseded_at IS NULL
                    AND jobs_1.starts_on <= $2::DATE
                    AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
                    ORDER BY jobs_1.starts_on DESC
                    LIMIT 1
                  ) ELSE people_1.organization_id END AS anon_4
                  FROM people AS people_1
                  WHERE people_1.tenant_id = $1::UUID
                  AND people_1.id = goals_1.owner_person_id
                ))
                AND organization_closure_1.ancestor_id = ANY ($7::UUID[])
              ))))
            ))
          )) OR NOT coalesce(strpos(lower("~1".title), lower($12::TEXT)) > 0, false))
          AND ("~1".owner_person_id = $4::UUID OR "~1".status != 'draft' AND ("~1".visibility = 'organization' AND ("~1".owner_organization_id = ANY ($5::UUID[]) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IN (
            SELECT teams_1.id
            FROM teams AS teams_1
            WHERE teams_1.tenant_id = $1::UUID
            AND teams_1.organization_id = ANY ($5::UUID[])
          ) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IS NULL AND "~1".owner_person_id IN (
            SELECT people_1.id
            FROM people AS people_1
            WHERE people_1.tenant_id = $1::UUID
            AND (people_1.organization_id = ANY ($5::UUID[]) AND (people_1.unit_changes_on IS NULL OR people_1.unit_changes_on > $2::DATE) OR people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE AND (
              SELECT jobs_1.organization_id
              FROM jobs AS jobs_1
              WHERE jobs_1.tenant_id = $1::UUID
              AND jobs_1.person_id = people_1.id
              AND jobs_1.superseded_at IS NULL
              AND jobs_1.starts_on <= $2::DATE
              AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
              ORDER BY jobs_1.starts_on DESC
              LIMIT 1
            ) = ANY ($5::UUID[]))
          )) OR (EXISTS (
            SELECT 1
            FROM goal_viewers AS goal_viewers_1
            WHERE goal_viewers_1.tenant_id = $1::UUID
            AND goal_viewers_1.goal_id = "~1".id
            AND goal_viewers_1.person_id = $4::UUID
          )) OR "~1".visibility = 'public' AND (EXISTS (
            SELECT 1
            FROM organization_closure AS organization_closure_1
            WHERE organization_closure_1.tenant_id = $1::UUID
            AND organization_closure_1.descendant_id = coalesce("~1".owner_organization_id, (
              SELECT teams_1.organization_id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.id = "~1".owner_team_id
            ), (
              SELECT CASE WHEN (people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE) THEN (
                SELECT jobs_1.organization_id
                FROM jobs AS jobs_1
                WHERE jobs_1.tenant_id = $1::UUID
                AND jobs_1.person_id = people_1.id
                AND jobs_1.superseded_at IS NULL
                AND jobs_1.starts_on <= $2::DATE
                AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
                ORDER BY jobs_1.starts_on DESC
                LIMIT 1
              ) ELSE people_1.organization_id END AS anon_5
              FROM people AS people_1
              WHERE people_1.tenant_id = $1::UUID
              AND people_1.id = "~1".owner_person_id
            ))
            AND organization_closure_1.ancestor_id = ANY ($6::UUID[])
          ))) OR "~1".visibility != 'private' AND ((EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $1::UUID
            AND reporting_closure_1.descendant_id = "~1".owner_person_id
            AND reporting_closure_1.ancestor_id = $4::UUID
            AND reporting_closure_1.starts_on <= $2::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
          )) OR (EXISTS (
            SELECT 1
            FROM organization_closure AS organization_closure_1
            WHERE organization_closure_1.tenant_id = $1::UUID
            AND organization_closure_1.descendant_id = coalesce("~1".owner_organization_id, (
              SELECT teams_1.organization_id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.id = "~1".owner_team_id
            ), (
              SELECT CASE WHEN (people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE) THEN (
                SELECT jobs_1.organization_id
                FROM jobs AS jobs_1
                WHERE jobs_1.tenant_id = $1::UUID
                AND jobs_1.person_id = people_1.id
                AND jobs_1.superseded_at IS NULL
                AND jobs_1.starts_on <= $2::DATE
                AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
                ORDER BY jobs_1.starts_on DESC
                LIMIT 1
              ) ELSE people_1.organization_id END AS anon_6
              FROM people AS people_1
              WHERE people_1.tenant_id = $1::UUID
              AND people_1.id = "~1".owner_person_id
            ))
            AND organization_closure_1.ancestor_id = ANY ($7::UUID[])
          ))))
          ORDER BY "~1".id DESC
          LIMIT 101
        ) AS "~11"
        LIMIT $13::BIGINT
      ) SELECT (
        SELECT count(*) AS count_1
        FROM goals AS "~1"
        WHERE "~1".tenant_id = $1::UUID
        AND (EXISTS (
          SELECT 1
          FROM people AS "~2"
          WHERE "~2".tenant_id = $1::UUID
          AND "~2".id = "~1".owner_person_id
          AND (EXISTS (
            SELECT 1
            FROM people AS "~3"
            WHERE "~3".tenant_id = $1::UUID
            AND "~3".id = (
              SELECT reporting_closure_1.ancestor_id
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = "~2".id
              AND reporting_closure_1.depth = 1
              AND reporting_closure_1.starts_on <= $2::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
              LIMIT 1
            )
            AND (EXISTS (
              SELECT 1
              FROM goals AS "~4"
              WHERE "~4".tenant_id = $1::UUID
              AND "~4".owner_person_id = "~3".id
              AND CAST("~4".status AS TEXT) = $3::TEXT
              AND ("~4".owner_person_id = $4::UUID OR "~4".status != 'draft' AND ("~4".visibility = 'organization' AND ("~4".owner_organization_id = ANY ($5::UUID[]) OR "~4".owner_organization_id IS NULL AND "~4".owner_team_id IN (
                SELECT teams_1.id
                FROM teams AS teams_1
                WHERE teams_1.tenant_id = $1::UUID
                AND teams_1.organization_id = ANY ($5::UUID[])
              ) OR "~4".owner_organization_id IS NULL AND "~4".owner_team_id IS NULL AND "~4".owner_person_id IN (
                SELECT people_1.id
                FROM people AS people_1
                WHERE people_1.tenant_id = $1::UUID
                AND (people_1.organization_id = ANY ($5::UUID[]) AND (people_1.unit_changes_on IS NULL OR people_1.unit_changes_on > $2::DATE) OR people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE AND (
                  SELECT jobs_1.organization_id
                  FROM jobs AS jobs_1
                  WHERE jobs_1.tenant_id = $1::UUID
                  AND jobs_1.person_id = people_1.id
                  AND jobs_1.superseded_at IS NULL
                  AND jobs_1.starts_on <= $2::DATE
                  AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
                  ORDER BY jobs_1.starts_on DESC
                  LIMIT 1
                ) = ANY ($5::UUID[]))
              )) OR (EXISTS (
                SELECT 1
                FROM goal_viewers AS goal_viewers_1
                WHERE goal_viewers_1.tenant_id = $1::UUID
                AND goal_viewers_1.goal_id = "~4".id
                AND goal_viewers_1.person_id = $4::UUID
              )) OR "~4".visibility = 'public' AND (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = coalesce("~4".owner_organization_id, (
                  SELECT teams_1.organization_id
                  FROM teams AS teams_1
                  WHERE teams_1.tenant_id = $1::UUID
                  AND teams_1.id = "~4".owner_team_id
                ), (
                  SELECT CASE WHEN (people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE) THEN (
                    SELECT jobs_1.organization_id
                    FROM jobs AS jobs_1
                    WHERE jobs_1.tenant_id = $1::UUID
                    AND jobs_1.person_id = people_1.id
                    AND jobs_1.superseded_at IS NULL
                    AND jobs_1.starts_on <= $2::DATE
                    AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
                    ORDER BY jobs_1.starts_on DESC
                    LIMIT 1
                  ) ELSE people_1.organization_id END AS anon_1
                  FROM people AS people_1
                  WHERE people_1.tenant_id = $1::UUID
                  AND people_1.id = "~4".owner_person_id
                ))
                AND organization_closure_1.ancestor_id = ANY ($6::UUID[])
              ))) OR "~4".visibility != 'private' AND ((EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = "~4".owner_person_id
                AND reporting_closure_1.ancestor_id = $4::UUID
                AND reporting_closure_1.starts_on <= $2::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
              )) OR (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = coalesce("~4".owner_organization_id, (
                  SELECT teams_1.organization_id
                  FROM teams AS teams_1
                  WHERE teams_1.tenant_id = $1::UUID
                  AND teams_1.id = "~4".owner_team_id
                ), (
                  SELECT CASE WHEN (people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE) THEN (
                    SELECT jobs_1.organization_id
                    FROM jobs AS jobs_1
                    WHERE jobs_1.tenant_id = $1::UUID
                    AND jobs_1.person_id = people_1.id
                    AND jobs_1.superseded_at IS NULL
                    AND jobs_1.starts_on <= $2::DATE
                    AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
                    ORDER BY jobs_1.starts_on DESC
                    LIMIT 1
                  ) ELSE people_1.organization_id END AS anon_2
                  FROM people AS people_1
                  WHERE people_1.tenant_id = $1::UUID
                  AND people_1.id = "~4".owner_person_id
                ))
                AND organization_closure_1.ancestor_id = ANY ($7::UUID[])
              ))))
            ))
            AND ("~3".id = $4::UUID OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = "~3".id
              AND reporting_closure_1.ancestor_id = $4::UUID
              AND reporting_closure_1.starts_on <= $2::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
            )) OR (EXISTS (
              SELECT 1
              FROM organization_closure AS organization_closure_1
              WHERE organization_closure_1.tenant_id = $1::UUID
              AND organization_closure_1.descendant_id = "~3".organization_id
              AND organization_closure_1.ancestor_id = ANY ($8::UUID[])
            )) AND ("~3".unit_changes_on IS NULL OR "~3".unit_changes_on > $2::DATE) OR "~3".unit_changes_on IS NOT NULL AND "~3".unit_changes_on <= $2::DATE AND (EXISTS (
              SELECT 1
              FROM organization_closure AS organization_closure_1
              WHERE organization_closure_1.tenant_id = $1::UUID
              AND organization_closure_1.descendant_id = (
                SELECT jobs_1.organization_id
                FROM jobs AS jobs_1
                WHERE jobs_1.tenant_id = $1::UUID
                AND jobs_1.person_id = "~3".id
                AND jobs_1.superseded_at IS NULL
                AND jobs_1.starts_on <= $2::DATE
                AND ("~3".left_on IS NULL OR jobs_1.starts_on < "~3".left_on)
                ORDER BY jobs_1.starts_on DESC
                LIMIT 1
              )
              AND organization_closure_1.ancestor_id = ANY ($8::UUID[])
            )) OR (EXISTS (
              SELECT 1
              FROM organization_closure AS organization_closure_1
              WHERE organization_closure_1.tenant_id = $1::UUID
              AND organization_closure_1.descendant_id = "~3".organization_id
              AND organization_closure_1.ancestor_id = ANY ($9::UUID[])
            )) AND ("~3".unit_changes_on IS NULL OR "~3".unit_changes_on > $2::DATE) OR "~3".unit_changes_on IS NOT NULL AND "~3".unit_changes_on <= $2::DATE AND (EXISTS (
              SELECT 1
              FROM organization_closure AS organization_closure_1
              WHERE organization_closure_1.tenant_id = $1::UUID
              AND organization_closure_1.descendant_id = (
                SELECT jobs_1.organization_id
                FROM jobs AS jobs_1
                WHERE jobs_1.tenant_id = $1::UUID
                AND jobs_1.person_id = "~3".id
                AND jobs_1.superseded_at IS NULL
                AND jobs_1.starts_on <= $2::DATE
                AND ("~3".left_on IS NULL OR jobs_1.starts_on < "~3".left_on)
                ORDER BY jobs_1.starts_on DESC
                LIMIT 1
              )
              AND organization_closure_1.ancestor_id = ANY ($9::UUID[])
            )) OR (EXISTS (
              SELECT 1
              FROM organization_closure AS organization_closure_1
              WHERE organization_closure_1.tenant_id = $1::UUID
              AND organization_closure_1.descendant_id = "~3".organization_id
              AND organization_closure_1.ancestor_id = ANY ($10::UUID[])
            )) AND ("~3".unit_changes_on IS NULL OR "~3".unit_changes_on > $2::DATE) OR "~3".unit_changes_on IS NOT NULL AND "~3".unit_changes_on <= $2::DATE AND (EXISTS (
              SELECT 1
              FROM organization_closure AS organization_closure_1
              WHERE organization_closure_1.tenant_id = $1::UUID
              AND organization_closure_1.descendant_id = (
                SELECT jobs_1.organization_id
                FROM jobs AS jobs_1
                WHERE jobs_1.tenant_id = $1::UUID
                AND jobs_1.person_id = "~3".id
                AND jobs_1.superseded_at IS NULL
                AND jobs_1.starts_on <= $2::DATE
                AND ("~3".left_on IS NULL OR jobs_1.starts_on < "~3".left_on)
                ORDER BY jobs_1.starts_on DESC
                LIMIT 1
              )
              AND organization_closure_1.ancestor_id = ANY ($10::UUID[])
            )))
          ))
          AND ("~2".id = $4::UUID OR (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $1::UUID
            AND reporting_closure_1.descendant_id = "~2".id
            AND reporting_closure_1.ancestor_id = $4::UUID
            AND reporting_closure_1.starts_on <= $2::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
          )) OR (EXISTS (
            SELECT 1
            FROM organization_closure AS organization_closure_1
            WHERE organization_closure_1.tenant_id = $1::UUID
            AND organization_closure_1.descendant_id = "~2".organization_id
            AND organization_closure_1.ancestor_id = ANY ($8::UUID[])
          )) AND ("~2".unit_changes_on IS NULL OR "~2".unit_changes_on > $2::DATE) OR "~2".unit_changes_on IS NOT NULL AND "~2".unit_changes_on <= $2::DATE AND (EXISTS (
            SELECT 1
            FROM organization_closure AS organization_closure_1
            WHERE organization_closure_1.tenant_id = $1::UUID
            AND organization_closure_1.descendant_id = (
              SELECT jobs_1.organization_id
              FROM jobs AS jobs_1
              WHERE jobs_1.tenant_id = $1::UUID
              AND jobs_1.person_id = "~2".id
              AND jobs_1.superseded_at IS NULL
              AND jobs_1.starts_on <= $2::DATE
              AND ("~2".left_on IS NULL OR jobs_1.starts_on < "~2".left_on)
              ORDER BY jobs_1.starts_on DESC
              LIMIT 1
            )
            AND organization_closure_1.ancestor_id = ANY ($8::UUID[])
          )) OR (EXISTS (
            SELECT 1
            FROM organization_closure AS organization_closure_1
            WHERE organization_closure_1.tenant_id = $1::UUID
            AND organization_closure_1.descendant_id = "~2".organization_id
            AND organization_closure_1.ancestor_id = ANY ($9::UUID[])
          )) AND ("~2".unit_changes_on IS NULL OR "~2".unit_changes_on > $2::DATE) OR "~2".unit_changes_on IS NOT NULL AND "~2".unit_changes_on <= $2::DATE AND (EXISTS (
            SELECT 1
            FROM organization_closure AS organization_closure_1
            WHERE organization_closure_1.tenant_id = $1::UUID
            AND organization_closure_1.descendant_id = (
              SELECT jobs_1.organization_id
              FROM jobs AS jobs_1
              WHERE jobs_1.tenant_id = $1::UUID
              AND jobs_1.person_id = "~2".id
              AND jobs_1.superseded_at IS NULL
              AND jobs_1.starts_on <= $2::DATE
              AND ("~2".left_on IS NULL OR jobs_1.starts_on < "~2".left_on)
              ORDER BY jobs_1.starts_on DESC
              LIMIT 1
            )
            AND organization_closure_1.ancestor_id = ANY ($9::UUID[])
          )) OR (EXISTS (
            SELECT 1
            FROM organization_closure AS organization_closure_1
            WHERE organization_closure_1.tenant_id = $1::UUID
            AND organization_closure_1.descendant_id = "~2".organization_id
            AND organization_closure_1.ancestor_id = ANY ($10::UUID[])
          )) AND ("~2".unit_changes_on IS NULL OR "~2".unit_changes_on > $2::DATE) OR "~2".unit_changes_on IS NOT NULL AND "~2".unit_changes_on <= $2::DATE AND (EXISTS (
            SELECT 1
            FROM organization_closure AS organization_closure_1
            WHERE organization_closure_1.tenant_id = $1::UUID
            AND organization_closure_1.descendant_id = (
              SELECT jobs_1.organization_id
              FROM jobs AS jobs_1
              WHERE jobs_1.tenant_id = $1::UUID
              AND jobs_1.person_id = "~2".id
              AND jobs_1.superseded_at IS NULL
              AND jobs_1.starts_on <= $2::DATE
              AND ("~2".left_on IS NULL OR jobs_1.starts_on < "~2".left_on)
              ORDER BY jobs_1.starts_on DESC
              LIMIT 1
            )
            AND organization_closure_1.ancestor_id = ANY ($10::UUID[])
          )))
        ))
        AND (NOT (EXISTS (
          SELECT 1
          FROM key_results AS "~5"
          WHERE "~5".tenant_id = $1::UUID
          AND "~5".goal_id = "~1".id
          AND NOT coalesce("~5".title IS DISTINCT FROM $11::TEXT, false)
          AND (EXISTS (
            SELECT 1
            FROM goals AS goals_1
            WHERE goals_1.tenant_id = $1::UUID
            AND goals_1.id = "~5".goal_id
            AND (goals_1.owner_person_id = $4::UUID OR goals_1.status != 'draft' AND (goals_1.visibility = 'organization' AND (goals_1.owner_organization_id = ANY ($5::UUID[]) OR goals_1.owner_organization_id IS NULL AND goals_1.owner_team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($5::UUID[])
            ) OR goals_1.owner_organization_id IS NULL AND goals_1.owner_team_id IS NULL AND goals_1.owner_person_id IN (
              SELECT people_1.id
              FROM people AS people_1
              WHERE people_1.tenant_id = $1::UUID
              AND (people_1.organization_id = ANY ($5::UUID[]) AND (people_1.unit_changes_on IS NULL OR people_1.unit_changes_on > $2::DATE) OR people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE AND (
                SELECT jobs_1.organization_id
                FROM jobs AS jobs_1
                WHERE jobs_1.tenant_id = $1::UUID
                AND jobs_1.person_id = people_1.id
                AND jobs_1.superseded_at IS NULL
                AND jobs_1.starts_on <= $2::DATE
                AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
                ORDER BY jobs_1.starts_on DESC
                LIMIT 1
              ) = ANY ($5::UUID[]))
            )) OR (EXISTS (
              SELECT 1
              FROM goal_viewers AS goal_viewers_1
              WHERE goal_viewers_1.tenant_id = $1::UUID
              AND goal_viewers_1.goal_id = goals_1.id
              AND goal_viewers_1.person_id = $4::UUID
            )) OR goals_1.visibility = 'public' AND (EXISTS (
              SELECT 1
              FROM organization_closure AS organization_closure_1
              WHERE organization_closure_1.tenant_id = $1::UUID
              AND organization_closure_1.descendant_id = coalesce(goals_1.owner_organization_id, (
                SELECT teams_1.organization_id
                FROM teams AS teams_1
                WHERE teams_1.tenant_id = $1::UUID
                AND teams_1.id = goals_1.owner_team_id
              ), (
                SELECT CASE WHEN (people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE) THEN (
                  SELECT jobs_1.organization_id
                  FROM jobs AS jobs_1
                  WHERE jobs_1.tenant_id = $1::UUID
                  AND jobs_1.person_id = people_1.id
                  AND jobs_1.superseded_at IS NULL
                  AND jobs_1.starts_on <= $2::DATE
                  AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
                  ORDER BY jobs_1.starts_on DESC
                  LIMIT 1
                ) ELSE people_1.organization_id END AS anon_3
                FROM people AS people_1
                WHERE people_1.tenant_id = $1::UUID
                AND people_1.id = goals_1.owner_person_id
              ))
              AND organization_closure_1.ancestor_id = ANY ($6::UUID[])
            ))) OR goals_1.visibility != 'private' AND ((EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = goals_1.owner_person_id
              AND reporting_closure_1.ancestor_id = $4::UUID
              AND reporting_closure_1.starts_on <= $2::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
            )) OR (EXISTS (
              SELECT 1
              FROM organization_closure AS organization_closure_1
              WHERE organization_closure_1.tenant_id = $1::UUID
              AND organization_closure_1.descendant_id = coalesce(goals_1.owner_organization_id, (
                SELECT teams_1.organization_id
                FROM teams AS teams_1
                WHERE teams_1.tenant_id = $1::UUID
                AND teams_1.id = goals_1.owner_team_id
              ), (
                SELECT CASE WHEN (people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE) THEN (
                  SELECT jobs_1.organization_id
                  FROM jobs AS jobs_1
                  WHERE jobs_1.tenant_id = $1::UUID
                  AND jobs_1.person_id = people_1.id
                  AND jobs_1.superseded_at IS NULL
                  AND jobs_1.starts_on <= $2::DATE
                  AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
                  ORDER BY jobs_1.starts_on DESC
                  LIMIT 1
                ) ELSE people_1.organization_id END AS anon_4
                FROM people AS people_1
                WHERE people_1.tenant_id = $1::UUID
                AND people_1.id = goals_1.owner_person_id
              ))
              AND organization_closure_1.ancestor_id = ANY ($7::UUID[])
            ))))
          ))
        )) OR NOT coalesce(strpos(lower("~1".title), lower($12::TEXT)) > 0, false))
        AND ("~1".owner_person_id = $4::UUID OR "~1".status != 'draft' AND ("~1".visibility = 'organization' AND ("~1".owner_organization_id = ANY ($5::UUID[]) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IN (
          SELECT teams_1.id
          FROM teams AS teams_1
          WHERE teams_1.tenant_id = $1::UUID
          AND teams_1.organization_id = ANY ($5::UUID[])
        ) OR "~1".owner_organization_id IS NULL AND "~1".owner_team_id IS NULL AND "~1".owner_person_id IN (
          SELECT people_1.id
          FROM people AS people_1
          WHERE people_1.tenant_id = $1::UUID
          AND (people_1.organization_id = ANY ($5::UUID[]) AND (people_1.unit_changes_on IS NULL OR people_1.unit_changes_on > $2::DATE) OR people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE AND (
            SELECT jobs_1.organization_id
            FROM jobs AS jobs_1
            WHERE jobs_1.tenant_id = $1::UUID
            AND jobs_1.person_id = people_1.id
            AND jobs_1.superseded_at IS NULL
            AND jobs_1.starts_on <= $2::DATE
            AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
            ORDER BY jobs_1.starts_on DESC
            LIMIT 1
          ) = ANY ($5::UUID[]))
        )) OR (EXISTS (
          SELECT 1
          FROM goal_viewers AS goal_viewers_1
          WHERE goal_viewers_1.tenant_id = $1::UUID
          AND goal_viewers_1.goal_id = "~1".id
          AND goal_viewers_1.person_id = $4::UUID
        )) OR "~1".visibility = 'public' AND (EXISTS (
          SELECT 1
          FROM organization_closure AS organization_closure_1
          WHERE organization_closure_1.tenant_id = $1::UUID
          AND organization_closure_1.descendant_id = coalesce("~1".owner_organization_id, (
            SELECT teams_1.organization_id
            FROM teams AS teams_1
            WHERE teams_1.tenant_id = $1::UUID
            AND teams_1.id = "~1".owner_team_id
          ), (
            SELECT CASE WHEN (people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE) THEN (
              SELECT jobs_1.organization_id
              FROM jobs AS jobs_1
              WHERE jobs_1.tenant_id = $1::UUID
              AND jobs_1.person_id = people_1.id
              AND jobs_1.superseded_at IS NULL
              AND jobs_1.starts_on <= $2::DATE
              AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
              ORDER BY jobs_1.starts_on DESC
              LIMIT 1
            ) ELSE people_1.organization_id END AS anon_5
            FROM people AS people_1
            WHERE people_1.tenant_id = $1::UUID
            AND people_1.id = "~1".owner_person_id
          ))
          AND organization_closure_1.ancestor_id = ANY ($6::UUID[])
        ))) OR "~1".visibility != 'private' AND ((EXISTS (
          SELECT 1
          FROM reporting_closure AS reporting_closure_1
          WHERE reporting_closure_1.tenant_id = $1::UUID
          AND reporting_closure_1.descendant_id = "~1".owner_person_id
          AND reporting_closure_1.ancestor_id = $4::UUID
          AND reporting_closure_1.starts_on <= $2::DATE
          AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
          AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
        )) OR (EXISTS (
          SELECT 1
          FROM organization_closure AS organization_closure_1
          WHERE organization_closure_1.tenant_id = $1::UUID
          AND organization_closure_1.descendant_id = coalesce("~1".owner_organization_id, (
            SELECT teams_1.organization_id
            FROM teams AS teams_1
            WHERE teams_1.tenant_id = $1::UUID
            AND teams_1.id = "~1".owner_team_id
          ), (
            SELECT CASE WHEN (people_1.unit_changes_on IS NOT NULL AND people_1.unit_changes_on <= $2::DATE) THEN (
              SELECT jobs_1.organization_id
              FROM jobs AS jobs_1
              WHERE jobs_1.tenant_id = $1::UUID
              AND jobs_1.person_id = people_1.id
              AND jobs_1.superseded_at IS NULL
              AND jobs_1.starts_on <= $2::DATE
              AND (people_1.left_on IS NULL OR jobs_1.starts_on < people_1.left_on)
              ORDER BY jobs_1.starts_on DESC
              LIMIT 1
            ) ELSE people_1.organization_id END AS anon_6
            FROM people AS people_1
            WHERE people_1.tenant_id = $1::UUID
            AND people_1.id = "~1".owner_person_id
          ))
          AND organization_closure_1.ancestor_id = ANY ($7::UUID[])
        ))))
      ) AS "totalCount", coalesce( (
        SELECT json_agg("~")
        FROM (
          SELECT "~6".title AS title, CASE WHEN (CAST("~6".owner_kind AS TEXT) = 'person'::text) THEN (
            SELECT row_to_json("~")
            FROM (
              SELECT "~7".name AS name, (
                SELECT row_to_json("~")
                FROM (
                  SELECT "~8".name AS name
                  FROM people AS "~8"
                  WHERE "~8".tenant_id = $1::UUID
                  AND "~8".id = (
                    SELECT reporting_closure_1.ancestor_id
                    FROM reporting_closure AS reporting_closure_1
                    WHERE reporting_closure_1.tenant_id = $1::UUID
                    AND reporting_closure_1.descendant_id = "~7".id
                    AND reporting_closure_1.depth = 1
                    AND reporting_closure_1.starts_on <= $2::DATE
                    AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
                    AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
                    LIMIT 1
                  )
                  AND ("~8".id = $4::UUID OR (EXISTS (
                    SELECT 1
                    FROM reporting_closure AS reporting_closure_1
                    WHERE reporting_closure_1.tenant_id = $1::UUID
                    AND reporting_closure_1.descendant_id = "~8".id
                    AND reporting_closure_1.ancestor_id = $4::UUID
                    AND reporting_closure_1.starts_on <= $2::DATE
                    AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
                    AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
                  )) OR (EXISTS (
                    SELECT 1
                    FROM organization_closure AS organization_closure_1
                    WHERE organization_closure_1.tenant_id = $1::UUID
                    AND organization_closure_1.descendant_id = "~8".organization_id
                    AND organization_closure_1.ancestor_id = ANY ($8::UUID[])
                  )) AND ("~8".unit_changes_on IS NULL OR "~8".unit_changes_on > $2::DATE) OR "~8".unit_changes_on IS NOT NULL AND "~8".unit_changes_on <= $2::DATE AND (EXISTS (
                    SELECT 1
                    FROM organization_closure AS organization_closure_1
                    WHERE organization_closure_1.tenant_id = $1::UUID
                    AND organization_closure_1.descendant_id = (
                      SELECT jobs_1.organization_id
                      FROM jobs AS jobs_1
                      WHERE jobs_1.tenant_id = $1::UUID
                      AND jobs_1.person_id = "~8".id
                      AND jobs_1.superseded_at IS NULL
                      AND jobs_1.starts_on <= $2::DATE
                      AND ("~8".left_on IS NULL OR jobs_1.starts_on < "~8".left_on)
                      ORDER BY jobs_1.starts_on DESC
                      LIMIT 1
                    )
                    AND organization_closure_1.ancestor_id = ANY ($8::UUID[])
                  )) OR (EXISTS (
                    SELECT 1
                    FROM organization_closure AS organization_closure_1
                    WHERE organization_closure_1.tenant_id = $1::UUID
                    AND organization_closure_1.descendant_id = "~8".organization_id
                    AND organization_closure_1.ancestor_id = ANY ($9::UUID[])
                  )) AND ("~8".unit_changes_on IS NULL OR "~8".unit_changes_on > $2::DATE) OR "~8".unit_changes_on IS NOT NULL AND "~8".unit_changes_on <= $2::DATE AND (EXISTS (
                    SELECT 1
                    FROM organization_closure AS organization_closure_1
                    WHERE organization_closure_1.tenant_id = $1::UUID
                    AND organization_closure_1.descendant_id = (
                      SELECT jobs_1.organization_id
                      FROM jobs AS jobs_1
                      WHERE jobs_1.tenant_id = $1::UUID
                      AND jobs_1.person_id = "~8".id
                      AND jobs_1.superseded_at IS NULL
                      AND jobs_1.starts_on <= $2::DATE
                      AND ("~8".left_on IS NULL OR jobs_1.starts_on < "~8".left_on)
                      ORDER BY jobs_1.starts_on DESC
                      LIMIT 1
                    )
                    AND organization_closure_1.ancestor_id = ANY ($9::UUID[])
                  )) OR (EXISTS (
                    SELECT 1
                    FROM organization_closure AS organization_closure_1
                    WHERE organization_closure_1.tenant_id = $1::UUID
                    AND organization_closure_1.descendant_id = "~8".organization_id
                    AND organization_closure_1.ancestor_id = ANY ($10::UUID[])
                  )) AND ("~8".unit_changes_on IS NULL OR "~8".unit_changes_on > $2::DATE) OR "~8".unit_changes_on IS NOT NULL AND "~8".unit_changes_on <= $2::DATE AND (EXISTS (
                    SELECT 1
                    FROM organization_closure AS organization_closure_1
                    WHERE organization_closure_1.tenant_id = $1::UUID
                    AND organization_closure_1.descendant_id = (
                      SELECT jobs_1.organization_id
                      FROM jobs AS jobs_1
                      WHERE jobs_1.tenant_id = $1::UUID
                      AND jobs_1.person_id = "~8".id
                      AND jobs_1.superseded_at IS NULL
                      AND jobs_1.starts_on <= $2::DATE
                      AND ("~8".left_on IS NULL OR jobs_1.starts_on < "~8".left_on)
                      ORDER BY jobs_1.starts_on DESC
                      LIMIT 1
                    )
                    AND organization_closure_1.ancestor_id = ANY ($10::UUID[])
                  )))
                ) AS "~"
              ) AS manager
              FROM people AS "~7"
              WHERE "~7".tenant_id = $1::UUID
              AND "~7".id = "~6".owner_person_id
              AND ("~7".id = $4::UUID OR (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = "~7".id
                AND reporting_closure_1.ancestor_id = $4::UUID
                AND reporting_closure_1.starts_on <= $2::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
              )) OR (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = "~7".organization_id
                AND organization_closure_1.ancestor_id = ANY ($8::UUID[])
              )) AND ("~7".unit_changes_on IS NULL OR "~7".unit_changes_on > $2::DATE) OR "~7".unit_changes_on IS NOT NULL AND "~7".unit_changes_on <= $2::DATE AND (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = (
                  SELECT jobs_1.organization_id
                  FROM jobs AS jobs_1
                  WHERE jobs_1.tenant_id = $1::UUID
                  AND jobs_1.person_id = "~7".id
                  AND jobs_1.superseded_at IS NULL
                  AND jobs_1.starts_on <= $2::DATE
                  AND ("~7".left_on IS NULL OR jobs_1.starts_on < "~7".left_on)
                  ORDER BY jobs_1.starts_on DESC
                  LIMIT 1
                )
                AND organization_closure_1.ancestor_id = ANY ($8::UUID[])
              )) OR (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = "~7".organization_id
                AND organization_closure_1.ancestor_id = ANY ($9::UUID[])
              )) AND ("~7".unit_changes_on IS NULL OR "~7".unit_changes_on > $2::DATE) OR "~7".unit_changes_on IS NOT NULL AND "~7".unit_changes_on <= $2::DATE AND (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = (
                  SELECT jobs_1.organization_id
                  FROM jobs AS jobs_1
                  WHERE jobs_1.tenant_id = $1::UUID
                  AND jobs_1.person_id = "~7".id
                  AND jobs_1.superseded_at IS NULL
                  AND jobs_1.starts_on <= $2::DATE
                  AND ("~7".left_on IS NULL OR jobs_1.starts_on < "~7".left_on)
                  ORDER BY jobs_1.starts_on DESC
                  LIMIT 1
                )
                AND organization_closure_1.ancestor_id = ANY ($9::UUID[])
              )) OR (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = "~7".organization_id
                AND organization_closure_1.ancestor_id = ANY ($10::UUID[])
              )) AND ("~7".unit_changes_on IS NULL OR "~7".unit_changes_on > $2::DATE) OR "~7".unit_changes_on IS NOT NULL AND "~7".unit_changes_on <= $2::DATE AND (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = (
                  SELECT jobs_1.organization_id
                  FROM jobs AS jobs_1
                  WHERE jobs_1.tenant_id = $1::UUID
                  AND jobs_1.person_id = "~7".id
                  AND jobs_1.superseded_at IS NULL
                  AND jobs_1.starts_on <= $2::DATE
                  AND ("~7".left_on IS NULL OR jobs_1.starts_on < "~7".left_on)
                  ORDER BY jobs_1.starts_on DESC
                  LIMIT 1
                )
                AND organization_closure_1.ancestor_id = ANY ($10::UUID[])
              )))
            ) AS "~"
          ) WHEN (CAST("~6".owner_kind AS TEXT) = 'team'::text) THEN (
            SELECT row_to_json("~")
            FROM (
              SELECT
              FROM teams AS "~9"
              WHERE "~9".tenant_id = $1::UUID
              AND "~9".id = "~6".owner_team_id
              AND ((EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = coalesce("~9".organization_id, "~9".organization_id)
                AND organization_closure_1.ancestor_id = ANY ($8::UUID[])
              )) OR (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = coalesce("~9".organization_id, "~9".organization_id)
                AND organization_closure_1.ancestor_id = ANY ($14::UUID[])
              )))
            ) AS "~"
          ) WHEN (CAST("~6".owner_kind AS TEXT) = 'organization'::text) THEN (
            SELECT row_to_json("~")
            FROM (
              SELECT
              FROM organizations AS "~10"
              WHERE "~10".tenant_id = $1::UUID
              AND "~10".id = "~6".owner_organization_id
              AND ("~10".id = ANY ($5::UUID[]) OR (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = "~10".id
                AND organization_closure_1.ancestor_id = ANY ($8::UUID[])
              )) OR (EXISTS (
                SELECT 1
                FROM organization_closure AS organization_closure_1
                WHERE organization_closure_1.tenant_id = $1::UUID
                AND organization_closure_1.descendant_id = "~10".id
                AND organization_closure_1.ancestor_id = ANY ($15::UUID[])
              )))
            ) AS "~"
          ) END AS owner
          FROM "~6"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS goals
  ) AS "~"
) AS JSON) AS json
