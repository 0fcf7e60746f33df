"""Chinese on paper: the font of every PDF, and which marks begin no line.

ReportLab is loaded with the first sheet, so that pages start fast. Not here: any sheet
(letters, reports, certificates).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

# Adobe's name: a reader of PDF brings its own Song for it, and nothing is embedded, unless
# the office names a font of its own.
FONT = "STSong-Light"
# ReportLab knows the marks that begin no line in Japanese; these begin none in Chinese.
NEVER_FIRST = "，；：！？》”’"
_SAMPLE = "信用园区"
_own: list[Any] = []  # ReportLab ships no types


class FontError(ValueError):
    """The font that PDFs should embed is none they could."""


def embed(path: Path) -> None:
    """Embed a TrueType font, cut down to what each sheet uses; before the first sheet.

    Args:
        path: a ``.ttf`` or ``.ttc`` file with Chinese.

    Raises:
        FontError: it cannot be read, has PostScript outlines, or has no Chinese.
    """
    from reportlab.pdfbase.ttfonts import TTFError, TTFont  # noqa: PLC0415

    try:
        font = TTFont(FONT, str(path))
    except (OSError, TTFError) as error:
        raise FontError(
            f"{path} cannot be embedded in PDFs: name a TrueType font such as"
            f" wqy-zenhei.ttc ({error})"
        ) from error
    if not all(ord(letter) in font.face.charToGlyph for letter in _SAMPLE):
        raise FontError(f"{path} has no Chinese: name a font that has")
    _own[:] = [font]


@cache
def prepare() -> None:
    """Make font and marks known; whoever draws calls it first.

    All sheets alike, in whatever order they are drawn: the same sheet is the same bytes.
    """
    from reportlab.lib import textsplit  # noqa: PLC0415
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # noqa: PLC0415

    pdfmetrics.registerFont(_own[0] if _own else UnicodeCIDFont(FONT))
    textsplit.ALL_CANNOT_START += NEVER_FIRST
