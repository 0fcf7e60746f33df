"""The sitemap: every page and every credit file, in portions (sitemaps.org 0.9)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree as ET

from datasette import NotFound, Response

from publish.site.addresses import base_of
from publish.site.facts import PUBLISHED
from publish.site.feeds import DECLARATION
from publish.site.listings import LISTINGS
from publish.site.visit import visit_of

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
PORTION = 10_000  # addresses in one file; the protocol allows 50,000
PAGES = (
    *("/", "/disclosures", "/honours", "/incentives", "/inspections", "/government"),
    *("/policy", "/statistics", "/data", "/data/releases", "/status", "/repair"),
    *("/objection", "/about"),
    *(f"/lists/{name}" for name in LISTINGS),
    *(f"/data/{name}" for name in PUBLISHED),
)
Address = tuple[str, str | None]  # where, and the day it last changed


async def sitemap(datasette: Any, request: Any) -> Response:
    """``/sitemap.xml``: the index."""
    v = await visit_of(datasette, request)
    base = base_of(datasette, request)
    total = await v.facts.number("SELECT COUNT(*) FROM {enterprises}")
    portions = range(1, 1 + -(-total // PORTION))
    names = ["pages", *(f"enterprises-{n}" for n in portions)]
    addresses = [(f"{base}/sitemaps/{n}.xml", v.words.release["today"]) for n in names]
    return _answer("sitemapindex", "sitemap", addresses)


async def portion(datasette: Any, request: Any) -> Response:
    """``/sitemaps/{name}.xml``."""
    v = await visit_of(datasette, request)
    base, name = base_of(datasette, request), v.part("name")
    if name == "pages":
        return _answer("urlset", "url", [(f"{base}{page}", None) for page in PAGES])
    rows = await v.facts.rows(
        "SELECT uscc, collected_on FROM {enterprises} ORDER BY uscc "
        "LIMIT :portion OFFSET :offset",
        portion=PORTION,
        offset=(int(name.rpartition("-")[2]) - 1) * PORTION,
    )
    if not rows:
        raise NotFound(v.say("missing.page"))
    files = [(f"{base}/e/{row['uscc']}", row["collected_on"]) for row in rows]
    return _answer("urlset", "url", files)


def _answer(root: str, item: str, addresses: Iterable[Address]) -> Response:
    tree = ET.Element(root, {"xmlns": NAMESPACE})
    for where, changed in addresses:
        node = ET.SubElement(tree, item)
        ET.SubElement(node, "loc").text = where
        if changed:
            ET.SubElement(node, "lastmod").text = changed
    body = DECLARATION + ET.tostring(tree, "unicode")
    return Response(body, content_type="application/xml; charset=utf-8")
