"""The stress test as a picture: the cash gap by week, a line a scenario, drawn as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from app.domain.receivables.measure import money
from app.domain.receivables.stress import Outcome

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 760, 420, 110, 40, 60
COLOURS = ("#1b6ca8", "#c8553d", "#4b7f52", "#7a4fa3", "#b58900", "#555555")
TITLE = {"en": "Cash gap by week", "zh": "各周累计资金缺口"}
WEEK = {"en": "week", "zh": "周"}


def stress_chart(found: Sequence[Outcome], lang: str) -> str:
    """An SVG document. Coordinates are whole numbers, so the same bytes come every time."""
    weeks = len(found[0].gap) if found else 1
    least = min([0, *(gap for one in found for gap in one.gap)])
    most = max([1, *(gap for one in found for gap in one.gap)])
    plot_width, plot_height = WIDTH - LEFT - 20, HEIGHT - TOP - BOTTOM - 20 * len(found)

    def x(week: int) -> int:
        return LEFT + plot_width * week // weeks

    def y(gap: int) -> int:
        return TOP + plot_height * (most - gap) // (most - least)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        f'<text x="{LEFT}" y="24" font-size="16">{TITLE[lang]}</text>',
    ]
    for level in (least, 0, most) if least < 0 else (0, most // 2, most):
        parts.append(
            _line(LEFT, LEFT + plot_width, y(level), "#ccc", 1)
            + _text(LEFT - 8, y(level) + 4, f"{money(level):,.0f}", "end")
        )
    for week in range(1, weeks + 1):
        parts.append(_text(x(week), TOP + plot_height + 18, str(week), "middle"))
    parts.append(_text(LEFT + plot_width, TOP + plot_height + 34, WEEK[lang], "end"))
    for number, one in enumerate(found):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join([f"{x(0)},{y(0)}", *(f"{x(w + 1)},{y(gap)}" for w, gap in enumerate(one.gap))])
        down = HEIGHT - 16 - 20 * (len(found) - 1 - number)
        label = escape(one.scenario.label.said_in(lang)) if one.scenario else ""
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
            + _line(LEFT, LEFT + 24, down - 4, colour, 3)
            + _text(LEFT + 32, down, label, "start")
        )
    return "\n".join([*parts, "</svg>", ""])


def _line(left: int, right: int, y: int, colour: str, width: int) -> str:
    return f'<line x1="{left}" x2="{right}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="{width}"/>'


def _text(x: int, y: int, said: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" font-size="12" text-anchor="{anchor}">{said}</text>'
