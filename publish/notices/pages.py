"""A letter as a page.

Not here: as a sheet of paper (``pdf``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from publish.cases import policy
from publish.notices.model import Letter, words

TEMPLATES = Path(__file__).parent / "templates"


def page(letter: Letter, *, invented: bool) -> str:
    """The letter as one HTML page that needs nothing else.

    Args:
        letter: to show.
        invented: whether its enterprise is; the letter says so.
    """
    return (
        _environment()
        .get_template("letter.html")
        .render(letter=letter, words=words(), office=policy.office(), invented=invented)
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
