"""Finding a record that a case is to be about, in the serving release.

Not here: whether a case may be opened about it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from publish.cases import downgrades
from publish.cases.model import CaseError, Record
from publish.release.names import AUTHORISED_DB, PUBLIC_DB

# Published tables of records beside those of the guidance: dataset, title, date.
OTHERS = {
    "licences": ("permits", "certificate_name", "decided_on"),
    "inspections": ("inspection_results", "task", "inspected_on"),
    "commitments": ("commitments", "reason", "committed_on"),
    "tax_arrears": ("tax_arrears", "tax_kind", "announced_on"),
    "honours": ("honours", "honour", "awarded_on"),
}
HAS = "SELECT 1 FROM sqlite_master WHERE name = ?"
GUIDANCE = "SELECT * FROM guidance WHERE {} ORDER BY decided_on DESC, record_id"


class UnknownRecordError(CaseError):
    """The serving release holds no such record of the enterprise."""


def guided(folder: Path, uscc: str) -> list[Record]:
    """Every record that the enterprise can have repaired, newest first."""
    with _reading(folder / AUTHORISED_DB) as connection:
        rows = connection.execute(GUIDANCE.format("uscc = ?"), (uscc,))
        return [Record.of(dict(row)) for row in rows]


def waiting(folder: Path, uscc: str) -> list[dict[str, Any]]:
    """Downgrades the enterprise was told of, oldest first; shown to itself alone."""
    with _reading(folder / AUTHORISED_DB) as connection:
        # A release from before grades waited has no such table.
        known = connection.execute(HAS, (downgrades.DATASET,)).fetchone()
        query = f"SELECT * FROM {downgrades.DATASET} WHERE uscc = ? ORDER BY subject"
        rows = connection.execute(query, (uscc,)).fetchall() if known else []
        return [dict(row) for row in rows]


def find_record(folder: Path, uscc: str, record_id: str) -> Record:
    """A record of the enterprise: repairable, or public; or a downgrade that waits.

    Raises:
        UnknownRecordError: there is none of that id.
    """
    for record in guided(folder, uscc):
        if record.record_id == record_id:
            return record
    for row in waiting(folder, uscc):
        if row["subject"] == record_id:
            return downgrades.as_record(row)
    with _reading(folder / PUBLIC_DB) as connection:
        for table, (dataset, title, day) in OTHERS.items():
            query = f"SELECT * FROM {table} WHERE uscc = ? AND record_id = ?"
            row = connection.execute(query, (uscc, record_id)).fetchone()
            if row is not None:
                return other(dict(row), dataset, title, day)
    raise UnknownRecordError(
        f"no record {record_id!r} of {uscc}: see `creditpark case records {uscc}`"
    )


def other(row: Mapping[str, Any], dataset: str, title: str, day: str) -> Record:
    """A public record that ends with what it rests on."""
    return Record.of(
        {
            "record_id": row["record_id"],
            "uscc": row["uscc"],
            "dataset": dataset,
            "kind": dataset,
            "title": row[title] or dataset,
            "authority": row.get("authority"),
            "document_no": row.get("decision_no"),
            "severity": row.get("severity"),
            "decided_on": row[day],
            "repairable_from": None,
            "publish_until": row.get("publish_until"),
            "longest_until": row.get("publish_until"),
        }
    )


def name_of(folder: Path, uscc: str) -> str:
    """The name of an enterprise.

    Raises:
        UnknownRecordError: the serving release does not know it.
    """
    with _reading(folder / PUBLIC_DB) as connection:
        query = "SELECT name FROM enterprises WHERE uscc = ?"
        row = connection.execute(query, (uscc,)).fetchone()
    if row is None:
        raise UnknownRecordError(f"no enterprise {uscc} in the serving release")
    return str(row["name"])


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection
