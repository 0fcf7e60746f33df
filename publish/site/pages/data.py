"""The data catalogue and the dictionary of each dataset."""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus
from typing import Any

from datasette import NotFound, Response

from publish.site import linked
from publish.site.addresses import base_of
from publish.site.facts import PUBLISHED, Facts, Row
from publish.site.feeds import FEEDS
from publish.site.listings import LISTINGS
from publish.site.offered import offer_or_none
from publish.site.visit import Visit, visit_of
from publish.site.wording import spoken
from quality.contracts.model import facts_of, table_facts

# Where the rows of a dataset can be browsed.
BROWSED = {
    **{name: f"/lists/{name}" for name in LISTINGS},
    "enterprises": "/search",
    "incentives": "/incentives",
    "financial_products": "/incentives",
    "government_commitments": "/government",
    "grade_statistics": "/statistics",
    "industry_statistics": "/statistics",
    "chain_statistics": "/statistics",
    "model_card": "/policy",
    "policy_rules": "/policy",
    "sources": "/status",
}


async def catalogue(datasette: Any, request: Any) -> Response:
    """``/data``."""
    v = await visit_of(datasette, request)
    offer = await offer_or_none(datasette, v.facts.release.release_id)
    return v.page(
        "data.html",
        datasets=[await _dataset(v, name) for name in PUBLISHED],
        offer=offer,
        citation=citation(v),
        feeds=[(name, v.title_of(name)) for name in FEEDS],
        described=linked.embedded(linked.whole(v, base_of(datasette, request))),
    )


async def catalogue_document(datasette: Any, request: Any) -> Response:
    """``/data/catalog.jsonld``: the DCAT catalogue under an address that stays."""
    v = await visit_of(datasette, request)
    base = base_of(datasette, request)
    offer = await offer_or_none(datasette, v.facts.release.release_id)
    document = await linked.dcat(offer, base)
    return Response(
        json.dumps(document, ensure_ascii=False, indent=1),
        status=HTTPStatus.OK if document else HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"cache-control": "no-cache"},
        content_type="application/ld+json; charset=utf-8",
    )


async def dataset(datasette: Any, request: Any) -> Response:
    """``/data/{table}``: the dictionary page."""
    v = await visit_of(datasette, request)
    name = v.part("table")
    if name not in PUBLISHED:
        raise NotFound(v.say("missing.page"))
    columns = [w for w in v.words.dictionary if w["table_name"] == name]
    used = {w["codes"] for w in columns if w["codes"]}
    offer = await offer_or_none(datasette, v.facts.release.release_id)
    about = await _dataset(v, name)
    base = base_of(datasette, request)
    return v.page(
        "dataset.html",
        dataset=about,
        columns=columns,
        meaning=partial(_meaning, v),
        codes={u: _members(v, u) for u in sorted(used)},
        offer=offer,
        feed=name in FEEDS,
        described=linked.embedded(linked.dataset(v, base, about, offer)),
    )


def _meaning(v: Visit, word: Row) -> str:
    """What a reader needs to know of a column's values, in the visitor's language."""
    if v.language == "zh":
        return str(word["description_zh"])
    parts = [v.say(f"data.means_{word['kind']}")]
    if word["codes"]:
        parts.append(v.say("data.from_codes", codes=word["codes"]))
    item = PUBLISHED[word["table_name"]].columns.get(word["column_name"])
    if item is not None and (example := facts_of(item).example):
        parts.append(v.say("data.example", example=example))
    return ", ".join(parts)


async def _dataset(v: Visit, name: str) -> dict[str, Any]:
    about = table_facts(PUBLISHED[name])
    return {
        "name": name,
        "title": v.title_of(name),
        "description": spoken(about.description, v.language),
        "source": about.source,
        "rows": await _rows(v.facts, name),
        "columns": sum(table == name for table, _ in v.words.columns),
        "limited": "publish_until" in PUBLISHED[name].columns,
        "browse": BROWSED.get(name),
    }


async def _rows(facts: Facts, table: str) -> int:
    return await facts.number(f"SELECT COUNT(*) FROM {{{table}}}")


def citation(v: Visit) -> str:
    """How to cite the release that is shown."""
    return v.say(
        "data.citation",
        release=v.facts.release.release_id,
        year=v.words.release.get("today", v.facts.today)[:4],
        day=v.facts.today,
    )


def _members(v: Visit, codes: str) -> list[tuple[str, str]]:
    return [
        (code, v.code(codes, code)) for name, code in v.words.codes if name == codes
    ]
