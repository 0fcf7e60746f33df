"""Aggregates: grades over time, by industry and by chain; cells below five are hidden."""

from __future__ import annotations

from typing import Any

from datasette import Response

from publish.site import disclosed, grades
from publish.site.facts import Row
from publish.site.visit import Visit, visit_of
from publish.site.wording import INDUSTRY

MONTHS = 24


async def statistics(datasette: Any, request: Any) -> Response:
    """``/statistics``."""
    v = await visit_of(datasette, request)
    by_date = await v.facts.rows(
        "SELECT evaluated_on, letter, enterprises FROM {grade_statistics} "
        "WHERE evaluated_on IN (SELECT DISTINCT evaluated_on FROM {grade_statistics} "
        "ORDER BY evaluated_on DESC LIMIT :n) ORDER BY evaluated_on",
        n=MONTHS,
    )
    by_industry = await v.facts.rows(
        "SELECT industry_section, industry_section_name, letter, enterprises "
        "FROM {industry_statistics} ORDER BY industry_section, letter"
    )
    by_chain = await v.facts.rows(
        "SELECT chain, letter, enterprises FROM {chain_statistics} "
        "ORDER BY chain, letter"
    )
    over_time = grades.grouped(by_date, "evaluated_on")
    return v.page(
        "statistics.html",
        latest=over_time[-1] if over_time else None,
        over_time=over_time,
        by_industry=grades.beside(_named(v, by_industry), INDUSTRY),
        by_chain=grades.beside(by_chain, "chain"),
        effects=await v.facts.rows(
            "SELECT * FROM {standard_effects} ORDER BY firm_group, figure"
        ),
        disclosures=await disclosed.by_kind(v.facts),
    )


def _named(v: Visit, rows: list[Row]) -> list[Row]:
    """Rows with their industry in the visitor's language."""
    named = ({INDUSTRY: v.value("industry_statistics", INDUSTRY, r)} for r in rows)
    return [row | name for row, name in zip(rows, named, strict=True)]
