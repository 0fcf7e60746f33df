"""Lines of the ledger that records of one enterprise become."""

from __future__ import annotations

from typing import Any

from quality.contracts.model import metadata
from tests.files.archive import FIRST, Archive

NAME = "甲公司"


def taxed(archive: Archive, table: str, **values: Any) -> dict[str, Any]:
    """The line of a tax record of the one enterprise."""
    return archive.event(
        archive.add(table, taxpayer_id=FIRST, party_name=NAME, **values)
    )


def party(table: str) -> dict[str, str]:
    """The one enterprise as a record's party."""
    taxed = "taxpayer_id" in metadata.tables[table].columns
    return {"taxpayer_id" if taxed else "uscc": FIRST, "party_name": NAME}


def line(archive: Archive, table: str, **values: Any) -> dict[str, Any]:
    """The line of a record of the one enterprise."""
    return archive.event(archive.add(table, uscc=FIRST, **values))
