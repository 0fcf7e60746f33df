"""Addresses that stay, release reports, feeds, sitemap and linked data."""

from __future__ import annotations

import asyncio
import codecs
import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from publish.serving.app import create_app
from publish.site.feeds import FEEDS
from tests.site.conftest import Site, TurningClock
from tests.site.town import FIRST, TODAY, invented_town, uscc

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def fetched(site: Site, path: str, **rest: Any) -> Any:
    answer = asyncio.run(site.get(path, **rest))
    assert answer.status_code == 200, (path, answer.status_code)
    return answer


def serving(site: Site) -> str:
    release = site.app.mount.current
    assert release
    return release.release_id


def test_latest_and_permanent_addresses_hold_the_same_file(site: Site):
    latest = fetched(site, "/data/latest/exports/honours.json")
    permanent = latest.headers["content-location"]
    assert permanent == f"/data/releases/{serving(site)}/exports/honours.json"
    assert fetched(site, permanent).content == latest.content
    digest = hashlib.sha256(latest.content).hexdigest()
    assert latest.headers["etag"] == f'"{digest}"'
    assert latest.headers["cache-control"] == "no-cache"
    tag = {"If-None-Match": latest.headers["etag"]}
    again = asyncio.run(site.get(permanent, headers=tag))
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/data/releases/20260101-0000000000",
        "/data/releases/20260101-0000000000/public.db",
        "/data/releases/{id}/authorised.db",
        "/data/releases/{id}/moves.jsonl",
        "/data/releases/{id}/../../registry.db",
        "/data/latest/exports/../authorised.db",
        "/data/latest/withdrawals.json",
    ],
)
def test_nothing_else_of_the_folder_is_handed_out(site: Site, path: str):
    asked = path.format(id=serving(site))
    assert asyncio.run(site.get(asked)).status_code == 404


