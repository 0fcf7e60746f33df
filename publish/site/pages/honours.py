"""Honoured enterprises by list and year."""

from __future__ import annotations

from functools import partial
from typing import Any

from datasette import Response

from publish.site.facts import Facts, Row
from publish.site.paging import paging
from publish.site.templating import link
from publish.site.visit import visit_of

OTHER = "other"  # awards and qualifications outside the four lists
PER_PAGE = 60
_OF_LIST = "COALESCE(honour_list, 'other') = :list AND (:year = 0 OR year = :year)"


async def honours(datasette: Any, request: Any) -> Response:
    """``/honours?list=&year=``."""
    v = await visit_of(datasette, request)
    lists = await _lists(v.facts)
    chosen = _chosen(v.argument("list"), lists)
    years = await _years(v.facts, chosen)
    year = _year(v.argument("year"), years)
    total = await _total(v.facts, chosen, year)
    where = paging(v.argument("page"), total, PER_PAGE)
    rows = await v.facts.rows(
        f"SELECT * FROM {{honours}} WHERE {_OF_LIST} "
        "ORDER BY year DESC, awarded_on DESC, enterprise_name, record_id "
        "LIMIT :n OFFSET :skip",
        list=chosen,
        year=year,
        n=where.size,
        skip=where.offset,
    )
    return v.page(
        "honours.html",
        lists=lists,
        chosen=chosen,
        years=years,
        year=year,
        rows=rows,
        where=where,
        notices=await v.facts.rows(
            "SELECT * FROM {honour_notices} ORDER BY honour_list, enterprise_name"
        ),
        targets=await v.facts.rows("SELECT * FROM {targets} ORDER BY target_id"),
        address=partial(link, "/honours", list=chosen, year=year or "all"),
    )


async def _lists(facts: Facts) -> list[Row]:
    return await facts.rows(
        "SELECT COALESCE(h.honour_list, 'other') AS code, COUNT(*) AS n "
        "FROM {honours} AS h GROUP BY 1 ORDER BY CASE COALESCE(h.honour_list, 'other') "
        "WHEN 'leader' THEN 1 WHEN 'supported' THEN 2 WHEN 'standard_model' THEN 3 "
        "WHEN 'tax_a' THEN 4 ELSE 5 END"
    )


def _chosen(wish: str, lists: list[Row]) -> str:
    codes = [row["code"] for row in lists]
    return wish if wish in codes else (codes[0] if codes else OTHER)


async def _years(facts: Facts, chosen: str) -> list[Row]:
    return await facts.rows(
        f"SELECT year, COUNT(*) AS n FROM {{honours}} WHERE {_OF_LIST} "
        "GROUP BY year ORDER BY year DESC",
        list=chosen,
        year=0,
    )


def _year(wish: str, years: list[Row]) -> int:
    known = [str(row["year"]) for row in years]
    if wish == "all":
        return 0
    return int(wish if wish in known else (known[0] if known else 0))


async def _total(facts: Facts, chosen: str, year: int) -> int:
    return await facts.number(
        f"SELECT COUNT(*) FROM {{honours}} WHERE {_OF_LIST}", list=chosen, year=year
    )
