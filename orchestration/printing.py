"""Tables of commands: for people, or as JSON.

Not here: any command.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def emit(
    console: Console, rows: Sequence[dict[str, Any]], *, as_json: bool, empty: str
) -> None:
    """Print rows as a table, or as a JSON array."""
    if as_json:
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=2, default=str))
        return
    if not rows:
        console.print(empty)
        return
    table = Table()
    for name in rows[0]:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*("" if v is None else escape(str(v)) for v in row.values()))
    console.print(table)
