"""The public tables as CSV, JSON Lines and Parquet files, in key order.

Written from the public database itself, so that file and table hold the same rows. Rows
limited in time are included; the manifest says when each file expires. Not here:
descriptions of the files (``package``, ``catalogue``).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from publish.release.engine import Stored, listed, literal, names
from publish.release.layout import PUBLIC, Served
from publish.release.names import EXPORTS, FORMATS

_OPTIONS = {
    "csv": "FORMAT csv, HEADER, DELIMITER ','",
    "jsonl": "FORMAT json",
    "parquet": "FORMAT parquet, COMPRESSION zstd",
}


def export_path(table: Served, extension: str) -> str:
    """Where a table stands inside a release folder."""
    return f"{EXPORTS}/{table.name}.{extension}"


def write(
    connection: duckdb.DuckDBPyConnection, database: Stored, folder: Path
) -> None:
    """Write every public table of the attached ``database`` in every format."""
    (folder / EXPORTS).mkdir()
    for table in PUBLIC:
        rows = (
            f"SELECT {listed(table.columns)} FROM {database.place(table.name)}"
            f" ORDER BY {names(table.key)}"
        )
        for extension in FORMATS:
            target = literal(str(folder / export_path(table, extension)))
            connection.execute(f"COPY ({rows}) TO {target} ({_OPTIONS[extension]})")
