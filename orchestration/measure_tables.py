"""``creditpark measures``: what any measure came to, for whom, in the terminal.

Not here: lists that the office works from (``measure_commands``).
"""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy import Table

from orchestration.errors import guarded
from orchestration.measure_commands import quoted, rows_of
from orchestration.printing import emit, json_option
from quality.contracts import metadata, tables_of
from quality.contracts.model import table_facts


class UnknownMeasureError(ValueError):
    """No measure of that name, or it does not tell enterprises apart."""


@click.group()
def measures() -> None:
    """Every measure's table: list, show."""


def _tables() -> list[Table]:
    """What is told and decided today stands beside what follows from the grade."""
    return [*tables_of("measures"), *tables_of("cases")]


@measures.command("list")
@json_option
@click.pass_obj
@guarded
def measures_list(obj: Any, as_json: bool) -> None:
    """Names, what they hold, and whether they are by enterprise."""
    rows = [
        {
            "measure": t.name,
            "zh": table_facts(t).zh,
            "en": table_facts(t).en,
            "by_enterprise": "uscc" in t.columns,
        }
        for t in _tables()
    ]
    emit(obj.console, rows, as_json=as_json, empty="")


@measures.command("show")
@click.argument("measure")
@click.option("--uscc", help="Only one enterprise.")
@click.option("--limit", default=100, show_default=True, help="At most so many rows.")
@json_option
@click.pass_obj
@guarded
def measures_show(
    obj: Any, measure: str, uscc: str | None, limit: int, as_json: bool
) -> None:
    """Rows of a measure as the last run made them."""
    if measure not in {t.name for t in _tables()}:
        raise UnknownMeasureError(f"{measure}: see creditpark measures list")
    columns = metadata.tables[measure].columns
    where = ""
    if uscc:
        if "uscc" not in columns:
            raise UnknownMeasureError(f"{measure} is not by enterprise")
        where = f" WHERE uscc = {quoted(uscc)}"
    names = ", ".join(f'"{c.name}"' for c in columns)
    query = f"SELECT {names} FROM {measure}{where} ORDER BY ALL LIMIT {limit}"
    rows = rows_of(obj.settings, query, measure)
    emit(obj.console, rows, as_json=as_json, empty=f"{measure}: nothing today")
