SELECT CAST( (
  SELECT row_to_json("~")
  FROM (
    SELECT (
      SELECT row_to_json("~")
      FROM (
        SELECT "~1".name AS name, coalesce( (
          SELECT json_agg("~")
          FROM (
            SELECT "~2".name AS name
            FROM people AS "~2"
            WHERE "~2".tenant_id = $1::UUID
            AND (EXISTS (
              SELECT reporting_closure_1.depth
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = "~1".id
              AND reporting_closure_1.ancestor_id = "~2".id
              AND reporting_closure_1.starts_on <= $2::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
            ))
            AND true
            ORDER BY (
              SELECT reporting_closure_1.depth
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = "~1".id
              AND reporting_closure_1.ancestor_id = "~2".id
              AND reporting_closure_1.starts_on <= $2::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
            )
          ) AS "~"
        ), '[]'::json) AS now, coalesce( (
          SELECT json_agg("~")
          FROM (
            SELECT "~3".name AS name
            FROM people AS "~3"
            WHERE "~3".tenant_id = $1::UUID
            AND (EXISTS (
              SELECT reporting_closure_1.depth
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = "~1".id
              AND reporting_closure_1.ancestor_id = "~3".id
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE OR reporting_closure_1.left_on > $2::DATE AND NOT (EXISTS (
                SELECT 1
                FROM people AS people_1, reporting_closure AS reporting_closure_2
                WHERE reporting_closure_2.tenant_id = $1::UUID
                AND reporting_closure_2.descendant_id = reporting_closure_1.descendant_id
                AND reporting_closure_2.depth <= reporting_closure_1.depth
                AND reporting_closure_2.starts_on <= $3::DATE
                AND (reporting_closure_2.ends_on IS NULL OR reporting_closure_2.ends_on > $3::DATE)
                AND people_1.tenant_id = $1::UUID
                AND people_1.id IN (reporting_closure_2.descendant_id, reporting_closure_2.ancestor_id)
                AND people_1.left_on <= $3::DATE
                AND (people_1.left_on <= $2::DATE OR people_1.id = $4::UUID OR (EXISTS (
                  SELECT 1
                  FROM reporting_closure AS reporting_closure_1
                  WHERE reporting_closure_1.tenant_id = $1::UUID
                  AND reporting_closure_1.descendant_id = people_1.id
                  AND reporting_closure_1.ancestor_id = $4::UUID
                  AND reporting_closure_1.starts_on <= $2::DATE
                  AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
                  AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
                )))
              )))
              AND ($3::DATE <= $2::DATE OR (
                SELECT false
              ) AND NOT (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_3
                WHERE reporting_closure_3.tenant_id = $1::UUID
                AND reporting_closure_3.descendant_id = reporting_closure_1.descendant_id
                AND reporting_closure_3.depth < reporting_closure_1.depth
                AND reporting_closure_3.starts_on <= $3::DATE
                AND (reporting_closure_3.ends_on IS NULL OR reporting_closure_3.ends_on > $3::DATE)
                AND (
                  SELECT false
                ) IS false
              )))
            ))
            AND true
            ORDER BY (
              SELECT reporting_closure_1.depth
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = "~1".id
              AND reporting_closure_1.ancestor_id = "~3".id
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE OR reporting_closure_1.left_on > $2::DATE AND NOT (EXISTS (
                SELECT 1
                FROM people AS people_2, reporting_closure AS reporting_closure_4
                WHERE reporting_closure_4.tenant_id = $1::UUID
                AND reporting_closure_4.descendant_id = reporting_closure_1.descendant_id
                AND reporting_closure_4.depth <= reporting_closure_1.depth
                AND reporting_closure_4.starts_on <= $3::DATE
                AND (reporting_closure_4.ends_on IS NULL OR reporting_closure_4.ends_on > $3::DATE)
                AND people_2.tenant_id = $1::UUID
                AND people_2.id IN (reporting_closure_4.descendant_id, reporting_closure_4.ancestor_id)
                AND people_2.left_on <= $3::DATE
                AND (people_2.left_on <= $2::DATE OR people_2.id = $4::UUID OR (EXISTS (
                  SELECT 1
                  FROM reporting_closure AS reporting_closure_1
                  WHERE reporting_closure_1.tenant_id = $1::UUID
                  AND reporting_closure_1.descendant_id = people_2.id
                  AND reporting_closure_1.ancestor_id = $4::UUID
                  AND reporting_closure_1.starts_on <= $2::DATE
                  AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
                  AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
                )))
              )))
              AND ($3::DATE <= $2::DATE OR (
                SELECT false
              ) AND NOT (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_5
                WHERE reporting_closure_5.tenant_id = $1::UUID
                AND reporting_closure_5.descendant_id = reporting_closure_1.descendant_id
                AND reporting_closure_5.depth < reporting_closure_1.depth
                AND reporting_closure_5.starts_on <= $3::DATE
                AND (reporting_closure_5.ends_on IS NULL OR reporting_closure_5.ends_on > $3::DATE)
                AND (
                  SELECT false
                ) IS false
              )))
            )
          ) AS "~"
        ), '[]'::json) AS "lastYear", (
          SELECT row_to_json("~")
          FROM (
            SELECT "~4".name AS name, (
              SELECT row_to_json("~")
              FROM (
                SELECT (
                  SELECT count(*) AS count_1
                  FROM people AS "~5"
                  WHERE "~5".tenant_id = $1::UUID
                  AND "~5".id IN (
                    SELECT reporting_closure_1.descendant_id
                    FROM reporting_closure AS reporting_closure_1
                    WHERE reporting_closure_1.tenant_id = $1::UUID
                    AND reporting_closure_1.ancestor_id = "~4".id
                    AND reporting_closure_1.depth <= 1
                    AND reporting_closure_1.starts_on <= $5::DATE
                    AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $5::DATE)
                    AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $5::DATE OR reporting_closure_1.left_on > $2::DATE AND NOT (EXISTS (
                      SELECT 1
                      FROM people AS people_3, reporting_closure AS reporting_closure_6
                      WHERE reporting_closure_6.tenant_id = $1::UUID
                      AND reporting_closure_6.descendant_id = reporting_closure_1.descendant_id
                      AND reporting_closure_6.depth <= reporting_closure_1.depth
                      AND reporting_closure_6.starts_on <= $5::DATE
                      AND (reporting_closure_6.ends_on IS NULL OR reporting_closure_6.ends_on > $5::DATE)
                      AND people_3.tenant_id = $1::UUID
                      AND people_3.id IN (reporting_closure_6.descendant_id, reporting_closure_6.ancestor_id)
                      AND people_3.left_on <= $5::DATE
                      AND (people_3.left_on <= $2::DATE OR people_3.id = $4::UUID OR (EXISTS (
                        SELECT 1
                        FROM reporting_closure AS reporting_closure_1
                        WHERE reporting_closure_1.tenant_id = $1::UUID
                        AND reporting_closure_1.descendant_id = people_3.id
                        AND reporting_closure_1.ancestor_id = $4::UUID
                        AND reporting_closure_1.starts_on <= $2::DATE
                        AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
                        AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
                      )))
                    )))
                    AND ($5::DATE <= $2::DATE OR (
                      SELECT false
                    ) AND NOT (EXISTS (
                      SELECT 1
                      FROM reporting_closure AS reporting_closure_7
                      WHERE reporting_closure_7.tenant_id = $1::UUID
                      AND reporting_closure_7.descendant_id = reporting_closure_1.descendant_id
                      AND reporting_closure_7.depth < reporting_closure_1.depth
                      AND reporting_closure_7.starts_on <= $5::DATE
                      AND (reporting_closure_7.ends_on IS NULL OR reporting_closure_7.ends_on > $5::DATE)
                      AND (
                        SELECT false
                      ) IS false
                    )))
                  )
                  AND true
                  AND true
                ) AS "totalCount"
              ) AS "~"
            ) AS reports
            FROM people AS "~4"
            WHERE "~4".tenant_id = $1::UUID
            AND "~4".id = (
              SELECT reporting_closure_1.ancestor_id
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = "~1".id
              AND reporting_closure_1.depth = 1
              AND reporting_closure_1.starts_on <= $6::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $6::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $6::DATE OR reporting_closure_1.left_on > $2::DATE AND NOT (EXISTS (
                SELECT 1
                FROM people AS people_4, reporting_closure AS reporting_closure_8
                WHERE reporting_closure_8.tenant_id = $1::UUID
                AND reporting_closure_8.descendant_id = reporting_closure_1.descendant_id
                AND reporting_closure_8.depth <= reporting_closure_1.depth
                AND reporting_closure_8.starts_on <= $6::DATE
                AND (reporting_closure_8.ends_on IS NULL OR reporting_closure_8.ends_on > $6::DATE)
                AND people_4.tenant_id = $1::UUID
                AND people_4.id IN (reporting_closure_8.descendant_id, reporting_closure_8.ancestor_id)
                AND people_4.left_on <= $6::DATE
                AND (people_4.left_on <= $2::DATE OR people_4.id = $4::UUID OR (EXISTS (
                  SELECT 1
                  FROM reporting_closure AS reporting_closure_1
                  WHERE reporting_closure_1.tenant_id = $1::UUID
                  AND reporting_closure_1.descendant_id = people_4.id
                  AND reporting_closure_1.ancestor_id = $4::UUID
                  AND reporting_closure_1.starts_on <= $2::DATE
                  AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $2::DATE)
                  AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $2::DATE)
                )))
              )))
              AND ($6::DATE <= $2::DATE OR (
                SELECT false
              ) AND NOT (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_9
                WHERE reporting_closure_9.tenant_id = $1::UUID
                AND reporting_closure_9.descendant_id = reporting_closure_1.descendant_id
                AND reporting_closure_9.depth < reporting_closure_1.depth
                AND reporting_closure_9.starts_on <= $6::DATE
                AND (reporting_closure_9.ends_on IS NULL OR reporting_closure_9.ends_on > $6::DATE)
                AND (
                  SELECT false
                ) IS false
              )))
              LIMIT 1
            )
            AND true
          ) AS "~"
        ) AS "nextMonth"
        FROM people AS "~1"
        WHERE "~1".tenant_id = $1::UUID
        AND "~1".id = coalesce( (
          SELECT redirects_1.target_id
          FROM redirects AS redirects_1
          WHERE redirects_1.tenant_id = $1::UUID
          AND redirects_1.id = $7::UUID
        ), $7::UUID)
        AND true
      ) AS "~"
    ) AS person
  ) AS "~"
) AS JSON) AS json
