"""The overall score of a scorecard in SQL, from the entries whose KPI the viewer may see."""

from sqlalchemy import (
    FromClause,
    Numeric,
    Text,
    and_,
    case,
    func,
    select,
    true,
    type_coerce,
)

from domain.kpis import KpiState, KpiTargetStatus
from domain.scorecards.policy import SEE_KPI_OF_ENTRY
from domain.scorecards.scores import (
    POINTS,
    ScorecardMissing,
    ScorecardScoreGap,
    ScorecardScoreMethod,
)
from persistence.access.rules_to_sql import compile_rule
from persistence.kernel.schema.tables import EnumText
from persistence.kernel.sql_literals import literal_number, literal_text
from persistence.kernel.wire_format import ratio_sql
from persistence.kpis import kpis
from persistence.kpis.sentences import build_period
from persistence.kpis.status import build_status_row
from persistence.kpis.target_rules import build_status
from persistence.kpis.value_requests import build_days_overdue
from persistence.reading.raw_sql import SqlTemplate
from persistence.reading.read_model import FieldContext, ReadModel, Row, Sql
from persistence.scorecards import SCORECARD, SCORECARD_ENTRY, scorecard_entries

SCORE = ReadModel("ScorecardScore", None)
SCORE_PART = ReadModel("ScorecardScorePart", None)
ZERO = literal_number(0)
PLACES = 12

MISSING = f"""(CASE WHEN {{weight}} = 0 THEN '{ScorecardMissing.NO_WEIGHT}'
 WHEN {{kpi_state}} = '{KpiState.ARCHIVED}' THEN '{ScorecardMissing.ARCHIVED}'
 WHEN {{status}} = '{KpiTargetStatus.NOT_MEASURED}' THEN '{ScorecardMissing.NOT_MEASURED}'
 WHEN {{status}} = '{KpiTargetStatus.NOT_APPLICABLE}' THEN '{ScorecardMissing.NOT_APPLICABLE}'
 WHEN {{status}} = '{KpiTargetStatus.SUPPRESSED}' THEN '{ScorecardMissing.SUPPRESSED}'
 WHEN {{status}} = '{KpiTargetStatus.NO_TARGET}' THEN '{ScorecardMissing.NO_TARGET}' END)"""
STATUS_POINTS = " ".join(f"WHEN '{status}' THEN {points}" for status, points in POINTS.items())
SHARE = f"round({{part}}::numeric / nullif({{whole}}, 0), {PLACES})"

SENTENCE = f"""(CASE {{gap}}
 WHEN '{ScorecardScoreGap.NO_KPIS}' THEN 'There is no score: the scorecard has no KPIs.'
 WHEN '{ScorecardScoreGap.NO_WEIGHTS}' THEN 'There is no score: every KPI has the weight 0.'
 WHEN '{ScorecardScoreGap.NOTHING_TO_COUNT}'
 THEN 'There is no score: no KPI has both a value and a target.'
 ELSE round({{points}} * 100 / {{counted_weight}}) || ' %: ' || {{green}} || ' green, '
  || {{amber}} || ' amber, ' || {{red}} || ' red, by their weights.' END)
 || (CASE WHEN {{missing}} = 0 OR {{counted_weight}} = 0 THEN ''
  ELSE ' Without ' || {{missing}} || (CASE {{missing}} WHEN 1 THEN ' KPI' ELSE ' KPIs' END)
   || ': ' || {{reasons}} || '.' END)
 || (CASE WHEN {{provisional}} = 0 THEN ''
  ELSE ' Not over yet: ' || {{provisional}} || '.' END)
 || (CASE WHEN {{overdue}} = 0 THEN '' ELSE ' Next value overdue: ' || {{overdue}} || '.' END)"""
REASONS = {
    ScorecardMissing.ARCHIVED: "archived",
    ScorecardMissing.NOT_MEASURED: "not measured",
    ScorecardMissing.NOT_APPLICABLE: "not applicable",
    ScorecardMissing.SUPPRESSED: "withheld",
    ScorecardMissing.NO_TARGET: "no target",
}


def _select_statuses(context: FieldContext, scorecard_id: Sql) -> FromClause:
    """Return the visible entries with the status of their KPI on the requested day."""
    entry, kpi = scorecard_entries.alias(), kpis.alias()
    compared = build_status_row(kpi, context)
    found = (
        select(
            build_status(compared).label("status"),
            func.coalesce(compared.c.is_provisional, False).label("is_provisional"),
            (build_days_overdue(compared, compared.c.kpi_id, context) > ZERO).label("is_overdue"),
            case((compared.c.starts_on.is_not(None), build_period(compared))).label("period"),
        )
        .select_from(compared)
        .correlate_except(compared)
        .lateral()
    )
    tenant = context.facts.tenant()
    return (
        select(
            *(entry.c[name] for name in ("scorecard_id", "position", "weight")),
            entry.c.id.label("entry_id"),
            kpi.c.state.label("kpi_state"),
            *found.c,
        )
        .select_from(
            entry.join(kpi, and_(kpi.c.tenant_id == tenant, kpi.c.id == entry.c.kpi_id)).join(
                found, true()
            )
        )
        .where(
            entry.c.tenant_id == tenant,
            entry.c.scorecard_id == scorecard_id,
            compile_rule(SEE_KPI_OF_ENTRY, context.facts, entry),
        )
        .offset(ZERO)
        .correlate_except(entry, kpi, found)
        .subquery()
    )


