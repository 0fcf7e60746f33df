"""The smallest pieces of markup, which a page repeats for every record.

In Python, where each costs a tenth of a template's macro; every value is escaped. Not
here: larger pieces (``templates/parts/ui.html``), what is shown (``pages``).
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from publish.site.facts import Row
from publish.site.wording import NAME_ROOM, cut


def day(value: object) -> Markup:
    """A day that machines can read too; nothing where there is none."""
    if not value:
        return Markup()
    shown = escape(value)
    return Markup(f'<time datetime="{shown}" class="num">{shown}</time>')  # noqa: S704


def company(row: Row) -> Markup:
    """A link to an enterprise's file; a very long name is cut, and told in full."""
    name: str = row["enterprise_name"]
    whole = f' title="{escape(name)}"' if len(name) > NAME_ROOM else ""
    return Markup(  # noqa: S704
        f'<a class="who" href="/e/{escape(row["uscc"])}" lang="zh-CN"{whole}>'
        f"{escape(cut(name))}</a>"
    )


def marked(pieces: Iterable[tuple[str, bool]]) -> Markup:
    """A text in pieces; those that are what was sought stand out."""
    made = (
        f"<mark>{escape(piece)}</mark>" if hit else str(escape(piece))
        for piece, hit in pieces
    )
    return Markup("".join(made))  # noqa: S704


def cell(kind: str, label: str, text: str) -> str:
    """A cell of a table of records; it carries its label for narrow screens."""
    blank = "" if text else " blank"
    return (
        f'<td class="{escape(kind)}{blank}" data-label="{escape(label)}">'
        f"{escape(text)}</td>"
    )
