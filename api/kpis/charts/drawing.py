"""The drawing of a chart as SVG: text stays text, colours follow the reader's light or dark theme.

Colour never carries a meaning alone: a status has a mark of its own, an open period is hollow, a
restated value has a ring, and a missing value breaks the line. The colours have a contrast of at
least 3 : 1 on both backgrounds (WCAG 2.2, 1.4.11).
"""

from collections.abc import Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, tostring

from api.kpis.charts.chart import Chart, ChartPoint
from api.kpis.charts.scales import PointScale, ValueScale, build_value_scale

SUPPRESSED = "not shown, because it is about few people"
NOT_IN_XML = dict.fromkeys((0xFFFE, 0xFFFF), "\ufffd")
"""The characters that texts may hold and XML may not; one of them hides the whole picture."""

WIDTH, PLOT_TOP, PLOT_BOTTOM, LEFT, RIGHT = 720, 64, 300, 72, 704
LINE_HEIGHT, LABEL_WIDTH, SIZE = 18, 64, 5
STYLE = """
svg { background: #fff; font: 12px system-ui, sans-serif; }
text { fill: #1a1a1a; } .heading { font-size: 15px; font-weight: 600; }
.grid { stroke: #d9d9d9; } .actual { stroke: #1a1a1a; stroke-width: 2; fill: none; }
.target { stroke: #0072b2; stroke-width: 1.5; fill: none; } .mean { stroke: #767676; }
.limits { fill: #767676; fill-opacity: .14; stroke: #767676; stroke-dasharray: 4 3; }
.annotation { fill: #cc79a7; fill-opacity: .22; } .none { fill: #1a1a1a; stroke: #1a1a1a; }
.green { fill: #009e73; stroke: #009e73; } .amber { fill: #b35c00; stroke: #b35c00; }
.red { fill: #d55e00; stroke: #d55e00; } .open { fill: #fff; stroke-width: 2; }
.forecast { stroke: #0072b2; stroke-width: 2; stroke-dasharray: 6 4; fill: none; }
.band { fill: #0072b2; fill-opacity: .15; }
.ring { fill: none; stroke: #1a1a1a; } .missing { stroke: #1a1a1a; }
@media (prefers-color-scheme: dark) {
  svg { background: #121212; } text { fill: #f0f0f0; } .grid { stroke: #3a3a3a; }
  .actual, .ring, .missing { stroke: #f0f0f0; } .none { fill: #f0f0f0; stroke: #f0f0f0; }
  .target, .forecast { stroke: #56b4e9; } .mean, .limits { stroke: #9a9a9a; }
  .open { fill: #121212; }
  .amber { fill: #e69f00; stroke: #e69f00; }
}
"""
MARKS = {
    "GREEN": "M {x} {y} m -{s} 0 a {s} {s} 0 1 0 {d} 0 a {s} {s} 0 1 0 -{d} 0",
    "AMBER": "M {x} {y} m 0 -{s} l {s} {d} h -{d} z",
    "RED": "M {x} {y} m -{s} -{s} h {d} v {d} h -{d} z",
}
"""The outline of a status: a circle, a triangle, a square. Without a status it is a circle."""


def draw(chart: Chart) -> bytes:
    """Return a chart as an SVG document in UTF-8."""
    rows = len(chart.annotations)
    height = PLOT_BOTTOM + 56 + rows * LINE_HEIGHT
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": str(WIDTH),
            "height": str(height),
            "viewBox": f"0 0 {WIDTH} {height}",
            "role": "img",
            "aria-labelledby": "title description",
        },
    )
    SubElement(root, "title", id="title").text = chart.title
    SubElement(root, "desc", id="description").text = chart.description
    SubElement(root, "style").text = STYLE
    _write(root, chart.title, 16, 26, "heading")
    _write(root, chart.subtitle, 16, 46)
    values = build_value_scale(chart.list_values(), PLOT_TOP, PLOT_BOTTOM)
    points = PointScale(len(chart.points), LEFT, RIGHT)
    _draw_annotations(root, chart, points)
    _draw_axes(root, chart, values, points)
    _draw_limits(root, chart, values, points)
    _draw_targets(root, chart, values, points)
    _draw_forecast(root, chart, values, points)
    _draw_values(root, chart, values, points)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document.decode().translate(NOT_IN_XML).encode()


def _write(root: Element, text: str, x: float, y: float, kind: str = "", anchor: str = "") -> None:
    attributes = {"x": str(x), "y": str(y)}
    attributes |= {"class": kind} if kind else {}
    attributes |= {"text-anchor": anchor} if anchor else {}
    SubElement(root, "text", attributes).text = text


def _draw_line(root: Element, kind: str, x1: float, y1: float, x2: float, y2: float) -> Element:
    places = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
    texts = {name: str(at) for name, at in places.items()}
    return SubElement(root, "line", {"class": kind, **texts})


