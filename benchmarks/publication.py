"""Made-up publication relations of any size, and a release built from them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path

import duckdb

from publish.release.build import build_release
from publish.release.layout import ALL, WITHHELD
from publish.release.model import Limits, Release, ReleaseInfo
from quality.clock import ZONE
from quality.contracts.model import engine_type

TODAY = date(2026, 11, 23)


MEMORY = "3GB"  # what DuckDB may hold before it spills; the rest is Python and SQLite


@contextmanager
def opened(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in a file: what is made up must not count as the builder's memory."""
    with duckdb.connect(str(folder / "made.duckdb")) as connection:
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        yield connection


def relations(
    connection: duckdb.DuckDBPyConnection, enterprises: int
) -> dict[str, str]:
    """Make the relations; columns that the statements leave out are empty."""
    connection.execute(f"SET VARIABLE enterprises = {enterprises}")
    script = Path(__file__).with_name("publication.sql").read_text("utf-8")
    connection.execute(script)
    made = {}
    for table in ALL:
        name = f"made_{table.contract}"
        have = _columns(connection, name)
        columns = ", ".join(
            f'"{c.name}"'
            if c.name in have
            else f'CAST(NULL AS {engine_type(c)}) AS "{c.name}"'
            for c in table.columns
        )
        source = (
            f"SELECT {columns} FROM {name}" if have else f"SELECT {columns} WHERE false"
        )
        connection.execute(
            f"CREATE OR REPLACE TABLE whole_{table.contract} AS {source}"
        )
        made[table.contract] = f"whole_{table.contract}"
    return {**made, WITHHELD: f"made_{WITHHELD}"}


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    sql = "SELECT column_name FROM duckdb_columns() WHERE table_name = ?"
    return {name for (name,) in connection.execute(sql, [table]).fetchall()}


def change(connection: duckdb.DuckDBPyConnection) -> None:
    """Other rows for one enterprise in a hundred: changed ones, and fewer honours."""
    connection.execute(
        "CREATE OR REPLACE TABLE touched AS"
        " SELECT uscc FROM whole_public_enterprises WHERE hash(uscc) % 100 = 7"
    )
    for contract, other in (
        ("public_enterprises", "domicile = '虚构路另一号'"),
        ("public_licences", "valid_to = DATE '2031-01-01'"),
        ("public_penalties", "fine_fen = 300000"),
        ("authorised_grades", "score_points = 860000"),
        ("authorised_explanations", "points = 11000"),
    ):
        connection.execute(
            f"UPDATE whole_{contract} SET {other} WHERE uscc IN (FROM touched)"
        )
    connection.execute("DELETE FROM whole_public_honours WHERE uscc IN (FROM touched)")


def build(
    connection: duckdb.DuckDBPyConnection,
    made: dict[str, str],
    folder: Path,
    limits: Limits | None = None,
) -> Release:
    """The release of these relations."""
    info = ReleaseInfo(
        today=TODAY,
        policy_id="bench",
        policy_sha256="ab" * 32,
        built_at=datetime.combine(TODAY, time(12), ZONE),
        known_at=TODAY,
        sources={"invented": True, "published_letters": ["A"]},
    )
    return build_release(connection, made, info, folder, limits=limits)
