"""Atom feeds per list and of releases."""

from __future__ import annotations

import asyncio
from typing import Any

from datasette import NotFound, Response

from publish.release import terms
from publish.site.addresses import base_of
from publish.site.facts import Row
from publish.site.feeds import FEEDS, MEDIA, MIDNIGHT, Entry, Feed, document
from publish.site.history import releases_of, told
from publish.site.listings import LISTINGS, Listing
from publish.site.visit import HTML_LANG, SECURITY_HEADERS, Visit, visit_of
from quality.contracts import AGENCIES, park

LATEST = 50


async def list_feed(datasette: Any, request: Any) -> Response:
    """``/feeds/{list}.atom``: the newest records of a list that may be shown today."""
    v = await visit_of(datasette, request)
    name, base = v.part("list"), base_of(datasette, request)
    if name not in FEEDS:
        raise NotFound(v.say("missing.page"))
    listing = LISTINGS[name]
    rows = await v.facts.rows(
        f"SELECT * FROM {{{name}}} "
        f"ORDER BY collected_on DESC, {listing.dated} DESC, record_id LIMIT :most",
        most=LATEST,
    )
    feed = _feed(v, base, f"/feeds/{name}.atom", f"/lists/{name}", v.title_of(name))
    return _answer(feed, [_record(v, base, listing, row) for row in rows])


async def release_feed(datasette: Any, request: Any) -> Response:
    """``/feeds/releases.atom``: each release, with its row by row changes enclosed."""
    v = await visit_of(datasette, request)
    base = base_of(datasette, request)
    history = await asyncio.to_thread(releases_of(v).history)
    shown = [told(version) for version in reversed(history[-LATEST:])]
    title = v.say("releases.title")
    feed = _feed(v, base, "/feeds/releases.atom", "/data/releases", title)
    return _answer(feed, [_release(v, base, r) for r in shown if r["files"]])


def _feed(v: Visit, base: str, address: str, page: str, title: str) -> Feed:
    zh, en = AGENCIES[park.AGENCY]
    return Feed(
        address=f"{base}{address}",
        page=f"{base}{page}",
        title=f"{v.say('site.name')} · {title}",
        author=en if v.language == "en" else zh,
        updated=v.words.release.get("created") or f"{v.facts.today}{MIDNIGHT}",
        language=HTML_LANG[v.language],
        rights=f"{terms.NAME} {terms.ADDRESS}",
    )


def _record(v: Visit, base: str, listing: Listing, row: Row) -> Entry:
    dated = v.value(listing.table, listing.dated, row)
    facts = [f"{v.label(listing.table, listing.dated)} {dated}"]
    facts += [str(row[c]) for c in ("authority",) if row.get(c)]
    if row.get("publish_until"):
        until = v.label(listing.table, "publish_until")
        facts.append(f"{until} {row['publish_until']}")
    return Entry(
        id=f"{base}/lists/{listing.table}#{row['record_id']}",
        title=f"{row['enterprise_name']}：{v.title(listing, row)}",
        updated=f"{row['collected_on']}{MIDNIGHT}",
        link=f"{base}/e/{row['uscc']}",
        summary=" · ".join(facts),
    )


def _release(v: Visit, base: str, release: Row) -> Entry:
    address = f"{base}{release['files']}"
    rows = release["rows"]
    return Entry(
        id=address,
        title=f"{v.say('releases.report')} {release['release']}",
        updated=str(release["created"]),
        link=address,
        summary=" · ".join(f"{v.title_of(t)} {n}" for t, n in rows.items()),
        enclosure=f"{address}/changes.jsonl",
    )


def _answer(feed: Feed, entries: list[Entry]) -> Response:
    body = document(feed, entries)
    return Response(body, headers=dict(SECURITY_HEADERS), content_type=MEDIA)
