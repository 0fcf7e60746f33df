"""The palette is readable: WCAG 2.2 AA for every pair that carries text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "publish/site/static/site.css").read_text("utf-8")
ENOUGH = 4.5
PAIRS = [
    *(
        (text, ground)
        for text in ("ink", "ink-2", "link")
        for ground in ("ground", "sheet", "sunken", "blue-soft")
    ),
    ("ochre", "ochre-soft"),
    ("ochre", "sheet"),
    ("good", "good-soft"),
    ("warn", "warn-soft"),
    ("bad", "bad-soft"),
    ("bad", "sheet"),
    ("on-blue", "blue"),
    ("ink", "mark"),
    ("on-b", "b"),
]


def palette(dark: bool) -> dict[str, str]:
    light, _, rest = CSS.partition("@media screen and (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", light))
    if dark:
        block = rest.split("\n}\n")[0]
        found |= dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", block))
    return found


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(text: str, ground: str, dark: bool):
    colours = palette(dark)
    assert contrast(colours[text], colours[ground]) >= ENOUGH


def test_the_two_palettes_differ():
    assert palette(dark=True)["ground"] != palette(dark=False)["ground"]


def test_nothing_is_fetched_from_elsewhere():
    assert re.findall(r"url\(([^)]*)\)", CSS) == ["/static-site/crackle.svg"]
    assert "@import" not in CSS
