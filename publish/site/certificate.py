"""The certificate of an honour as a PDF with a code that leads to its verification.

A certificate proves nothing by itself: the page behind its code says whether the honour
stands today. The same honour gives the same bytes. Not here: who is honoured.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import segno

from publish.typesetting import FONT, prepare

SIDE = 92  # of the code, in points
ERROR_LEVEL = "m"


@dataclass(frozen=True)
class Certificate:
    """The words on a certificate.

    Attributes:
        lines: what it says below the name, top down.
        url: the verification page.
    """

    heading: str
    name: str
    lines: tuple[str, ...]
    foot: tuple[str, ...]
    url: str


def certificate_pdf(words: Certificate) -> bytes:
    """The document, one A4 page lying down."""
    from reportlab.lib.pagesizes import A4, landscape  # noqa: PLC0415
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415

    prepare()
    page = BytesIO()
    width, height = landscape(A4)
    # Invariant: no time of making, so that the same honour gives the same bytes.
    canvas = Canvas(page, pagesize=(width, height), invariant=1, pageCompression=0)
    canvas.setTitle(f"{words.heading} {words.name}")
    _frame(canvas, width, height)
    _words(canvas, words, width, height)
    _code(canvas, words.url, width - 64 - SIDE, 62)
    canvas.showPage()
    canvas.save()
    return page.getvalue()


def _frame(canvas: Any, width: float, height: float) -> None:
    canvas.setStrokeColorRGB(0.04, 0.36, 0.25)
    for inset, line in ((26, 3), (33, 0.8)):
        canvas.setLineWidth(line)
        canvas.rect(inset, inset, width - 2 * inset, height - 2 * inset)


def _words(canvas: Any, words: Certificate, width: float, height: float) -> None:
    canvas.setFillColorRGB(0.04, 0.36, 0.25)
    canvas.setFont(FONT, 44)
    canvas.drawCentredString(width / 2, height - 130, words.heading)
    canvas.setFillColorRGB(0.1, 0.12, 0.15)
    canvas.setFont(FONT, _fitting(words.name, width - 140, 30))
    canvas.drawCentredString(width / 2, height - 215, words.name)
    canvas.setFont(FONT, 18)
    for number, line in enumerate(words.lines):
        canvas.drawCentredString(width / 2, height - 265 - 32 * number, line)
    canvas.setFont(FONT, 11)
    for number, line in enumerate(words.foot):
        canvas.drawString(64, 118 - 18 * number, line)


def _fitting(text: str, room: float, size: int) -> float:
    """The largest size up to ``size`` at which full-width text fits."""
    return min(float(size), room / max(len(text), 1))


def _code(canvas: Any, url: str, left: float, bottom: float) -> None:
    rows = [*segno.make(url, error=ERROR_LEVEL, micro=False).matrix]
    module = SIDE / len(rows)
    canvas.setFillColorRGB(0, 0, 0)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                x = left + across * module
                y = bottom + SIDE - (down + 1) * module
                canvas.rect(x, y, module, module, stroke=0, fill=1)
    canvas.linkURL(url, (left, bottom, left + SIDE, bottom + SIDE))
