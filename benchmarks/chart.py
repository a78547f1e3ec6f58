"""The chart: a bar for each contender of each case, as SVG with a logarithmic scale."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from benchmarks.cases import CASES
from benchmarks.contenders import CONTENDERS

COLOURS = {
    "floor": "#9aa0a6",
    "trellis": "#1a7f5a",
    "postgraphile": "#3b6fb6",
    "mercurius": "#8a63b8",
    "strawberry": "#d0564f",
}
LEFT, WIDTH, BAR_HEIGHT, GAP, TOP = 290, 620, 13, 16, 44
TEXT_STYLE = 'font-family="system-ui, sans-serif" font-size="12" fill="#444"'


def draw_chart(rows: Sequence[Mapping[str, Any]], connections: int) -> str:
    """Return the chart of requests per second for one number of connections.

    Each step to the right is ten times as many.
    """
    selected = [row for row in rows if row["connections"] == connections]
    decades = max(1, math.ceil(math.log10(max((row["rate"] for row in selected), default=10))))
    parts, y = _draw_legend(selected), TOP
    for case in dict.fromkeys(row["case"] for row in selected):
        group = [row for row in selected if row["case"] == case]
        middle = y + BAR_HEIGHT * len(group) / 2 + 4
        title = escape(CASES[case].title)
        parts.append(
            f'<text x="{LEFT - 8}" y="{middle}" text-anchor="end" {TEXT_STYLE}>{title}</text>'
        )
        for row in group:
            parts.append(_draw_bar(row, y, decades))
            y += BAR_HEIGHT
        y += GAP
    lines = [_draw_grid_line(decade, decades, y) for decade in range(decades + 1)]
    size = f'width="{LEFT + WIDTH + 80}" height="{y + 20}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">'
    return "\n".join(
        [head, '<rect width="100%" height="100%" fill="#fff"/>', *lines, *parts, "</svg>\n"]
    )


def _draw_bar(row: Mapping[str, Any], y: float, decades: int) -> str:
    width = _scale_rate(row["rate"], decades) - LEFT
    colour = COLOURS[row["contender"]]
    x, text_y = LEFT + width + 5, y + BAR_HEIGHT - 3
    return (
        f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" height="{BAR_HEIGHT - 2}" fill="{colour}"/>'
        f'<text x="{x:.1f}" y="{text_y}" {TEXT_STYLE}>{row["rate"]:,.0f}/s</text>'
    )


def _draw_grid_line(decade: int, decades: int, bottom: float) -> str:
    x = _scale_rate(10**decade, decades)
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{bottom}" stroke="#e4e4e4"/>'
        f'<text x="{x:.1f}" y="{bottom + 14}" text-anchor="middle" {TEXT_STYLE}>'
        f"{10**decade:,}/s</text>"
    )


def _draw_legend(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    parts, x = [], 12
    for name in [each for each in CONTENDERS if any(row["contender"] == each for row in rows)]:
        title = CONTENDERS[name].title
        parts.append(f'<rect x="{x}" y="12" width="11" height="11" fill="{COLOURS[name]}"/>')
        parts.append(f'<text x="{x + 16}" y="22" {TEXT_STYLE}>{escape(title)}</text>')
        x += 40 + 7 * len(title)
    return parts


def _scale_rate(rate: float, decades: int) -> float:
    return LEFT + WIDTH * max(0.0, math.log10(max(rate, 1))) / decades
