"""The comparison of two policies as one page for the leading group.

A single HTML file without scripts, styles and charts inside; every chart is SVG with a
title and a description, and stands above the table it draws. Not here: what is compared
(``comparison``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assets.credit.comparison import STANDINGS, Comparison
from quality.contracts.codelists import code_list

THOUSANDTHS = 1000
WIDTH, ROW, BAR = 640, 44, 16
LEFT, RIGHT = 110, 60
LABELS = {
    "A": ("A级 绿码", "A green"),
    "B": ("B级 黄码", "B yellow"),
    "C": ("C级 红码", "C red"),
    "attention": ("重点关注", "Attention"),
    "D": ("D级 黑码", "D black"),
    "not_graded": ("未评", "Not graded"),
    "absent": ("不在园", "Absent"),
}


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: where it lies, how long it is, what it says."""

    y: int
    width: int
    value: int
    kind: str


@dataclass(frozen=True)
class Line:
    """One line of a chart: its label and its two bars."""

    label: str
    y: int
    bars: tuple[Bar, Bar]


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(points=_points, named=_named, industry=_industry)
    return made


def page(found: Comparison) -> str:
    """The report as HTML."""
    totals = {name: sum(pair) for name, pair in found.distribution.items()}
    shown = {n: p for n, p in found.distribution.items() if totals[n]}
    standings = [*STANDINGS, "absent"]
    matrix = {(b, a): n for b, a, n in found.movements}
    used = [s for s in standings if any(s in pair for pair in matrix)]
    return (
        _environment()
        .get_template("comparison.html")
        .render(
            found=found,
            lines=_lines(shown),
            height=ROW * len(shown) + BAR,
            width=WIDTH,
            left=LEFT,
            bar=BAR,
            matrix=matrix,
            used=used,
            better=_direction(found, better=True),
            worse=_direction(found, better=False),
        )
    )


def _lines(shown: dict[str, tuple[int, int]]) -> list[Line]:
    most = max((n for pair in shown.values() for n in pair), default=1) or 1
    scale = (WIDTH - LEFT - RIGHT) / most
    made = []
    for number, (name, pair) in enumerate(shown.items()):
        y = number * ROW + BAR // 2
        bars = tuple(
            Bar(y + place * (BAR + 2), round(value * scale), value, kind)
            for place, (value, kind) in enumerate(zip(pair, KINDS, strict=True))
        )
        made.append(Line(_named(name), y, (bars[0], bars[1])))
    return made


KINDS = ("before", "after")


def _direction(found: Comparison, *, better: bool) -> int:
    """How many movers end nearer to the front (or the back) of the standings."""
    known = STANDINGS[:-1]
    places = {name: place for place, name in enumerate(known)}
    moved = [
        (places[b], places[a], n)
        for b, a, n in found.movements
        if b in places and a in places
    ]
    return sum(n for b, a, n in moved if (a < b if better else a > b))


def _named(standing: str | None) -> str:
    return LABELS[standing][0] if standing in LABELS else "—"


def _industry(code: str | None) -> str:
    known = code_list("industry_section")
    return f"{code} {known[code].zh}" if code in known else "—"


def _points(value: Any) -> str:
    """Thousandths as points; a dash where there are none."""
    if value is None:
        return "—"
    return f"{value / THOUSANDTHS:.3f}".rstrip("0").rstrip(".")
