"""The credit code: what it says, and what it must not say."""

from __future__ import annotations

import asyncio
import re
import xml.etree.ElementTree as ET

import segno

from publish.site.code_svg import SIDE, Caption, credit_code
from tests.site.conftest import Site
from tests.site.town import uscc

SVG = "{http://www.w3.org/2000/svg}"


def drawn(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own picture


def dark_modules(svg: str) -> set[tuple[int, int]]:
    """The dark modules that the picture draws."""
    found = re.findall(r"M(\d+) (\d+)\.5h(\d+)", svg)
    return {
        (int(x) + step, int(y)) for x, y, width in found for step in range(int(width))
    }


def expected(url: str) -> set[tuple[int, int]]:
    matrix = segno.make(url, error="m", micro=False).matrix
    return {
        (x, y) for y, row in enumerate(matrix) for x, cell in enumerate(row) if cell
    }


def test_the_code_opens_its_verification(site: Site):
    svg = asyncio.run(site.text(f"/e/{uscc(0)}/code.svg"))
    assert dark_modules(svg) == expected(f"http://localhost/verify/{uscc(0)}")


def test_a_published_grade_has_colour_shape_and_letter(site: Site):
    answer = asyncio.run(site.get(f"/e/{uscc(0)}/code.svg"))
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "#0b7a4b" in answer.text
    words = [text.text for text in drawn(answer.text).iter(f"{SVG}text")]
    assert words == [
        "信用园区 · 企业信用码",
        "A",
        "A级（绿码）",
        "虚构星海科技有限公司",
        "91 370303 MA9000003 K",
    ]


def test_a_grade_that_is_not_published_has_a_neutral_code(site: Site):
    svg = asyncio.run(site.text(f"/e/{uscc(1)}/code.svg"))
    words = [text.text for text in drawn(svg).iter(f"{SVG}text")]
    assert words[1] == "信用档案"
    assert "#4a6076" in svg


def test_a_code_of_nobody_is_not_found(site: Site):
    assert asyncio.run(site.get(f"/e/{uscc(999)}/code.svg")).status_code == 404


def test_hostile_captions_stay_well_formed_and_inside_the_card():
    caption = Caption("<&\"'>", "]]>", "名\x00\x1b" + "长" * 300, "91")
    svg = credit_code("https://credit.example/e/91", None, caption)
    card = drawn(svg)
    lengths = [int(t.get("textLength", 0)) for t in card.iter(f"{SVG}text")]
    assert max(lengths) == SIDE
