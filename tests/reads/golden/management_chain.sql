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
              AND ($3::DATE <= $2::DATE OR false AND NOT (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_2
                WHERE reporting_closure_2.tenant_id = $1::UUID
                AND reporting_closure_2.descendant_id = reporting_closure_1.descendant_id
                AND reporting_closure_2.depth < reporting_closure_1.depth
                AND reporting_closure_2.starts_on <= $3::DATE
                AND (reporting_closure_2.ends_on IS NULL OR reporting_closure_2.ends_on > $3::DATE)
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
              AND ($3::DATE <= $2::DATE OR false AND NOT (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_3
                WHERE reporting_closure_3.tenant_id = $1::UUID
                AND reporting_closure_3.descendant_id = reporting_closure_1.descendant_id
                AND reporting_closure_3.depth < reporting_closure_1.depth
                AND reporting_closure_3.starts_on <= $3::DATE
                AND (reporting_closure_3.ends_on IS NULL OR reporting_closure_3.ends_on > $3::DATE)
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
                    AND reporting_closure_1.starts_on <= $4::DATE
                    AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $4::DATE)
                    AND ($4::DATE <= $2::DATE OR false AND NOT (EXISTS (
                      SELECT 1
                      FROM reporting_closure AS reporting_closure_4
                      WHERE reporting_closure_4.tenant_id = $1::UUID
                      AND reporting_closure_4.descendant_id = reporting_closure_1.descendant_id
                      AND reporting_closure_4.depth < reporting_closure_1.depth
                      AND reporting_closure_4.starts_on <= $4::DATE
                      AND (reporting_closure_4.ends_on IS NULL OR reporting_closure_4.ends_on > $4::DATE)
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
              SELECT reporting_lines_1.manager_id
              FROM reporting_lines AS reporting_lines_1
              WHERE reporting_lines_1.tenant_id = $1::UUID
              AND reporting_lines_1.person_id = "~1".id
              AND reporting_lines_1.kind = 'primary'::text
              AND reporting_lines_1.starts_on <= $5::DATE
              AND (reporting_lines_1.ends_on IS NULL OR reporting_lines_1.ends_on > $5::DATE)
              AND ($5::DATE <= $2::DATE OR false)
              LIMIT 1
            )
            AND true
          ) AS "~"
        ) AS "nextMonth"
        FROM people AS "~1"
        WHERE "~1".tenant_id = $1::UUID
        AND "~1".id = $6::UUID
        AND true
      ) AS "~"
    ) AS person
  ) AS "~"
) AS JSON) AS json
