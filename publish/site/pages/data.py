"""The data catalogue and the dictionary of each dataset."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from datasette import NotFound, Response

from publish.site.facts import PUBLISHED, Facts
from publish.site.listings import LISTINGS
from publish.site.offered import files_of, of_table, papers
from publish.site.visit import Visit, visit_of
from quality.contracts.model import table_facts

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
    "policy_rules": "/policy",
    "sources": "/status",
}


async def catalogue(datasette: Any, request: Any) -> Response:
    """``/data``."""
    v = await visit_of(datasette, request)
    files = files_of(v.facts)
    return v.page(
        "data.html",
        datasets=[await _dataset(v, name) for name in PUBLISHED],
        files={name: of_table(files, name) for name in PUBLISHED},
        papers=papers(files),
    )


async def dataset(datasette: Any, request: Any) -> Response:
    """``/data/{table}``: the dictionary page."""
    v = await visit_of(datasette, request)
    name = v.part("table")
    if name not in PUBLISHED:
        raise NotFound(v.say("missing.page"))
    columns = [w for w in v.words.dictionary if w["table_name"] == name]
    used = {w["codes"] for w in columns if w["codes"]}
    return v.page(
        "dataset.html",
        dataset=await _dataset(v, name),
        columns=columns,
        codes={u: _members(v, u) for u in sorted(used)},
        files=of_table(files_of(v.facts), name),
    )


async def _dataset(v: Visit, name: str) -> dict[str, Any]:
    about = table_facts(PUBLISHED[name])
    return {
        "name": name,
        "title": v.title_of(name),
        "description": described(about.description, v.language),
        "source": about.source,
        "rows": await _rows(v.facts, name),
        "columns": sum(table == name for table, _ in v.words.columns),
        "limited": "publish_until" in PUBLISHED[name].columns,
        "browse": BROWSED.get(name),
    }


async def _rows(facts: Facts, table: str) -> int:
    return await facts.number(f"SELECT COUNT(*) FROM {{{table}}}")


def described(text: str, language: str) -> str:
    """One language of a description written as ``中文 English``."""
    start = next(
        (
            at + 1
            for at, (space, letter) in enumerate(pairwise(text))
            if space == " " and letter.isascii() and letter.isupper()
        ),
        len(text),
    )
    chinese, english = text[:start].strip(), text[start:].strip()
    return (english or chinese) if language == "en" else chinese


def _members(v: Visit, codes: str) -> list[tuple[str, str]]:
    return [
        (code, v.code(codes, code)) for name, code in v.words.codes if name == codes
    ]
