SELECT CAST( (
  SELECT row_to_json("~")
  FROM (
    SELECT (
      SELECT row_to_json("~")
      FROM (
        SELECT 'person_'::text || CAST("~1".id AS TEXT) AS id, CASE WHEN ("~1".id = $1::UUID) THEN "~1".hired_on END AS "hiredOn", (
          SELECT row_to_json("~")
          FROM (WITH "~3" AS (
            SELECT *
            FROM (
              SELECT "~2".action AS action, "~2".recorded_at AS recorded_at, "~2".actor_id AS actor_id, "~2".changes AS changes, "~2".entity AS entity, "~2".entity_id AS entity_id, "~2".access_facts AS access_facts, "~2".id AS "~key0"
              FROM journal AS "~2"
              WHERE "~2".tenant_id = $2::UUID
              AND "~2".entity = 'person'::text
              AND "~2".entity_id = "~1".id
              AND (("~2".action NOT IN ('departed'::text, 'departure_cancelled'::text, 'employee_number_changed'::text, 'employment_corrected'::text, 'external_reference_added'::text, 'external_reference_removed'::text, 'hired'::text, 'job_changed'::text, 'job_corrected'::text, 'job_withdrawn'::text, 'leave_corrected'::text, 'leave_started'::text, 'rehired'::text, 'returned_from_leave'::text)) OR (EXISTS (
                SELECT 1
                FROM people AS people_1
                WHERE people_1.tenant_id = $2::UUID
                AND people_1.id = "~2".entity_id
                AND people_1.id = $1::UUID
              )) OR (EXISTS (
                SELECT 1
                FROM tombstones AS tombstones_1
                WHERE tombstones_1.tenant_id = $2::UUID
                AND tombstones_1.id = "~2".entity_id
                AND tombstones_1.id = $1::UUID
              )))
              AND true
              AND true
              ORDER BY "~2".id DESC
              LIMIT 101
            ) AS "~5"
            LIMIT $3::BIGINT
          ) SELECT (
            SELECT count(*) AS count_1
            FROM journal AS "~2"
            WHERE "~2".tenant_id = $2::UUID
            AND "~2".entity = 'person'::text
            AND "~2".entity_id = "~1".id
            AND (("~2".action NOT IN ('departed'::text, 'departure_cancelled'::text, 'employee_number_changed'::text, 'employment_corrected'::text, 'external_reference_added'::text, 'external_reference_removed'::text, 'hired'::text, 'job_changed'::text, 'job_corrected'::text, 'job_withdrawn'::text, 'leave_corrected'::text, 'leave_started'::text, 'rehired'::text, 'returned_from_leave'::text)) OR (EXISTS (
              SELECT 1
              FROM people AS people_1
              WHERE people_1.tenant_id = $2::UUID
              AND people_1.id = "~2".entity_id
              AND people_1.id = $1::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM tombstones AS tombstones_1
              WHERE tombstones_1.tenant_id = $2::UUID
              AND tombstones_1.id = "~2".entity_id
              AND tombstones_1.id = $1::UUID
            )))
            AND true
            AND true
          ) AS "totalCount", coalesce( (
            SELECT json_agg("~")
            FROM (
              SELECT upper(CAST("~3".action AS TEXT)) AS action, "~3".recorded_at AS "recordedAt", (
                SELECT row_to_json("~")
                FROM (
                  SELECT "~4".name AS name
                  FROM people AS "~4"
                  WHERE "~4".tenant_id = $2::UUID
                  AND "~4".id = "~3".actor_id
                  AND true
                ) AS "~"
              ) AS actor, coalesce( (
                SELECT json_agg("~")
                FROM (
                  SELECT anon_1.field AS field, anon_1.before AS before, anon_1.after AS after
                  FROM (
                    SELECT lower(left(CAST(anon_2.key AS TEXT), 1)) || substr(replace(initcap(replace(CAST(anon_2.key AS TEXT), '_'::text, ' '::text)), ' '::text, ''::text), 2) AS field, anon_2.value -> 0 AS before, anon_2.value -> 1 AS after
                    FROM jsonb_each("~3".changes) AS anon_2(key, value)
                    WHERE NOT ("~3".entity = 'person'::text AND CAST(anon_2.key AS TEXT) IN ('hired_on'::text, 'last_day'::text, 'employee_number'::text, 'employments'::text, 'leaves'::text, 'references'::text, 'jobs'::text, 'custom_values_of_managers'::text) AND NOT ((EXISTS (
                      SELECT 1
                      FROM people AS people_2
                      WHERE people_2.tenant_id = $2::UUID
                      AND people_2.id = "~3".entity_id
                      AND people_2.id = $1::UUID
                    )) OR (EXISTS (
                      SELECT 1
                      FROM tombstones AS tombstones_1
                      WHERE tombstones_1.tenant_id = $2::UUID
                      AND tombstones_1.id = "~3".entity_id
                      AND tombstones_1.id = $1::UUID
                    ))) OR "~3".entity = 'person'::text AND CAST(anon_2.key AS TEXT) IN ('custom_values_of_hr'::text) AND NOT ((EXISTS (
                      SELECT 1
                      FROM people AS people_3
                      WHERE people_3.tenant_id = $2::UUID
                      AND people_3.id = "~3".entity_id
                      AND (
                        SELECT false
                      )
                    )) OR (EXISTS (
                      SELECT 1
                      FROM tombstones AS tombstones_1
                      WHERE tombstones_1.tenant_id = $2::UUID
                      AND tombstones_1.id = "~3".entity_id
                      AND (
                        SELECT false
                      )
                    ))) OR "~3".entity = 'team'::text AND CAST(anon_2.key AS TEXT) IN ('custom_values_of_hr'::text) AND NOT (EXISTS (
                      SELECT 1
                      FROM teams AS teams_1
                      WHERE teams_1.tenant_id = $2::UUID
                      AND teams_1.id = "~3".entity_id
                      AND (
                        SELECT false
                      )
                    )) OR "~3".entity = 'goal'::text AND CAST(anon_2.key AS TEXT) IN ('references'::text) AND NOT ((EXISTS (
                      SELECT 1
                      FROM goals AS goals_1
                      WHERE goals_1.tenant_id = $2::UUID
                      AND goals_1.id = "~3".entity_id
                      AND (
                        SELECT false
                      )
                    )) OR (EXISTS (
                      SELECT 1
                      FROM tombstones AS tombstones_1
                      WHERE tombstones_1.tenant_id = $2::UUID
                      AND tombstones_1.id = "~3".entity_id
                      AND (
                        SELECT false
                      )
                    ))) OR "~3".entity = 'goal'::text AND CAST(anon_2.key AS TEXT) IN ('custom_values_of_managers'::text) AND NOT (((EXISTS (
                      SELECT 1
                      FROM goals AS goals_2
                      WHERE goals_2.tenant_id = $2::UUID
                      AND goals_2.id = "~3".entity_id
                      AND goals_2.owner_person_id = $1::UUID
                    )) OR (EXISTS (
                      SELECT 1
                      FROM tombstones AS tombstones_1
                      WHERE tombstones_1.tenant_id = $2::UUID
                      AND tombstones_1.id = "~3".entity_id
                      AND CAST(tombstones_1.access_facts ->> 'owner_person_id'::text AS UUID) = $1::UUID
                    ))) AND NOT (EXISTS (
                      SELECT 1
                      FROM jsonb_array_elements("~3".access_facts) AS anon_3(value)
                      WHERE (CAST(anon_3.value ->> 'owner_person_id'::text AS UUID) = $1::UUID) IS NOT true
                    ))) OR "~3".entity = 'goal'::text AND CAST(anon_2.key AS TEXT) IN ('custom_values_of_hr'::text) AND NOT ((EXISTS (
                      SELECT 1
                      FROM goals AS goals_3
                      WHERE goals_3.tenant_id = $2::UUID
                      AND goals_3.id = "~3".entity_id
                      AND (
                        SELECT false
                      )
                    )) OR (EXISTS (
                      SELECT 1
                      FROM tombstones AS tombstones_1
                      WHERE tombstones_1.tenant_id = $2::UUID
                      AND tombstones_1.id = "~3".entity_id
                      AND (
                        SELECT false
                      )
                    ))) OR "~3".entity = 'feedback'::text AND CAST(anon_2.key AS TEXT) IN ('author_id'::text) AND NOT (((EXISTS (
                      SELECT 1
                      FROM feedbacks AS feedbacks_1
                      WHERE feedbacks_1.tenant_id = $2::UUID
                      AND feedbacks_1.id = "~3".entity_id
                      AND (feedbacks_1.mode = 'identified' OR feedbacks_1.author_id = $1::UUID)
                    )) OR (EXISTS (
                      SELECT 1
                      FROM tombstones AS tombstones_1
                      WHERE tombstones_1.tenant_id = $2::UUID
                      AND tombstones_1.id = "~3".entity_id
                      AND ((tombstones_1.access_facts ->> 'mode'::text) = 'identified' OR CAST(tombstones_1.access_facts ->> 'author_id'::text AS UUID) = $1::UUID)
                    ))) AND NOT (EXISTS (
                      SELECT 1
                      FROM jsonb_array_elements("~3".access_facts) AS anon_4(value)
                      WHERE ((anon_4.value ->> 'mode'::text) = 'identified' OR CAST(anon_4.value ->> 'author_id'::text AS UUID) = $1::UUID) IS NOT true
                    ))) OR "~3".entity = 'calibration_subject'::text AND CAST(anon_2.key AS TEXT) IN ('horizontal_rating'::text) AND NOT ((EXISTS (
                      SELECT 1
                      FROM calibration_subjects AS calibration_subjects_1
                      WHERE calibration_subjects_1.tenant_id = $2::UUID
                      AND calibration_subjects_1.id = "~3".entity_id
                      AND calibration_subjects_1.person_id IS DISTINCT
                      FROM $1::UUID
                      AND (EXISTS (
                        SELECT 1
                        FROM calibration_sessions AS calibration_sessions_1
                        WHERE calibration_sessions_1.tenant_id = $2::UUID
                        AND calibration_sessions_1.id = calibration_subjects_1.session_id
                        AND (calibration_sessions_1.horizontal_attribute IS NULL OR calibration_sessions_1.horizontal_attribute = 'proposed_level' OR calibration_sessions_1.horizontal_attribute = 'score' OR (calibration_sessions_1.horizontal_attribute = 'previous_level' OR calibration_sessions_1.horizontal_attribute = 'position_level' OR calibration_sessions_1.horizontal_attribute = 'goals_achieved') AND (calibration_sessions_1.names_are_shown IS true OR (EXISTS (
                          SELECT 1
                          FROM calibration_session_facilitators AS calibration_session_facilitators_1
                          WHERE calibration_session_facilitators_1.tenant_id = $2::UUID
                          AND calibration_session_facilitators_1.session_id = calibration_sessions_1.id
                          AND calibration_session_facilitators_1.person_id = $1::UUID
                        ))))
                      ))
                    )) AND NOT (EXISTS (
                      SELECT 1
                      FROM jsonb_array_elements("~3".access_facts) AS anon_5(value)
                      WHERE (CAST(anon_5.value ->> 'person_id'::text AS UUID) IS DISTINCT FROM $1::UUID AND (EXISTS (
                        SELECT 1
                        FROM calibration_sessions AS calibration_sessions_2
                        WHERE calibration_sessions_2.tenant_id = $2::UUID
                        AND calibration_sessions_2.id = CAST(anon_5.value ->> 'session_id'::text AS UUID)
                        AND (calibration_sessions_2.horizontal_attribute IS NULL OR calibration_sessions_2.horizontal_attribute = 'proposed_level' OR calibration_sessions_2.horizontal_attribute = 'score' OR (calibration_sessions_2.horizontal_attribute = 'previous_level' OR calibration_sessions_2.horizontal_attribute = 'position_level' OR calibration_sessions_2.horizontal_attribute = 'goals_achieved') AND (calibration_sessions_2.names_are_shown IS true OR (EXISTS (
                          SELECT 1
                          FROM calibration_session_facilitators AS calibration_session_facilitators_1
                          WHERE calibration_session_facilitators_1.tenant_id = $2::UUID
                          AND calibration_session_facilitators_1.session_id = calibration_sessions_2.id
                          AND calibration_session_facilitators_1.person_id = $1::UUID
                        ))))
                      ))) IS NOT true
                    ))) OR "~3".entity = 'calibration_subject'::text AND CAST(anon_2.key AS TEXT) IN ('vertical_rating'::text) AND NOT ((EXISTS (
                      SELECT 1
                      FROM calibration_subjects AS calibration_subjects_2
                      WHERE calibration_subjects_2.tenant_id = $2::UUID
                      AND calibration_subjects_2.id = "~3".entity_id
                      AND calibration_subjects_2.person_id IS DISTINCT
                      FROM $1::UUID
                      AND (EXISTS (
                        SELECT 1
                        FROM calibration_sessions AS calibration_sessions_3
                        WHERE calibration_sessions_3.tenant_id = $2::UUID
                        AND calibration_sessions_3.id = calibration_subjects_2.session_id
                        AND (calibration_sessions_3.vertical_attribute IS NULL OR calibration_sessions_3.vertical_attribute = 'proposed_level' OR calibration_sessions_3.vertical_attribute = 'score' OR (calibration_sessions_3.vertical_attribute = 'previous_level' OR calibration_sessions_3.vertical_attribute = 'position_level' OR calibration_sessions_3.vertical_attribute = 'goals_achieved') AND (calibration_sessions_3.names_are_shown IS true OR (EXISTS (
                          SELECT 1
                          FROM calibration_session_facilitators AS calibration_session_facilitators_1
                          WHERE calibration_session_facilitators_1.tenant_id = $2::UUID
                          AND calibration_session_facilitators_1.session_id = calibration_sessions_3.id
                          AND calibration_session_facilitators_1.person_id = $1::UUID
                        ))))
                      ))
                    )) AND NOT (EXISTS (
                      SELECT 1
                      FROM jsonb_array_elements("~3".access_facts) AS anon_6(value)
                      WHERE (CAST(anon_6.value ->> 'person_id'::text AS UUID) IS DISTINCT FROM $1::UUID AND (EXISTS (
                        SELECT 1
                        FROM calibration_sessions AS calibration_sessions_4
                        WHERE calibration_sessions_4.tenant_id = $2::UUID
                        AND calibration_sessions_4.id = CAST(anon_6.value ->> 'session_id'::text AS UUID)
                        AND (calibration_sessions_4.vertical_attribute IS NULL OR calibration_sessions_4.vertical_attribute = 'proposed_level' OR calibration_sessions_4.vertical_attribute = 'score' OR (calibration_sessions_4.vertical_attribute = 'previous_level' OR calibration_sessions_4.vertical_attribute = 'position_level' OR calibration_sessions_4.vertical_attribute = 'goals_achieved') AND (calibration_sessions_4.names_are_shown IS true OR (EXISTS (
                          SELECT 1
                          FROM calibration_session_facilitators AS calibration_session_facilitators_1
                          WHERE calibration_session_facilitators_1.tenant_id = $2::UUID
                          AND calibration_session_facilitators_1.session_id = calibration_sessions_4.id
                          AND calibration_session_facilitators_1.person_id = $1::UUID
                        ))))
                      ))) IS NOT true
                    ))) OR "~3".entity = 'calibration_subject'::text AND CAST(anon_2.key AS TEXT) IN ('person_id'::text, 'manager_id'::text, 'organization_id'::text, 'packet_id'::text) AND NOT ((EXISTS (
                      SELECT 1
                      FROM calibration_subjects AS calibration_subjects_3
                      WHERE calibration_subjects_3.tenant_id = $2::UUID
                      AND calibration_subjects_3.id = "~3".entity_id
                      AND calibration_subjects_3.person_id IS DISTINCT
                      FROM $1::UUID
                      AND (EXISTS (
                        SELECT 1
                        FROM calibration_sessions AS calibration_sessions_5
                        WHERE calibration_sessions_5.tenant_id = $2::UUID
                        AND calibration_sessions_5.id = calibration_subjects_3.session_id
                        AND (calibration_sessions_5.names_are_shown IS true OR (EXISTS (
                          SELECT 1
                          FROM calibration_session_facilitators AS calibration_session_facilitators_1
                          WHERE calibration_session_facilitators_1.tenant_id = $2::UUID
                          AND calibration_session_facilitators_1.session_id = calibration_sessions_5.id
                          AND calibration_session_facilitators_1.person_id = $1::UUID
                        )))
                      ))
                    )) AND NOT (EXISTS (
                      SELECT 1
                      FROM jsonb_array_elements("~3".access_facts) AS anon_7(value)
                      WHERE (CAST(anon_7.value ->> 'person_id'::text AS UUID) IS DISTINCT FROM $1::UUID AND (EXISTS (
                        SELECT 1
                        FROM calibration_sessions AS calibration_sessions_6
                        WHERE calibration_sessions_6.tenant_id = $2::UUID
                        AND calibration_sessions_6.id = CAST(anon_7.value ->> 'session_id'::text AS UUID)
                        AND (calibration_sessions_6.names_are_shown IS true OR (EXISTS (
                          SELECT 1
                          FROM calibration_session_facilitators AS calibration_session_facilitators_1
                          WHERE calibration_session_facilitators_1.tenant_id = $2::UUID
                          AND calibration_session_facilitators_1.session_id = calibration_sessions_6.id
                          AND calibration_session_facilitators_1.person_id = $1::UUID
                        )))
                      ))) IS NOT true
                    ))) OR "~3".entity = 'feedback_program'::text AND CAST(anon_2.key AS TEXT) IN ('invited_count'::text, 'response_count'::text) AND NOT ((EXISTS (
                      SELECT 1
                      FROM feedback_programs AS feedback_programs_1
                      WHERE feedback_programs_1.tenant_id = $2::UUID
                      AND feedback_programs_1.id = "~3".entity_id
                      AND feedback_programs_1.status = 'published'
                      AND feedback_programs_1.subject_id = $1::UUID
                    )) AND NOT (EXISTS (
                      SELECT 1
                      FROM jsonb_array_elements("~3".access_facts) AS anon_8(value)
                      WHERE ((anon_8.value ->> 'status'::text) = 'published' AND CAST(anon_8.value ->> 'subject_id'::text AS UUID) = $1::UUID) IS NOT true
                    ))))
                  ) AS anon_1
                ) AS "~"
              ), '[]'::json) AS changes
              FROM "~3"
            ) AS "~"
          ), '[]'::json) AS nodes) AS "~"
        ) AS history
        FROM people AS "~1"
        WHERE "~1".tenant_id = $2::UUID
        AND "~1".id = coalesce( (
          SELECT redirects_1.target_id
          FROM redirects AS redirects_1
          WHERE redirects_1.tenant_id = $2::UUID
          AND redirects_1.id = $4::UUID
        ), $4::UUID)
        AND true
      ) AS "~"
    ) AS node
  ) AS "~"
) AS JSON) AS json
