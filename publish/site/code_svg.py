"""The credit code (一企一码): a QR code to its verification in the grade's colour.

The colour never stands alone: each grade has its own shape and letter. A grade that is
not published has a neutral code without a letter. Not here: which grades may be public.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import segno

from publish.site.grades import SHAPES
from publish.site.templating import environment
from publish.site.wording import cut

SIDE = 304  # of the QR symbol, in the units of a card 400 wide
ERROR_LEVEL = "m"  # 15 % of the symbol may be damaged


@dataclass(frozen=True)
class Look:
    """How one grade is drawn: band colour, text on it, dark modules, shape path."""

    band: str
    on_band: str
    modules: str
    shape: str


LOOKS = {
    "A": Look("#0b7a4b", "#ffffff", "#064a2d", SHAPES["A"]),
    "B": Look("#f2b705", "#2b2100", "#4a3800", SHAPES["B"]),
    "C": Look("#c8321f", "#ffffff", "#6d150b", SHAPES["C"]),
    "D": Look("#23272e", "#ffffff", "#16181c", SHAPES["D"]),
}
NEUTRAL = Look("#4a6076", "#ffffff", "#22303d", SHAPES["N"])


@dataclass(frozen=True)
class Caption:
    """The words on a code; the template escapes them."""

    heading: str
    label: str
    name: str
    uscc: str


def credit_code(url: str, letter: str | None, caption: Caption) -> str:
    """The SVG document.

    Args:
        url: what the QR code opens.
        letter: the published grade; ``None`` draws the neutral code.
        caption: words on the card.
    """
    qr = segno.make(url, error=ERROR_LEVEL, micro=False)
    return (
        environment()
        .get_template("code.svg")
        .render(
            look=LOOKS.get(letter or "", NEUTRAL),
            letter=letter,
            caption=caption,
            name=cut(printable(caption.name)),
            modules="".join(_runs(qr)),
            scale=f"{SIDE / len(qr.matrix):.5f}",
        )
    )


def printable(text: str) -> str:
    """The text without control characters, which XML does not allow."""
    return "".join(c for c in text if unicodedata.category(c) != "Cc")


def _runs(qr: segno.QRCode) -> Iterator[str]:
    """Runs of dark modules as path moves, in module units."""
    for y, row in enumerate(qr.matrix):
        x = 0
        for dark, cells in groupby(row):
            width = len(list(cells))
            if dark:
                yield f"M{x} {y}.5h{width}"
            x += width
