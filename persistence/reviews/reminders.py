"""The statements that reminders need: the tasks of a cycle where their people are, and the marks.

People who have left or are on leave get no reminder, and so do not appear.
"""

from domain.reviews.cycles.reminding import LIST_TASKS, MARK_REMINDED
from persistence.unit_of_work.declared_statements import declare_statement

SELECT_TASKS = """
SELECT task.id, task.kind, task.entity, task.subject_id, task.due_on, task.reminder_stage,
       here.at::date AS today, extract(hour FROM here.at)::int AS hour,
       lower(CASE WHEN person.job_changes_on <= here.at::date THEN (
         SELECT job.location FROM jobs job
         WHERE job.tenant_id = $1 AND job.person_id = person.id AND job.superseded_at IS NULL
           AND job.starts_on <= here.at::date ORDER BY job.starts_on DESC LIMIT 1)
       ELSE person.location END) AS location,
       subject.can_escalate
FROM (
  SELECT form.id, false AS can_escalate FROM reviews form
  JOIN review_packets packet ON packet.tenant_id = $1 AND packet.id = form.packet_id
  WHERE form.tenant_id = $1 AND packet.cycle_id = $2
  UNION ALL
  SELECT packet.id, packet.second_level_id IS NOT NULL AND NOT packet.is_escalated
  FROM review_packets packet
  WHERE packet.tenant_id = $1 AND packet.cycle_id = $2
) AS subject
JOIN todos task ON task.tenant_id = $1 AND task.subject_id = subject.id AND task.due_on <= $3
JOIN people person ON person.tenant_id = $1 AND person.id = task.person_id
JOIN tenants tenant ON tenant.tenant_id = $1 AND tenant.id = $1
CROSS JOIN LATERAL (
  SELECT $4::timestamptz AT TIME ZONE coalesce(person.time_zone, tenant.time_zone) AS at
) AS here
WHERE task.entity IN ('review', 'review_packet')
  AND (person.left_on IS NULL OR person.left_on > here.at::date)
  AND NOT EXISTS (
    SELECT FROM leaves away
    WHERE away.tenant_id = $1 AND away.person_id = person.id AND away.starts_on <= here.at::date
      AND (away.ends_on IS NULL OR away.ends_on > here.at::date))
ORDER BY task.id"""
declare_statement(LIST_TASKS, SELECT_TASKS, "cycle_id", "latest", "now")

UPDATE_TASKS = """
UPDATE todos task
SET reminder_stage = reached.stage, reminded_at = $4, reminders_sent = task.reminders_sent + 1
FROM unnest($2::uuid[], $3::int[]) AS reached (id, stage)
WHERE task.tenant_id = $1 AND task.id = reached.id
  AND (task.reminder_stage IS NULL OR task.reminder_stage < reached.stage)
RETURNING task.id"""
declare_statement(MARK_REMINDED, UPDATE_TASKS, "ids", "stages", "now")