def _draw_axes(root: Element, chart: Chart, values: ValueScale, points: PointScale) -> None:
    for tick in values.ticks:
        y = values.place(tick)
        _draw_line(root, "grid", LEFT, y, RIGHT, y)
        _write(root, f"{tick.normalize():f}", LEFT - 8, y + 4, anchor="end")
    distance = max(1, round(LABEL_WIDTH / points.step + 0.5))
    for index in range(0, len(chart.points), distance):
        _write(
            root, chart.points[index].label, points.place(index), PLOT_BOTTOM + 20, anchor="middle"
        )


def _draw_annotations(root: Element, chart: Chart, points: PointScale) -> None:
    """Shade what the annotations are about, number it, and list the texts below the picture."""
    for number, each in enumerate(chart.annotations, 1):
        left, right = points.place(each.first - 0.5), points.place(each.last + 0.5)
        place = {"x": left, "y": PLOT_TOP, "width": right - left, "height": PLOT_BOTTOM - PLOT_TOP}
        attributes = {name: f"{at:g}" for name, at in place.items()}
        SubElement(root, "rect", {"class": "annotation", **attributes})
        _write(root, str(number), (left + right) / 2, PLOT_TOP - 4, anchor="middle")
        y = PLOT_BOTTOM + 30 + number * LINE_HEIGHT
        _write(root, f"{number}  {each.text}", LEFT, y)


def _draw_limits(root: Element, chart: Chart, values: ValueScale, points: PointScale) -> None:
    for each in chart.limits:
        left, right = points.place(each.first - 0.5), points.place(each.last + 0.5)
        top, bottom = values.place(each.upper), values.place(each.lower)
        place = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        attributes = {name: f"{at:g}" for name, at in place.items()}
        SubElement(root, "rect", {"class": "limits", **attributes})
        _draw_line(root, "mean", left, values.place(each.mean), right, values.place(each.mean))


def _draw_targets(root: Element, chart: Chart, values: ValueScale, points: PointScale) -> None:
    """Draw the target as steps, because it holds from one day to another."""
    path, is_drawing = "", False
    for index, each in enumerate(chart.points):
        if each.target is None:
            is_drawing = False
            continue
        y = values.place(each.target)
        left, right = points.place(index - 0.5), points.place(index + 0.5)
        path += f"{' L' if is_drawing else ' M'} {left} {y} L {right} {y}"
        is_drawing = True
    if path:
        SubElement(root, "path", {"class": "target", "d": path.strip()})


def _draw_values(root: Element, chart: Chart, values: ValueScale, points: PointScale) -> None:
    for run in _list_runs(chart):
        places = (f"{points.place(n)} {values.place(value)}" for n, value in run)
        SubElement(root, "path", {"class": "actual", "d": "M " + " L ".join(places)})
    for index, each in enumerate(chart.points):
        if each.value is not None:
            _draw_mark(root, each, points.place(index), values.place(each.value))
        elif each.is_not_applicable or each.is_suppressed:
            x = points.place(index)
            tick = _draw_line(root, "missing", x, PLOT_BOTTOM - 4, x, PLOT_BOTTOM + 4)
            if each.is_suppressed:
                SubElement(tick, "title").text = f"{each.label}: {SUPPRESSED}"


def _draw_forecast(root: Element, chart: Chart, values: ValueScale, points: PointScale) -> None:
    """Draw the forecast as a dashed line from the last value on, with a band for its interval."""
    if not chart.forecast:
        return
    line = [(each.index, each.value) for each in chart.forecast]
    before = chart.forecast[0].index - 1
    last = chart.points[before].value if before >= 0 else None
    start = [] if last is None else [(before, last)]
    upper = start + [(each.index, each.upper) for each in chart.forecast]
    lower = [(each.index, each.lower) for each in reversed(chart.forecast)]
    for kind, outline, end in (("band", upper + lower, " z"), ("forecast", start + line, "")):
        places = (f"{points.place(n)} {values.place(value)}" for n, value in outline)
        path = SubElement(root, "path", {"class": kind, "d": "M " + " L ".join(places) + end})
        SubElement(path, "title").text = "Forecast"


def _list_runs(chart: Chart) -> Iterator[list[tuple[int, Decimal]]]:
    """Yield the places and values between two gaps."""
    run = list[tuple[int, Decimal]]()
    for index, each in enumerate(chart.points):
        if each.value is not None:
            run.append((index, each.value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _draw_mark(root: Element, point: ChartPoint, x: float, y: float) -> None:
    status = point.status if point.status in MARKS else None
    outline = MARKS[status or "GREEN"]
    kinds = [(status or "none").lower()] + ["open"] * point.is_provisional
    path = outline.format(x=x, y=y, s=SIZE, d=2 * SIZE)
    mark = SubElement(root, "path", {"class": " ".join(kinds), "d": path})
    SubElement(mark, "title").text = f"{point.label}: {point.text}"
    if point.is_restated:
        ring = {"class": "ring", "cx": str(x), "cy": str(y), "r": str(SIZE + 4)}
        SubElement(root, "circle", ring)
