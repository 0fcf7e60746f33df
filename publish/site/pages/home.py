"""The home page: search, the figures of the release, and what is new in it."""

from __future__ import annotations

from typing import Any

from datasette import Response

from publish.site import disclosed, grades
from publish.site.facts import Facts, Row
from publish.site.visit import visit_of

LATEST = 6
_COUNTED = ("enterprises", "licences", "honours", "commitments", "inspections")


async def home(datasette: Any, request: Any) -> Response:
    """``/``."""
    v = await visit_of(datasette, request)
    return v.page(
        "home.html",
        counts=await _counts(v.facts),
        disclosures=await disclosed.by_kind(v.facts),
        distribution=await grades.latest(v.facts),
        honours=await _honours(v.facts),
        news=await disclosed.newest(v.facts, disclosed.Wish(), LATEST),
        samples=await _samples(v.facts),
    )


async def _counts(facts: Facts) -> dict[str, int]:
    return {
        table: await facts.number(f"SELECT COUNT(*) FROM {{{table}}}")
        for table in _COUNTED
    }


async def _honours(facts: Facts) -> list[Row]:
    return await facts.rows(
        "SELECT * FROM {honours} WHERE honour_list IS NULL OR honour_list <> 'tax_a' "
        "ORDER BY awarded_on DESC, record_id LIMIT :n",
        n=LATEST,
    )


async def _samples(facts: Facts) -> list[str]:
    """Two-character words that lead somewhere, taken from honoured enterprises."""
    rows = await facts.rows(
        "SELECT DISTINCT substr(enterprise_name, 3, 2) AS word FROM {honours} "
        "WHERE honour_list = 'leader' AND instr(enterprise_name, '（') = 0 "
        "ORDER BY record_id LIMIT 3"
    )
    return [row["word"] for row in rows]
