"""Charts as SVG: what the picture holds, and what stays text in it."""

from decimal import Decimal
from xml.etree.ElementTree import Element, fromstring

import pytest

from api.kpis.charts.chart import Chart, ChartAnnotation, ChartForecast, ChartLimits, ChartPoint
from api.kpis.charts.drawing import draw
from api.kpis.charts.scales import build_value_scale

SVG = "{http://www.w3.org/2000/svg}"


def draw_points(*points: ChartPoint, **parts: tuple[object, ...]) -> Element:
    chart = Chart("Margin", "EUR", "The margin fell.", points, **parts)  # type: ignore[arg-type]
    return fromstring(draw(chart))


def find(root: Element, tag: str, kind: str) -> list[Element]:
    return [each for each in root.iter(SVG + tag) if kind in each.get("class", "").split()]


def read_texts(root: Element) -> list[str]:
    return [each.text or "" for each in root.iter(SVG + "text")]


def point(label: str, value: int | None, **details: object) -> ChartPoint:
    return ChartPoint(label, None if value is None else Decimal(value), **details)  # type: ignore[arg-type]


def test_a_chart_says_what_it_shows() -> None:
    root = draw_points(point("2026-01", 5))
    assert root.get("role") == "img"
    labels = [root.find(f"{SVG}{each}") for each in ("title", "desc")]
    assert [each.text for each in labels if each is not None] == ["Margin", "The margin fell."]
    assert root.get("aria-labelledby") == "title description"


def test_a_gap_breaks_the_line() -> None:
    root = draw_points(*(point(str(n), each) for n, each in enumerate([1, 2, None, 4])))
    lines = [each.get("d", "") for each in find(root, "path", "actual")]
    assert [line.count("L") for line in lines] == [1, 0]
    assert find(root, "line", "missing") == []


def test_a_period_without_an_applicable_value_gets_a_tick() -> None:
    root = draw_points(point("1", 1), point("2", None, is_not_applicable=True))
    assert len(find(root, "line", "missing")) == 1


@pytest.mark.parametrize(
    ("status", "kind", "commands"),
    [
        ("GREEN", "green", "aa"),
        ("AMBER", "amber", "lhz"),
        ("RED", "red", "hvhz"),
        ("NO_TARGET", "none", "aa"),
    ],
)
def test_each_status_has_a_mark_of_its_own(status: str | None, kind: str, commands: str) -> None:
    (mark,) = find(draw_points(point("1", 1, status=status)), "path", kind)
    assert "".join(each for each in mark.get("d", "") if each in "ahlvz") == commands


def test_open_and_restated_values_can_be_told_apart() -> None:
    root = draw_points(
        point("1", 1, status="RED", is_provisional=True), point("2", 2, is_restated=True)
    )
    assert [each.get("class") for each in find(root, "path", "open")] == ["red open"]
    assert len(find(root, "circle", "ring")) == 1


def test_a_target_is_a_line_of_steps_by_its_dates() -> None:
    targets = [Decimal(1), Decimal(1), None, Decimal(3)]
    root = draw_points(*(ChartPoint(str(n), target=each) for n, each in enumerate(targets)))
    (line,) = find(root, "path", "target")
    assert (
        line.get("d")
        == "M 72.0 221.3 L 230.0 221.3 L 230.0 221.3 L 388.0 221.3 M 546.0 64.0 L 704.0 64.0"
    )


def test_names_are_text_and_never_markup() -> None:
    chart = Chart('<script>alert(1)</script> & "x"', "EUR", "d", (point("<b>", 1),))
    document = draw(chart).decode()
    assert "<script" not in document
    assert '<script>alert(1)</script> & "x"' in read_texts(fromstring(document))


def test_annotations_are_numbered_shaded_and_listed() -> None:
    points = [point(str(n), n) for n in range(4)]
    root = draw_points(*points, annotations=(ChartAnnotation(1, 2, "Strike"),))
    (area,) = find(root, "rect", "annotation")
    assert (area.get("x"), area.get("width")) == ("230", "316")
    assert [each for each in read_texts(root) if "Strike" in each] == ["1  Strike"]


def test_limits_cover_their_points_and_fit_into_the_picture() -> None:
    points = [point(str(n), 10) for n in range(2)]
    limits = ChartLimits(0, 1, Decimal(10), Decimal(5), Decimal(15))
    root = draw_points(*points, limits=(limits,))
    (area,) = find(root, "rect", "limits")
    assert (area.get("y"), area.get("height")) == ("64", "157.3")


def test_a_forecast_is_a_dashed_line_with_a_band_from_the_last_value_on() -> None:
    points = [point("1", 10), point("2", None), point("3", None)]
    ahead = (
        ChartForecast(1, Decimal(12), Decimal(10), Decimal(14)),
        ChartForecast(2, Decimal(13), Decimal(5), Decimal(15)),
    )
    root = draw_points(*points, forecast=ahead)
    (line,), (band,) = (find(root, "path", kind) for kind in ("forecast", "band"))
    assert line.get("d") == "M 177.3 142.7 L 388.0 111.2 L 598.7 95.5"
    assert band.get("d", "").endswith("z")
    assert [each.text for each in (*line, *band)] == ["Forecast", "Forecast"]


def test_a_chart_without_points_is_a_picture_all_the_same() -> None:
    assert find(draw_points(), "path", "actual") == []


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        (["81", "96"], ["80", "85", "90", "95", "100"]),
        (["5", "9"], ["5", "6", "7", "8", "9"]),
        (["0.2", "9"], ["0", "2", "4", "6", "8", "10"]),
        (["-9", "-1"], ["-10", "-8", "-6", "-4", "-2", "0"]),
        (["7", "7"], ["6", "6.5", "7", "7.5", "8"]),
        ([], ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
    ],
)
def test_scales_have_round_ticks_around_all_values(values: list[str], ticks: list[str]) -> None:
    scale = build_value_scale(map(Decimal, values), 0, 100)
    assert [f"{each.normalize():f}" for each in scale.ticks] == ticks


def test_texts_of_people_become_neither_markup_nor_a_broken_picture() -> None:
    title = "</title><script>alert(1)</script>]]>&x; \ufffe\uffff"
    annotation = ChartAnnotation(0, 0, title)
    root = fromstring(
        draw(Chart(title, title, title, (point(title, 1),), annotations=(annotation,)))
    )
    shown = title.replace("\ufffe\uffff", "\ufffd\ufffd")
    assert [each.text for each in root.iter(f"{SVG}title")] == [shown, f"{shown}: "]
    assert read_texts(root)[:2] == [shown, shown]
    assert f"1  {shown}" in read_texts(root)
    assert list(root.iter(f"{SVG}script")) == []


def test_a_suppressed_value_gets_a_tick_that_says_so() -> None:
    root = draw_points(point("1", 1), point("2", None, is_suppressed=True))
    (tick,) = find(root, "line", "missing")
    title = tick.find(f"{SVG}title")
    assert title is not None
    assert title.text == "2: not shown, because it is about few people"
