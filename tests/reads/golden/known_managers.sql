SELECT CAST( (
  SELECT row_to_json("~")
  FROM (
    SELECT (
      SELECT row_to_json("~")
      FROM (WITH "~2" AS (
        SELECT *
        FROM (
          SELECT "~1".name AS name, "~1".id AS id, "~1".name_sort_key AS "~key0", "~1".id AS "~key1"
          FROM people AS "~1"
          WHERE "~1".tenant_id = $1::UUID
          AND true
          AND true
          ORDER BY "~1".name_sort_key ASC, "~1".id ASC
          LIMIT 101
        ) AS "~9"
        LIMIT $2::BIGINT
      ) SELECT coalesce( (
        SELECT json_agg("~")
        FROM (
          SELECT "~2".name AS name, (
            SELECT row_to_json("~")
            FROM (
              SELECT "~3".name AS name
              FROM people AS "~3"
              WHERE "~3".tenant_id = $1::UUID
              AND "~3".id = (
                SELECT reporting_closure_1.ancestor_id
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = "~2".id
                AND reporting_closure_1.depth = 1
                AND reporting_closure_1.starts_on <= $3::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
                LIMIT 1
              )
              AND true
            ) AS "~"
          ) AS now, (
            SELECT row_to_json("~")
            FROM (
              SELECT "~4".name AS name
              FROM people AS "~4"
              WHERE "~4".tenant_id = $1::UUID
              AND "~4".id = coalesce( (
                SELECT reporting_lines_1.manager_id
                FROM reporting_lines AS reporting_lines_1
                WHERE reporting_lines_1.tenant_id = $1::UUID
                AND reporting_lines_1.person_id = "~2".id
                AND reporting_lines_1.kind = 'primary'::text
                AND reporting_lines_1.starts_on <= $4::DATE
                AND (reporting_lines_1.ends_on IS NULL OR reporting_lines_1.ends_on > $4::DATE)
                AND reporting_lines_1.updated_at <= $5::TIMESTAMP WITH TIME ZONE
                AND NOT (EXISTS (
                  SELECT 1
                  FROM people AS people_1
                  WHERE people_1.tenant_id = $1::UUID
                  AND people_1.id IN (reporting_lines_1.person_id, reporting_lines_1.manager_id)
                  AND CASE WHEN true THEN NOT ((EXISTS (
                    SELECT 1
                    FROM employments AS employments_1
                    WHERE employments_1.tenant_id = $1::UUID
                    AND employments_1.person_id = people_1.id
                    AND (employments_1.left_on IS NULL OR employments_1.left_on > $4::DATE)
                    AND employments_1.updated_at <= $5::TIMESTAMP WITH TIME ZONE
                  )) OR (EXISTS (
                    SELECT 1
                    FROM superseded_employments AS superseded_employments_1
                    WHERE superseded_employments_1.tenant_id = $1::UUID
                    AND superseded_employments_1.person_id = people_1.id
                    AND (superseded_employments_1.left_on IS NULL OR superseded_employments_1.left_on > $4::DATE)
                    AND superseded_employments_1.updated_at <= $5::TIMESTAMP WITH TIME ZONE
                    AND superseded_employments_1.superseded_at > $5::TIMESTAMP WITH TIME ZONE
                  ))) ELSE people_1.left_on <= least($4::DATE, $3::DATE) END
                ))
                AND true
                LIMIT 1
              ), (
                SELECT superseded_lines_1.manager_id
                FROM superseded_lines AS superseded_lines_1
                WHERE superseded_lines_1.tenant_id = $1::UUID
                AND superseded_lines_1.person_id = "~2".id
                AND superseded_lines_1.kind = 'primary'::text
                AND superseded_lines_1.starts_on <= $4::DATE
                AND (superseded_lines_1.ends_on IS NULL OR superseded_lines_1.ends_on > $4::DATE)
                AND superseded_lines_1.updated_at <= $5::TIMESTAMP WITH TIME ZONE
                AND superseded_lines_1.superseded_at > $5::TIMESTAMP WITH TIME ZONE
                AND NOT (EXISTS (
                  SELECT 1
                  FROM people AS people_2
                  WHERE people_2.tenant_id = $1::UUID
                  AND people_2.id IN (superseded_lines_1.person_id, superseded_lines_1.manager_id)
                  AND CASE WHEN true THEN NOT ((EXISTS (
                    SELECT 1
                    FROM employments AS employments_2
                    WHERE employments_2.tenant_id = $1::UUID
                    AND employments_2.person_id = people_2.id
                    AND (employments_2.left_on IS NULL OR employments_2.left_on > $4::DATE)
                    AND employments_2.updated_at <= $5::TIMESTAMP WITH TIME ZONE
                  )) OR (EXISTS (
                    SELECT 1
                    FROM superseded_employments AS superseded_employments_2
                    WHERE superseded_employments_2.tenant_id = $1::UUID
                    AND superseded_employments_2.person_id = people_2.id
                    AND (superseded_employments_2.left_on IS NULL OR superseded_employments_2.left_on > $4::DATE)
                    AND superseded_employments_2.updated_at <= $5::TIMESTAMP WITH TIME ZONE
                    AND superseded_employments_2.superseded_at > $5::TIMESTAMP WITH TIME ZONE
                  ))) ELSE people_2.left_on <= least($4::DATE, $3::DATE) END
                ))
                AND true
                LIMIT 1
              ))
              AND true
            ) AS "~"
          ) AS before, (
            SELECT row_to_json("~")
            FROM (
              SELECT "~5".name AS name
              FROM people AS "~5"
              WHERE "~5".tenant_id = $1::UUID
              AND "~5".id = coalesce( (
                SELECT reporting_lines_2.manager_id
                FROM reporting_lines AS reporting_lines_2
                WHERE reporting_lines_2.tenant_id = $1::UUID
                AND reporting_lines_2.person_id = "~2".id
                AND reporting_lines_2.kind = 'primary'::text
                AND reporting_lines_2.starts_on <= $6::DATE
                AND (reporting_lines_2.ends_on IS NULL OR reporting_lines_2.ends_on > $6::DATE)
                AND reporting_lines_2.updated_at <= $7::TIMESTAMP WITH TIME ZONE
                AND NOT (EXISTS (
                  SELECT 1
                  FROM people AS people_3
                  WHERE people_3.tenant_id = $1::UUID
                  AND people_3.id IN (reporting_lines_2.person_id, reporting_lines_2.manager_id)
                  AND CASE WHEN true THEN NOT ((EXISTS (
                    SELECT 1
                    FROM employments AS employments_3
                    WHERE employments_3.tenant_id = $1::UUID
                    AND employments_3.person_id = people_3.id
                    AND (employments_3.left_on IS NULL OR employments_3.left_on > $6::DATE)
                    AND employments_3.updated_at <= $7::TIMESTAMP WITH TIME ZONE
                  )) OR (EXISTS (
                    SELECT 1
                    FROM superseded_employments AS superseded_employments_3
                    WHERE superseded_employments_3.tenant_id = $1::UUID
                    AND superseded_employments_3.person_id = people_3.id
                    AND (superseded_employments_3.left_on IS NULL OR superseded_employments_3.left_on > $6::DATE)
                    AND superseded_employments_3.updated_at <= $7::TIMESTAMP WITH TIME ZONE
                    AND superseded_employments_3.superseded_at > $7::TIMESTAMP WITH TIME ZONE
                  ))) ELSE people_3.left_on <= least($6::DATE, $3::DATE) END
                ))
                AND true
                LIMIT 1
              ), (
                SELECT superseded_lines_2.manager_id
                FROM superseded_lines AS superseded_lines_2
                WHERE superseded_lines_2.tenant_id = $1::UUID
                AND superseded_lines_2.person_id = "~2".id
                AND superseded_lines_2.kind = 'primary'::text
                AND superseded_lines_2.starts_on <= $6::DATE
                AND (superseded_lines_2.ends_on IS NULL OR superseded_lines_2.ends_on > $6::DATE)
                AND superseded_lines_2.updated_at <= $7::TIMESTAMP WITH TIME ZONE
                AND superseded_lines_2.superseded_at > $7::TIMESTAMP WITH TIME ZONE
                AND NOT (EXISTS (
                  SELECT 1
                  FROM people AS people_4
                  WHERE people_4.tenant_id = $1::UUID
                  AND people_4.id IN (superseded_lines_2.person_id, superseded_lines_2.manager_id)
                  AND CASE WHEN true THEN NOT ((EXISTS (
                    SELECT 1
                    FROM employments AS employments_4
                    WHERE employments_4.tenant_id = $1::UUID
                    AND employments_4.person_id = people_4.id
                    AND (employments_4.left_on IS NULL OR employments_4.left_on > $6::DATE)
                    AND employments_4.updated_at <= $7::TIMESTAMP WITH TIME ZONE
                  )) OR (EXISTS (
                    SELECT 1
                    FROM superseded_employments AS superseded_employments_4
                    WHERE superseded_employments_4.tenant_id = $1::UUID
                    AND superseded_employments_4.person_id = people_4.id
                    AND (superseded_employments_4.left_on IS NULL OR superseded_employments_4.left_on > $6::DATE)
                    AND superseded_employments_4.updated_at <= $7::TIMESTAMP WITH TIME ZONE
                    AND superseded_employments_4.superseded_at > $7::TIMESTAMP WITH TIME ZONE
                  ))) ELSE people_4.left_on <= least($6::DATE, $3::DATE) END
                ))
                AND true
                LIMIT 1
              ))
              AND true
            ) AS "~"
          ) AS after, (
            SELECT row_to_json("~")
            FROM (WITH "~7" AS (
              SELECT *
              FROM (
                SELECT "~6".name AS name, "~6".name_sort_key AS "~key0", "~6".id AS "~key1"
                FROM people AS "~6"
                WHERE "~6".tenant_id = $1::UUID
                AND ("~6".id IN (
                  SELECT reporting_lines_3.manager_id
                  FROM reporting_lines AS reporting_lines_3
                  WHERE reporting_lines_3.tenant_id = $1::UUID
                  AND reporting_lines_3.person_id = "~2".id
                  AND reporting_lines_3.kind = 'dotted'::text
                  AND reporting_lines_3.starts_on <= $8::DATE
                  AND (reporting_lines_3.ends_on IS NULL OR reporting_lines_3.ends_on > $8::DATE)
                  AND reporting_lines_3.updated_at <= $9::TIMESTAMP WITH TIME ZONE
                  AND NOT (EXISTS (
                    SELECT 1
                    FROM people AS people_5
                    WHERE people_5.tenant_id = $1::UUID
                    AND people_5.id IN (reporting_lines_3.person_id, reporting_lines_3.manager_id)
                    AND CASE WHEN true THEN NOT ((EXISTS (
                      SELECT 1
                      FROM employments AS employments_5
                      WHERE employments_5.tenant_id = $1::UUID
                      AND employments_5.person_id = people_5.id
                      AND (employments_5.left_on IS NULL OR employments_5.left_on > $8::DATE)
                      AND employments_5.updated_at <= $9::TIMESTAMP WITH TIME ZONE
                    )) OR (EXISTS (
                      SELECT 1
                      FROM superseded_employments AS superseded_employments_5
                      WHERE superseded_employments_5.tenant_id = $1::UUID
                      AND superseded_employments_5.person_id = people_5.id
                      AND (superseded_employments_5.left_on IS NULL OR superseded_employments_5.left_on > $8::DATE)
                      AND superseded_employments_5.updated_at <= $9::TIMESTAMP WITH TIME ZONE
                      AND superseded_employments_5.superseded_at > $9::TIMESTAMP WITH TIME ZONE
                    ))) ELSE people_5.left_on <= least($8::DATE, $3::DATE) END
                  ))
                  AND true
                ) OR "~6".id IN (
                  SELECT superseded_lines_3.manager_id
                  FROM superseded_lines AS superseded_lines_3
                  WHERE superseded_lines_3.tenant_id = $1::UUID
                  AND superseded_lines_3.person_id = "~2".id
                  AND superseded_lines_3.kind = 'dotted'::text
                  AND superseded_lines_3.starts_on <= $8::DATE
                  AND (superseded_lines_3.ends_on IS NULL OR superseded_lines_3.ends_on > $8::DATE)
                  AND superseded_lines_3.updated_at <= $9::TIMESTAMP WITH TIME ZONE
                  AND superseded_lines_3.superseded_at > $9::TIMESTAMP WITH TIME ZONE
                  AND NOT (EXISTS (
                    SELECT 1
                    FROM people AS people_6
                    WHERE people_6.tenant_id = $1::UUID
                    AND people_6.id IN (superseded_lines_3.person_id, superseded_lines_3.manager_id)
                    AND CASE WHEN true THEN NOT ((EXISTS (
                      SELECT 1
                      FROM employments AS employments_6
                      WHERE employments_6.tenant_id = $1::UUID
                      AND employments_6.person_id = people_6.id
                      AND (employments_6.left_on IS NULL OR employments_6.left_on > $8::DATE)
                      AND employments_6.updated_at <= $9::TIMESTAMP WITH TIME ZONE
                    )) OR (EXISTS (
                      SELECT 1
                      FROM superseded_employments AS superseded_employments_6
                      WHERE superseded_employments_6.tenant_id = $1::UUID
                      AND superseded_employments_6.person_id = people_6.id
                      AND (superseded_employments_6.left_on IS NULL OR superseded_employments_6.left_on > $8::DATE)
                      AND superseded_employments_6.updated_at <= $9::TIMESTAMP WITH TIME ZONE
                      AND superseded_employments_6.superseded_at > $9::TIMESTAMP WITH TIME ZONE
                    ))) ELSE people_6.left_on <= least($8::DATE, $3::DATE) END
                  ))
                  AND true
                ))
                AND true
                AND true
                ORDER BY "~6".name_sort_key ASC, "~6".id ASC
                LIMIT 101
              ) AS "~8"
              LIMIT $10::BIGINT
            ) SELECT coalesce( (
              SELECT json_agg("~")
              FROM (
                SELECT "~7".name AS name
                FROM "~7"
              ) AS "~"
            ), '[]'::json) AS nodes) AS "~"
          ) AS dotted
          FROM "~2"
        ) AS "~"
      ), '[]'::json) AS nodes) AS "~"
    ) AS people
  ) AS "~"
) AS JSON) AS json