def _select_parts(context: FieldContext, scorecard_id: Sql) -> FromClause:
    """Return the visible entries with their points, or why they have none."""
    row = _select_statuses(context, scorecard_id)
    names = ("weight", "kpi_state", "status")
    missing = SqlTemplate(MISSING, Text(), **{name: row.c[name] for name in names})
    points = SqlTemplate(f"(CASE {{status}} {STATUS_POINTS} END)", Numeric(), status=row.c.status)
    counts = missing.is_(None)
    others = [each for each in row.c if each.name not in ("is_provisional", "is_overdue")]
    return (
        select(
            *others,
            missing.label("missing"),
            case((counts, points)).label("points"),
            case((counts, row.c.weight), else_=ZERO).label("counted_weight"),
            and_(counts, row.c.is_provisional).label("is_provisional"),
            func.coalesce(and_(counts, row.c.is_overdue), False).label("is_overdue"),
        )
        .offset(ZERO)
        .correlate_except(row)
        .subquery()
    )


def _build_score(scorecard: Row, context: FieldContext) -> FromClause:
    part = _select_parts(context, scorecard.c.id)
    is_weighted = part.c.weight > ZERO

    def count(condition: Sql) -> Sql:
        return func.count().filter(condition)

    total = (
        select(
            scorecard.c.id.label("scorecard_id"),
            count(true()).label("kpis"),
            func.coalesce(func.sum(part.c.weight), ZERO).label("weight"),
            func.coalesce(func.sum(part.c.counted_weight), ZERO).label("counted_weight"),
            func.sum(part.c.points * part.c.weight).label("points"),
            count(part.c.is_provisional).label("provisional"),
            count(part.c.is_overdue).label("overdue"),
            count(and_(is_weighted, part.c.missing.is_not(None))).label("missing"),
            *(
                count(and_(part.c.points.is_not(None), part.c.status == literal_text(each))).label(
                    each
                )
                for each in POINTS
            ),
            *(count(part.c.missing == literal_text(each)).label(each) for each in REASONS),
        )
        .select_from(part)
        .correlate_except(part)
        .subquery()
    )
    gap = case(
        (total.c.kpis == ZERO, literal_text(ScorecardScoreGap.NO_KPIS)),
        (total.c.weight == ZERO, literal_text(ScorecardScoreGap.NO_WEIGHTS)),
        (total.c.counted_weight == ZERO, literal_text(ScorecardScoreGap.NOTHING_TO_COUNT)),
    )
    return select(*total.c, gap.label("gap")).correlate_except(total).subquery()


def _build_sentence(row: Row, _: FieldContext) -> Sql:
    reasons = [
        case((row.c[each] > ZERO, row.c[each].op("||")(literal_text(f" {text}"))))
        for each, text in REASONS.items()
    ]
    names = ("gap", "points", "counted_weight", "green", "amber", "red", "missing")
    return SqlTemplate(
        SENTENCE,
        Text(),
        reasons=func.concat_ws(literal_text(", "), *reasons),
        **{name: row.c[name] for name in (*names, "provisional", "overdue")},
    )


def _share(part: Sql, whole: Sql) -> Sql:
    return ratio_sql(SqlTemplate(SHARE, Numeric(), part=part, whole=whole))


def _list_parts(score: Row, context: FieldContext) -> FromClause:
    part = _select_parts(context, score.c.scorecard_id)
    whole = score.c.counted_weight
    return (
        select(*part.c, whole.label("whole"))
        .order_by(part.c.position)
        .correlate_except(part)
        .subquery()
    )


SCORECARD.computed_one("score", SCORE, _build_score)
SCORE.value(
    "method",
    lambda *_: type_coerce(
        literal_text(ScorecardScoreMethod.STATUS_POINTS), EnumText(ScorecardScoreMethod)
    ),
)
SCORE.value("value", lambda row, _: _share(row.c.points, row.c.counted_weight))
SCORE.value("coverage", lambda row, _: _share(row.c.counted_weight, row.c.weight))
SCORE.value("gap", lambda row, _: type_coerce(row.c.gap, EnumText(ScorecardScoreGap)))
SCORE.value("is_provisional", lambda row, _: row.c.provisional > ZERO)
SCORE.value("sentence", _build_sentence)
SCORE.computed_list("parts", SCORE_PART, _list_parts, "position")
SCORE_PART.one(
    "entry",
    SCORECARD_ENTRY,
    lambda row, entry, _: entry.c.id == row.c.entry_id,
    inherits_visibility=True,
)
for name in ("status", "weight", "period", "is_provisional", "is_overdue"):
    SCORE_PART.value(name)
SCORE_PART.value("points", lambda row, _: ratio_sql(row.c.points))
SCORE_PART.value(
    "contribution",
    lambda row, _: _share(row.c.points * row.c.weight, row.c.whole),
)
SCORE_PART.value("missing", lambda row, _: type_coerce(row.c.missing, EnumText(ScorecardMissing)))
