"""Drawing a credit report as PDF.

ReportLab is loaded with the first report, so that pages start fast. Not here: what stands
on the paper (``report``), the font (``publish.typesetting``).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import segno

from publish.site.code_svg import ERROR_LEVEL, LOOKS, NEUTRAL, printable
from publish.site.report import Entry, Pairs, Part, Report
from publish.typesetting import FONT, prepare

INK, QUIET, LINE, BLUE = "#15222f", "#475766", "#c3ced8", "#1b4470"
BAND = "#eaf0f4"
SHORT = 15  # characters of a value that leave room for another beside it
MARGIN = 54  # points
WIDTH = 595.28 - 2 * MARGIN  # A4
LABEL = 88
CODE = 116  # side of the printed code


def drawn(report: Report) -> bytes:
    """The PDF; the same report is the same file to the byte."""
    from reportlab.lib.pagesizes import A4  # noqa: PLC0415
    from reportlab.platypus import SimpleDocTemplate  # noqa: PLC0415

    styles = _styles()
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 8,
        title=f"{report.title} {printable(report.name)}",
        author="信用园区 Credit Park",
        subject=report.number,
        invariant=1,
    )
    frame = _frame(report)
    document.build(_story(report, styles), onFirstPage=frame, onLaterPages=frame)
    return out.getvalue()


@cache
def _styles() -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415

    prepare()
    body = ParagraphStyle(
        "body", fontName=FONT, fontSize=9.5, leading=14.5, textColor=INK, wordWrap="CJK"
    )

    def like(name: str, **changes: Any) -> Any:
        return ParagraphStyle(name, parent=body, **changes)

    return {
        "body": body,
        "quiet": like("quiet", fontSize=8, leading=12, textColor=QUIET),
        "title": like("title", fontSize=19, leading=26, textColor=BLUE, spaceAfter=4),
        "name": like("name", fontSize=14, leading=20, spaceAfter=6),
        "section": like(
            "section",
            fontSize=12.5,
            leading=18,
            textColor=BLUE,
            spaceBefore=14,
            spaceAfter=3,
            keepWithNext=1,
        ),
        "entry": like("entry", fontSize=10.5, leading=16, spaceBefore=7),
        "label": like("label", fontSize=8, leading=14.5, textColor=QUIET),
        "count": like("count", fontSize=15, leading=19, alignment=1),
        "middle": like("middle", fontSize=8, leading=11, textColor=QUIET, alignment=1),
    }


def _story(report: Report, styles: dict[str, Any]) -> list[Any]:
    story = [_head(report, styles), _summary(report.counts, styles)]
    for part in report.parts:
        story += _part(part, styles)
    story += [_text(note, styles["quiet"]) for note in report.notes]
    return story


def _head(report: Report, styles: dict[str, Any]) -> Any:
    words = [
        _text(report.title, styles["title"]),
        _text(report.name, styles["name"]),
        *(_text(f"{label}  {value}", styles["quiet"]) for label, value in report.head),
    ]
    space = [("BOTTOMPADDING", (0, 0), (-1, -1), 14)]
    return _table([[words, _code(report)]], [WIDTH - CODE, CODE], space)


def _summary(counts: Pairs, styles: dict[str, Any]) -> Any:
    cells = [
        [_text(n, styles["count"]) for _, n in counts],
        [_text(label, styles["middle"]) for label, _ in counts],
    ]
    look = [("BACKGROUND", (0, 0), (-1, -1), BAND), ("TOPPADDING", (0, 0), (-1, 0), 6)]
    look.append(("BOTTOMPADDING", (0, -1), (-1, -1), 7))
    return _table(cells, [WIDTH / len(counts)] * len(counts), look)


def _part(part: Part, styles: dict[str, Any]) -> list[Any]:
    heading = _text(f"{part.numeral}  {part.title}", styles["section"])
    story = [heading, _rule()]
    if part.facts:
        story.append(_pairs(part.facts, styles, WIDTH))
    story += [_text(text, styles["body"]) for text in part.texts]
    return story + [_entry(entry, styles) for entry in part.entries]


def _entry(entry: Entry, styles: dict[str, Any]) -> Any:
    from reportlab.platypus import KeepTogether  # noqa: PLC0415

    return KeepTogether(
        [
            _text(f"{entry.day}  {entry.title}", styles["entry"]),
            *([_pairs(entry.facts, styles, WIDTH)] if entry.facts else []),
            _text(entry.foot, styles["quiet"]),
        ]
    )


def _pairs(pairs: Pairs, styles: dict[str, Any], width: float) -> Any:
    """Labels and values, two short ones to a row."""
    rows: list[list[Any]] = []
    look: list[Any] = []
    waiting = list(pairs)
    while waiting:
        row = [waiting.pop(0)]
        if waiting and all(len(text) <= SHORT for _, text in (row[0], waiting[0])):
            row.append(waiting.pop(0))
        else:
            look.append(("SPAN", (1, len(rows)), (3, len(rows))))
        cells = [cell for pair in row for cell in _cells(pair, styles)]
        rows.append(cells + [""] * (4 - len(cells)))
    value = width / 2 - LABEL
    return _table(rows, [LABEL, value, LABEL, value], look)


def _cells(pair: tuple[str, str], styles: dict[str, Any]) -> list[Any]:
    return [_text(pair[0], styles["label"]), _text(pair[1], styles["body"])]


def _table(rows: list[list[Any]], widths: list[float], look: list[Any]) -> Any:
    from reportlab.platypus import Table  # noqa: PLC0415

    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        *look,
    ]
    return Table(rows, colWidths=widths, style=style, hAlign="LEFT")


def _rule() -> Any:
    from reportlab.platypus import HRFlowable  # noqa: PLC0415

    return HRFlowable(width="100%", thickness=0.7, color=LINE, spaceAfter=4)


def _text(text: str, style: Any) -> Any:
    from reportlab.platypus import Paragraph  # noqa: PLC0415

    return Paragraph(escape(printable(text)), style)


def _code(report: Report) -> Any:
    """The QR code to the verification page, framed in the grade's colour and shape."""
    from reportlab.graphics.shapes import Drawing, Rect, String  # noqa: PLC0415

    look = LOOKS.get(report.letter or "", NEUTRAL)
    picture = Drawing(CODE, CODE + 22)
    picture.add(
        Rect(
            0, 0, CODE, CODE + 22, rx=6, fillColor=_colour(look.band), strokeColor=None
        )
    )
    white = _colour("#ffffff")
    picture.add(Rect(4, 22, CODE - 8, CODE - 4, fillColor=white, strokeColor=None))
    modules = segno.make(report.verify, error=ERROR_LEVEL, micro=False).matrix
    unit = (CODE - 24) / len(modules)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            if dark:
                place = (12 + x * unit, CODE + 6 - (y + 1) * unit)
                picture.add(Rect(*place, unit, unit, strokeWidth=0, strokeColor=None))
    picture.add(
        String(
            *(CODE / 2, 7, report.label),
            fontName=FONT,
            fontSize=10,
            textAnchor="middle",
            fillColor=_colour(look.on_band),
        )
    )
    return picture


def _colour(text: str) -> Any:
    from reportlab.lib.colors import HexColor  # noqa: PLC0415

    return HexColor(text)


def _frame(report: Report) -> Callable[[Any, Any], None]:
    """Number, address and page on every sheet; what is invented says so on each."""

    def draw(canvas: Any, document: Any) -> None:
        canvas.saveState()
        canvas.setFont(FONT, 8)
        canvas.setFillColor(_colour(QUIET))
        canvas.drawString(MARGIN, 34, report.verify)
        page = report.paging.format(page=document.page)
        canvas.drawRightString(MARGIN + WIDTH, 34, f"{report.number}  {page}")
        if report.banner:
            canvas.drawCentredString(MARGIN + WIDTH / 2, 814, report.banner)
        canvas.restoreState()

    return draw
