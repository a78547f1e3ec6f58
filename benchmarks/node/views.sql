-- What PostGraphile publishes instead of the bare tables, as its documentation recommends where rows
-- are not for everybody: the visibility rule (that of HR, who asks in its cases) in views that run as
-- whoever queries them, and the search as a function that gives a set of people.

CREATE SCHEMA published;

CREATE VIEW published.visible_goals WITH (security_invoker) AS
SELECT g.* FROM public.goals g
WHERE g.visibility <> 'private'
   OR g.owner_person_id = current_setting('app.person_id')::uuid
   OR g.owner_team_id IN (
        SELECT descendant_id FROM public.team_closure
        WHERE tenant_id = current_setting('app.tenant_id')::uuid
          AND ancestor_id = ANY (current_setting('app.teams_led')::uuid[]))
   OR g.status <> 'draft' AND EXISTS (
        SELECT 1 FROM public.goal_viewers v
        WHERE v.tenant_id = g.tenant_id AND v.goal_id = g.id
          AND v.person_id = current_setting('app.person_id')::uuid);

CREATE VIEW published.goal_history WITH (security_invoker) AS
SELECT * FROM public.journal WHERE entity = 'goal';

CREATE FUNCTION published.search_people(word text) RETURNS SETOF public.people
LANGUAGE sql STABLE BEGIN ATOMIC
  SELECT p.* FROM public.people p
  WHERE p.tenant_id = current_setting('app.tenant_id')::uuid
    AND p.id IN (SELECT w.entity_id FROM public.words w
                 WHERE w.tenant_id = current_setting('app.tenant_id')::uuid AND w.entity = 'person'
                   AND w.word >= search_people.word AND w.word < search_people.word || U&'\+10FFFF');
END;

GRANT USAGE ON SCHEMA published TO trellis_app;
GRANT SELECT ON published.visible_goals, published.goal_history TO trellis_app;
