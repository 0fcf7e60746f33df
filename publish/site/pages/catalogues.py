"""What the administration publishes: incentives, inspections, its own promises."""

from __future__ import annotations

from datetime import date
from typing import Any

from datasette import Response

from publish.site.facts import Row
from publish.site.visit import Visit, visit_of

COST_LINES, CLOSED = 12, 8
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
        loans=await v.facts.rows(
            "SELECT * FROM {finance_results} ORDER BY year DESC, letter"
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
        plans=await v.facts.rows(
            "SELECT * FROM {inspection_plans} ORDER BY drawn_on DESC LIMIT 8"
        ),
        savings=await v.facts.rows(
            "SELECT * FROM {inspection_savings} ORDER BY letter"
        ),
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
    promises = [
        {**row, "state": kept(row, v.facts.today), "late": late(row, v.facts.today)}
        for row in rows
    ]
    return v.page(
        "government.html",
        areas=_areas(v, promises),
        totals=_totals(promises),
        units=await v.facts.rows(
            "SELECT * FROM {government_integrity} WHERE side = 'unit' "
            "ORDER BY overdue DESC, promises DESC, name"
        ),
    )


async def policies(datasette: Any, request: Any) -> Response:
    """``/policies``: support policies by whether one can apply today."""
    v = await visit_of(datasette, request)
    rows = await v.facts.rows(
        "SELECT * FROM {support_policies} ORDER BY closes_on, policy_code"
    )
    today = v.facts.today
    groups = {
        "policies.open": [r for r in rows if r["opens_on"] <= today <= r["closes_on"]],
        "policies.coming": [r for r in rows if r["opens_on"] > today],
        "policies.over": [r for r in reversed(rows) if r["closes_on"] < today][:CLOSED],
    }
    return v.page("policies.html", groups=groups)


STATES = ("kept", "kept_late", "unproven", "open", "overdue")


def kept(row: Row, today: str) -> str:
    """How a promise stands today: one of ``STATES``."""
    if row["completed_on"]:
        # What nothing proves is not kept: the administration is judged like anyone.
        if not row["evidence"]:
            return "unproven"
        return "kept" if row["completed_on"] <= row["due_on"] else "kept_late"
    return "open" if row["due_on"] >= today else "overdue"


def late(row: Row, today: str) -> int:
    """Days by which a promise that is not kept is late."""
    if row["completed_on"]:
        return 0
    return max((date.fromisoformat(today) - date.fromisoformat(row["due_on"])).days, 0)


def _areas(v: Visit, promises: list[Row]) -> list[tuple[str, list[Row]]]:
    codes = [code for name, code in v.words.codes if name == "government_area"]
    return [(code, [p for p in promises if p["area"] == code]) for code in codes]


def _totals(promises: list[Row]) -> dict[str, int]:
    """Promises by state; a lack of evidence is counted only where there is one."""
    found = {s: sum(p["state"] == s for p in promises) for s in STATES}
    return {s: n for s, n in found.items() if n or s != "unproven"}
