"""What the administration publishes: incentives, inspections, its own promises."""

from __future__ import annotations

from typing import Any

from datasette import Response

from publish.site.facts import Row
from publish.site.visit import Visit, visit_of

COST_LINES = 12
_IN_FORCE = "(valid_to IS NULL OR valid_to >= :today)"


async def incentives(datasette: Any, request: Any) -> Response:
    """``/incentives``: what good credit is worth here, and the finance supermarket."""
    v = await visit_of(datasette, request)
    return v.page(
        "incentives.html",
        incentives=await v.facts.rows(
            f"SELECT * FROM {{incentives}} WHERE {_IN_FORCE} "
            "ORDER BY minimum_grade, incentive_code"
        ),
        products=await v.facts.rows(
            f"SELECT * FROM {{financial_products}} WHERE {_IN_FORCE} "
            "ORDER BY minimum_grade, rate_from_bp, product_code"
        ),
        costs=await v.facts.rows(
            "SELECT * FROM {incentive_costs} "
            "ORDER BY month DESC, incentive_kind LIMIT :n",
            n=COST_LINES,
        ),
    )


async def inspections(datasette: Any, request: Any) -> Response:
    """``/inspections``: how firms are drawn and what was found."""
    v = await visit_of(datasette, request)
    return v.page(
        "inspections.html",
        results=await v.facts.rows(
            "SELECT result, COUNT(*) AS n FROM {inspections} "
            "GROUP BY result ORDER BY n DESC, result"
        ),
        tasks=await v.facts.rows(
            "SELECT plan_no, task, authority, COUNT(*) AS n, "
            "MIN(inspected_on) AS first_on, MAX(inspected_on) AS last_on "
            "FROM {inspections} GROUP BY plan_no, task, authority "
            "ORDER BY last_on DESC, plan_no LIMIT 50"
        ),
    )


async def government(datasette: Any, request: Any) -> Response:
    """``/government``: promises of the administration in the notice's six areas."""
    v = await visit_of(datasette, request)
    rows = await v.facts.rows(
        "SELECT * FROM {government_commitments} ORDER BY due_on DESC, commitment_no"
    )
    promises = [{**row, "state": kept(row, v.facts.today)} for row in rows]
    return v.page(
        "government.html", areas=_areas(v, promises), totals=_totals(promises)
    )


STATES = ("kept", "kept_late", "open", "overdue")


def kept(row: Row, today: str) -> str:
    """How a promise stands today: one of ``STATES``."""
    if row["completed_on"]:
        return "kept" if row["completed_on"] <= row["due_on"] else "kept_late"
    return "open" if row["due_on"] >= today else "overdue"


def _areas(v: Visit, promises: list[Row]) -> list[tuple[str, list[Row]]]:
    codes = [code for name, code in v.words.codes if name == "government_area"]
    return [(code, [p for p in promises if p["area"] == code]) for code in codes]


def _totals(promises: list[Row]) -> dict[str, int]:
    return {s: sum(p["state"] == s for p in promises) for s in STATES}