def test_a_byte_order_mark_is_put_before_csv_on_request(site: Site):
    path = "/data/latest/exports/licences.csv"
    plain, marked = fetched(site, path), fetched(site, f"{path}?bom=1")
    assert marked.content == codecs.BOM_UTF8 + plain.content
    assert marked.headers["etag"] != plain.headers["etag"]
    assert "x-content-sha256" not in marked.headers
    rows = list(csv.DictReader(io.StringIO(plain.text)))
    assert len(rows) == 120
    other = fetched(site, "/data/latest/exports/licences.jsonl?bom=1")
    assert not other.content.startswith(codecs.BOM_UTF8)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two releases: on the second day one penalty is repaired and one corrected."""
    home = tmp_path_factory.mktemp("two")
    town = invented_town()
    town.build(home / "releases")
    rows = town.tables["public_penalties"]
    town.withheld = {rows.pop(3)["record_id"]: "repair"}
    rows[:] = [r for r in rows if r["record_id"] != "P-last-day"]
    rows[0]["facts"] = "更正后的违法事实。"
    town.build(home / "releases", TODAY + timedelta(days=1))
    return home


@pytest.fixture
def later(two: Path) -> Iterator[Site]:
    clock = TurningClock(TODAY + timedelta(days=1))
    app = create_app(two, clock, registry_url="sqlite://")
    yield Site(app, clock)
    app.close()


def test_the_report_tells_counts_and_reasons(later: Site):
    page = fetched(later, f"/data/releases/{serving(later)}").text
    reasons = re.findall(r"<div><dt>([^<]+)</dt><dd class=\"num right\">(\d+)<", page)
    assert reasons == [
        ("更正或撤销", "1"),
        ("修复、移出或清缴", "1"),
        ("公示期满", "1"),
    ]
    assert "正在服务" in page
    english = fetched(later, f"/data/releases/{serving(later)}?lang=en").text
    assert "Repaired, removed or settled" in english


def test_the_history_says_what_was_taken_out_of_the_older_release(later: Site):
    history = fetched(later, "/data/versions.json").json()
    older, newer = history["releases"]
    assert history["serving"] == newer["release"] == serving(later)
    rows = {"penalties": {"expired": 1, "withdrawn": 1}}
    assert older["pruned"] == {"on": "2026-11-24", "rows": rows}
    assert older["rows"]["penalties"] == 18
    assert not any(name.startswith("authorised") for name in older["rows"])
    page = fetched(later, older["files"]).text
    assert "期满 1 条，撤下 1 条" in page
    assert "2026-11-24 剔除期满记录" in fetched(later, "/data/releases").text
    body = fetched(later, f"{older['files']}/exports/penalties.jsonl").text
    assert len(body.splitlines()) == 16


@pytest.mark.parametrize("name", FEEDS)
def test_every_list_has_a_sound_atom_feed(site: Site, name: str):
    answer = fetched(site, f"/feeds/{name}.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.text)  # noqa: S314  our own document
    assert feed.tag == f"{ATOM}feed"
    _complete(feed)
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    entries = feed.findall(f"{ATOM}entry")
    assert 0 < len(entries) <= 50
    for entry in entries:
        _complete(entry)
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert re.fullmatch(r"http://localhost/e/[0-9A-Z]{18}", link.get("href") or "")
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len({*ids}) == len(ids)


def _complete(node: ET.Element) -> None:
    """RFC 4287: an id, a title and an instant, each once and with text."""
    for name in ("id", "title", "updated"):
        [found] = node.findall(f"{ATOM}{name}")
        assert found.text
    moment = node.findtext(f"{ATOM}updated") or ""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", moment)


def test_the_feed_of_releases_encloses_their_changes(later: Site):
    text = fetched(later, "/feeds/releases.atom").text
    entries = ET.fromstring(text).findall(f"{ATOM}entry")  # noqa: S314  ours
    assert len(entries) == 2
    [enclosed] = entries[0].findall(f"{ATOM}link[@rel='enclosure']")
    path = (enclosed.get("href") or "").removeprefix("http://localhost")
    told = [json.loads(line) for line in fetched(later, path).text.splitlines()]
    changed = [c["kind"] for c in told if c["table"] == "penalties"]
    assert sorted(changed) == ["correction", "expiry", "repair"]


def test_a_feed_is_no_place_for_markup_of_a_name(site: Site):
    text = fetched(site, "/feeds/penalties.atom").text
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_unknown_feeds_and_maps_are_not_found(site: Site):
    for path in ("/feeds/enterprises.atom", "/sitemaps/enterprises-2.xml"):
        assert asyncio.run(site.get(path)).status_code == 404


def test_the_sitemap_names_every_page_and_every_enterprise(site: Site):
    index = ET.fromstring(fetched(site, "/sitemap.xml").text)  # noqa: S314  ours
    maps = [loc.text or "" for loc in index.iter(f"{MAP}loc")]
    assert maps == [
        "http://localhost/sitemaps/pages.xml",
        "http://localhost/sitemaps/enterprises-1.xml",
    ]
    named = []
    for address in maps:
        text = fetched(site, address.removeprefix("http://localhost")).text
        named += [
            loc.text or ""
            for loc in ET.fromstring(text).iter(f"{MAP}loc")  # noqa: S314  ours
        ]
    assert f"http://localhost/e/{uscc(0)}" in named
    assert sum("/e/" in address for address in named) == 40
    for address in named:
        if "/e/" not in address:
            fetched(site, address.removeprefix("http://localhost"))


def test_portals_can_harvest_the_catalogue(site: Site):
    answer = fetched(site, "/data/catalog.jsonld")
    assert answer.headers["content-type"] == "application/ld+json; charset=utf-8"
    document = json.loads(answer.text)
    assert (document["@type"], document["@id"]) == (
        "dcat:Catalog",
        "http://localhost/data",
    )
    base = f"http://localhost/data/releases/{serving(site)}/"
    for item in (document, *document["dcat:dataset"]):
        for distribution in item["dcat:distribution"]:
            address = distribution["dcat:downloadURL"]["@id"]
            assert address.startswith(base)
    [penalties] = [
        d for d in document["dcat:dataset"] if d["dcterms:identifier"] == "penalties"
    ]
    assert penalties["dcat:landingPage"]["@id"] == "http://localhost/data/penalties"
    file = penalties["dcat:distribution"][0]
    body = fetched(
        site, file["dcat:downloadURL"]["@id"].removeprefix("http://localhost")
    )
    digest = hashlib.sha256(body.content).hexdigest()
    assert file["spdx:checksum"]["spdx:checksumValue"] == digest


def test_dictionary_pages_describe_themselves_to_search_engines(site: Site):
    page = fetched(site, "/data/honours").text
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    told = json.loads(block)
    assert (told["@type"], told["identifier"]) == ("Dataset", "honours")
    kinds = [d["encodingFormat"] for d in told["distribution"]]
    assert kinds[0] == "text/csv"
    assert len(kinds) == 5
    assert "虚构" not in told["name"]
    assert FIRST not in block


def test_the_dictionary_speaks_the_visitors_language(site: Site):
    english = asyncio.run(site.text("/data/penalties?lang=en"))
    assert "amount in fen" in english
    assert "code, of the list severity" in english
    assert "金额，单位：分" not in english
    assert "金额，单位：分" in asyncio.run(site.text("/data/penalties"))
