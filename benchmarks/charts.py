"""Two charts as SVG: bars of seconds, and lines on logarithmic axes.

Plain shapes and text, readable in light and dark, with a title and a description for
those who hear them. Not here: which figures (``report``).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, ROW = 760, 250, 150, 30
STYLE = """<style>
text{font:14px system-ui,"Noto Sans CJK SC",sans-serif;fill:#1b2a33}
.quiet{fill:#51616b}.grid{stroke:#dfe4e6}.ours{fill:#1c6b45}.base{fill:#8a9aa3}
.line{fill:none;stroke-width:2.5}.a{stroke:#1c6b45}.b{stroke:#b4540a}
.dot{stroke:none}.fa{fill:#1c6b45}.fb{fill:#b4540a}.back{fill:#ffffff}
@media (prefers-color-scheme:dark){text{fill:#e6ecef}.quiet{fill:#a9b6bd}
.grid{stroke:#38464e}.ours{fill:#63c294}.base{fill:#71828b}.a{stroke:#63c294}
.b{stroke:#f0a35e}.fa{fill:#63c294}.fb{fill:#f0a35e}.back{fill:#12191d}}
</style>"""
Points = Sequence[tuple[float, float]]


def bars(
    title: str, rows: Sequence[tuple[str, float, str]], ours: frozenset[str]
) -> str:
    """A horizontal bar for each ``(name, length, told)``; ours in another colour."""
    most = max((value for _, value, _ in rows), default=1) or 1
    height = ROW * len(rows) + 56
    told = "; ".join(f"{name}: {text}" for name, _, text in rows)
    return _svg(title, told, height, _bars(rows, most, ours))


def _bars(
    rows: Sequence[tuple[str, float, str]], most: float, ours: frozenset[str]
) -> Iterator[str]:
    for number, (name, value, text) in enumerate(rows):
        top = 44 + ROW * number
        long = max(2.0, (WIDTH - LEFT - RIGHT) * value / most)
        kind = "ours" if name in ours else "base"
        yield _text(LEFT - 10, top + 15, _short(name), "end")
        size = f'width="{long:.1f}" height="20" rx="2"'
        yield f'<rect class="{kind}" x="{LEFT}" y="{top}" {size}/>'
        yield _text(LEFT + long + 8, top + 15, text, "start")


def growth(title: str, lines: Mapping[str, Points], across: str) -> str:
    """Lines on logarithmic axes, each with the exponent fitted to its last points."""
    points = [p for line in lines.values() for p in line]
    told = "; ".join(
        f"{name}: " + ", ".join(f"{y:.3g} at {x:,.0f}" for x, y in line)
        for name, line in lines.items()
    )
    return _svg(title, told, 400, _growth(lines, points, across))


def exponent(line: Points) -> float:
    """The slope of the least-squares line through the logarithms; 1 is linear."""
    logs = [(math.log(x), math.log(y)) for x, y in line if x > 0 and y > 0]
    mean_x = sum(x for x, _ in logs) / len(logs)
    mean_y = sum(y for _, y in logs) / len(logs)
    across = sum((x - mean_x) ** 2 for x, _ in logs)
    return sum((x - mean_x) * (y - mean_y) for x, y in logs) / across if across else 0.0


def _growth(lines: Mapping[str, Points], points: Points, across: str) -> Iterator[str]:
    first, last = _decades([x for x, _ in points])
    low, high = _decades([y for _, y in points])
    place = _Plane(first, last, low, high)
    for decade in range(first, last + 1):
        x = place.x(10**decade)
        yield f'<line class="grid" x1="{x:.1f}" y1="44" x2="{x:.1f}" y2="340"/>'
        yield _text(x, 360, f"{10**decade:,}", "middle", "quiet")
    for decade in range(low, high + 1):
        y = place.y(10.0**decade)
        yield f'<line class="grid" x1="70" y1="{y:.1f}" x2="600" y2="{y:.1f}"/>'
        yield _text(62, y + 5, f"{10.0**decade:g}", "end", "quiet")
    yield _text(335, 384, across, "middle", "quiet")
    for kind, (name, line) in zip("ab", lines.items(), strict=False):
        path = " ".join(f"{place.x(x):.1f},{place.y(y):.1f}" for x, y in line)
        yield f'<polyline class="line {kind}" points="{path}"/>'
        for x, y in line:
            at = f'cx="{place.x(x):.1f}" cy="{place.y(y):.1f}"'
            yield f'<circle class="dot f{kind}" {at} r="4"/>'
        end_x, end_y = line[-1]
        yield _text(place.x(end_x) + 10, place.y(end_y) + 5, name, "start")


class _Plane:
    def __init__(self, first: int, last: int, low: int, high: int) -> None:
        self.first, self.last, self.low, self.high = first, last, low, high

    def x(self, value: float) -> float:
        return 70 + 530 * (math.log10(value) - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        return 340 - 296 * (math.log10(value) - self.low) / (self.high - self.low)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low = math.floor(math.log10(min(values)))
    return low, max(low + 1, math.ceil(math.log10(max(values))))


def _short(name: str, most: int = 34) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    told = f' class="{kind}"' if kind else ""
    at = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f"<text{told} {at}>{escape(text)}</text>"


def _svg(title: str, told: str, height: int, shapes: Iterator[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'role="img" aria-labelledby="t d">'
    )
    named = f'<title id="t">{escape(title)}</title><desc id="d">{escape(told)}</desc>'
    back = f'<rect class="back" width="{WIDTH}" height="{height}"/>'
    top = [head, named, STYLE, back, _text(16, 26, title, "start")]
    return "\n".join([*top, *shapes, "</svg>\n"])
