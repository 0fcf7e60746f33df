"""Every table of the house, declared once (see ``model`` for the vocabulary).

What else exists about a table (DDL, row rules, quality suites, dictionary, metadata, wire
models) derives from here. Not here: values, transports, SQL.
"""

from __future__ import annotations

from sqlalchemy import Table

from quality.contracts import (
    authorised,
    cases,
    credit,
    files,
    finance,
    honours,
    labour,
    market,
    measures,
    park,
    publication,
    quality,
    service,
    shown_cases,
    shown_grades,
    supervision,
    tax,
    warning,
)
from quality.contracts.model import metadata, table_facts

__all__ = [
    "AGENCIES",
    "authorised",
    "cases",
    "credit",
    "files",
    "finance",
    "honours",
    "labour",
    "market",
    "measures",
    "metadata",
    "park",
    "publication",
    "quality",
    "service",
    "shown_cases",
    "shown_grades",
    "supervision",
    "tables_of",
    "tax",
    "warning",
]

# Official names of the four agencies of the zone.
AGENCIES: dict[str, tuple[str, str]] = {
    market.AGENCY: ("市场监督管理局", "Market regulation"),
    tax.AGENCY: ("税务局", "Tax"),
    labour.AGENCY: ("人力资源和社会保障局", "Human resources and social security"),
    park.AGENCY: ("高新区管委会（园区）", "Zone administration (park)"),
}


def tables_of(room: str) -> list[Table]:
    """The tables of a room (``TableFacts.room``), in the order of declaration."""
    return [t for t in metadata.tables.values() if table_facts(t).room == room]


def records_of(agency: str) -> list[Table]:
    """The record tables that an agency delivers."""
    return [t for t in tables_of("records") if table_facts(t).agency == agency]
