"""What a policy does in fact, from the newest run of the lake.

Not here: the statements and the text (``assets.credit.card``).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from assets import sql
from assets.credit import card
from assets.stores import dictionaries
from orchestration.lake.lake import LocalLake


def measured_of(lake: LocalLake, today: date) -> dict[str, Any]:
    """Spread by industry, age and size, and stability by month end, as plain data."""
    queries = {
        "spread": card.spread_query(today),
        "stability": card.stability_query(),
    }
    found: dict[str, Any] = {"evaluated_on": today}
    for name, query in queries.items():
        for table in sql.inputs(query):
            lake.relation(table)
        rows = lake.engine.connection.execute(sql.to_sql(query))
        found[name] = dictionaries(rows)
    return found


def text_of(found: dict[str, Any]) -> str:
    """The same as Markdown."""
    return card.measured(found["evaluated_on"], found["spread"], found["stability"])
