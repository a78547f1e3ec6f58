"""Reads: a dashboard of 12 KPIs, and a series of 24 months, of the total and of 20 slices."""

DASHBOARD = """
query { kpis(first: 12, orderBy: [{ field: NAME }]) { nodes {
  name status { status value } series { points { period value target status } } } } }"""
SERIES = """
query($id: ID!, $from: Date!) { kpi(by: { id: $id }) {
  series(from: $from) { points { period value target status isProvisional } } } }"""
SLICES = """
query($id: ID!, $from: Date!) { kpi(by: { id: $id }) { series(by: "region", from: $from) {
  member { code name } points { period value target status isProvisional } } } }"""

POINTS = """
 SELECT json_agg(json_build_object('period', to_char(p.day, 'YYYY-MM'), 'value', m.value::text,
  'target', t.value::text, 'status', CASE WHEN m.value IS NULL THEN 'NOT_MEASURED'
   WHEN t.value IS NULL THEN 'NO_TARGET' WHEN m.value >= t.green_from THEN 'GREEN'
   WHEN m.value >= t.amber_from THEN 'AMBER' ELSE 'RED' END{extra}) ORDER BY p.n)
 FROM (SELECT n, make_date(n / 12, n % 12 + 1, 1) AS day FROM generate_series({first}, $2) n) p
 LEFT JOIN kpi_measurements m ON m.tenant_id = $1 AND m.kpi_id = k.id AND m.member_id {of}
  AND m.period_ordinal = p.n
 LEFT JOIN LATERAL (SELECT * FROM kpi_targets t WHERE t.tenant_id = $1 AND t.kpi_id = k.id
  AND t.member_id {of} AND t.starts_on < p.day + interval '1 month'
  ORDER BY t.starts_on DESC LIMIT 1) t ON true"""
PROVISIONAL = ", 'isProvisional', p.n = $2"
FLOOR_DASHBOARD = f"""
SELECT json_agg(json_build_object('name', k.name, 'status', s.status,
 'points', ({POINTS.format(extra="", first="$2 - 12", of="IS NULL")})))::text
FROM (SELECT * FROM kpis WHERE tenant_id = $1
 ORDER BY name_sort_key, id LIMIT 12) k,
LATERAL (SELECT CASE WHEN m.value >= t.green_from THEN 'GREEN'
  WHEN m.value >= t.amber_from THEN 'AMBER' ELSE 'RED' END AS status, m.value
 FROM (SELECT * FROM kpi_measurements m WHERE m.tenant_id = $1 AND m.kpi_id = k.id
  AND m.member_id IS NULL ORDER BY m.member_id DESC, m.period_ordinal DESC LIMIT 1) m,
 LATERAL (SELECT * FROM kpi_targets t WHERE t.tenant_id = $1 AND t.kpi_id = k.id
  AND t.member_id IS NULL ORDER BY t.starts_on DESC LIMIT 1) t) s"""
FLOOR_SERIES = f"""
SELECT ({POINTS.format(extra=PROVISIONAL, first="$2 - 23", of="IS NULL")})::text
FROM kpis k WHERE k.tenant_id = $1 AND k.id = $3"""
FLOOR_SLICES = f"""
SELECT (SELECT json_agg(json_build_object(
 'member', json_build_object('code', e.code, 'name', e.name),
 'points', ({POINTS.format(extra=PROVISIONAL, first="$2 - 23", of="= e.id")})) ORDER BY e.position)
 FROM kpi_dimension_members e JOIN kpi_dimensions d
  ON d.tenant_id = e.tenant_id AND d.id = e.dimension_id
 WHERE d.tenant_id = $1 AND d.kpi_id = k.id AND d.key = 'region')::text
FROM kpis k WHERE k.tenant_id = $1 AND k.id = $3"""
