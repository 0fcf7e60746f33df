"""Search by name, former name or credit code, from two characters up.

The index is built by the release; ``bigrams`` turns a reader's words into its language.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from datasette import Response

from publish.release import bigrams
from publish.site.facts import Facts, Row
from publish.site.pages.credit_file import enterprise_of
from publish.site.paging import Paging, paging
from publish.site.templating import link
from publish.site.visit import visit_of
from quality.identifiers import is_uscc, normalise, suggest

SHORTEST = 2
_SHOWN = """
SELECT s.uscc, s.name, s.former_names, s.status, e.published_grade, e.in_park,
       e.domicile, e.established_on
FROM {search_entries} AS s JOIN {enterprises} AS e ON e.uscc = s.uscc
"""
_ANSWERS = """
WHERE s.rowid IN (SELECT rowid FROM {search} WHERE search MATCH :match)
"""
_CLOSEST_FIRST = """
ORDER BY s.uscc = :code DESC, s.name = :text DESC, instr(s.name, :text) = 0,
         s.status <> 'active', length(s.name), s.uscc
LIMIT :limit OFFSET :offset
"""


async def search(datasette: Any, request: Any) -> Response:
    """``/search?q=``; a whole credit code on file leads straight there."""
    v = await visit_of(datasette, request)
    text = v.argument("q")
    match = bigrams.match(text)
    if not match:
        return v.page("search.html", q=text, hits=[], where=None, suggested=())
    code = normalise(text.replace(" ", ""))
    if is_uscc(code) and await enterprise_of(v.facts, code):
        return Response.redirect(f"/e/{code}")
    where = paging(v.argument("page"), await count(v.facts, match))
    hits = await find(v.facts, text, where)
    return v.page(
        "search.html",
        q=text,
        hits=[_highlighted(hit, text) for hit in hits],
        where=where,
        address=partial(link, "/search", q=text),
        suggested=suggest(text),
    )


async def count(facts: Facts, match: str) -> int:
    """How many enterprises answer an index expression."""
    return await facts.number(
        f"SELECT COUNT(*) FROM {{search_entries}} AS s {_ANSWERS}", match=match
    )


async def find(facts: Facts, text: str, where: Paging) -> list[Row]:
    """One page of enterprises that answer ``text``, the closest first."""
    return await facts.rows(
        _SHOWN + _ANSWERS + _CLOSEST_FIRST,
        match=bigrams.match(text),
        text=text,
        code=normalise(text.replace(" ", "")),
        limit=where.size,
        offset=where.offset,
    )


def _highlighted(hit: Row, text: str) -> Row:
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
