"""A letter as a sheet of paper (PDF, A4, the same bytes for the same letter).

Not here: its words (``model``).
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from publish.cases import policy
from publish.notices.model import Letter, words
from publish.typesetting import FONT, prepare

MARGIN = 72
INK, QUIET, GREEN, RED = "#22282b", "#5c666b", "#0a5c40", "#8a3d10"


def pdf(letter: Letter, *, invented: bool) -> bytes:
    """The letter as a PDF.

    Args:
        letter: to print.
        invented: whether its enterprise is; the letter says so.
    """
    # Loaded when the first letter is printed: the serving process starts without it.
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415
    from reportlab.platypus import SimpleDocTemplate  # noqa: PLC0415

    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=f"{letter.title} {letter.id}",
        author=str(policy.office()["zh"]),
        invariant=True,
        lang="zh-CN",
    )
    document.build(_story(letter, invented=invented))
    return out.getvalue()


def _story(letter: Letter, *, invented: bool) -> list[Any]:
    told = [
        *([("notice", words()["invented"])] if invented else []),
        ("office", policy.office()["zh"]),
        ("title", letter.title),
        ("number", letter.id),
        ("greeting", letter.greeting),
        ("body", words()["opening"]),
    ]
    for number, item in enumerate(letter.items, start=1):
        told += [("head", f"{number}. {item.head}"), ("body", item.text)]
    told += [("body", paragraph) for paragraph in letter.closing]
    told += [("signed", policy.office()["zh"]), ("signed", letter.signed_on)]
    drawn = [_paragraph(text, style) for style, text in told]
    at = [style for style, _ in told].index("number") + 1
    return [*drawn[:at], _rule(), *drawn[at:]]


def _rule() -> Any:
    from reportlab.platypus import HRFlowable  # noqa: PLC0415

    return HRFlowable(width="100%", thickness=1.2, color=GREEN, spaceAfter=8)


def _paragraph(text: str, style: str) -> Any:
    from xml.sax.saxutils import escape  # noqa: PLC0415

    from reportlab.platypus import Paragraph  # noqa: PLC0415

    return Paragraph(escape(str(text)), _styles()[style])


@cache
def _styles() -> dict[str, Any]:
    from reportlab.lib.enums import TA_CENTER, TA_RIGHT  # noqa: PLC0415
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415

    prepare()
    plain = {"fontName": FONT, "fontSize": 12, "leading": 21, "wordWrap": "CJK"}
    plain |= {"textColor": INK}
    middle = {"alignment": TA_CENTER}
    number = {"fontSize": 10, "leading": 16, "textColor": QUIET, "spaceAfter": 10}
    line = {"borderWidth": 0.8, "borderColor": RED, "borderPadding": 6}
    different: dict[str, dict[str, Any]] = {
        "office": {"fontSize": 13, "leading": 20, "textColor": GREEN} | middle,
        "title": {"fontSize": 22, "leading": 34} | middle,
        "number": number | middle,
        "notice": {"fontSize": 10, "leading": 12, "spaceAfter": 22, "textColor": RED}
        | middle
        | line,
        "greeting": {"spaceBefore": 10},
        "body": {"firstLineIndent": 24, "spaceAfter": 6, "allowWidows": 0},
        "head": {"spaceBefore": 8, "textColor": GREEN, "keepWithNext": 1},
        "signed": {"alignment": TA_RIGHT, "spaceBefore": 6},
    }
    return {n: ParagraphStyle(n, **plain | more) for n, more in different.items()}
