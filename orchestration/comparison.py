"""Two policies over the same files: grading, the page, the terminal.

Not here: what is compared (``assets.credit.comparison``), how the page looks
(``assets.credit.report``), the Dagster job (``comparison_job``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from assets import sql
from assets.credit import comparison
from assets.credit.comparison import Comparison
from assets.credit.report import page
from assets.setup import Setup
from orchestration import asof
from orchestration.creditfile import written
from orchestration.lake import atomic
from orchestration.lake.lake import LocalLake

COMPARED = ("computed_grades", "explanations")
SHOWN = 30


@dataclass(frozen=True)
class Asked:
    """Which policies to compare, on which day, as known when."""

    old: Path
    new: Path
    on: date
    known_at: date


def compare(lake: LocalLake, setup: Setup, asked: Asked) -> Comparison:
    """Grade the same files by both policies.

    Raises:
        PolicyError: a policy has mistakes.
        NothingKnownError: nothing had arrived by ``known_at``.
    """
    replay = asof.archive(lake, setup, asked.on, asked.known_at)
    sides = [replace(setup, policy_file=file) for file in (asked.old, asked.new)]
    for given, name in zip(sides, ("before", "after"), strict=True):
        asof.compute(replay, given)
        for table in COMPARED:
            replay.rename(table, f"{table}_{name}")
    return comparison.compared(
        asked.on,
        asked.known_at,
        (sides[0].policy, sides[1].policy),
        asof.rows(replay, sql.to_sql(comparison.movements_query())),
        asof.rows(replay, sql.to_sql(comparison.movers_query())),
    )


def write_page(found: Comparison, path: Path) -> None:
    """Write the report for the leading group."""
    atomic.write_text(path, page(found))


def show(found: Comparison, console: Console) -> None:
    """Print distribution and movers."""
    console.print(f"{found.old.id} → {found.new.id} · {found.on}")
    table = Table("等级 standing", "before", "after", "change")
    for name, (before, after) in found.distribution.items():
        table.add_row(name, str(before), str(after), f"{after - before:+d}")
    console.print(table)
    console.print(
        f"{len(found.movers)} change their letter or state, "
        f"{found.scored} more their score alone"
    )
    if found.movers:
        console.print(_movers(found))


def _movers(found: Comparison) -> Table:
    table = Table("enterprise", "from", "to", "score", "rules")
    for row in found.movers[:SHOWN]:
        table.add_row(
            f"{escape(row['name'] or '')}\n{row['uscc']}",
            row["letter_before"] or row["state_before"] or "",
            row["letter_after"] or row["state_after"] or "",
            f"{written(row['score_before'])} → {written(row['score_after'])}",
            "\n".join(_moved(rule) for rule in row["rules"][:3]),
        )
    if len(found.movers) > SHOWN:
        table.caption = f"… {len(found.movers) - SHOWN} more: --json or --html"
    return table


def _moved(rule: dict[str, Any]) -> str:
    before, after = rule["points_before"], rule["points_after"]
    return f"{rule['rule_id']} {written(before)} → {written(after)}"
