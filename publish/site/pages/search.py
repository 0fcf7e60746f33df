"""Search by name, former name, credit code or pinyin, from two characters up.

Not here: who answers a text and in which order (``publish.site.finding``).
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from datasette import Response

from publish.release import bigrams
from publish.site.facts import Row
from publish.site.finding import Sought, core, find, near, sought
from publish.site.pages.credit_file import enterprise_of
from publish.site.paging import Paging, paging
from publish.site.templating import link
from publish.site.visit import SECURITY_HEADERS, Visit, visit_of
from quality.identifiers import is_uscc, normalise, suggest

SUGGESTED = 8


async def search(datasette: Any, request: Any) -> Response:
    """``/search?q=``; a whole credit code on file leads straight there."""
    v = await visit_of(datasette, request)
    text = v.argument("q")
    if not bigrams.match(text):
        return v.page("search.html", q=text, hits=[], where=None, suggested=())
    code = normalise(text.replace(" ", ""))
    if is_uscc(code) and await enterprise_of(v.facts, code):
        return Response.redirect(f"/e/{code}")
    return await _results(v, text)


async def _results(v: Visit, text: str) -> Response:
    what, total = await sought(v.facts, text)
    where = paging(v.argument("page"), total)
    found = await find(v.facts, what, where) if total else await near(v.facts, text)
    return v.page(
        "search.html",
        q=text,
        loosened=what.loosened,
        hits=[_highlighted(hit, what) for hit in found],
        where=where,
        address=partial(link, "/search", q=text),
        suggested=suggest(text),
    )


async def suggestions(datasette: Any, request: Any) -> Response:
    """``/search/suggestions?q=``: the first enterprises that answer, as JSON."""
    v = await visit_of(datasette, request)
    what, total = await sought(v.facts, v.argument("q"))
    few = Paging(1, 1, total, SUGGESTED)
    hits = await find(v.facts, what, few) if total else []
    document = [
        {key: hit[key] for key in ("uscc", "name", "former_names")} for hit in hits
    ]
    return Response.json(document, headers=dict(SECURITY_HEADERS))


def _highlighted(hit: Row, what: Sought) -> Row:
    text = core(what.text) if what.loosened else what.text
    return {
        **hit,
        "marked_name": marked(hit["name"], text),
        "marked_former": marked(hit["former_names"] or "", text),
        "marked_uscc": marked(hit["uscc"], text.replace(" ", "").upper()),
    }


def marked(value: str, text: str) -> list[tuple[str, bool]]:
    """A value cut into pieces, each with whether it is what was sought.

    The pieces are escaped one by one in the template; no markup is built here.
    """
    words = [re.escape(w) for w in text.split()]
    if not words:
        return [(value, False)]
    pieces = re.split(f"({'|'.join(words)})", value, flags=re.IGNORECASE)
    return [(piece, n % 2 == 1) for n, piece in enumerate(pieces) if piece]
