"""The reading of a chart: one GraphQL document, so that a chart shows what its reader may see."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from api.kpis.charts.chart import Chart, ChartAnnotation, ChartForecast, ChartLimits, ChartPoint

DOCUMENT = """query KpiChart(
  $id: ID!, $from: Date, $to: Date, $interval: KpiFrequency, $forecast: Int, $hasForecast: Boolean!
) {
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
    forecast(horizon: $forecast) @include(if: $hasForecast) {
      sentence
      points { period startsOn lastDay value lowerLimit upperLimit }
    }
    annotations(first: 20, from: $from, to: $to) { nodes { title startsOn lastDay } }
  }
}"""
VARIABLES = ("from", "to", "interval", "forecast")
PERCENT, DAY = 100, timedelta(days=1)


def build_variables(chart: Mapping[str, str]) -> dict[str, Any]:
    """Return the variables of DOCUMENT; a horizon that is no number is left to its validation."""
    variables: dict[str, Any] = {**chart, "hasForecast": "forecast" in chart}
    horizon = chart.get("forecast", "")
    return variables | ({"forecast": int(horizon)} if horizon.isdecimal() else {})


def build_chart(kpi: Mapping[str, Any], *, has_limits: bool) -> Chart:
    """Return the chart of a KPI, from the answer to DOCUMENT.

    Natural limits are those of single periods, so longer intervals are drawn without them.
    """
    definition = kpi["definition"]
    (series,) = kpi["series"] or [{"points": [], "problem": None}]
    points: Sequence[Mapping[str, Any]] = series["points"]
    forecast = kpi.get("forecast")
    sentences = [series["problem"], kpi["status"]["sentence"], kpi["trend"]["sentence"]]
    sentences.append(forecast["sentence"] if forecast else None)
    following = list(_list_following(forecast["points"] if forecast else (), points))
    drawn = [*points, *following]
    return Chart(
        kpi["name"],
        _describe_unit(definition),
        " ".join(each for each in sentences if each),
        (
            *(_build_point(each, definition) for each in points),
            *(ChartPoint(each["period"]) for each in following),
        ),
        forecast=tuple(_place_forecast(forecast["points"], drawn, definition)) if forecast else (),
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
        is_suppressed=point["state"] == "SUPPRESSED",
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


def _list_following(
    forecast: Sequence[Mapping[str, Any]], points: Sequence[Mapping[str, Any]]
) -> Iterator[Mapping[str, Any]]:
    """Yield the periods of a forecast that follow the last point without a gap."""
    last_day = points[-1]["lastDay"] if points else None
    for each in forecast:
        if last_day and date.fromisoformat(each["startsOn"]) == date.fromisoformat(last_day) + DAY:
            yield each
            last_day = each["lastDay"]


def _place_forecast(
    forecast: Sequence[Mapping[str, Any]],
    drawn: Sequence[Mapping[str, Any]],
    definition: Mapping[str, Any],
) -> Iterator[ChartForecast]:
    """Yield the forecast of the periods in the picture."""
    places = {each["period"]: index for index, each in enumerate(drawn)}
    for each in forecast:
        if each["period"] in places:
            names = ("value", "lowerLimit", "upperLimit")
            value, lower, upper = (_multiply(each[name], definition) for name in names)
            yield ChartForecast(places[each["period"]], value, lower, upper)


def _scale(text: str | None, definition: Mapping[str, Any]) -> Decimal | None:
    """Return the number to draw, if there is one."""
    return None if text is None else _multiply(text, definition)


def _multiply(text: str, definition: Mapping[str, Any]) -> Decimal:
    """Return the number to draw; a share is drawn in percent."""
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
