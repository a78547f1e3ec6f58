SELECT CAST( (
  SELECT row_to_json("~")
  FROM (
    SELECT coalesce( (
      SELECT json_agg(CASE WHEN (CAST(anon_1.kind AS TEXT) = 'journal'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'JournalEntry'::text AS __typename, 'journal_'::text || CAST("~2".id AS TEXT) AS id
          FROM journal AS "~2"
          WHERE "~2".tenant_id = $1::UUID
          AND "~2".id = anon_1.id
          AND ("~2".entity = 'person'::text AND ((EXISTS (
            SELECT 1
            FROM people AS people_1
            WHERE people_1.tenant_id = $1::UUID
            AND people_1.id = "~2".entity_id
            AND people_1.id = $2::UUID
          )) OR (EXISTS (
            SELECT 1
            FROM tombstones AS tombstones_1
            WHERE tombstones_1.tenant_id = $1::UUID
            AND tombstones_1.id = "~2".entity_id
            AND tombstones_1.id = $2::UUID
          ))) AND (("~2".action NOT IN ('departed'::text, 'departure_cancelled'::text, 'employee_number_changed'::text, 'employment_corrected'::text, 'external_reference_added'::text, 'external_reference_removed'::text, 'hired'::text, 'job_changed'::text, 'job_corrected'::text, 'job_withdrawn'::text, 'leave_corrected'::text, 'leave_started'::text, 'rehired'::text, 'returned_from_leave'::text)) OR (EXISTS (
            SELECT 1
            FROM people AS people_2
            WHERE people_2.tenant_id = $1::UUID
            AND people_2.id = "~2".entity_id
            AND (people_2.id = $2::UUID OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = people_2.id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            )))
          )) OR (EXISTS (
            SELECT 1
            FROM tombstones AS tombstones_1
            WHERE tombstones_1.tenant_id = $1::UUID
            AND tombstones_1.id = "~2".entity_id
            AND (tombstones_1.id = $2::UUID OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = tombstones_1.id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            )))
          ))) AND (("~2".action NOT IN ('job_changed'::text, 'job_corrected'::text, 'job_withdrawn'::text, 'line_corrected'::text, 'line_ended'::text, 'manager_assigned'::text)) OR "~2".effective_on IS NULL OR "~2".effective_on <= $3::DATE) OR "~2".entity = 'goal'::text AND ((EXISTS (
            SELECT 1
            FROM goals AS goals_1
            WHERE goals_1.tenant_id = $1::UUID
            AND goals_1.id = "~2".entity_id
            AND (goals_1.owner_person_id = $2::UUID OR goals_1.visibility != 'private' AND (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = goals_1.owner_person_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            )))
          )) OR (EXISTS (
            SELECT 1
            FROM tombstones AS tombstones_1
            WHERE tombstones_1.tenant_id = $1::UUID
            AND tombstones_1.id = "~2".entity_id
            AND (CAST(tombstones_1.access_facts ->> 'owner_person_id'::text AS UUID) = $2::UUID OR (tombstones_1.access_facts ->> 'visibility'::text) != 'private' AND (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = CAST(tombstones_1.access_facts ->> 'owner_person_id'::text AS UUID)
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            )))
          ))) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_2(value)
            WHERE (CAST(anon_2.value ->> 'owner_person_id'::text AS UUID) = $2::UUID OR (anon_2.value ->> 'visibility'::text) != 'private' AND (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = CAST(anon_2.value ->> 'owner_person_id'::text AS UUID)
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) IS NOT true
          )) AND (("~2".action NOT IN ('external_reference_added'::text, 'external_reference_removed'::text)) OR (EXISTS (
            SELECT 1
            FROM goals AS goals_2
            WHERE goals_2.tenant_id = $1::UUID
            AND goals_2.id = "~2".entity_id
            AND (
              SELECT false
            )
          )) OR (EXISTS (
            SELECT 1
            FROM tombstones AS tombstones_1
            WHERE tombstones_1.tenant_id = $1::UUID
            AND tombstones_1.id = "~2".entity_id
            AND (
              SELECT false
            )
          ))) OR "~2".entity = 'kpi'::text AND (EXISTS (
            SELECT 1
            FROM kpis AS kpis_1
            WHERE kpis_1.tenant_id = $1::UUID
            AND kpis_1.id = "~2".entity_id
            AND kpis_1.owner_id = $2::UUID
          )) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_3(value)
            WHERE (CAST(anon_3.value ->> 'owner_id'::text AS UUID) = $2::UUID) IS NOT true
          )) AND true OR "~2".entity = 'alert_rule'::text AND ((EXISTS (
            SELECT 1
            FROM alert_rules AS alert_rules_1
            WHERE alert_rules_1.tenant_id = $1::UUID
            AND alert_rules_1.id = "~2".entity_id
            AND (EXISTS (
              SELECT 1
              FROM kpis AS kpis_2
              WHERE kpis_2.tenant_id = $1::UUID
              AND kpis_2.id = alert_rules_1.kpi_id
              AND kpis_2.owner_id = $2::UUID
            ))
          )) OR (EXISTS (
            SELECT 1
            FROM tombstones AS tombstones_1
            WHERE tombstones_1.tenant_id = $1::UUID
            AND tombstones_1.id = "~2".entity_id
            AND (EXISTS (
              SELECT 1
              FROM kpis AS kpis_3
              WHERE kpis_3.tenant_id = $1::UUID
              AND kpis_3.id = CAST(tombstones_1.access_facts ->> 'kpi_id'::text AS UUID)
              AND kpis_3.owner_id = $2::UUID
            ))
          ))) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_4(value)
            WHERE (EXISTS (
              SELECT 1
              FROM kpis AS kpis_4
              WHERE kpis_4.tenant_id = $1::UUID
              AND kpis_4.id = CAST(anon_4.value ->> 'kpi_id'::text AS UUID)
              AND kpis_4.owner_id = $2::UUID
            )) IS NOT true
          )) AND true OR "~2".entity = 'alert'::text AND (EXISTS (
            SELECT 1
            FROM alerts AS alerts_1
            WHERE alerts_1.tenant_id = $1::UUID
            AND alerts_1.id = "~2".entity_id
            AND (EXISTS (
              SELECT 1
              FROM kpis AS kpis_5
              WHERE kpis_5.tenant_id = $1::UUID
              AND kpis_5.id = alerts_1.kpi_id
              AND kpis_5.owner_id = $2::UUID
            ))
          )) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_5(value)
            WHERE (EXISTS (
              SELECT 1
              FROM kpis AS kpis_6
              WHERE kpis_6.tenant_id = $1::UUID
              AND kpis_6.id = CAST(anon_5.value ->> 'kpi_id'::text AS UUID)
              AND kpis_6.owner_id = $2::UUID
            )) IS NOT true
          )) AND true OR "~2".entity = 'scorecard'::text AND (EXISTS (
            SELECT 1
            FROM scorecards AS scorecards_1
            WHERE scorecards_1.tenant_id = $1::UUID
            AND scorecards_1.id = "~2".entity_id
            AND scorecards_1.owner_id = $2::UUID
          )) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_6(value)
            WHERE (CAST(anon_6.value ->> 'owner_id'::text AS UUID) = $2::UUID) IS NOT true
          )) AND true OR "~2".entity = 'kpi_review_schedule'::text AND (EXISTS (
            SELECT 1
            FROM kpi_review_schedules AS kpi_review_schedules_1
            WHERE kpi_review_schedules_1.tenant_id = $1::UUID
            AND kpi_review_schedules_1.id = "~2".entity_id
            AND (kpi_review_schedules_1.owner_id = $2::UUID OR (EXISTS (
              SELECT 1
              FROM kpis AS kpis_7
              WHERE kpis_7.tenant_id = $1::UUID
              AND kpis_7.id = kpi_review_schedules_1.kpi_id
              AND kpis_7.owner_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM scorecards AS scorecards_2
              WHERE scorecards_2.tenant_id = $1::UUID
              AND scorecards_2.id = kpi_review_schedules_1.scorecard_id
              AND scorecards_2.owner_id = $2::UUID
            )))
          )) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_7(value)
            WHERE (CAST(anon_7.value ->> 'owner_id'::text AS UUID) = $2::UUID OR (EXISTS (
              SELECT 1
              FROM kpis AS kpis_8
              WHERE kpis_8.tenant_id = $1::UUID
              AND kpis_8.id = CAST(anon_7.value ->> 'kpi_id'::text AS UUID)
              AND kpis_8.owner_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM scorecards AS scorecards_3
              WHERE scorecards_3.tenant_id = $1::UUID
              AND scorecards_3.id = CAST(anon_7.value ->> 'scorecard_id'::text AS UUID)
              AND scorecards_3.owner_id = $2::UUID
            ))) IS NOT true
          )) AND true OR "~2".entity = 'kpi_review'::text AND (EXISTS (
            SELECT 1
            FROM kpi_reviews AS kpi_reviews_1
            WHERE kpi_reviews_1.tenant_id = $1::UUID
            AND kpi_reviews_1.id = "~2".entity_id
            AND (EXISTS (
              SELECT 1
              FROM kpi_review_schedules AS kpi_review_schedules_2
              WHERE kpi_review_schedules_2.tenant_id = $1::UUID
              AND kpi_review_schedules_2.id = kpi_reviews_1.schedule_id
              AND (kpi_review_schedules_2.owner_id = $2::UUID OR (EXISTS (
                SELECT 1
                FROM kpis AS kpis_9
                WHERE kpis_9.tenant_id = $1::UUID
                AND kpis_9.id = kpi_review_schedules_2.kpi_id
                AND kpis_9.owner_id = $2::UUID
              )) OR (EXISTS (
                SELECT 1
                FROM scorecards AS scorecards_4
                WHERE scorecards_4.tenant_id = $1::UUID
                AND scorecards_4.id = kpi_review_schedules_2.scorecard_id
                AND scorecards_4.owner_id = $2::UUID
              )))
            ))
          )) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_8(value)
            WHERE (EXISTS (
              SELECT 1
              FROM kpi_review_schedules AS kpi_review_schedules_3
              WHERE kpi_review_schedules_3.tenant_id = $1::UUID
              AND kpi_review_schedules_3.id = CAST(anon_8.value ->> 'schedule_id'::text AS UUID)
              AND (kpi_review_schedules_3.owner_id = $2::UUID OR (EXISTS (
                SELECT 1
                FROM kpis AS kpis_10
                WHERE kpis_10.tenant_id = $1::UUID
                AND kpis_10.id = kpi_review_schedules_3.kpi_id
                AND kpis_10.owner_id = $2::UUID
              )) OR (EXISTS (
                SELECT 1
                FROM scorecards AS scorecards_5
                WHERE scorecards_5.tenant_id = $1::UUID
                AND scorecards_5.id = kpi_review_schedules_3.scorecard_id
                AND scorecards_5.owner_id = $2::UUID
              )))
            )) IS NOT true
          )) AND true OR "~2".entity = 'action_item'::text AND (EXISTS (
            SELECT 1
            FROM action_items AS action_items_1
            WHERE action_items_1.tenant_id = $1::UUID
            AND action_items_1.id = "~2".entity_id
            AND (action_items_1.owner_id = $2::UUID OR action_items_1.creator_id = $2::UUID OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = action_items_1.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            )))
          )) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_9(value)
            WHERE (CAST(anon_9.value ->> 'owner_id'::text AS UUID) = $2::UUID OR CAST(anon_9.value ->> 'creator_id'::text AS UUID) = $2::UUID OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = CAST(anon_9.value ->> 'owner_id'::text AS UUID)
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) IS NOT true
          )) AND true OR "~2".entity = 'annotation'::text AND ((EXISTS (
            SELECT 1
            FROM annotations AS annotations_1
            WHERE annotations_1.tenant_id = $1::UUID
            AND annotations_1.id = "~2".entity_id
            AND (EXISTS (
              SELECT 1
              FROM kpis AS kpis_11
              WHERE kpis_11.tenant_id = $1::UUID
              AND kpis_11.id = annotations_1.kpi_id
              AND kpis_11.owner_id = $2::UUID
            ))
          )) OR (EXISTS (
            SELECT 1
            FROM tombstones AS tombstones_1
            WHERE tombstones_1.tenant_id = $1::UUID
            AND tombstones_1.id = "~2".entity_id
            AND (EXISTS (
              SELECT 1
              FROM kpis AS kpis_12
              WHERE kpis_12.tenant_id = $1::UUID
              AND kpis_12.id = CAST(tombstones_1.access_facts ->> 'kpi_id'::text AS UUID)
              AND kpis_12.owner_id = $2::UUID
            ))
          ))) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_10(value)
            WHERE (EXISTS (
              SELECT 1
              FROM kpis AS kpis_13
              WHERE kpis_13.tenant_id = $1::UUID
              AND kpis_13.id = CAST(anon_10.value ->> 'kpi_id'::text AS UUID)
              AND kpis_13.owner_id = $2::UUID
            )) IS NOT true
          )) AND true OR "~2".entity = 'feedback'::text AND ((EXISTS (
            SELECT 1
            FROM feedbacks AS feedbacks_1
            WHERE feedbacks_1.tenant_id = $1::UUID
            AND feedbacks_1.id = "~2".entity_id
            AND feedbacks_1.author_id = $2::UUID
          )) OR (EXISTS (
            SELECT 1
            FROM tombstones AS tombstones_1
            WHERE tombstones_1.tenant_id = $1::UUID
            AND tombstones_1.id = "~2".entity_id
            AND CAST(tombstones_1.access_facts ->> 'author_id'::text AS UUID) = $2::UUID
          ))) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_11(value)
            WHERE (CAST(anon_11.value ->> 'author_id'::text AS UUID) = $2::UUID) IS NOT true
          )) AND (("~2".action NOT IN ('given'::text)) OR ((EXISTS (
            SELECT 1
            FROM feedbacks AS feedbacks_2
            WHERE feedbacks_2.tenant_id = $1::UUID
            AND feedbacks_2.id = "~2".entity_id
            AND (feedbacks_2.mode = 'identified' OR feedbacks_2.author_id = $2::UUID)
          )) OR (EXISTS (
            SELECT 1
            FROM tombstones AS tombstones_1
            WHERE tombstones_1.tenant_id = $1::UUID
            AND tombstones_1.id = "~2".entity_id
            AND ((tombstones_1.access_facts ->> 'mode'::text) = 'identified' OR CAST(tombstones_1.access_facts ->> 'author_id'::text AS UUID) = $2::UUID)
          ))) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_12(value)
            WHERE ((anon_12.value ->> 'mode'::text) = 'identified' OR CAST(anon_12.value ->> 'author_id'::text AS UUID) = $2::UUID) IS NOT true
          ))) OR "~2".entity = 'calibration_session'::text AND (EXISTS (
            SELECT 1
            FROM calibration_sessions AS calibration_sessions_1
            WHERE calibration_sessions_1.tenant_id = $1::UUID
            AND calibration_sessions_1.id = "~2".entity_id
            AND (EXISTS (
              SELECT 1
              FROM calibration_session_facilitators AS calibration_session_facilitators_1
              WHERE calibration_session_facilitators_1.tenant_id = $1::UUID
              AND calibration_session_facilitators_1.session_id = calibration_sessions_1.id
              AND calibration_session_facilitators_1.person_id = $2::UUID
            ))
          )) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_13(value)
            WHERE (anon_13.value @> jsonb_build_object('facilitator_ids'::text, jsonb_build_array(CAST($2::UUID AS TEXT)))) IS NOT true
          )) AND true OR "~2".entity = 'calibration_subject'::text AND (EXISTS (
            SELECT 1
            FROM calibration_subjects AS calibration_subjects_1
            WHERE calibration_subjects_1.tenant_id = $1::UUID
            AND calibration_subjects_1.id = "~2".entity_id
            AND calibration_subjects_1.person_id IS DISTINCT
            FROM $2::UUID
            AND (EXISTS (
              SELECT 1
              FROM calibration_sessions AS calibration_sessions_2
              WHERE calibration_sessions_2.tenant_id = $1::UUID
              AND calibration_sessions_2.id = calibration_subjects_1.session_id
              AND (EXISTS (
                SELECT 1
                FROM calibration_session_facilitators AS calibration_session_facilitators_1
                WHERE calibration_session_facilitators_1.tenant_id = $1::UUID
                AND calibration_session_facilitators_1.session_id = calibration_sessions_2.id
                AND calibration_session_facilitators_1.person_id = $2::UUID
              ))
            ))
          )) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_14(value)
            WHERE (CAST(anon_14.value ->> 'person_id'::text AS UUID) IS DISTINCT FROM $2::UUID AND (EXISTS (
              SELECT 1
              FROM calibration_sessions AS calibration_sessions_3
              WHERE calibration_sessions_3.tenant_id = $1::UUID
              AND calibration_sessions_3.id = CAST(anon_14.value ->> 'session_id'::text AS UUID)
              AND (EXISTS (
                SELECT 1
                FROM calibration_session_facilitators AS calibration_session_facilitators_1
                WHERE calibration_session_facilitators_1.tenant_id = $1::UUID
                AND calibration_session_facilitators_1.session_id = calibration_sessions_3.id
                AND calibration_session_facilitators_1.person_id = $2::UUID
              ))
            ))) IS NOT true
          )) AND (("~2".action NOT IN ('added'::text)) OR (EXISTS (
            SELECT 1
            FROM calibration_subjects AS calibration_subjects_2
            WHERE calibration_subjects_2.tenant_id = $1::UUID
            AND calibration_subjects_2.id = "~2".entity_id
            AND calibration_subjects_2.person_id IS DISTINCT
            FROM $2::UUID
            AND (EXISTS (
              SELECT 1
              FROM calibration_sessions AS calibration_sessions_4
              WHERE calibration_sessions_4.tenant_id = $1::UUID
              AND calibration_sessions_4.id = calibration_subjects_2.session_id
              AND (calibration_sessions_4.names_are_shown IS true OR (EXISTS (
                SELECT 1
                FROM calibration_session_facilitators AS calibration_session_facilitators_1
                WHERE calibration_session_facilitators_1.tenant_id = $1::UUID
                AND calibration_session_facilitators_1.session_id = calibration_sessions_4.id
                AND calibration_session_facilitators_1.person_id = $2::UUID
              )))
            ))
          )) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_15(value)
            WHERE (CAST(anon_15.value ->> 'person_id'::text AS UUID) IS DISTINCT FROM $2::UUID AND (EXISTS (
              SELECT 1
              FROM calibration_sessions AS calibration_sessions_5
              WHERE calibration_sessions_5.tenant_id = $1::UUID
              AND calibration_sessions_5.id = CAST(anon_15.value ->> 'session_id'::text AS UUID)
              AND (calibration_sessions_5.names_are_shown IS true OR (EXISTS (
                SELECT 1
                FROM calibration_session_facilitators AS calibration_session_facilitators_1
                WHERE calibration_session_facilitators_1.tenant_id = $1::UUID
                AND calibration_session_facilitators_1.session_id = calibration_sessions_5.id
                AND calibration_session_facilitators_1.person_id = $2::UUID
              )))
            ))) IS NOT true
          ))) OR "~2".entity = 'review_nomination'::text AND (EXISTS (
            SELECT 1
            FROM review_nominations AS review_nominations_1
            WHERE review_nominations_1.tenant_id = $1::UUID
            AND review_nominations_1.id = "~2".entity_id
            AND review_nominations_1.manager_id = $2::UUID
            AND review_nominations_1.subject_id IS DISTINCT
            FROM $2::UUID
          )) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_16(value)
            WHERE (CAST(anon_16.value ->> 'manager_id'::text AS UUID) = $2::UUID AND CAST(anon_16.value ->> 'subject_id'::text AS UUID) IS DISTINCT FROM $2::UUID) IS NOT true
          )) AND true OR "~2".entity = 'feedback_request'::text AND (EXISTS (
            SELECT 1
            FROM feedback_requests AS feedback_requests_1
            WHERE feedback_requests_1.tenant_id = $1::UUID
            AND feedback_requests_1.id = "~2".entity_id
            AND (feedback_requests_1.asker_id = $2::UUID OR feedback_requests_1.respondent_id = $2::UUID)
          )) AND NOT (EXISTS (
            SELECT 1
            FROM jsonb_array_elements("~2".access_facts) AS anon_17(value)
            WHERE (CAST(anon_17.value ->> 'asker_id'::text AS UUID) = $2::UUID OR CAST(anon_17.value ->> 'respondent_id'::text AS UUID) = $2::UUID) IS NOT true
          )) AND true)
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'tenant'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Tenant'::text AS __typename, 'tenant_'::text || CAST("~3".id AS TEXT) AS id
          FROM tenants AS "~3"
          WHERE "~3".tenant_id = $1::UUID
          AND "~3".id = anon_1.id
          AND true
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'customfield'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'CustomField'::text AS __typename, 'customfield_'::text || CAST("~4".id AS TEXT) AS id
          FROM custom_fields AS "~4"
          WHERE "~4".tenant_id = $1::UUID
          AND "~4".id = anon_1.id
          AND true
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'org'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Organization'::text AS __typename, 'org_'::text || CAST("~5".id AS TEXT) AS id, "~5".code AS code
          FROM organizations AS "~5"
          WHERE "~5".tenant_id = $1::UUID
          AND "~5".id = anon_1.id
          AND true
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'orgref'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'OrganizationReference'::text AS __typename, 'orgref_'::text || CAST("~6".id AS TEXT) AS id
          FROM organization_references AS "~6"
          WHERE "~6".tenant_id = $1::UUID
          AND "~6".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'job'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Job'::text AS __typename, 'job_'::text || CAST("~7".id AS TEXT) AS id
          FROM jobs AS "~7"
          WHERE "~7".tenant_id = $1::UUID
          AND "~7".id = anon_1.id
          AND "~7".starts_on <= $3::DATE
          AND "~7".state = 'current'
          AND (EXISTS (
            SELECT 1
            FROM people AS people_3
            WHERE people_3.tenant_id = $1::UUID
            AND people_3.id = "~7".person_id
            AND (people_3.id = $2::UUID OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = people_3.id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'employment'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Employment'::text AS __typename, 'employment_'::text || CAST("~8".id AS TEXT) AS id
          FROM employments AS "~8"
          WHERE "~8".tenant_id = $1::UUID
          AND "~8".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM people AS people_4
            WHERE people_4.tenant_id = $1::UUID
            AND people_4.id = "~8".person_id
            AND (people_4.id = $2::UUID OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = people_4.id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'line'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReportingLine'::text AS __typename, 'line_'::text || CAST("~9".id AS TEXT) AS id
          FROM reporting_lines AS "~9"
          WHERE "~9".tenant_id = $1::UUID
          AND "~9".id = anon_1.id
          AND "~9".starts_on <= $3::DATE
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'person'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Person'::text AS __typename, 'person_'::text || CAST("~10".id AS TEXT) AS id
          FROM people AS "~10"
          WHERE "~10".tenant_id = $1::UUID
          AND "~10".id = coalesce( (
            SELECT redirects_1.target_id
            FROM redirects AS redirects_1
            WHERE redirects_1.tenant_id = $1::UUID
            AND redirects_1.id = anon_1.id
          ), anon_1.id)
          AND true
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'leave'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Leave'::text AS __typename, 'leave_'::text || CAST("~11".id AS TEXT) AS id
          FROM leaves AS "~11"
          WHERE "~11".tenant_id = $1::UUID
          AND "~11".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM people AS people_5
            WHERE people_5.tenant_id = $1::UUID
            AND people_5.id = "~11".person_id
            AND (people_5.id = $2::UUID OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = people_5.id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'personref'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'PersonReference'::text AS __typename, 'personref_'::text || CAST("~12".id AS TEXT) AS id
          FROM person_references AS "~12"
          WHERE "~12".tenant_id = $1::UUID
          AND "~12".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM people AS people_6
            WHERE people_6.tenant_id = $1::UUID
            AND people_6.id = "~12".person_id
            AND (people_6.id = $2::UUID OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = people_6.id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'team'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Team'::text AS __typename, 'team_'::text || CAST("~13".id AS TEXT) AS id, "~13".name AS name
          FROM teams AS "~13"
          WHERE "~13".tenant_id = $1::UUID
          AND "~13".id = anon_1.id
          AND true
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'teamref'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'TeamReference'::text AS __typename, 'teamref_'::text || CAST("~14".id AS TEXT) AS id
          FROM team_references AS "~14"
          WHERE "~14".tenant_id = $1::UUID
          AND "~14".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'membership'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Membership'::text AS __typename, 'membership_'::text || CAST("~15".id AS TEXT) AS id
          FROM team_memberships AS "~15"
          WHERE "~15".tenant_id = $1::UUID
          AND "~15".id = anon_1.id
          AND "~15".starts_on <= $3::DATE
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'goal'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Goal'::text AS __typename, 'goal_'::text || CAST("~16".id AS TEXT) AS id, "~16".title AS title
          FROM goals AS "~16"
          WHERE "~16".tenant_id = $1::UUID
          AND "~16".id = anon_1.id
          AND ("~16".owner_person_id = $2::UUID OR "~16".status != 'draft' AND ("~16".visibility = 'public' OR "~16".visibility = 'organization' AND ("~16".owner_organization_id = ANY ($4::UUID[]) OR "~16".owner_organization_id IS NULL AND "~16".owner_team_id IN (
            SELECT teams_1.id
            FROM teams AS teams_1
            WHERE teams_1.tenant_id = $1::UUID
            AND teams_1.organization_id = ANY ($4::UUID[])
          ) OR "~16".owner_organization_id IS NULL AND "~16".owner_team_id IS NULL AND "~16".owner_person_id IN (
            SELECT people_7.id
            FROM people AS people_7
            WHERE people_7.tenant_id = $1::UUID
            AND (people_7.organization_id = ANY ($4::UUID[]) AND (people_7.unit_changes_on IS NULL OR people_7.unit_changes_on > $3::DATE) OR people_7.unit_changes_on IS NOT NULL AND people_7.unit_changes_on <= $3::DATE AND (
              SELECT jobs_1.organization_id
              FROM jobs AS jobs_1
              WHERE jobs_1.tenant_id = $1::UUID
              AND jobs_1.person_id = people_7.id
              AND jobs_1.superseded_at IS NULL
              AND jobs_1.starts_on <= $3::DATE
              AND (people_7.left_on IS NULL OR jobs_1.starts_on < people_7.left_on)
              ORDER BY jobs_1.starts_on DESC
              LIMIT 1
            ) = ANY ($4::UUID[]))
          )) OR (EXISTS (
            SELECT 1
            FROM goal_viewers AS goal_viewers_1
            WHERE goal_viewers_1.tenant_id = $1::UUID
            AND goal_viewers_1.goal_id = "~16".id
            AND goal_viewers_1.person_id = $2::UUID
          ))) OR "~16".visibility != 'private' AND (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $1::UUID
            AND reporting_closure_1.descendant_id = "~16".owner_person_id
            AND reporting_closure_1.ancestor_id = $2::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          )))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'goalref'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'GoalReference'::text AS __typename, 'goalref_'::text || CAST("~17".id AS TEXT) AS id
          FROM goal_references AS "~17"
          WHERE "~17".tenant_id = $1::UUID
          AND "~17".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'keyres'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'KeyResult'::text AS __typename, 'keyres_'::text || CAST("~18".id AS TEXT) AS id
          FROM key_results AS "~18"
          WHERE "~18".tenant_id = $1::UUID
          AND "~18".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM goals AS goals_3
            WHERE goals_3.tenant_id = $1::UUID
            AND goals_3.id = "~18".goal_id
            AND (goals_3.owner_person_id = $2::UUID OR goals_3.status != 'draft' AND (goals_3.visibility = 'public' OR goals_3.visibility = 'organization' AND (goals_3.owner_organization_id = ANY ($4::UUID[]) OR goals_3.owner_organization_id IS NULL AND goals_3.owner_team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR goals_3.owner_organization_id IS NULL AND goals_3.owner_team_id IS NULL AND goals_3.owner_person_id IN (
              SELECT people_7.id
              FROM people AS people_7
              WHERE people_7.tenant_id = $1::UUID
              AND (people_7.organization_id = ANY ($4::UUID[]) AND (people_7.unit_changes_on IS NULL OR people_7.unit_changes_on > $3::DATE) OR people_7.unit_changes_on IS NOT NULL AND people_7.unit_changes_on <= $3::DATE AND (
                SELECT jobs_1.organization_id
                FROM jobs AS jobs_1
                WHERE jobs_1.tenant_id = $1::UUID
                AND jobs_1.person_id = people_7.id
                AND jobs_1.superseded_at IS NULL
                AND jobs_1.starts_on <= $3::DATE
                AND (people_7.left_on IS NULL OR jobs_1.starts_on < people_7.left_on)
                ORDER BY jobs_1.starts_on DESC
                LIMIT 1
              ) = ANY ($4::UUID[]))
            )) OR (EXISTS (
              SELECT 1
              FROM goal_viewers AS goal_viewers_1
              WHERE goal_viewers_1.tenant_id = $1::UUID
              AND goal_viewers_1.goal_id = goals_3.id
              AND goal_viewers_1.person_id = $2::UUID
            ))) OR goals_3.visibility != 'private' AND (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = goals_3.owner_person_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'checkin'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'CheckIn'::text AS __typename, 'checkin_'::text || CAST("~19".id AS TEXT) AS id
          FROM check_ins AS "~19"
          WHERE "~19".tenant_id = $1::UUID
          AND "~19".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM goals AS goals_4
            WHERE goals_4.tenant_id = $1::UUID
            AND goals_4.id = "~19".goal_id
            AND (goals_4.owner_person_id = $2::UUID OR goals_4.status != 'draft' AND (goals_4.visibility = 'public' OR goals_4.visibility = 'organization' AND (goals_4.owner_organization_id = ANY ($4::UUID[]) OR goals_4.owner_organization_id IS NULL AND goals_4.owner_team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR goals_4.owner_organization_id IS NULL AND goals_4.owner_team_id IS NULL AND goals_4.owner_person_id IN (
              SELECT people_7.id
              FROM people AS people_7
              WHERE people_7.tenant_id = $1::UUID
              AND (people_7.organization_id = ANY ($4::UUID[]) AND (people_7.unit_changes_on IS NULL OR people_7.unit_changes_on > $3::DATE) OR people_7.unit_changes_on IS NOT NULL AND people_7.unit_changes_on <= $3::DATE AND (
                SELECT jobs_1.organization_id
                FROM jobs AS jobs_1
                WHERE jobs_1.tenant_id = $1::UUID
                AND jobs_1.person_id = people_7.id
                AND jobs_1.superseded_at IS NULL
                AND jobs_1.starts_on <= $3::DATE
                AND (people_7.left_on IS NULL OR jobs_1.starts_on < people_7.left_on)
                ORDER BY jobs_1.starts_on DESC
                LIMIT 1
              ) = ANY ($4::UUID[]))
            )) OR (EXISTS (
              SELECT 1
              FROM goal_viewers AS goal_viewers_1
              WHERE goal_viewers_1.tenant_id = $1::UUID
              AND goal_viewers_1.goal_id = goals_4.id
              AND goal_viewers_1.person_id = $2::UUID
            ))) OR goals_4.visibility != 'private' AND (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = goals_4.owner_person_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'checkinvalue'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'CheckInValue'::text AS __typename, 'checkinvalue_'::text || CAST("~20".id AS TEXT) AS id
          FROM check_in_values AS "~20"
          WHERE "~20".tenant_id = $1::UUID
          AND "~20".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM check_ins AS check_ins_1
            WHERE check_ins_1.tenant_id = $1::UUID
            AND check_ins_1.id = "~20".check_in_id
            AND (EXISTS (
              SELECT 1
              FROM goals AS goals_5
              WHERE goals_5.tenant_id = $1::UUID
              AND goals_5.id = check_ins_1.goal_id
              AND (goals_5.owner_person_id = $2::UUID OR goals_5.status != 'draft' AND (goals_5.visibility = 'public' OR goals_5.visibility = 'organization' AND (goals_5.owner_organization_id = ANY ($4::UUID[]) OR goals_5.owner_organization_id IS NULL AND goals_5.owner_team_id IN (
                SELECT teams_1.id
                FROM teams AS teams_1
                WHERE teams_1.tenant_id = $1::UUID
                AND teams_1.organization_id = ANY ($4::UUID[])
              ) OR goals_5.owner_organization_id IS NULL AND goals_5.owner_team_id IS NULL AND goals_5.owner_person_id IN (
                SELECT people_7.id
                FROM people AS people_7
                WHERE people_7.tenant_id = $1::UUID
                AND (people_7.organization_id = ANY ($4::UUID[]) AND (people_7.unit_changes_on IS NULL OR people_7.unit_changes_on > $3::DATE) OR people_7.unit_changes_on IS NOT NULL AND people_7.unit_changes_on <= $3::DATE AND (
                  SELECT jobs_1.organization_id
                  FROM jobs AS jobs_1
                  WHERE jobs_1.tenant_id = $1::UUID
                  AND jobs_1.person_id = people_7.id
                  AND jobs_1.superseded_at IS NULL
                  AND jobs_1.starts_on <= $3::DATE
                  AND (people_7.left_on IS NULL OR jobs_1.starts_on < people_7.left_on)
                  ORDER BY jobs_1.starts_on DESC
                  LIMIT 1
                ) = ANY ($4::UUID[]))
              )) OR (EXISTS (
                SELECT 1
                FROM goal_viewers AS goal_viewers_1
                WHERE goal_viewers_1.tenant_id = $1::UUID
                AND goal_viewers_1.goal_id = goals_5.id
                AND goal_viewers_1.person_id = $2::UUID
              ))) OR goals_5.visibility != 'private' AND (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = goals_5.owner_person_id
                AND reporting_closure_1.ancestor_id = $2::UUID
                AND reporting_closure_1.starts_on <= $3::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
              )))
            ))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'role'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Role'::text AS __typename, 'role_'::text || CAST("~21".id AS TEXT) AS id
          FROM roles AS "~21"
          WHERE "~21".tenant_id = $1::UUID
          AND "~21".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'grant'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'RoleGrant'::text AS __typename, 'grant_'::text || CAST("~22".id AS TEXT) AS id
          FROM role_grants AS "~22"
          WHERE "~22".tenant_id = $1::UUID
          AND "~22".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'member'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Member'::text AS __typename, 'member_'::text || CAST("~23".id AS TEXT) AS id
          FROM members AS "~23"
          WHERE "~23".tenant_id = $1::UUID
          AND "~23".id = coalesce( (
            SELECT redirects_1.target_id
            FROM redirects AS redirects_1
            WHERE redirects_1.tenant_id = $1::UUID
            AND redirects_1.id = anon_1.id
          ), anon_1.id)
          AND "~23".person_id = $2::UUID
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'assignment'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'RoleAssignment'::text AS __typename, 'assignment_'::text || CAST("~24".id AS TEXT) AS id
          FROM role_assignments AS "~24"
          WHERE "~24".tenant_id = $1::UUID
          AND "~24".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM members AS members_1
            WHERE members_1.tenant_id = $1::UUID
            AND members_1.id = "~24".member_id
            AND members_1.person_id = $2::UUID
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'kpi'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Kpi'::text AS __typename, 'kpi_'::text || CAST("~25".id AS TEXT) AS id
          FROM kpis AS "~25"
          WHERE "~25".tenant_id = $1::UUID
          AND "~25".id = anon_1.id
          AND ("~25".visibility = 'tenant' OR "~25".owner_id = $2::UUID OR "~25".visibility = 'organization' AND ("~25".organization_id = ANY ($4::UUID[]) OR "~25".organization_id IS NULL AND "~25".team_id IN (
            SELECT teams_1.id
            FROM teams AS teams_1
            WHERE teams_1.tenant_id = $1::UUID
            AND teams_1.organization_id = ANY ($4::UUID[])
          ) OR (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $1::UUID
            AND reporting_closure_1.descendant_id = "~25".owner_id
            AND reporting_closure_1.ancestor_id = $2::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          ))) OR (EXISTS (
            SELECT 1
            FROM kpi_recorders AS kpi_recorders_1
            WHERE kpi_recorders_1.tenant_id = $1::UUID
            AND kpi_recorders_1.kpi_id = "~25".id
            AND kpi_recorders_1.person_id = $2::UUID
          )) OR (EXISTS (
            SELECT 1
            FROM kpi_viewers AS kpi_viewers_1
            WHERE kpi_viewers_1.tenant_id = $1::UUID
            AND kpi_viewers_1.kpi_id = "~25".id
            AND kpi_viewers_1.person_id = $2::UUID
          )))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'kpidef'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'KpiDefinition'::text AS __typename, 'kpidef_'::text || CAST("~26".id AS TEXT) AS id
          FROM kpi_definitions AS "~26"
          WHERE "~26".tenant_id = $1::UUID
          AND "~26".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM kpis AS kpis_14
            WHERE kpis_14.tenant_id = $1::UUID
            AND kpis_14.id = "~26".kpi_id
            AND (kpis_14.visibility = 'tenant' OR kpis_14.owner_id = $2::UUID OR kpis_14.visibility = 'organization' AND (kpis_14.organization_id = ANY ($4::UUID[]) OR kpis_14.organization_id IS NULL AND kpis_14.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = kpis_14.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM kpi_recorders AS kpi_recorders_1
              WHERE kpi_recorders_1.tenant_id = $1::UUID
              AND kpi_recorders_1.kpi_id = kpis_14.id
              AND kpi_recorders_1.person_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM kpi_viewers AS kpi_viewers_1
              WHERE kpi_viewers_1.tenant_id = $1::UUID
              AND kpi_viewers_1.kpi_id = kpis_14.id
              AND kpi_viewers_1.person_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'kpitarget'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'KpiTarget'::text AS __typename, 'kpitarget_'::text || CAST("~27".id AS TEXT) AS id
          FROM kpi_targets AS "~27"
          WHERE "~27".tenant_id = $1::UUID
          AND "~27".id = anon_1.id
          AND ("~27".member_id IS NULL OR (EXISTS (
            SELECT 1
            FROM kpi_dimension_members AS kpi_dimension_members_1
            WHERE kpi_dimension_members_1.tenant_id = $1::UUID
            AND kpi_dimension_members_1.id = "~27".member_id
            AND (kpi_dimension_members_1.organization_id IS NULL OR kpi_dimension_members_1.organization_id = ANY ($4::UUID[]) OR (EXISTS (
              SELECT 1
              FROM kpis AS kpis_15
              WHERE kpis_15.tenant_id = $1::UUID
              AND kpis_15.id = kpi_dimension_members_1.kpi_id
              AND kpis_15.owner_id = $2::UUID
            )))
            AND (EXISTS (
              SELECT 1
              FROM kpis AS kpis_16
              WHERE kpis_16.tenant_id = $1::UUID
              AND kpis_16.id = kpi_dimension_members_1.kpi_id
              AND (kpis_16.visibility = 'tenant' OR kpis_16.owner_id = $2::UUID OR kpis_16.visibility = 'organization' AND (kpis_16.organization_id = ANY ($4::UUID[]) OR kpis_16.organization_id IS NULL AND kpis_16.team_id IN (
                SELECT teams_1.id
                FROM teams AS teams_1
                WHERE teams_1.tenant_id = $1::UUID
                AND teams_1.organization_id = ANY ($4::UUID[])
              ) OR (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = kpis_16.owner_id
                AND reporting_closure_1.ancestor_id = $2::UUID
                AND reporting_closure_1.starts_on <= $3::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
              ))) OR (EXISTS (
                SELECT 1
                FROM kpi_recorders AS kpi_recorders_1
                WHERE kpi_recorders_1.tenant_id = $1::UUID
                AND kpi_recorders_1.kpi_id = kpis_16.id
                AND kpi_recorders_1.person_id = $2::UUID
              )) OR (EXISTS (
                SELECT 1
                FROM kpi_viewers AS kpi_viewers_1
                WHERE kpi_viewers_1.tenant_id = $1::UUID
                AND kpi_viewers_1.kpi_id = kpis_16.id
                AND kpi_viewers_1.person_id = $2::UUID
              )))
            ))
          )))
          AND (EXISTS (
            SELECT 1
            FROM kpis AS kpis_17
            WHERE kpis_17.tenant_id = $1::UUID
            AND kpis_17.id = "~27".kpi_id
            AND (kpis_17.visibility = 'tenant' OR kpis_17.owner_id = $2::UUID OR kpis_17.visibility = 'organization' AND (kpis_17.organization_id = ANY ($4::UUID[]) OR kpis_17.organization_id IS NULL AND kpis_17.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = kpis_17.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM kpi_recorders AS kpi_recorders_1
              WHERE kpi_recorders_1.tenant_id = $1::UUID
              AND kpi_recorders_1.kpi_id = kpis_17.id
              AND kpi_recorders_1.person_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM kpi_viewers AS kpi_viewers_1
              WHERE kpi_viewers_1.tenant_id = $1::UUID
              AND kpi_viewers_1.kpi_id = kpis_17.id
              AND kpi_viewers_1.person_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'kpibaseline'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'KpiBaseline'::text AS __typename, 'kpibaseline_'::text || CAST("~28".id AS TEXT) AS id
          FROM kpi_baselines AS "~28"
          WHERE "~28".tenant_id = $1::UUID
          AND "~28".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM kpis AS kpis_18
            WHERE kpis_18.tenant_id = $1::UUID
            AND kpis_18.id = "~28".kpi_id
            AND (kpis_18.visibility = 'tenant' OR kpis_18.owner_id = $2::UUID OR kpis_18.visibility = 'organization' AND (kpis_18.organization_id = ANY ($4::UUID[]) OR kpis_18.organization_id IS NULL AND kpis_18.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = kpis_18.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM kpi_recorders AS kpi_recorders_1
              WHERE kpi_recorders_1.tenant_id = $1::UUID
              AND kpi_recorders_1.kpi_id = kpis_18.id
              AND kpi_recorders_1.person_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM kpi_viewers AS kpi_viewers_1
              WHERE kpi_viewers_1.tenant_id = $1::UUID
              AND kpi_viewers_1.kpi_id = kpis_18.id
              AND kpi_viewers_1.person_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'kpiinput'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'KpiFormulaInput'::text AS __typename, 'kpiinput_'::text || CAST("~29".id AS TEXT) AS id
          FROM kpi_formula_inputs AS "~29"
          WHERE "~29".tenant_id = $1::UUID
          AND "~29".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM kpi_definitions AS kpi_definitions_1
            WHERE kpi_definitions_1.tenant_id = $1::UUID
            AND kpi_definitions_1.id = "~29".definition_id
            AND (EXISTS (
              SELECT 1
              FROM kpis AS kpis_19
              WHERE kpis_19.tenant_id = $1::UUID
              AND kpis_19.id = kpi_definitions_1.kpi_id
              AND (kpis_19.visibility = 'tenant' OR kpis_19.owner_id = $2::UUID OR kpis_19.visibility = 'organization' AND (kpis_19.organization_id = ANY ($4::UUID[]) OR kpis_19.organization_id IS NULL AND kpis_19.team_id IN (
                SELECT teams_1.id
                FROM teams AS teams_1
                WHERE teams_1.tenant_id = $1::UUID
                AND teams_1.organization_id = ANY ($4::UUID[])
              ) OR (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = kpis_19.owner_id
                AND reporting_closure_1.ancestor_id = $2::UUID
                AND reporting_closure_1.starts_on <= $3::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
              ))) OR (EXISTS (
                SELECT 1
                FROM kpi_recorders AS kpi_recorders_1
                WHERE kpi_recorders_1.tenant_id = $1::UUID
                AND kpi_recorders_1.kpi_id = kpis_19.id
                AND kpi_recorders_1.person_id = $2::UUID
              )) OR (EXISTS (
                SELECT 1
                FROM kpi_viewers AS kpi_viewers_1
                WHERE kpi_viewers_1.tenant_id = $1::UUID
                AND kpi_viewers_1.kpi_id = kpis_19.id
                AND kpi_viewers_1.person_id = $2::UUID
              )))
            ))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'kpidim'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'KpiDimension'::text AS __typename, 'kpidim_'::text || CAST("~30".id AS TEXT) AS id
          FROM kpi_dimensions AS "~30"
          WHERE "~30".tenant_id = $1::UUID
          AND "~30".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM kpis AS kpis_20
            WHERE kpis_20.tenant_id = $1::UUID
            AND kpis_20.id = "~30".kpi_id
            AND (kpis_20.visibility = 'tenant' OR kpis_20.owner_id = $2::UUID OR kpis_20.visibility = 'organization' AND (kpis_20.organization_id = ANY ($4::UUID[]) OR kpis_20.organization_id IS NULL AND kpis_20.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = kpis_20.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM kpi_recorders AS kpi_recorders_1
              WHERE kpi_recorders_1.tenant_id = $1::UUID
              AND kpi_recorders_1.kpi_id = kpis_20.id
              AND kpi_recorders_1.person_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM kpi_viewers AS kpi_viewers_1
              WHERE kpi_viewers_1.tenant_id = $1::UUID
              AND kpi_viewers_1.kpi_id = kpis_20.id
              AND kpi_viewers_1.person_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'kpimember'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'KpiDimensionMember'::text AS __typename, 'kpimember_'::text || CAST("~31".id AS TEXT) AS id
          FROM kpi_dimension_members AS "~31"
          WHERE "~31".tenant_id = $1::UUID
          AND "~31".id = anon_1.id
          AND ("~31".organization_id IS NULL OR "~31".organization_id = ANY ($4::UUID[]) OR (EXISTS (
            SELECT 1
            FROM kpis AS kpis_21
            WHERE kpis_21.tenant_id = $1::UUID
            AND kpis_21.id = "~31".kpi_id
            AND kpis_21.owner_id = $2::UUID
          )))
          AND (EXISTS (
            SELECT 1
            FROM kpis AS kpis_22
            WHERE kpis_22.tenant_id = $1::UUID
            AND kpis_22.id = "~31".kpi_id
            AND (kpis_22.visibility = 'tenant' OR kpis_22.owner_id = $2::UUID OR kpis_22.visibility = 'organization' AND (kpis_22.organization_id = ANY ($4::UUID[]) OR kpis_22.organization_id IS NULL AND kpis_22.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = kpis_22.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM kpi_recorders AS kpi_recorders_1
              WHERE kpi_recorders_1.tenant_id = $1::UUID
              AND kpi_recorders_1.kpi_id = kpis_22.id
              AND kpi_recorders_1.person_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM kpi_viewers AS kpi_viewers_1
              WHERE kpi_viewers_1.tenant_id = $1::UUID
              AND kpi_viewers_1.kpi_id = kpis_22.id
              AND kpi_viewers_1.person_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'kpivalue'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'KpiMeasurement'::text AS __typename, 'kpivalue_'::text || CAST("~32".id AS TEXT) AS id
          FROM kpi_measurements AS "~32"
          WHERE "~32".tenant_id = $1::UUID
          AND "~32".id = anon_1.id
          AND ("~32".member_id IS NULL OR (EXISTS (
            SELECT 1
            FROM kpi_dimension_members AS kpi_dimension_members_2
            WHERE kpi_dimension_members_2.tenant_id = $1::UUID
            AND kpi_dimension_members_2.id = "~32".member_id
            AND (kpi_dimension_members_2.organization_id IS NULL OR kpi_dimension_members_2.organization_id = ANY ($4::UUID[]) OR (EXISTS (
              SELECT 1
              FROM kpis AS kpis_23
              WHERE kpis_23.tenant_id = $1::UUID
              AND kpis_23.id = kpi_dimension_members_2.kpi_id
              AND kpis_23.owner_id = $2::UUID
            )))
            AND (EXISTS (
              SELECT 1
              FROM kpis AS kpis_24
              WHERE kpis_24.tenant_id = $1::UUID
              AND kpis_24.id = kpi_dimension_members_2.kpi_id
              AND (kpis_24.visibility = 'tenant' OR kpis_24.owner_id = $2::UUID OR kpis_24.visibility = 'organization' AND (kpis_24.organization_id = ANY ($4::UUID[]) OR kpis_24.organization_id IS NULL AND kpis_24.team_id IN (
                SELECT teams_1.id
                FROM teams AS teams_1
                WHERE teams_1.tenant_id = $1::UUID
                AND teams_1.organization_id = ANY ($4::UUID[])
              ) OR (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = kpis_24.owner_id
                AND reporting_closure_1.ancestor_id = $2::UUID
                AND reporting_closure_1.starts_on <= $3::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
              ))) OR (EXISTS (
                SELECT 1
                FROM kpi_recorders AS kpi_recorders_1
                WHERE kpi_recorders_1.tenant_id = $1::UUID
                AND kpi_recorders_1.kpi_id = kpis_24.id
                AND kpi_recorders_1.person_id = $2::UUID
              )) OR (EXISTS (
                SELECT 1
                FROM kpi_viewers AS kpi_viewers_1
                WHERE kpi_viewers_1.tenant_id = $1::UUID
                AND kpi_viewers_1.kpi_id = kpis_24.id
                AND kpi_viewers_1.person_id = $2::UUID
              )))
            ))
          )))
          AND (EXISTS (
            SELECT 1
            FROM kpis AS kpis_25
            WHERE kpis_25.tenant_id = $1::UUID
            AND kpis_25.id = "~32".kpi_id
            AND (kpis_25.visibility = 'tenant' OR kpis_25.owner_id = $2::UUID OR kpis_25.visibility = 'organization' AND (kpis_25.organization_id = ANY ($4::UUID[]) OR kpis_25.organization_id IS NULL AND kpis_25.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = kpis_25.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM kpi_recorders AS kpi_recorders_1
              WHERE kpi_recorders_1.tenant_id = $1::UUID
              AND kpi_recorders_1.kpi_id = kpis_25.id
              AND kpi_recorders_1.person_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM kpi_viewers AS kpi_viewers_1
              WHERE kpi_viewers_1.tenant_id = $1::UUID
              AND kpi_viewers_1.kpi_id = kpis_25.id
              AND kpi_viewers_1.person_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'kpirevision'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'KpiMeasurementRevision'::text AS __typename, 'kpirevision_'::text || CAST("~33".id AS TEXT) AS id
          FROM kpi_measurement_revisions AS "~33"
          WHERE "~33".tenant_id = $1::UUID
          AND "~33".id = anon_1.id
          AND ("~33".member_id IS NULL OR (EXISTS (
            SELECT 1
            FROM kpi_dimension_members AS kpi_dimension_members_3
            WHERE kpi_dimension_members_3.tenant_id = $1::UUID
            AND kpi_dimension_members_3.id = "~33".member_id
            AND (kpi_dimension_members_3.organization_id IS NULL OR kpi_dimension_members_3.organization_id = ANY ($4::UUID[]) OR (EXISTS (
              SELECT 1
              FROM kpis AS kpis_26
              WHERE kpis_26.tenant_id = $1::UUID
              AND kpis_26.id = kpi_dimension_members_3.kpi_id
              AND kpis_26.owner_id = $2::UUID
            )))
            AND (EXISTS (
              SELECT 1
              FROM kpis AS kpis_27
              WHERE kpis_27.tenant_id = $1::UUID
              AND kpis_27.id = kpi_dimension_members_3.kpi_id
              AND (kpis_27.visibility = 'tenant' OR kpis_27.owner_id = $2::UUID OR kpis_27.visibility = 'organization' AND (kpis_27.organization_id = ANY ($4::UUID[]) OR kpis_27.organization_id IS NULL AND kpis_27.team_id IN (
                SELECT teams_1.id
                FROM teams AS teams_1
                WHERE teams_1.tenant_id = $1::UUID
                AND teams_1.organization_id = ANY ($4::UUID[])
              ) OR (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = kpis_27.owner_id
                AND reporting_closure_1.ancestor_id = $2::UUID
                AND reporting_closure_1.starts_on <= $3::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
              ))) OR (EXISTS (
                SELECT 1
                FROM kpi_recorders AS kpi_recorders_1
                WHERE kpi_recorders_1.tenant_id = $1::UUID
                AND kpi_recorders_1.kpi_id = kpis_27.id
                AND kpi_recorders_1.person_id = $2::UUID
              )) OR (EXISTS (
                SELECT 1
                FROM kpi_viewers AS kpi_viewers_1
                WHERE kpi_viewers_1.tenant_id = $1::UUID
                AND kpi_viewers_1.kpi_id = kpis_27.id
                AND kpi_viewers_1.person_id = $2::UUID
              )))
            ))
          )))
          AND (EXISTS (
            SELECT 1
            FROM kpis AS kpis_28
            WHERE kpis_28.tenant_id = $1::UUID
            AND kpis_28.id = "~33".kpi_id
            AND (kpis_28.visibility = 'tenant' OR kpis_28.owner_id = $2::UUID OR kpis_28.visibility = 'organization' AND (kpis_28.organization_id = ANY ($4::UUID[]) OR kpis_28.organization_id IS NULL AND kpis_28.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = kpis_28.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM kpi_recorders AS kpi_recorders_1
              WHERE kpi_recorders_1.tenant_id = $1::UUID
              AND kpi_recorders_1.kpi_id = kpis_28.id
              AND kpi_recorders_1.person_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM kpi_viewers AS kpi_viewers_1
              WHERE kpi_viewers_1.tenant_id = $1::UUID
              AND kpi_viewers_1.kpi_id = kpis_28.id
              AND kpi_viewers_1.person_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'kpibenchmark'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'KpiBenchmark'::text AS __typename, 'kpibenchmark_'::text || CAST("~34".id AS TEXT) AS id
          FROM kpi_benchmarks AS "~34"
          WHERE "~34".tenant_id = $1::UUID
          AND "~34".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM kpis AS kpis_29
            WHERE kpis_29.tenant_id = $1::UUID
            AND kpis_29.id = "~34".kpi_id
            AND (kpis_29.visibility = 'tenant' OR kpis_29.owner_id = $2::UUID OR kpis_29.visibility = 'organization' AND (kpis_29.organization_id = ANY ($4::UUID[]) OR kpis_29.organization_id IS NULL AND kpis_29.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = kpis_29.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM kpi_recorders AS kpi_recorders_1
              WHERE kpi_recorders_1.tenant_id = $1::UUID
              AND kpi_recorders_1.kpi_id = kpis_29.id
              AND kpi_recorders_1.person_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM kpi_viewers AS kpi_viewers_1
              WHERE kpi_viewers_1.tenant_id = $1::UUID
              AND kpi_viewers_1.kpi_id = kpis_29.id
              AND kpi_viewers_1.person_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'accessrequest'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'AccessRequest'::text AS __typename, 'accessrequest_'::text || CAST("~35".id AS TEXT) AS id
          FROM access_requests AS "~35"
          WHERE "~35".tenant_id = $1::UUID
          AND "~35".id = anon_1.id
          AND "~35".requester_id = $2::UUID
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'accessrequestgrant'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'AccessRequestGrant'::text AS __typename, 'accessrequestgrant_'::text || CAST("~36".id AS TEXT) AS id
          FROM access_request_grants AS "~36"
          WHERE "~36".tenant_id = $1::UUID
          AND "~36".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM access_requests AS access_requests_1
            WHERE access_requests_1.tenant_id = $1::UUID
            AND access_requests_1.id = "~36".access_request_id
            AND access_requests_1.requester_id = $2::UUID
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'alertrule'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'AlertRule'::text AS __typename, 'alertrule_'::text || CAST("~37".id AS TEXT) AS id
          FROM alert_rules AS "~37"
          WHERE "~37".tenant_id = $1::UUID
          AND "~37".id = anon_1.id
          AND ("~37".member_id IS NULL OR (EXISTS (
            SELECT 1
            FROM kpi_dimension_members AS kpi_dimension_members_4
            WHERE kpi_dimension_members_4.tenant_id = $1::UUID
            AND kpi_dimension_members_4.id = "~37".member_id
            AND (kpi_dimension_members_4.organization_id IS NULL OR kpi_dimension_members_4.organization_id = ANY ($4::UUID[]) OR (EXISTS (
              SELECT 1
              FROM kpis AS kpis_30
              WHERE kpis_30.tenant_id = $1::UUID
              AND kpis_30.id = kpi_dimension_members_4.kpi_id
              AND kpis_30.owner_id = $2::UUID
            )))
            AND (EXISTS (
              SELECT 1
              FROM kpis AS kpis_31
              WHERE kpis_31.tenant_id = $1::UUID
              AND kpis_31.id = kpi_dimension_members_4.kpi_id
              AND (kpis_31.visibility = 'tenant' OR kpis_31.owner_id = $2::UUID OR kpis_31.visibility = 'organization' AND (kpis_31.organization_id = ANY ($4::UUID[]) OR kpis_31.organization_id IS NULL AND kpis_31.team_id IN (
                SELECT teams_1.id
                FROM teams AS teams_1
                WHERE teams_1.tenant_id = $1::UUID
                AND teams_1.organization_id = ANY ($4::UUID[])
              ) OR (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = kpis_31.owner_id
                AND reporting_closure_1.ancestor_id = $2::UUID
                AND reporting_closure_1.starts_on <= $3::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
              ))) OR (EXISTS (
                SELECT 1
                FROM kpi_recorders AS kpi_recorders_1
                WHERE kpi_recorders_1.tenant_id = $1::UUID
                AND kpi_recorders_1.kpi_id = kpis_31.id
                AND kpi_recorders_1.person_id = $2::UUID
              )) OR (EXISTS (
                SELECT 1
                FROM kpi_viewers AS kpi_viewers_1
                WHERE kpi_viewers_1.tenant_id = $1::UUID
                AND kpi_viewers_1.kpi_id = kpis_31.id
                AND kpi_viewers_1.person_id = $2::UUID
              )))
            ))
          )))
          AND (EXISTS (
            SELECT 1
            FROM kpis AS kpis_32
            WHERE kpis_32.tenant_id = $1::UUID
            AND kpis_32.id = "~37".kpi_id
            AND (kpis_32.visibility = 'tenant' OR kpis_32.owner_id = $2::UUID OR kpis_32.visibility = 'organization' AND (kpis_32.organization_id = ANY ($4::UUID[]) OR kpis_32.organization_id IS NULL AND kpis_32.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = kpis_32.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM kpi_recorders AS kpi_recorders_1
              WHERE kpi_recorders_1.tenant_id = $1::UUID
              AND kpi_recorders_1.kpi_id = kpis_32.id
              AND kpi_recorders_1.person_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM kpi_viewers AS kpi_viewers_1
              WHERE kpi_viewers_1.tenant_id = $1::UUID
              AND kpi_viewers_1.kpi_id = kpis_32.id
              AND kpi_viewers_1.person_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'alert'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Alert'::text AS __typename, 'alert_'::text || CAST("~38".id AS TEXT) AS id
          FROM alerts AS "~38"
          WHERE "~38".tenant_id = $1::UUID
          AND "~38".id = anon_1.id
          AND ("~38".member_id IS NULL OR (EXISTS (
            SELECT 1
            FROM kpi_dimension_members AS kpi_dimension_members_5
            WHERE kpi_dimension_members_5.tenant_id = $1::UUID
            AND kpi_dimension_members_5.id = "~38".member_id
            AND (kpi_dimension_members_5.organization_id IS NULL OR kpi_dimension_members_5.organization_id = ANY ($4::UUID[]) OR (EXISTS (
              SELECT 1
              FROM kpis AS kpis_33
              WHERE kpis_33.tenant_id = $1::UUID
              AND kpis_33.id = kpi_dimension_members_5.kpi_id
              AND kpis_33.owner_id = $2::UUID
            )))
            AND (EXISTS (
              SELECT 1
              FROM kpis AS kpis_34
              WHERE kpis_34.tenant_id = $1::UUID
              AND kpis_34.id = kpi_dimension_members_5.kpi_id
              AND (kpis_34.visibility = 'tenant' OR kpis_34.owner_id = $2::UUID OR kpis_34.visibility = 'organization' AND (kpis_34.organization_id = ANY ($4::UUID[]) OR kpis_34.organization_id IS NULL AND kpis_34.team_id IN (
                SELECT teams_1.id
                FROM teams AS teams_1
                WHERE teams_1.tenant_id = $1::UUID
                AND teams_1.organization_id = ANY ($4::UUID[])
              ) OR (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = kpis_34.owner_id
                AND reporting_closure_1.ancestor_id = $2::UUID
                AND reporting_closure_1.starts_on <= $3::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
              ))) OR (EXISTS (
                SELECT 1
                FROM kpi_recorders AS kpi_recorders_1
                WHERE kpi_recorders_1.tenant_id = $1::UUID
                AND kpi_recorders_1.kpi_id = kpis_34.id
                AND kpi_recorders_1.person_id = $2::UUID
              )) OR (EXISTS (
                SELECT 1
                FROM kpi_viewers AS kpi_viewers_1
                WHERE kpi_viewers_1.tenant_id = $1::UUID
                AND kpi_viewers_1.kpi_id = kpis_34.id
                AND kpi_viewers_1.person_id = $2::UUID
              )))
            ))
          )))
          AND (EXISTS (
            SELECT 1
            FROM kpis AS kpis_35
            WHERE kpis_35.tenant_id = $1::UUID
            AND kpis_35.id = "~38".kpi_id
            AND (kpis_35.visibility = 'tenant' OR kpis_35.owner_id = $2::UUID OR kpis_35.visibility = 'organization' AND (kpis_35.organization_id = ANY ($4::UUID[]) OR kpis_35.organization_id IS NULL AND kpis_35.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = kpis_35.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM kpi_recorders AS kpi_recorders_1
              WHERE kpi_recorders_1.tenant_id = $1::UUID
              AND kpi_recorders_1.kpi_id = kpis_35.id
              AND kpi_recorders_1.person_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM kpi_viewers AS kpi_viewers_1
              WHERE kpi_viewers_1.tenant_id = $1::UUID
              AND kpi_viewers_1.kpi_id = kpis_35.id
              AND kpi_viewers_1.person_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'scorecard'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Scorecard'::text AS __typename, 'scorecard_'::text || CAST("~39".id AS TEXT) AS id
          FROM scorecards AS "~39"
          WHERE "~39".tenant_id = $1::UUID
          AND "~39".id = anon_1.id
          AND ("~39".visibility = 'tenant' OR "~39".owner_id = $2::UUID OR "~39".visibility = 'organization' AND ("~39".organization_id = ANY ($4::UUID[]) OR "~39".organization_id IS NULL AND "~39".team_id IN (
            SELECT teams_1.id
            FROM teams AS teams_1
            WHERE teams_1.tenant_id = $1::UUID
            AND teams_1.organization_id = ANY ($4::UUID[])
          ) OR (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $1::UUID
            AND reporting_closure_1.descendant_id = "~39".owner_id
            AND reporting_closure_1.ancestor_id = $2::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          ))) OR (EXISTS (
            SELECT 1
            FROM scorecard_viewers AS scorecard_viewers_1
            WHERE scorecard_viewers_1.tenant_id = $1::UUID
            AND scorecard_viewers_1.scorecard_id = "~39".id
            AND scorecard_viewers_1.person_id = $2::UUID
          )))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'scorecardentry'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ScorecardEntry'::text AS __typename, 'scorecardentry_'::text || CAST("~40".id AS TEXT) AS id
          FROM scorecard_entries AS "~40"
          WHERE "~40".tenant_id = $1::UUID
          AND "~40".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM scorecards AS scorecards_6
            WHERE scorecards_6.tenant_id = $1::UUID
            AND scorecards_6.id = "~40".scorecard_id
            AND (scorecards_6.visibility = 'tenant' OR scorecards_6.owner_id = $2::UUID OR scorecards_6.visibility = 'organization' AND (scorecards_6.organization_id = ANY ($4::UUID[]) OR scorecards_6.organization_id IS NULL AND scorecards_6.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = scorecards_6.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM scorecard_viewers AS scorecard_viewers_1
              WHERE scorecard_viewers_1.tenant_id = $1::UUID
              AND scorecard_viewers_1.scorecard_id = scorecards_6.id
              AND scorecard_viewers_1.person_id = $2::UUID
            )))
          ))
          AND (EXISTS (
            SELECT 1
            FROM kpis AS kpis_36
            WHERE kpis_36.tenant_id = $1::UUID
            AND kpis_36.id = "~40".kpi_id
            AND (kpis_36.visibility = 'tenant' OR kpis_36.owner_id = $2::UUID OR kpis_36.visibility = 'organization' AND (kpis_36.organization_id = ANY ($4::UUID[]) OR kpis_36.organization_id IS NULL AND kpis_36.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = kpis_36.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM kpi_recorders AS kpi_recorders_1
              WHERE kpi_recorders_1.tenant_id = $1::UUID
              AND kpi_recorders_1.kpi_id = kpis_36.id
              AND kpi_recorders_1.person_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM kpi_viewers AS kpi_viewers_1
              WHERE kpi_viewers_1.tenant_id = $1::UUID
              AND kpi_viewers_1.kpi_id = kpis_36.id
              AND kpi_viewers_1.person_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'kpischedule'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'KpiReviewSchedule'::text AS __typename, 'kpischedule_'::text || CAST("~41".id AS TEXT) AS id
          FROM kpi_review_schedules AS "~41"
          WHERE "~41".tenant_id = $1::UUID
          AND "~41".id = anon_1.id
          AND ("~41".owner_id = $2::UUID OR (EXISTS (
            SELECT 1
            FROM kpi_review_participants AS kpi_review_participants_1
            WHERE kpi_review_participants_1.tenant_id = $1::UUID
            AND kpi_review_participants_1.schedule_id = "~41".id
            AND kpi_review_participants_1.person_id = $2::UUID
          )) OR (EXISTS (
            SELECT 1
            FROM kpis AS kpis_37
            WHERE kpis_37.tenant_id = $1::UUID
            AND kpis_37.id = "~41".kpi_id
            AND kpis_37.owner_id = $2::UUID
          )) OR (EXISTS (
            SELECT 1
            FROM scorecards AS scorecards_7
            WHERE scorecards_7.tenant_id = $1::UUID
            AND scorecards_7.id = "~41".scorecard_id
            AND scorecards_7.owner_id = $2::UUID
          )) OR "~41".subject_kind = 'kpi' AND (EXISTS (
            SELECT 1
            FROM kpis AS kpis_38
            WHERE kpis_38.tenant_id = $1::UUID
            AND kpis_38.id = "~41".kpi_id
            AND (kpis_38.visibility = 'tenant' OR kpis_38.owner_id = $2::UUID OR kpis_38.visibility = 'organization' AND (kpis_38.organization_id = ANY ($4::UUID[]) OR kpis_38.organization_id IS NULL AND kpis_38.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = kpis_38.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM kpi_recorders AS kpi_recorders_1
              WHERE kpi_recorders_1.tenant_id = $1::UUID
              AND kpi_recorders_1.kpi_id = kpis_38.id
              AND kpi_recorders_1.person_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM kpi_viewers AS kpi_viewers_1
              WHERE kpi_viewers_1.tenant_id = $1::UUID
              AND kpi_viewers_1.kpi_id = kpis_38.id
              AND kpi_viewers_1.person_id = $2::UUID
            )))
          )) OR "~41".subject_kind = 'scorecard' AND (EXISTS (
            SELECT 1
            FROM scorecards AS scorecards_8
            WHERE scorecards_8.tenant_id = $1::UUID
            AND scorecards_8.id = "~41".scorecard_id
            AND (scorecards_8.visibility = 'tenant' OR scorecards_8.owner_id = $2::UUID OR scorecards_8.visibility = 'organization' AND (scorecards_8.organization_id = ANY ($4::UUID[]) OR scorecards_8.organization_id IS NULL AND scorecards_8.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = scorecards_8.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM scorecard_viewers AS scorecard_viewers_1
              WHERE scorecard_viewers_1.tenant_id = $1::UUID
              AND scorecard_viewers_1.scorecard_id = scorecards_8.id
              AND scorecard_viewers_1.person_id = $2::UUID
            )))
          )))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'kpireview'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'KpiReview'::text AS __typename, 'kpireview_'::text || CAST("~42".id AS TEXT) AS id
          FROM kpi_reviews AS "~42"
          WHERE "~42".tenant_id = $1::UUID
          AND "~42".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM kpi_review_schedules AS kpi_review_schedules_4
            WHERE kpi_review_schedules_4.tenant_id = $1::UUID
            AND kpi_review_schedules_4.id = "~42".schedule_id
            AND (kpi_review_schedules_4.owner_id = $2::UUID OR (EXISTS (
              SELECT 1
              FROM kpi_review_participants AS kpi_review_participants_1
              WHERE kpi_review_participants_1.tenant_id = $1::UUID
              AND kpi_review_participants_1.schedule_id = kpi_review_schedules_4.id
              AND kpi_review_participants_1.person_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM kpis AS kpis_39
              WHERE kpis_39.tenant_id = $1::UUID
              AND kpis_39.id = kpi_review_schedules_4.kpi_id
              AND kpis_39.owner_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM scorecards AS scorecards_9
              WHERE scorecards_9.tenant_id = $1::UUID
              AND scorecards_9.id = kpi_review_schedules_4.scorecard_id
              AND scorecards_9.owner_id = $2::UUID
            )) OR kpi_review_schedules_4.subject_kind = 'kpi' AND (EXISTS (
              SELECT 1
              FROM kpis AS kpis_40
              WHERE kpis_40.tenant_id = $1::UUID
              AND kpis_40.id = kpi_review_schedules_4.kpi_id
              AND (kpis_40.visibility = 'tenant' OR kpis_40.owner_id = $2::UUID OR kpis_40.visibility = 'organization' AND (kpis_40.organization_id = ANY ($4::UUID[]) OR kpis_40.organization_id IS NULL AND kpis_40.team_id IN (
                SELECT teams_1.id
                FROM teams AS teams_1
                WHERE teams_1.tenant_id = $1::UUID
                AND teams_1.organization_id = ANY ($4::UUID[])
              ) OR (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = kpis_40.owner_id
                AND reporting_closure_1.ancestor_id = $2::UUID
                AND reporting_closure_1.starts_on <= $3::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
              ))) OR (EXISTS (
                SELECT 1
                FROM kpi_recorders AS kpi_recorders_1
                WHERE kpi_recorders_1.tenant_id = $1::UUID
                AND kpi_recorders_1.kpi_id = kpis_40.id
                AND kpi_recorders_1.person_id = $2::UUID
              )) OR (EXISTS (
                SELECT 1
                FROM kpi_viewers AS kpi_viewers_1
                WHERE kpi_viewers_1.tenant_id = $1::UUID
                AND kpi_viewers_1.kpi_id = kpis_40.id
                AND kpi_viewers_1.person_id = $2::UUID
              )))
            )) OR kpi_review_schedules_4.subject_kind = 'scorecard' AND (EXISTS (
              SELECT 1
              FROM scorecards AS scorecards_10
              WHERE scorecards_10.tenant_id = $1::UUID
              AND scorecards_10.id = kpi_review_schedules_4.scorecard_id
              AND (scorecards_10.visibility = 'tenant' OR scorecards_10.owner_id = $2::UUID OR scorecards_10.visibility = 'organization' AND (scorecards_10.organization_id = ANY ($4::UUID[]) OR scorecards_10.organization_id IS NULL AND scorecards_10.team_id IN (
                SELECT teams_1.id
                FROM teams AS teams_1
                WHERE teams_1.tenant_id = $1::UUID
                AND teams_1.organization_id = ANY ($4::UUID[])
              ) OR (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = scorecards_10.owner_id
                AND reporting_closure_1.ancestor_id = $2::UUID
                AND reporting_closure_1.starts_on <= $3::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
              ))) OR (EXISTS (
                SELECT 1
                FROM scorecard_viewers AS scorecard_viewers_1
                WHERE scorecard_viewers_1.tenant_id = $1::UUID
                AND scorecard_viewers_1.scorecard_id = scorecards_10.id
                AND scorecard_viewers_1.person_id = $2::UUID
              )))
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'kpireviewentry'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'KpiReviewEntry'::text AS __typename, 'kpireviewentry_'::text || CAST("~43".id AS TEXT) AS id
          FROM kpi_review_entries AS "~43"
          WHERE "~43".tenant_id = $1::UUID
          AND "~43".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM kpi_reviews AS kpi_reviews_2
            WHERE kpi_reviews_2.tenant_id = $1::UUID
            AND kpi_reviews_2.id = "~43".review_id
            AND (EXISTS (
              SELECT 1
              FROM kpi_review_schedules AS kpi_review_schedules_5
              WHERE kpi_review_schedules_5.tenant_id = $1::UUID
              AND kpi_review_schedules_5.id = kpi_reviews_2.schedule_id
              AND (kpi_review_schedules_5.owner_id = $2::UUID OR (EXISTS (
                SELECT 1
                FROM kpi_review_participants AS kpi_review_participants_1
                WHERE kpi_review_participants_1.tenant_id = $1::UUID
                AND kpi_review_participants_1.schedule_id = kpi_review_schedules_5.id
                AND kpi_review_participants_1.person_id = $2::UUID
              )) OR (EXISTS (
                SELECT 1
                FROM kpis AS kpis_41
                WHERE kpis_41.tenant_id = $1::UUID
                AND kpis_41.id = kpi_review_schedules_5.kpi_id
                AND kpis_41.owner_id = $2::UUID
              )) OR (EXISTS (
                SELECT 1
                FROM scorecards AS scorecards_11
                WHERE scorecards_11.tenant_id = $1::UUID
                AND scorecards_11.id = kpi_review_schedules_5.scorecard_id
                AND scorecards_11.owner_id = $2::UUID
              )) OR kpi_review_schedules_5.subject_kind = 'kpi' AND (EXISTS (
                SELECT 1
                FROM kpis AS kpis_42
                WHERE kpis_42.tenant_id = $1::UUID
                AND kpis_42.id = kpi_review_schedules_5.kpi_id
                AND (kpis_42.visibility = 'tenant' OR kpis_42.owner_id = $2::UUID OR kpis_42.visibility = 'organization' AND (kpis_42.organization_id = ANY ($4::UUID[]) OR kpis_42.organization_id IS NULL AND kpis_42.team_id IN (
                  SELECT teams_1.id
                  FROM teams AS teams_1
                  WHERE teams_1.tenant_id = $1::UUID
                  AND teams_1.organization_id = ANY ($4::UUID[])
                ) OR (EXISTS (
                  SELECT 1
                  FROM reporting_closure AS reporting_closure_1
                  WHERE reporting_closure_1.tenant_id = $1::UUID
                  AND reporting_closure_1.descendant_id = kpis_42.owner_id
                  AND reporting_closure_1.ancestor_id = $2::UUID
                  AND reporting_closure_1.starts_on <= $3::DATE
                  AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                  AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
                ))) OR (EXISTS (
                  SELECT 1
                  FROM kpi_recorders AS kpi_recorders_1
                  WHERE kpi_recorders_1.tenant_id = $1::UUID
                  AND kpi_recorders_1.kpi_id = kpis_42.id
                  AND kpi_recorders_1.person_id = $2::UUID
                )) OR (EXISTS (
                  SELECT 1
                  FROM kpi_viewers AS kpi_viewers_1
                  WHERE kpi_viewers_1.tenant_id = $1::UUID
                  AND kpi_viewers_1.kpi_id = kpis_42.id
                  AND kpi_viewers_1.person_id = $2::UUID
                )))
              )) OR kpi_review_schedules_5.subject_kind = 'scorecard' AND (EXISTS (
                SELECT 1
                FROM scorecards AS scorecards_12
                WHERE scorecards_12.tenant_id = $1::UUID
                AND scorecards_12.id = kpi_review_schedules_5.scorecard_id
                AND (scorecards_12.visibility = 'tenant' OR scorecards_12.owner_id = $2::UUID OR scorecards_12.visibility = 'organization' AND (scorecards_12.organization_id = ANY ($4::UUID[]) OR scorecards_12.organization_id IS NULL AND scorecards_12.team_id IN (
                  SELECT teams_1.id
                  FROM teams AS teams_1
                  WHERE teams_1.tenant_id = $1::UUID
                  AND teams_1.organization_id = ANY ($4::UUID[])
                ) OR (EXISTS (
                  SELECT 1
                  FROM reporting_closure AS reporting_closure_1
                  WHERE reporting_closure_1.tenant_id = $1::UUID
                  AND reporting_closure_1.descendant_id = scorecards_12.owner_id
                  AND reporting_closure_1.ancestor_id = $2::UUID
                  AND reporting_closure_1.starts_on <= $3::DATE
                  AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                  AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
                ))) OR (EXISTS (
                  SELECT 1
                  FROM scorecard_viewers AS scorecard_viewers_1
                  WHERE scorecard_viewers_1.tenant_id = $1::UUID
                  AND scorecard_viewers_1.scorecard_id = scorecards_12.id
                  AND scorecard_viewers_1.person_id = $2::UUID
                )))
              )))
            ))
          ))
          AND (EXISTS (
            SELECT 1
            FROM kpis AS kpis_43
            WHERE kpis_43.tenant_id = $1::UUID
            AND kpis_43.id = "~43".kpi_id
            AND (kpis_43.visibility = 'tenant' OR kpis_43.owner_id = $2::UUID OR kpis_43.visibility = 'organization' AND (kpis_43.organization_id = ANY ($4::UUID[]) OR kpis_43.organization_id IS NULL AND kpis_43.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = kpis_43.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM kpi_recorders AS kpi_recorders_1
              WHERE kpi_recorders_1.tenant_id = $1::UUID
              AND kpi_recorders_1.kpi_id = kpis_43.id
              AND kpi_recorders_1.person_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM kpi_viewers AS kpi_viewers_1
              WHERE kpi_viewers_1.tenant_id = $1::UUID
              AND kpi_viewers_1.kpi_id = kpis_43.id
              AND kpi_viewers_1.person_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'kpidecision'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'KpiReviewDecision'::text AS __typename, 'kpidecision_'::text || CAST("~44".id AS TEXT) AS id
          FROM kpi_review_decisions AS "~44"
          WHERE "~44".tenant_id = $1::UUID
          AND "~44".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM kpi_reviews AS kpi_reviews_3
            WHERE kpi_reviews_3.tenant_id = $1::UUID
            AND kpi_reviews_3.id = "~44".review_id
            AND (EXISTS (
              SELECT 1
              FROM kpi_review_schedules AS kpi_review_schedules_6
              WHERE kpi_review_schedules_6.tenant_id = $1::UUID
              AND kpi_review_schedules_6.id = kpi_reviews_3.schedule_id
              AND (kpi_review_schedules_6.owner_id = $2::UUID OR (EXISTS (
                SELECT 1
                FROM kpi_review_participants AS kpi_review_participants_1
                WHERE kpi_review_participants_1.tenant_id = $1::UUID
                AND kpi_review_participants_1.schedule_id = kpi_review_schedules_6.id
                AND kpi_review_participants_1.person_id = $2::UUID
              )) OR (EXISTS (
                SELECT 1
                FROM kpis AS kpis_44
                WHERE kpis_44.tenant_id = $1::UUID
                AND kpis_44.id = kpi_review_schedules_6.kpi_id
                AND kpis_44.owner_id = $2::UUID
              )) OR (EXISTS (
                SELECT 1
                FROM scorecards AS scorecards_13
                WHERE scorecards_13.tenant_id = $1::UUID
                AND scorecards_13.id = kpi_review_schedules_6.scorecard_id
                AND scorecards_13.owner_id = $2::UUID
              )) OR kpi_review_schedules_6.subject_kind = 'kpi' AND (EXISTS (
                SELECT 1
                FROM kpis AS kpis_45
                WHERE kpis_45.tenant_id = $1::UUID
                AND kpis_45.id = kpi_review_schedules_6.kpi_id
                AND (kpis_45.visibility = 'tenant' OR kpis_45.owner_id = $2::UUID OR kpis_45.visibility = 'organization' AND (kpis_45.organization_id = ANY ($4::UUID[]) OR kpis_45.organization_id IS NULL AND kpis_45.team_id IN (
                  SELECT teams_1.id
                  FROM teams AS teams_1
                  WHERE teams_1.tenant_id = $1::UUID
                  AND teams_1.organization_id = ANY ($4::UUID[])
                ) OR (EXISTS (
                  SELECT 1
                  FROM reporting_closure AS reporting_closure_1
                  WHERE reporting_closure_1.tenant_id = $1::UUID
                  AND reporting_closure_1.descendant_id = kpis_45.owner_id
                  AND reporting_closure_1.ancestor_id = $2::UUID
                  AND reporting_closure_1.starts_on <= $3::DATE
                  AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                  AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
                ))) OR (EXISTS (
                  SELECT 1
                  FROM kpi_recorders AS kpi_recorders_1
                  WHERE kpi_recorders_1.tenant_id = $1::UUID
                  AND kpi_recorders_1.kpi_id = kpis_45.id
                  AND kpi_recorders_1.person_id = $2::UUID
                )) OR (EXISTS (
                  SELECT 1
                  FROM kpi_viewers AS kpi_viewers_1
                  WHERE kpi_viewers_1.tenant_id = $1::UUID
                  AND kpi_viewers_1.kpi_id = kpis_45.id
                  AND kpi_viewers_1.person_id = $2::UUID
                )))
              )) OR kpi_review_schedules_6.subject_kind = 'scorecard' AND (EXISTS (
                SELECT 1
                FROM scorecards AS scorecards_14
                WHERE scorecards_14.tenant_id = $1::UUID
                AND scorecards_14.id = kpi_review_schedules_6.scorecard_id
                AND (scorecards_14.visibility = 'tenant' OR scorecards_14.owner_id = $2::UUID OR scorecards_14.visibility = 'organization' AND (scorecards_14.organization_id = ANY ($4::UUID[]) OR scorecards_14.organization_id IS NULL AND scorecards_14.team_id IN (
                  SELECT teams_1.id
                  FROM teams AS teams_1
                  WHERE teams_1.tenant_id = $1::UUID
                  AND teams_1.organization_id = ANY ($4::UUID[])
                ) OR (EXISTS (
                  SELECT 1
                  FROM reporting_closure AS reporting_closure_1
                  WHERE reporting_closure_1.tenant_id = $1::UUID
                  AND reporting_closure_1.descendant_id = scorecards_14.owner_id
                  AND reporting_closure_1.ancestor_id = $2::UUID
                  AND reporting_closure_1.starts_on <= $3::DATE
                  AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                  AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
                ))) OR (EXISTS (
                  SELECT 1
                  FROM scorecard_viewers AS scorecard_viewers_1
                  WHERE scorecard_viewers_1.tenant_id = $1::UUID
                  AND scorecard_viewers_1.scorecard_id = scorecards_14.id
                  AND scorecard_viewers_1.person_id = $2::UUID
                )))
              )))
            ))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'action'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ActionItem'::text AS __typename, 'action_'::text || CAST("~45".id AS TEXT) AS id
          FROM action_items AS "~45"
          WHERE "~45".tenant_id = $1::UUID
          AND "~45".id = anon_1.id
          AND ("~45".owner_id = $2::UUID OR "~45".creator_id = $2::UUID OR (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $1::UUID
            AND reporting_closure_1.descendant_id = "~45".owner_id
            AND reporting_closure_1.ancestor_id = $2::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          )))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'annotation'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Annotation'::text AS __typename, 'annotation_'::text || CAST("~46".id AS TEXT) AS id
          FROM annotations AS "~46"
          WHERE "~46".tenant_id = $1::UUID
          AND "~46".id = anon_1.id
          AND ("~46".scope_kind = 'tenant' OR "~46".scope_kind = 'organization' OR "~46".scope_kind = 'team' OR "~46".scope_kind = 'kpi' AND (EXISTS (
            SELECT 1
            FROM kpis AS kpis_46
            WHERE kpis_46.tenant_id = $1::UUID
            AND kpis_46.id = "~46".kpi_id
            AND (kpis_46.visibility = 'tenant' OR kpis_46.owner_id = $2::UUID OR kpis_46.visibility = 'organization' AND (kpis_46.organization_id = ANY ($4::UUID[]) OR kpis_46.organization_id IS NULL AND kpis_46.team_id IN (
              SELECT teams_1.id
              FROM teams AS teams_1
              WHERE teams_1.tenant_id = $1::UUID
              AND teams_1.organization_id = ANY ($4::UUID[])
            ) OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = kpis_46.owner_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM kpi_recorders AS kpi_recorders_1
              WHERE kpi_recorders_1.tenant_id = $1::UUID
              AND kpi_recorders_1.kpi_id = kpis_46.id
              AND kpi_recorders_1.person_id = $2::UUID
            )) OR (EXISTS (
              SELECT 1
              FROM kpi_viewers AS kpi_viewers_1
              WHERE kpi_viewers_1.tenant_id = $1::UUID
              AND kpi_viewers_1.kpi_id = kpis_46.id
              AND kpi_viewers_1.person_id = $2::UUID
            )))
          )))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'syncrun'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'SyncRun'::text AS __typename, 'syncrun_'::text || CAST("~47".id AS TEXT) AS id
          FROM sync_runs AS "~47"
          WHERE "~47".tenant_id = $1::UUID
          AND "~47".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'upload'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'StagedUpload'::text AS __typename, 'upload_'::text || CAST("~48".id AS TEXT) AS id
          FROM staged_uploads AS "~48"
          WHERE "~48".tenant_id = $1::UUID
          AND "~48".id = anon_1.id
          AND "~48".owner_id = $5::UUID
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'bulk'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'BulkOperation'::text AS __typename, 'bulk_'::text || CAST("~49".id AS TEXT) AS id
          FROM bulk_operations AS "~49"
          WHERE "~49".tenant_id = $1::UUID
          AND "~49".id = anon_1.id
          AND "~49".owner_id = $5::UUID
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'feedback'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Feedback'::text AS __typename, 'feedback_'::text || CAST("~50".id AS TEXT) AS id
          FROM feedbacks AS "~50"
          WHERE "~50".tenant_id = $1::UUID
          AND "~50".id = anon_1.id
          AND ("~50".author_id = $2::UUID OR ("~50".mode = 'identified' OR "~50".released_on <= $3::DATE) AND ("~50".audience = 'public' OR ("~50".audience = 'subject' OR "~50".audience = 'subject_and_manager') AND "~50".subject_id = $2::UUID OR ("~50".audience = 'subject_and_manager' OR "~50".audience = 'manager') AND (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $1::UUID
            AND reporting_closure_1.descendant_id = "~50".subject_id
            AND reporting_closure_1.ancestor_id = $2::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          ))))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'ratingscale'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'RatingScale'::text AS __typename, 'ratingscale_'::text || CAST("~51".id AS TEXT) AS id
          FROM rating_scales AS "~51"
          WHERE "~51".tenant_id = $1::UUID
          AND "~51".id = anon_1.id
          AND "~51".status != 'draft'
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'ratinglevel'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'RatingLevel'::text AS __typename, 'ratinglevel_'::text || CAST("~52".id AS TEXT) AS id
          FROM rating_levels AS "~52"
          WHERE "~52".tenant_id = $1::UUID
          AND "~52".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM rating_scales AS rating_scales_1
            WHERE rating_scales_1.tenant_id = $1::UUID
            AND rating_scales_1.id = "~52".scale_id
            AND rating_scales_1.status != 'draft'
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'framework'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'CompetencyFramework'::text AS __typename, 'framework_'::text || CAST("~53".id AS TEXT) AS id
          FROM competency_frameworks AS "~53"
          WHERE "~53".tenant_id = $1::UUID
          AND "~53".id = anon_1.id
          AND "~53".status != 'draft'
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'competency'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Competency'::text AS __typename, 'competency_'::text || CAST("~54".id AS TEXT) AS id
          FROM competencies AS "~54"
          WHERE "~54".tenant_id = $1::UUID
          AND "~54".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM competency_frameworks AS competency_frameworks_1
            WHERE competency_frameworks_1.tenant_id = $1::UUID
            AND competency_frameworks_1.id = "~54".framework_id
            AND competency_frameworks_1.status != 'draft'
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'competencytrack'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'CompetencyTrack'::text AS __typename, 'competencytrack_'::text || CAST("~55".id AS TEXT) AS id
          FROM competency_tracks AS "~55"
          WHERE "~55".tenant_id = $1::UUID
          AND "~55".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM competency_frameworks AS competency_frameworks_2
            WHERE competency_frameworks_2.tenant_id = $1::UUID
            AND competency_frameworks_2.id = "~55".framework_id
            AND competency_frameworks_2.status != 'draft'
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'competencylevel'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'CompetencyLevel'::text AS __typename, 'competencylevel_'::text || CAST("~56".id AS TEXT) AS id
          FROM competency_levels AS "~56"
          WHERE "~56".tenant_id = $1::UUID
          AND "~56".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM competency_frameworks AS competency_frameworks_3
            WHERE competency_frameworks_3.tenant_id = $1::UUID
            AND competency_frameworks_3.id = "~56".framework_id
            AND competency_frameworks_3.status != 'draft'
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'expectation'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'CompetencyExpectation'::text AS __typename, 'expectation_'::text || CAST("~57".id AS TEXT) AS id
          FROM competency_expectations AS "~57"
          WHERE "~57".tenant_id = $1::UUID
          AND "~57".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM competency_frameworks AS competency_frameworks_4
            WHERE competency_frameworks_4.tenant_id = $1::UUID
            AND competency_frameworks_4.id = "~57".framework_id
            AND competency_frameworks_4.status != 'draft'
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'reviewtemplate'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewTemplate'::text AS __typename, 'reviewtemplate_'::text || CAST("~58".id AS TEXT) AS id
          FROM review_templates AS "~58"
          WHERE "~58".tenant_id = $1::UUID
          AND "~58".id = anon_1.id
          AND "~58".status != 'draft'
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'reviewsection'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewSection'::text AS __typename, 'reviewsection_'::text || CAST("~59".id AS TEXT) AS id
          FROM review_sections AS "~59"
          WHERE "~59".tenant_id = $1::UUID
          AND "~59".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM review_templates AS review_templates_1
            WHERE review_templates_1.tenant_id = $1::UUID
            AND review_templates_1.id = "~59".template_id
            AND review_templates_1.status != 'draft'
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'reviewquestion'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewQuestion'::text AS __typename, 'reviewquestion_'::text || CAST("~60".id AS TEXT) AS id
          FROM review_questions AS "~60"
          WHERE "~60".tenant_id = $1::UUID
          AND "~60".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM review_templates AS review_templates_2
            WHERE review_templates_2.tenant_id = $1::UUID
            AND review_templates_2.id = "~60".template_id
            AND review_templates_2.status != 'draft'
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'careergroup'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewCareerGroup'::text AS __typename, 'careergroup_'::text || CAST("~61".id AS TEXT) AS id
          FROM review_career_groups AS "~61"
          WHERE "~61".tenant_id = $1::UUID
          AND "~61".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM review_templates AS review_templates_3
            WHERE review_templates_3.tenant_id = $1::UUID
            AND review_templates_3.id = "~61".template_id
            AND review_templates_3.status != 'draft'
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'reviewchoice'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewChoice'::text AS __typename, 'reviewchoice_'::text || CAST("~62".id AS TEXT) AS id
          FROM review_choices AS "~62"
          WHERE "~62".tenant_id = $1::UUID
          AND "~62".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM review_templates AS review_templates_4
            WHERE review_templates_4.tenant_id = $1::UUID
            AND review_templates_4.id = "~62".template_id
            AND review_templates_4.status != 'draft'
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'reviewpacket'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewPacket'::text AS __typename, 'reviewpacket_'::text || CAST("~63".id AS TEXT) AS id
          FROM review_packets AS "~63"
          WHERE "~63".tenant_id = $1::UUID
          AND "~63".id = anon_1.id
          AND ("~63".is_released IS true AND ("~63".subject_id = $2::UUID OR "~63".appeal_decider_id = $2::UUID AND "~63".subject_id IS DISTINCT FROM $2::UUID OR (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $1::UUID
            AND reporting_closure_1.descendant_id = "~63".subject_id
            AND reporting_closure_1.ancestor_id = $2::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          ))) OR "~63".manager_id = $2::UUID AND "~63".subject_id IS DISTINCT FROM $2::UUID OR "~63".second_level_id = $2::UUID AND "~63".subject_id IS DISTINCT FROM $2::UUID)
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'review'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Review'::text AS __typename, 'review_'::text || CAST("~64".id AS TEXT) AS id
          FROM reviews AS "~64"
          WHERE "~64".tenant_id = $1::UUID
          AND "~64".id = anon_1.id
          AND ("~64".writer_id = $2::UUID OR "~64".stand_in_id = $2::UUID AND "~64".subject_id IS DISTINCT FROM $2::UUID OR "~64".status = 'submitted' AND ("~64".manager_id = $2::UUID AND "~64".subject_id IS DISTINCT FROM $2::UUID OR "~64".second_level_id = $2::UUID AND "~64".subject_id IS DISTINCT FROM $2::UUID OR "~64".is_released IS true AND ("~64".appeal_decider_id = $2::UUID AND "~64".subject_id IS DISTINCT FROM $2::UUID OR (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $1::UUID
            AND reporting_closure_1.descendant_id = "~64".subject_id
            AND reporting_closure_1.ancestor_id = $2::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          )))) OR "~64".status = 'submitted' AND "~64".is_released IS true AND "~64".is_shown IS true AND "~64".subject_id = $2::UUID OR "~64".status = 'declined' AND ("~64".manager_id = $2::UUID AND "~64".subject_id IS DISTINCT FROM $2::UUID OR "~64".second_level_id = $2::UUID AND "~64".subject_id IS DISTINCT FROM $2::UUID) OR "~64".status = 'submitted' AND "~64".subject_id IS DISTINCT FROM $2::UUID AND (EXISTS (
            SELECT 1
            FROM review_readers AS review_readers_1
            WHERE review_readers_1.tenant_id = $1::UUID
            AND review_readers_1.review_id = "~64".id
            AND review_readers_1.person_id = $2::UUID
          )))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'reviewanswer'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewAnswer'::text AS __typename, 'reviewanswer_'::text || CAST("~65".id AS TEXT) AS id
          FROM review_answers AS "~65"
          WHERE "~65".tenant_id = $1::UUID
          AND "~65".id = anon_1.id
          AND ((EXISTS (
            SELECT 1
            FROM reviews AS reviews_1
            WHERE reviews_1.tenant_id = $1::UUID
            AND reviews_1.id = "~65".review_id
            AND (reviews_1.writer_id = $2::UUID OR reviews_1.stand_in_id = $2::UUID AND reviews_1.subject_id IS DISTINCT FROM $2::UUID)
          )) OR "~65".audience != 'hr_only' AND (EXISTS (
            SELECT 1
            FROM reviews AS reviews_2
            WHERE reviews_2.tenant_id = $1::UUID
            AND reviews_2.id = "~65".review_id
            AND (reviews_2.status = 'submitted' AND (reviews_2.manager_id = $2::UUID AND reviews_2.subject_id IS DISTINCT FROM $2::UUID OR reviews_2.second_level_id = $2::UUID AND reviews_2.subject_id IS DISTINCT FROM $2::UUID OR reviews_2.is_released IS true AND (reviews_2.appeal_decider_id = $2::UUID AND reviews_2.subject_id IS DISTINCT FROM $2::UUID OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = reviews_2.subject_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            )))) OR reviews_2.status = 'submitted' AND reviews_2.subject_id IS DISTINCT FROM $2::UUID AND (EXISTS (
              SELECT 1
              FROM review_readers AS review_readers_1
              WHERE review_readers_1.tenant_id = $1::UUID
              AND review_readers_1.review_id = reviews_2.id
              AND review_readers_1.person_id = $2::UUID
            )))
          )) OR "~65".audience = 'reviewee' AND (EXISTS (
            SELECT 1
            FROM reviews AS reviews_3
            WHERE reviews_3.tenant_id = $1::UUID
            AND reviews_3.id = "~65".review_id
            AND reviews_3.status = 'submitted'
            AND reviews_3.is_released IS true
            AND reviews_3.is_shown IS true
            AND reviews_3.subject_id = $2::UUID
          )))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'reviewappeal'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewAppeal'::text AS __typename, 'reviewappeal_'::text || CAST("~66".id AS TEXT) AS id
          FROM review_appeals AS "~66"
          WHERE "~66".tenant_id = $1::UUID
          AND "~66".id = anon_1.id
          AND ("~66".subject_id = $2::UUID OR "~66".manager_id = $2::UUID AND "~66".subject_id IS DISTINCT FROM $2::UUID OR "~66".second_level_id = $2::UUID AND "~66".subject_id IS DISTINCT FROM $2::UUID OR "~66".status != 'filed' AND "~66".status != 'withdrawn' AND "~66".decider_id = $2::UUID AND "~66".subject_id IS DISTINCT FROM $2::UUID AND "~66".manager_id IS DISTINCT FROM $2::UUID)
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'scorerule'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ScoreRule'::text AS __typename, 'scorerule_'::text || CAST("~67".id AS TEXT) AS id
          FROM score_rules AS "~67"
          WHERE "~67".tenant_id = $1::UUID
          AND "~67".id = anon_1.id
          AND "~67".status != 'draft'
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'scorestep'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ScoreStep'::text AS __typename, 'scorestep_'::text || CAST("~68".id AS TEXT) AS id
          FROM score_steps AS "~68"
          WHERE "~68".tenant_id = $1::UUID
          AND "~68".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM score_rules AS score_rules_1
            WHERE score_rules_1.tenant_id = $1::UUID
            AND score_rules_1.id = "~68".rule_id
            AND score_rules_1.status != 'draft'
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'scorecondition'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ScoreCondition'::text AS __typename, 'scorecondition_'::text || CAST("~69".id AS TEXT) AS id
          FROM score_conditions AS "~69"
          WHERE "~69".tenant_id = $1::UUID
          AND "~69".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM score_rules AS score_rules_2
            WHERE score_rules_2.tenant_id = $1::UUID
            AND score_rules_2.id = "~69".rule_id
            AND score_rules_2.status != 'draft'
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'reviewcycle'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewCycle'::text AS __typename, 'reviewcycle_'::text || CAST("~70".id AS TEXT) AS id
          FROM review_cycles AS "~70"
          WHERE "~70".tenant_id = $1::UUID
          AND "~70".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'cycledirection'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewCycleDirection'::text AS __typename, 'cycledirection_'::text || CAST("~71".id AS TEXT) AS id
          FROM review_cycle_directions AS "~71"
          WHERE "~71".tenant_id = $1::UUID
          AND "~71".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'cyclephase'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewCyclePhase'::text AS __typename, 'cyclephase_'::text || CAST("~72".id AS TEXT) AS id
          FROM review_cycle_phases AS "~72"
          WHERE "~72".tenant_id = $1::UUID
          AND "~72".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'cycleselection'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewCycleSelection'::text AS __typename, 'cycleselection_'::text || CAST("~73".id AS TEXT) AS id
          FROM review_cycle_selections AS "~73"
          WHERE "~73".tenant_id = $1::UUID
          AND "~73".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'cyclegroup'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewCycleGroup'::text AS __typename, 'cyclegroup_'::text || CAST("~74".id AS TEXT) AS id
          FROM review_cycle_groups AS "~74"
          WHERE "~74".tenant_id = $1::UUID
          AND "~74".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'cyclegroupphase'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewCycleGroupPhase'::text AS __typename, 'cyclegroupphase_'::text || CAST("~75".id AS TEXT) AS id
          FROM review_cycle_group_phases AS "~75"
          WHERE "~75".tenant_id = $1::UUID
          AND "~75".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'reviewparticipant'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewParticipant'::text AS __typename, 'reviewparticipant_'::text || CAST("~76".id AS TEXT) AS id
          FROM review_participants AS "~76"
          WHERE "~76".tenant_id = $1::UUID
          AND "~76".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'calibrationsession'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'CalibrationSession'::text AS __typename, 'calibrationsession_'::text || CAST("~77".id AS TEXT) AS id
          FROM calibration_sessions AS "~77"
          WHERE "~77".tenant_id = $1::UUID
          AND "~77".id = anon_1.id
          AND ((EXISTS (
            SELECT 1
            FROM calibration_session_facilitators AS calibration_session_facilitators_1
            WHERE calibration_session_facilitators_1.tenant_id = $1::UUID
            AND calibration_session_facilitators_1.session_id = "~77".id
            AND calibration_session_facilitators_1.person_id = $2::UUID
          )) OR ("~77".status = 'draft' OR "~77".status = 'open') AND (EXISTS (
            SELECT 1
            FROM calibration_session_members AS calibration_session_members_1
            WHERE calibration_session_members_1.tenant_id = $1::UUID
            AND calibration_session_members_1.session_id = "~77".id
            AND calibration_session_members_1.person_id = $2::UUID
          )))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'calibrationsubject'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'CalibrationSubject'::text AS __typename, 'calibrationsubject_'::text || CAST("~78".id AS TEXT) AS id
          FROM calibration_subjects AS "~78"
          WHERE "~78".tenant_id = $1::UUID
          AND "~78".id = anon_1.id
          AND "~78".person_id IS DISTINCT
          FROM $2::UUID
          AND (EXISTS (
            SELECT 1
            FROM calibration_sessions AS calibration_sessions_6
            WHERE calibration_sessions_6.tenant_id = $1::UUID
            AND calibration_sessions_6.id = "~78".session_id
            AND ((EXISTS (
              SELECT 1
              FROM calibration_session_facilitators AS calibration_session_facilitators_1
              WHERE calibration_session_facilitators_1.tenant_id = $1::UUID
              AND calibration_session_facilitators_1.session_id = calibration_sessions_6.id
              AND calibration_session_facilitators_1.person_id = $2::UUID
            )) OR calibration_sessions_6.status = 'open' AND (EXISTS (
              SELECT 1
              FROM calibration_session_members AS calibration_session_members_1
              WHERE calibration_session_members_1.tenant_id = $1::UUID
              AND calibration_session_members_1.session_id = calibration_sessions_6.id
              AND calibration_session_members_1.person_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'calibrationadjustment'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'CalibrationAdjustment'::text AS __typename, 'calibrationadjustment_'::text || CAST("~79".id AS TEXT) AS id
          FROM calibration_adjustments AS "~79"
          WHERE "~79".tenant_id = $1::UUID
          AND "~79".id = anon_1.id
          AND "~79".person_id IS DISTINCT
          FROM $2::UUID
          AND (EXISTS (
            SELECT 1
            FROM calibration_sessions AS calibration_sessions_7
            WHERE calibration_sessions_7.tenant_id = $1::UUID
            AND calibration_sessions_7.id = "~79".session_id
            AND ((EXISTS (
              SELECT 1
              FROM calibration_session_facilitators AS calibration_session_facilitators_1
              WHERE calibration_session_facilitators_1.tenant_id = $1::UUID
              AND calibration_session_facilitators_1.session_id = calibration_sessions_7.id
              AND calibration_session_facilitators_1.person_id = $2::UUID
            )) OR calibration_sessions_7.status = 'open' AND (EXISTS (
              SELECT 1
              FROM calibration_session_members AS calibration_session_members_1
              WHERE calibration_session_members_1.tenant_id = $1::UUID
              AND calibration_session_members_1.session_id = calibration_sessions_7.id
              AND calibration_session_members_1.person_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'fairnessattribute'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'FairnessAttribute'::text AS __typename, 'fairnessattribute_'::text || CAST("~80".id AS TEXT) AS id
          FROM fairness_attributes AS "~80"
          WHERE "~80".tenant_id = $1::UUID
          AND "~80".id = anon_1.id
          AND true
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'fairnessfigure'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'FairnessFigure'::text AS __typename, 'fairnessfigure_'::text || CAST("~81".id AS TEXT) AS id
          FROM fairness_figures AS "~81"
          WHERE "~81".tenant_id = $1::UUID
          AND "~81".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'fairnessgroup'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'FairnessGroup'::text AS __typename, 'fairnessgroup_'::text || CAST("~82".id AS TEXT) AS id
          FROM fairness_groups AS "~82"
          WHERE "~82".tenant_id = $1::UUID
          AND "~82".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'nominationround'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewNominationRound'::text AS __typename, 'nominationround_'::text || CAST("~83".id AS TEXT) AS id
          FROM review_nomination_rounds AS "~83"
          WHERE "~83".tenant_id = $1::UUID
          AND "~83".id = anon_1.id
          AND ("~83".shows_nominees IS true AND "~83".subject_id = $2::UUID OR "~83".subject_nominates IS true AND "~83".subject_id = $2::UUID OR (EXISTS (
            SELECT 1
            FROM review_packets AS review_packets_1
            WHERE review_packets_1.tenant_id = $1::UUID
            AND review_packets_1.id = "~83".packet_id
            AND review_packets_1.manager_id = $2::UUID
            AND review_packets_1.subject_id IS DISTINCT
            FROM $2::UUID
          )))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'nomination'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewNomination'::text AS __typename, 'nomination_'::text || CAST("~84".id AS TEXT) AS id
          FROM review_nominations AS "~84"
          WHERE "~84".tenant_id = $1::UUID
          AND "~84".id = anon_1.id
          AND "~84".manager_id = $2::UUID
          AND "~84".subject_id IS DISTINCT
          FROM $2::UUID
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'reviewscore'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewScore'::text AS __typename, 'reviewscore_'::text || CAST("~85".id AS TEXT) AS id
          FROM review_scores AS "~85"
          WHERE "~85".tenant_id = $1::UUID
          AND "~85".id = anon_1.id
          AND ((EXISTS (
            SELECT 1
            FROM review_packets AS review_packets_2
            WHERE review_packets_2.tenant_id = $1::UUID
            AND review_packets_2.id = "~85".packet_id
            AND (review_packets_2.manager_id = $2::UUID AND review_packets_2.subject_id IS DISTINCT FROM $2::UUID OR review_packets_2.second_level_id = $2::UUID AND review_packets_2.subject_id IS DISTINCT FROM $2::UUID)
          )) OR "~85".is_current IS true AND (EXISTS (
            SELECT 1
            FROM review_packets AS review_packets_3
            WHERE review_packets_3.tenant_id = $1::UUID
            AND review_packets_3.id = "~85".packet_id
            AND review_packets_3.is_released IS true
            AND (review_packets_3.appeal_decider_id = $2::UUID AND review_packets_3.subject_id IS DISTINCT FROM $2::UUID OR (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = review_packets_3.subject_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            )))
          )) OR "~85".is_current IS true AND "~85".audience = 'reviewee' AND "~85".is_shown IS true AND (EXISTS (
            SELECT 1
            FROM review_packets AS review_packets_4
            WHERE review_packets_4.tenant_id = $1::UUID
            AND review_packets_4.id = "~85".packet_id
            AND review_packets_4.is_released IS true
            AND review_packets_4.subject_id = $2::UUID
          )))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'scorecomponent'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewScoreComponent'::text AS __typename, 'scorecomponent_'::text || CAST("~86".id AS TEXT) AS id
          FROM review_score_components AS "~86"
          WHERE "~86".tenant_id = $1::UUID
          AND "~86".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM review_scores AS review_scores_1
            WHERE review_scores_1.tenant_id = $1::UUID
            AND review_scores_1.id = "~86".score_id
            AND ((EXISTS (
              SELECT 1
              FROM review_packets AS review_packets_5
              WHERE review_packets_5.tenant_id = $1::UUID
              AND review_packets_5.id = review_scores_1.packet_id
              AND (review_packets_5.manager_id = $2::UUID AND review_packets_5.subject_id IS DISTINCT FROM $2::UUID OR review_packets_5.second_level_id = $2::UUID AND review_packets_5.subject_id IS DISTINCT FROM $2::UUID)
            )) OR review_scores_1.is_current IS true AND (EXISTS (
              SELECT 1
              FROM review_packets AS review_packets_6
              WHERE review_packets_6.tenant_id = $1::UUID
              AND review_packets_6.id = review_scores_1.packet_id
              AND review_packets_6.is_released IS true
              AND (review_packets_6.appeal_decider_id = $2::UUID AND review_packets_6.subject_id IS DISTINCT FROM $2::UUID OR (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = review_packets_6.subject_id
                AND reporting_closure_1.ancestor_id = $2::UUID
                AND reporting_closure_1.starts_on <= $3::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
              )))
            )) OR review_scores_1.is_current IS true AND review_scores_1.audience = 'reviewee' AND review_scores_1.is_shown IS true AND (EXISTS (
              SELECT 1
              FROM review_packets AS review_packets_7
              WHERE review_packets_7.tenant_id = $1::UUID
              AND review_packets_7.id = review_scores_1.packet_id
              AND review_packets_7.is_released IS true
              AND review_packets_7.subject_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'reviewscorestep'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ReviewScoreStep'::text AS __typename, 'reviewscorestep_'::text || CAST("~87".id AS TEXT) AS id
          FROM review_score_steps AS "~87"
          WHERE "~87".tenant_id = $1::UUID
          AND "~87".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM review_scores AS review_scores_2
            WHERE review_scores_2.tenant_id = $1::UUID
            AND review_scores_2.id = "~87".score_id
            AND ((EXISTS (
              SELECT 1
              FROM review_packets AS review_packets_8
              WHERE review_packets_8.tenant_id = $1::UUID
              AND review_packets_8.id = review_scores_2.packet_id
              AND (review_packets_8.manager_id = $2::UUID AND review_packets_8.subject_id IS DISTINCT FROM $2::UUID OR review_packets_8.second_level_id = $2::UUID AND review_packets_8.subject_id IS DISTINCT FROM $2::UUID)
            )) OR review_scores_2.is_current IS true AND (EXISTS (
              SELECT 1
              FROM review_packets AS review_packets_9
              WHERE review_packets_9.tenant_id = $1::UUID
              AND review_packets_9.id = review_scores_2.packet_id
              AND review_packets_9.is_released IS true
              AND (review_packets_9.appeal_decider_id = $2::UUID AND review_packets_9.subject_id IS DISTINCT FROM $2::UUID OR (EXISTS (
                SELECT 1
                FROM reporting_closure AS reporting_closure_1
                WHERE reporting_closure_1.tenant_id = $1::UUID
                AND reporting_closure_1.descendant_id = review_packets_9.subject_id
                AND reporting_closure_1.ancestor_id = $2::UUID
                AND reporting_closure_1.starts_on <= $3::DATE
                AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
                AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
              )))
            )) OR review_scores_2.is_current IS true AND review_scores_2.audience = 'reviewee' AND review_scores_2.is_shown IS true AND (EXISTS (
              SELECT 1
              FROM review_packets AS review_packets_10
              WHERE review_packets_10.tenant_id = $1::UUID
              AND review_packets_10.id = review_scores_2.packet_id
              AND review_packets_10.is_released IS true
              AND review_packets_10.subject_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'feedbackrequest'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'FeedbackRequest'::text AS __typename, 'feedbackrequest_'::text || CAST("~88".id AS TEXT) AS id
          FROM feedback_requests AS "~88"
          WHERE "~88".tenant_id = $1::UUID
          AND "~88".id = anon_1.id
          AND ("~88".asker_id = $2::UUID OR "~88".respondent_id = $2::UUID)
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'programschedule'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'FeedbackProgramSchedule'::text AS __typename, 'programschedule_'::text || CAST("~89".id AS TEXT) AS id
          FROM feedback_program_schedules AS "~89"
          WHERE "~89".tenant_id = $1::UUID
          AND "~89".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'feedbackprogram'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'FeedbackProgram'::text AS __typename, 'feedbackprogram_'::text || CAST("~90".id AS TEXT) AS id
          FROM feedback_programs AS "~90"
          WHERE "~90".tenant_id = $1::UUID
          AND "~90".id = anon_1.id
          AND ("~90".status = 'published' AND ("~90".subject_id = $2::UUID OR "~90".audience != 'subject' AND (EXISTS (
            SELECT 1
            FROM reporting_closure AS reporting_closure_1
            WHERE reporting_closure_1.tenant_id = $1::UUID
            AND reporting_closure_1.descendant_id = "~90".subject_id
            AND reporting_closure_1.ancestor_id = $2::UUID
            AND reporting_closure_1.starts_on <= $3::DATE
            AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
            AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
          ))) OR (EXISTS (
            SELECT 1
            FROM feedback_program_people AS feedback_program_people_1
            WHERE feedback_program_people_1.tenant_id = $1::UUID
            AND feedback_program_people_1.program_id = "~90".id
            AND feedback_program_people_1.person_id = $2::UUID
          )))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'feedbackrater'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'FeedbackProgramRater'::text AS __typename, 'feedbackrater_'::text || CAST("~91".id AS TEXT) AS id
          FROM feedback_program_raters AS "~91"
          WHERE "~91".tenant_id = $1::UUID
          AND "~91".id = anon_1.id
          AND "~91".person_id = $2::UUID
          AND (EXISTS (
            SELECT 1
            FROM feedback_programs AS feedback_programs_1
            WHERE feedback_programs_1.tenant_id = $1::UUID
            AND feedback_programs_1.id = "~91".feedback_program_id
            AND (feedback_programs_1.status = 'published' AND (feedback_programs_1.subject_id = $2::UUID OR feedback_programs_1.audience != 'subject' AND (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = feedback_programs_1.subject_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            ))) OR (EXISTS (
              SELECT 1
              FROM feedback_program_people AS feedback_program_people_1
              WHERE feedback_program_people_1.tenant_id = $1::UUID
              AND feedback_program_people_1.program_id = feedback_programs_1.id
              AND feedback_program_people_1.person_id = $2::UUID
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'feedbackresult'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'FeedbackProgramResult'::text AS __typename, 'feedbackresult_'::text || CAST("~92".id AS TEXT) AS id
          FROM feedback_program_results AS "~92"
          WHERE "~92".tenant_id = $1::UUID
          AND "~92".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM feedback_programs AS feedback_programs_2
            WHERE feedback_programs_2.tenant_id = $1::UUID
            AND feedback_programs_2.id = "~92".feedback_program_id
            AND feedback_programs_2.status = 'published'
            AND (feedback_programs_2.subject_id = $2::UUID OR feedback_programs_2.audience != 'subject' AND (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = feedback_programs_2.subject_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'feedbackanswer'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'FeedbackProgramAnswer'::text AS __typename, 'feedbackanswer_'::text || CAST("~93".id AS TEXT) AS id
          FROM feedback_program_answers AS "~93"
          WHERE "~93".tenant_id = $1::UUID
          AND "~93".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM feedback_programs AS feedback_programs_3
            WHERE feedback_programs_3.tenant_id = $1::UUID
            AND feedback_programs_3.id = "~93".feedback_program_id
            AND feedback_programs_3.status = 'published'
            AND (feedback_programs_3.subject_id = $2::UUID OR feedback_programs_3.audience != 'subject' AND (EXISTS (
              SELECT 1
              FROM reporting_closure AS reporting_closure_1
              WHERE reporting_closure_1.tenant_id = $1::UUID
              AND reporting_closure_1.descendant_id = feedback_programs_3.subject_id
              AND reporting_closure_1.ancestor_id = $2::UUID
              AND reporting_closure_1.starts_on <= $3::DATE
              AND (reporting_closure_1.ends_on IS NULL OR reporting_closure_1.ends_on > $3::DATE)
              AND (reporting_closure_1.left_on IS NULL OR reporting_closure_1.left_on > $3::DATE)
            )))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'issuer'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Issuer'::text AS __typename, 'issuer_'::text || CAST("~94".id AS TEXT) AS id
          FROM issuers AS "~94"
          WHERE "~94".tenant_id = $1::UUID
          AND "~94".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'legalhold'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'LegalHold'::text AS __typename, 'legalhold_'::text || CAST("~95".id AS TEXT) AS id
          FROM legal_holds AS "~95"
          WHERE "~95".tenant_id = $1::UUID
          AND "~95".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'retention'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'RetentionPolicy'::text AS __typename, 'retention_'::text || CAST("~96".id AS TEXT) AS id
          FROM retention_policies AS "~96"
          WHERE "~96".tenant_id = $1::UUID
          AND "~96".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'serviceclient'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ServiceClient'::text AS __typename, 'serviceclient_'::text || CAST("~97".id AS TEXT) AS id
          FROM service_clients AS "~97"
          WHERE "~97".tenant_id = $1::UUID
          AND "~97".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'clientkey'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'ServiceClientKey'::text AS __typename, 'clientkey_'::text || CAST("~98".id AS TEXT) AS id
          FROM service_client_keys AS "~98"
          WHERE "~98".tenant_id = $1::UUID
          AND "~98".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'bankquestion'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'SurveyBankQuestion'::text AS __typename, 'bankquestion_'::text || CAST("~99".id AS TEXT) AS id
          FROM survey_bank_questions AS "~99"
          WHERE "~99".tenant_id = $1::UUID
          AND "~99".id = anon_1.id
          AND true
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'surveyschedule'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'SurveySchedule'::text AS __typename, 'surveyschedule_'::text || CAST("~100".id AS TEXT) AS id
          FROM survey_schedules AS "~100"
          WHERE "~100".tenant_id = $1::UUID
          AND "~100".id = anon_1.id
          AND ("~100".organization_id IS NULL OR "~100".organization_id = ANY ($4::UUID[]))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'scheduledquestion'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'SurveyScheduleQuestion'::text AS __typename, 'scheduledquestion_'::text || CAST("~101".id AS TEXT) AS id
          FROM survey_schedule_questions AS "~101"
          WHERE "~101".tenant_id = $1::UUID
          AND "~101".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM survey_schedules AS survey_schedules_1
            WHERE survey_schedules_1.tenant_id = $1::UUID
            AND survey_schedules_1.id = "~101".schedule_id
            AND (survey_schedules_1.organization_id IS NULL OR survey_schedules_1.organization_id = ANY ($4::UUID[]))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'survey'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Survey'::text AS __typename, 'survey_'::text || CAST("~102".id AS TEXT) AS id
          FROM surveys AS "~102"
          WHERE "~102".tenant_id = $1::UUID
          AND "~102".id = anon_1.id
          AND ("~102".organization_id IS NULL OR "~102".organization_id = ANY ($4::UUID[]))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'surveyquestion'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'SurveyQuestion'::text AS __typename, 'surveyquestion_'::text || CAST("~103".id AS TEXT) AS id
          FROM survey_questions AS "~103"
          WHERE "~103".tenant_id = $1::UUID
          AND "~103".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM surveys AS surveys_1
            WHERE surveys_1.tenant_id = $1::UUID
            AND surveys_1.id = "~103".survey_id
            AND (surveys_1.organization_id IS NULL OR surveys_1.organization_id = ANY ($4::UUID[]))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'surveychoice'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'SurveyChoice'::text AS __typename, 'surveychoice_'::text || CAST("~104".id AS TEXT) AS id
          FROM survey_choices AS "~104"
          WHERE "~104".tenant_id = $1::UUID
          AND "~104".id = anon_1.id
          AND (EXISTS (
            SELECT 1
            FROM surveys AS surveys_2
            WHERE surveys_2.tenant_id = $1::UUID
            AND surveys_2.id = "~104".survey_id
            AND (surveys_2.organization_id IS NULL OR surveys_2.organization_id = ANY ($4::UUID[]))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'surveyinvitation'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'SurveyInvitation'::text AS __typename, 'surveyinvitation_'::text || CAST("~105".id AS TEXT) AS id
          FROM survey_invitations AS "~105"
          WHERE "~105".tenant_id = $1::UUID
          AND "~105".id = anon_1.id
          AND "~105".person_id = $2::UUID
          AND (EXISTS (
            SELECT 1
            FROM surveys AS surveys_3
            WHERE surveys_3.tenant_id = $1::UUID
            AND surveys_3.id = "~105".survey_id
            AND (surveys_3.organization_id IS NULL OR surveys_3.organization_id = ANY ($4::UUID[]))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'surveyresult'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'SurveyResult'::text AS __typename, 'surveyresult_'::text || CAST("~106".id AS TEXT) AS id
          FROM survey_results AS "~106"
          WHERE "~106".tenant_id = $1::UUID
          AND "~106".id = anon_1.id
          AND "~106".scope = 'overall'
          AND (EXISTS (
            SELECT 1
            FROM surveys AS surveys_4
            WHERE surveys_4.tenant_id = $1::UUID
            AND surveys_4.id = "~106".survey_id
            AND surveys_4.audience = 'everyone'
            AND (surveys_4.organization_id IS NULL OR surveys_4.organization_id = ANY ($4::UUID[]))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'surveyshare'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'SurveyShare'::text AS __typename, 'surveyshare_'::text || CAST("~107".id AS TEXT) AS id
          FROM survey_shares AS "~107"
          WHERE "~107".tenant_id = $1::UUID
          AND "~107".id = anon_1.id
          AND "~107".scope = 'overall'
          AND (EXISTS (
            SELECT 1
            FROM surveys AS surveys_5
            WHERE surveys_5.tenant_id = $1::UUID
            AND surveys_5.id = "~107".survey_id
            AND surveys_5.audience = 'everyone'
            AND (surveys_5.organization_id IS NULL OR surveys_5.organization_id = ANY ($4::UUID[]))
          ))
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'surveycomment'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'SurveyComment'::text AS __typename, 'surveycomment_'::text || CAST("~108".id AS TEXT) AS id
          FROM survey_comments AS "~108"
          WHERE "~108".tenant_id = $1::UUID
          AND "~108".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'task'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Task'::text AS __typename, 'task_'::text || CAST("~109".id AS TEXT) AS id
          FROM todos AS "~109"
          WHERE "~109".tenant_id = $1::UUID
          AND "~109".id = anon_1.id
          AND "~109".person_id = $2::UUID
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'webhook'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'Webhook'::text AS __typename, 'webhook_'::text || CAST("~110".id AS TEXT) AS id
          FROM webhooks AS "~110"
          WHERE "~110".tenant_id = $1::UUID
          AND "~110".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'delivery'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'WebhookDelivery'::text AS __typename, 'delivery_'::text || CAST("~111".id AS TEXT) AS id
          FROM webhook_deliveries AS "~111"
          WHERE "~111".tenant_id = $1::UUID
          AND "~111".id = anon_1.id
          AND (
            SELECT false
          )
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'calendar'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'WorkCalendar'::text AS __typename, 'calendar_'::text || CAST("~112".id AS TEXT) AS id
          FROM work_calendars AS "~112"
          WHERE "~112".tenant_id = $1::UUID
          AND "~112".id = anon_1.id
          AND true
        ) AS "~"
      ) WHEN (CAST(anon_1.kind AS TEXT) = 'calendarday'::text) THEN (
        SELECT row_to_json("~")
        FROM (
          SELECT 'CalendarDay'::text AS __typename, 'calendarday_'::text || CAST("~113".id AS TEXT) AS id
          FROM calendar_days AS "~113"
          WHERE "~113".tenant_id = $1::UUID
          AND "~113".id = anon_1.id
          AND true
        ) AS "~"
      ) END ORDER BY anon_1.nth) AS json_agg_1
      FROM unnest($6::TEXT[], $7::UUID[]) WITH ORDINALITY AS anon_1(kind, id, nth)
    ), '[]'::json) AS nodes
  ) AS "~"
) AS JSON) AS json
