"""A letter as a sheet of paper (PDF, A4, the same bytes for the same letter).

Not here: its words (``model``).
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from publish.cases import policy
from publish.notices.model import Letter, words

FONT = "STSong-Light"  # every PDF reader has it: nothing is embedded
MARGIN = 72


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
        ("title", letter.title),
        ("number", letter.id),
        ("greeting", letter.greeting),
        ("body", words()["opening"]),
    ]
    for number, item in enumerate(letter.items, start=1):
        told += [("head", f"{number}．{item.head}"), ("body", item.text)]
    told += [("body", paragraph) for paragraph in letter.closing]
    told += [("signed", policy.office()["zh"]), ("signed", f"{letter.made_on}")]
    return [_paragraph(text, style) for style, text in told]


def _paragraph(text: str, style: str) -> Any:
    from xml.sax.saxutils import escape  # noqa: PLC0415

    from reportlab.platypus import Paragraph  # noqa: PLC0415

    return Paragraph(escape(str(text)), _styles()[style])


@cache
def _styles() -> dict[str, Any]:
    from reportlab.lib.enums import TA_CENTER, TA_RIGHT  # noqa: PLC0415
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # noqa: PLC0415

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    plain = {"fontName": FONT, "fontSize": 12, "leading": 21, "wordWrap": "CJK"}
    different: dict[str, dict[str, Any]] = {
        "title": {"fontSize": 20, "leading": 30, "alignment": TA_CENTER},
        "number": {"alignment": TA_CENTER, "spaceAfter": 18, "fontSize": 10},
        "notice": {"alignment": TA_CENTER, "fontSize": 10, "spaceAfter": 12},
        "greeting": {},
        "body": {"firstLineIndent": 24, "spaceAfter": 6},
        "head": {"spaceBefore": 6},
        "signed": {"alignment": TA_RIGHT, "spaceBefore": 6},
    }
    return {n: ParagraphStyle(n, **plain | more) for n, more in different.items()}
