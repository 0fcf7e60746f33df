"""How Sphinx makes the documentation site, once for each language.

``docs/tool/build.py`` calls it with ``language`` zh_CN or en. The Chinese edition of
``docs/NAME.md`` is ``docs/zh/NAME.md``; a page without one is the same in both sites.
Nothing is loaded from elsewhere: no fonts, no scripts.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

HERE = Path(__file__).parent
DOCS = HERE.parent
sys.path.insert(0, str(HERE))

project = "信用园区 Credit Park"
extensions = ["myst_parser", "bigrams"]
exclude_patterns = ["zh/**", "tool/**", "client/**"]
language = "en"  # build.py says which
html_search_language = "bigrams"

myst_heading_anchors = 3
smartquotes = False
html_use_index = False
html_domain_indices = False

templates_path = ["templates"]
html_theme = "furo"
html_title = "信用园区 Credit Park"
html_static_path = ["static"]
html_css_files = ["style.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
_SANS = (
    "-apple-system, 'Segoe UI', Roboto, 'Noto Sans CJK SC', 'PingFang SC',"
    " 'Microsoft YaHei', sans-serif"
)
html_theme_options = {
    # The glazes of the site: moon white, blue, ochre (docs/site.md).
    "light_css_variables": {
        "font-stack": _SANS,
        "color-brand-primary": "#1f4e79",
        "color-brand-content": "#1f5c8f",
    },
    "dark_css_variables": {
        "color-brand-primary": "#8fb8dc",
        "color-brand-content": "#8fc1ea",
    },
}
highlight_language = "text"
pygments_style = "friendly"
pygments_dark_style = "monokai"


def translated(docname: str) -> Path:
    """Where a page's Chinese edition is, or would be."""
    return DOCS / "zh" / f"{docname}.md"


# A line that ends in a Chinese character and one that begins with one are one sentence:
# browsers would put a blank between them.
BROKEN = re.compile(r"(?<=[\u3001-\u9fff\uff01-\uff60”])\n(?=[\u3008-\u9fff“])")


def chinese(app: Sphinx, docname: str, source: list[str]) -> None:
    """Read the Chinese edition instead, where there is one; its links lead out of zh/."""
    if app.config.language == "zh_CN" and translated(docname).is_file():
        text = translated(docname).read_text("utf-8")
        app.env.note_dependency(str(translated(docname)))
        source[0] = BROKEN.sub("", text.replace("](../", "]("))
    if "/" in docname:
        # A page of a folder is reached by links, not from the list of pages.
        source[0] = f"---\norphan: true\n---\n\n{source[0]}"


def switch(
    app: Sphinx, pagename: str, _: str, context: dict[str, Any], __: Any
) -> None:
    """Tell the templates where the page stands in the other language."""
    here, there = ("zh", "en") if app.config.language == "zh_CN" else ("en", "zh")
    up = "../" * (pagename.count("/") + 1)
    context |= {
        "here": here,
        "other_edition": f"{up}{there}/{pagename}.html",
        "untranslated": here == "zh" and not _readable(pagename),
    }


def _readable(pagename: str) -> bool:
    """Whether somebody who reads Chinese alone can use a page: generated ones hold both."""
    page = DOCS / f"{pagename}.md"
    generated = page.is_file() and "请勿手工修改" in page.read_text("utf-8")
    return generated or translated(pagename).is_file() or not page.is_file()


def setup(app: Sphinx) -> None:
    """What Sphinx calls."""
    app.connect("source-read", chinese)
    app.connect("html-page-context", switch)
