"""The reading of a chart: one GraphQL document, so that a chart shows what its reader may see."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from api.kpis.charts.chart import Chart, ChartAnnotation, ChartLimits, ChartPoint

DOCUMENT = """query KpiChart($id: ID!, $from: Date, $to: Date, $interval: KpiFrequency) {
  kpi(by: { id: $id }) {
    name
    definition { unit unitName currency decimals }
    status { sentence }
    trend { sentence }
    series(from: $from, to: $to, interval: $interval) {
      problem
      points {
        period startsOn lastDay state value target status isProvisional isRestated
      }
    }
    limitsByBaseline { startsOn lastDay mean lowerLimit upperLimit }
    annotations(first: 20, from: $from, to: $to) { nodes { title startsOn lastDay } }
  }
}"""
VARIABLES = ("from", "to", "interval")
PERCENT = 100


def build_chart(kpi: Mapping[str, Any], *, has_limits: bool) -> Chart:
    """Return the chart of a KPI, from the answer to DOCUMENT.

    Natural limits are those of single periods, so longer intervals are drawn without them.
    """
    definition = kpi["definition"]
    (series,) = kpi["series"] or [{"points": [], "problem": None}]
    points: Sequence[Mapping[str, Any]] = series["points"]
    sentences = [series["problem"], kpi["status"]["sentence"], kpi["trend"]["sentence"]]
    return Chart(
        kpi["name"],
        _describe_unit(definition),
        " ".join(each for each in sentences if each),
        tuple(_build_point(each, definition) for each in points),
        limits=tuple(_build_limits(kpi, points)) if has_limits else (),
        annotations=tuple(_place_annotations(kpi["annotations"]["nodes"], points)),
    )


def _build_point(point: Mapping[str, Any], definition: Mapping[str, Any]) -> ChartPoint:
    value, target = _scale(point["value"], definition), _scale(point["target"], definition)
    return ChartPoint(
        label=point["period"],
        value=value,
        text="" if value is None else _write(value, definition),
        target=target,
        status=point["status"],
        is_provisional=point["isProvisional"],
        is_restated=point["isRestated"],
        is_not_applicable=point["state"] == "NOT_APPLICABLE",
    )


def _build_limits(
    kpi: Mapping[str, Any], points: Sequence[Mapping[str, Any]]
) -> Iterator[ChartLimits]:
    """Yield the natural limits of each baseline that has enough values and is in the picture."""
    names = ("mean", "lowerLimit", "upperLimit")
    for each in kpi["limitsByBaseline"]:
        mean, lower, upper = (_scale(each[name], kpi["definition"]) for name in names)
        inside = _find_places(points, each["startsOn"], each["lastDay"])
        if inside and mean is not None and lower is not None and upper is not None:
            yield ChartLimits(inside[0], inside[-1], mean, lower, upper)


def _scale(text: str | None, definition: Mapping[str, Any]) -> Decimal | None:
    """Return the number to draw; a share is drawn in percent."""
    if text is None:
        return None
    return Decimal(text) * (PERCENT if definition["unit"] == "SHARE" else 1)


def _write(value: Decimal, definition: Mapping[str, Any]) -> str:
    """Return a value rounded as its definition says, with its unit."""
    decimals = definition["decimals"] - (2 if definition["unit"] == "SHARE" else 0)
    rounded = value.quantize(Decimal(1).scaleb(-max(0, decimals)), ROUND_HALF_UP)
    return f"{rounded:,f} {_describe_unit(definition)}".strip()


def _describe_unit(definition: Mapping[str, Any]) -> str:
    units = {"SHARE": "%", "PERCENTAGE_POINTS": "percentage points"}
    unit = definition["currency"] or definition["unitName"]
    return unit or units.get(definition["unit"], "")


def _place_annotations(
    annotations: Sequence[Mapping[str, Any]], points: Sequence[Mapping[str, Any]]
) -> list[ChartAnnotation]:
    """Return the annotations of these points."""
    found = list[ChartAnnotation]()
    for each in annotations:
        inside = _find_places(points, each["startsOn"], each["lastDay"])
        if inside:
            text = f"{each['title']} ({each['startsOn']} to {each['lastDay']})"
            found.append(ChartAnnotation(inside[0], inside[-1], text))
    return found


def _find_places(
    points: Sequence[Mapping[str, Any]], first_day: str | None, last_day: str | None
) -> list[int]:
    """Return the places of the points with a day between two days; None as the last has no end.

    Dates as texts compare like dates.
    """
    return [
        index
        for index, point in enumerate(points)
        if first_day is not None
        and first_day <= point["lastDay"]
        and (last_day is None or point["startsOn"] <= last_day)
    ]
