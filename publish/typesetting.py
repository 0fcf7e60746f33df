"""Chinese on paper: the font of every PDF, and which marks begin no line.

ReportLab is loaded with the first sheet, so that pages start fast. Not here: any sheet
(letters, reports, certificates).
"""

from __future__ import annotations

from functools import cache

FONT = "STSong-Light"  # Adobe's: every PDF reader brings it along, nothing is embedded
# ReportLab knows the marks that begin no line in Japanese; these begin none in Chinese.
NEVER_FIRST = "，；：！？》”’"


@cache
def prepare() -> None:
    """Make font and marks known; whoever draws calls it first.

    All sheets alike, in whatever order they are drawn: the same sheet is the same bytes.
    """
    from reportlab.lib import textsplit  # noqa: PLC0415
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # noqa: PLC0415

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    textsplit.ALL_CANNOT_START += NEVER_FIRST
