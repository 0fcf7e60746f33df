"""Figures of published yearly statements in the terminal.

Not here: reading and computing (``assets.credit.annual``).
"""

from __future__ import annotations

from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from assets import sql
from assets.credit.annual import Published, annual_query
from assets.stores import dictionaries

Row = dict[str, Any]
SHOWN = {
    "sales_growth_bp": ("销售增长率 growth %", 100),
    "turnover_bp": ("周转率 turnover", 10_000),
    "turnover_centidays": ("周转天数 days", 100),
    "dso_centidays": ("年末法 DSO at the end", 100),
}


def figures_of(firms: list[Published], days: int) -> list[Row]:
    """One row per firm and year, oldest first."""
    with duckdb.connect() as connection:
        return dictionaries(connection.execute(sql.to_sql(annual_query(firms, days))))


def show(found: list[Row], days: int, console: Console) -> None:
    """Print the figures; a dash where one is undefined."""
    table = Table("年度 year", *(label for label, _ in SHOWN.values()))
    for row in found:
        cells = [_written(row[name], scale) for name, (_, scale) in SHOWN.items()]
        table.add_row(str(row["year_end"]), *cells)
    table.caption = f"平均应收账款 mean receivables, {days} days a year"
    console.print(table)


def _written(value: int | None, scale: int) -> str:
    return "—" if value is None else f"{value / scale:.2f}"
