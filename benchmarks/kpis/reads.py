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

DUE = """trim_scale(CASE WHEN {p}.gone = {p}.total THEN t.value
 ELSE round((t.value + 0e-12) * {p}.gone / {p}.total, 12) END)::text"""
COMPARED = """(t.{edge} IS NULL OR CASE WHEN {p}.gone = {p}.total THEN m.value {sign} t.{edge}
  ELSE m.value * {p}.total {sign} t.{edge} * {p}.gone END)"""
BANDS = {
    f"{band}_{end}": COMPARED.replace("{edge}", f"{band}_{end}").replace("{sign}", sign)
    for band in ("green", "amber")
    for end, sign in (("from", ">="), ("to", "<="))
}
STATUS = """CASE WHEN m.state IN ('not_applicable', 'suppressed') THEN upper(m.state)
 WHEN m.value IS NULL THEN 'NOT_MEASURED' WHEN t.value IS NULL THEN 'NO_TARGET'
 WHEN {green_from} AND {green_to} THEN 'GREEN'
 WHEN {amber_from} AND {amber_to} THEN 'AMBER' ELSE 'RED' END""".format(**BANDS)
PERIOD = """SELECT n, day, ends_before, n = $2 AS is_open,
   CASE WHEN n = $2 AND k.is_flow THEN $4 - day + 1 ELSE 1 END AS gone,
   CASE WHEN n = $2 AND k.is_flow THEN ends_before - day ELSE 1 END AS total
  FROM (SELECT n, make_date(n / 12, n % 12 + 1, 1) AS day,
   make_date((n + 1) / 12, (n + 1) % 12 + 1, 1) AS ends_before
   FROM {source} OFFSET 0) p OFFSET 0"""
"""The target of an open period is due in part, where its values are added up."""

POINTS = """
 SELECT json_agg(json_build_object('period', to_char(p.day::timestamp, 'YYYY-MM'),
  'value', m.value::text, 'target', {due}, 'status', {status}{extra}) ORDER BY p.n)
 FROM ({period}) p
 LEFT JOIN kpi_measurements m ON m.tenant_id = $1 AND m.kpi_id = k.id AND m.member_id {of}
  AND m.period_ordinal = p.n AND m.period_ordinal BETWEEN {first} AND $2
 LEFT JOIN (SELECT *, lead(starts_on) OVER (ORDER BY starts_on) AS replaced_on
  FROM kpi_targets WHERE tenant_id = $1 AND kpi_id = k.id AND member_id {of}) t
 ON t.starts_on < p.ends_before AND (t.replaced_on IS NULL OR t.replaced_on >= p.ends_before)
  AND (t.ends_on IS NULL OR t.ends_on >= p.ends_before)"""
"""Targets are read once for all points: to look each up takes half as long again."""

MAY_SEE = """(k.visibility IN ('tenant', 'organization') OR k.owner_id = $3
 OR EXISTS (SELECT FROM kpi_recorders r
  WHERE r.tenant_id = $1 AND r.kpi_id = k.id AND r.person_id = $3)
 OR EXISTS (SELECT FROM kpi_viewers v
  WHERE v.tenant_id = $1 AND v.kpi_id = k.id AND v.person_id = $3))"""
"""The visibility rule for somebody who reads the KPIs of all organizations."""

KPIS = f"""(SELECT k.*, (SELECT d.form = 'simple' AND d.time_aggregation = 'sum'
   FROM kpi_definitions d WHERE d.tenant_id = $1 AND d.kpi_id = k.id AND d.starts_on <= $4
   ORDER BY d.starts_on DESC LIMIT 1) AS is_flow
  FROM kpis k WHERE k.tenant_id = $1 AND {MAY_SEE} {{chosen}}) k"""


def build_points(months: int, of: str = "IS NULL", extra: str = "") -> str:
    """Return a subselect of the points of the last months."""
    first = f"$2 - {months - 1}"
    period = PERIOD.format(source=f"generate_series({first}, $2) n")
    parts = {"due": DUE.format(p="p"), "status": STATUS.format(p="p"), "period": period}
    return f"({POINTS.format(**parts, first=first, of=of, extra=extra)})"


PROVISIONAL = ", 'isProvisional', p.is_open"
NEWEST = PERIOD.format(source="(SELECT m.period_ordinal AS n) m")
FLOOR_DASHBOARD = f"""
SELECT json_build_object('kpis', json_build_object('nodes', json_agg(json_build_object(
 'name', k.name, 'status', (
  SELECT json_build_object('status', {STATUS.format(p="p")}, 'value', m.value::text)
  FROM (SELECT * FROM kpi_measurements WHERE tenant_id = $1 AND kpi_id = k.id
    AND member_id IS NULL AND period_ordinal <= $2
   ORDER BY member_id DESC, period_ordinal DESC LIMIT 1) m,
  LATERAL ({NEWEST}) p
  LEFT JOIN LATERAL (SELECT * FROM kpi_targets WHERE tenant_id = $1 AND kpi_id = k.id
   AND member_id IS NULL AND starts_on < p.ends_before ORDER BY starts_on DESC LIMIT 1) t
  ON t.ends_on IS NULL OR t.ends_on >= p.ends_before),
 'series', json_build_array(json_build_object('points', {build_points(13)}))))))::text
FROM {KPIS.format(chosen="ORDER BY k.name_sort_key, k.id LIMIT 12")}"""
FLOOR_SERIES = f"""
SELECT json_build_object('kpi', json_build_object('series', json_build_array(json_build_object(
 'points', {build_points(24, extra=PROVISIONAL)}))))::text
FROM {KPIS.format(chosen="AND k.id = $5")}"""
FLOOR_SLICES = f"""
SELECT json_build_object('kpi', json_build_object('series', (SELECT json_agg(json_build_object(
 'member', json_build_object('code', e.code, 'name', e.name),
 'points', {build_points(24, "= e.id", PROVISIONAL)}) ORDER BY e.position)
 FROM kpi_dimension_members e JOIN kpi_dimensions d
  ON d.tenant_id = e.tenant_id AND d.id = e.dimension_id
 WHERE d.tenant_id = $1 AND d.kpi_id = k.id AND d.key = 'region')))::text
FROM {KPIS.format(chosen="AND k.id = $5")}"""
