"""The public tables as CSV, JSON, JSON Lines, Parquet and XLSX files, in key order.

Written from the public database itself, so that file and table hold the same rows: it is
read once, into the Parquet file, and the other formats are made from that one, two files
at a time. Of a database made from the last release's, the rows that stayed are taken from
that one's files (``splicing``), and must be as many in all as the table has. Rows limited
in time are included; the manifest says when each file expires. A spreadsheet runs a cell
that begins like a formula, so text in CSV that does gets a leading apostrophe; the other
formats hold it as it is. Not here: descriptions of the files (``package``, ``catalogue``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import duckdb

from publish.release import formula, splicing, splicing_books
from publish.release.engine import Stored, listed, literal, names, quoted
from publish.release.files import linked
from publish.release.layout import PUBLIC, Served
from publish.release.names import EXPORTS, FORMATS, WORKBOOK
from publish.release.splicing import PORTION, Before, Places, places
from quality.contracts.model import Item, Kind, facts_of

MOST_SHEET_ROWS = 1_048_575  # a worksheet's rows below its header
MOST_CELL_CHARACTERS = 32_767

AT_ONCE = 2  # files
PARQUET, LINED = "parquet", "jsonl"

_TEXTS = {Kind.TEXT, Kind.CODE}
_NUMBERS = {Kind.MONEY, Kind.INTEGER, Kind.FLAG}
_SPLICED: Mapping[str, Callable[[Path, Path, Path, Places], bool]] = {
    WORKBOOK: splicing_books.splice,
    LINED: partial(splicing.splice, head=0),
    "csv": partial(splicing.splice, head=1),
}
_OPTIONS = {
    "csv": "FORMAT csv, HEADER, DELIMITER ','",
    "jsonl": "FORMAT json",
    PARQUET: "FORMAT parquet, COMPRESSION zstd",
    WORKBOOK: f"FORMAT xlsx, HEADER true, SHEET_ROW_LIMIT {MOST_SHEET_ROWS + 1}",
}


def export_path(table: Served, extension: str) -> str:
    """Where a table stands inside a release folder."""
    return f"{EXPORTS}/{table.name}.{extension}"


def exported(table: Served, folder: Path) -> list[str]:
    """The formats in which a table stands there; a workbook may be too small for it."""
    return [f for f in FORMATS if (folder / export_path(table, f)).is_file()]


def write(
    connection: duckdb.DuckDBPyConnection,
    database: Stored,
    folder: Path,
    tables: Iterable[Served] = PUBLIC,
    before: Before | None = None,
) -> None:
    """Write public tables of the attached ``database`` in every format.

    Args:
        connection: where the database is attached.
        database: holds the rows; all are read from it unless there is ``before``.
        folder: the release.
        tables: those to write.
        before: the release that the database was made from, if any.
    """
    (folder / EXPORTS).mkdir(exist_ok=True)

    def keep(table: Served) -> tuple[Served, Places | None]:
        with connection.cursor() as cursor:
            if before and _renewed(cursor, folder, table, before):
                return table, places(cursor, table, before, folder)
            rows = f"SELECT {listed(table.columns)} FROM {database.place(table.name)}"
            _keep(cursor, folder, table, rows)
            return table, None

    def export(extension: str, table: Served, at: Places | None) -> None:
        target = folder / export_path(table, extension)
        with connection.cursor() as cursor:
            if not (before and at and _splice(cursor, table, target, before, at)):
                _write(cursor, folder, table, extension)
        if extension == LINED:
            _gather(folder, table)

    def size(one: tuple[Served, Places | None]) -> int:
        return (folder / export_path(one[0], PARQUET)).stat().st_size

    with ThreadPoolExecutor(AT_ONCE) as beside:
        # A workbook is written by one processor alone: the largest begins first.
        largest = sorted(beside.map(keep, tables), key=size, reverse=True)
        begun = [beside.submit(export, e, *one) for e in _SPLICED for one in largest]
        for one in begun:
            one.result()


def link(source: Path, folder: Path, tables: Iterable[Served]) -> None:
    """Take over the files of tables that are what they were in another release."""
    (folder / EXPORTS).mkdir(exist_ok=True)
    for table in tables:
        for extension in exported(table, source):
            name = export_path(table, extension)
            linked(source / name, folder / name)


def _keep(
    cursor: duckdb.DuckDBPyConnection, folder: Path, table: Served, rows: str
) -> int:
    """Write the Parquet file, which the others are made from; gives its rows."""
    kept = literal(str(folder / export_path(table, PARQUET)))
    ordered = f"FROM ({rows}) ORDER BY {names(table.key)}"
    done = cursor.execute(f"COPY ({ordered}) TO {kept} ({_OPTIONS[PARQUET]})")
    return int((done.fetchone() or (0,))[0])


def _renewed(
    cursor: duckdb.DuckDBPyConnection, folder: Path, table: Served, before: Before
) -> bool:
    """Make it of the rows that stayed, from the last file, and of those that are others.

    False where they are not as many as the table has: then all are to be read from it.
    """
    columns = listed(table.columns)
    key = listed([c for c in table.columns if c.name in table.key])
    last = literal(str(before.folder / export_path(table, PARQUET)))
    rows = (
        f"SELECT {columns} FROM read_parquet({last}) ANTI JOIN (SELECT {key}"
        f" FROM {before.were.place(table.name)}) USING ({names(table.key)})"
        f" UNION ALL SELECT {columns} FROM {before.now.place(table.name)}"
    )
    return _keep(cursor, folder, table, rows) == before.total[table.contract]


def _splice(
    cursor: duckdb.DuckDBPyConnection,
    table: Served,
    target: Path,
    before: Before,
    at: Places,
) -> bool:
    """Make a file from the last release's; false where it cannot be."""
    extension = target.suffix.removeprefix(".")
    last = before.folder / export_path(table, extension)
    if extension == WORKBOOK and not splicing_books.possible(last, at):
        return False
    others = (
        f"(SELECT {listed(table.columns)} FROM {before.now.place(table.name)}"
        f" ORDER BY {names(table.key)})"
    )
    fresh = target.with_name(f"{target.name}.part")
    cursor.execute(_copy(table, extension, others, fresh))
    done = _SPLICED[extension](last, fresh, target, at)
    fresh.unlink()
    return done


def _write(
    cursor: duckdb.DuckDBPyConnection, folder: Path, table: Served, extension: str
) -> None:
    place = f"read_parquet({literal(str(folder / export_path(table, PARQUET)))})"
    if extension != WORKBOOK or _fits(cursor, place):
        target = folder / export_path(table, extension)
        cursor.execute(_copy(table, extension, place, target))


def _gather(folder: Path, table: Served) -> None:
    """The lines of JSON Lines as one JSON array."""
    lines, target = (folder / export_path(table, f) for f in ("jsonl", "json"))
    with lines.open("rb") as rows, target.open("wb") as out:
        out.write(b"[\n\t")
        held = rows.read(PORTION)
        while more := rows.read(PORTION):
            out.write(held.replace(b"\n", b",\n\t"))
            held = more
        out.write(held.removesuffix(b"\n").replace(b"\n", b",\n\t"))
        out.write(b"\n]\n")


def _copy(table: Served, extension: str, place: str, target: Path) -> str:
    shape = _SHAPES.get(extension, _as_it_is)
    columns = ", ".join(map(shape, table.columns))
    rows = f"SELECT {columns} FROM {place}"
    return f"COPY ({rows}) TO {literal(str(target))} ({_OPTIONS[extension]})"


def _fits(cursor: duckdb.DuckDBPyConnection, place: str) -> bool:
    count = cursor.execute(f"SELECT count(*) FROM {place}").fetchone()
    return int((count or (0,))[0]) <= MOST_SHEET_ROWS


def _as_it_is(item: Item) -> str:
    return quoted(item.name)


def _inert(item: Item) -> str:
    """Text that a spreadsheet will not run."""
    name = quoted(item.name)
    if facts_of(item).kind not in _TEXTS:
        return name
    begins = f"regexp_matches({name}, {literal(formula.PATTERN)})"
    safe = f"concat({literal(formula.PREFIX)}, {name})"
    return f"CASE WHEN {begins} THEN {safe} ELSE {name} END AS {name}"


def _cell(item: Item) -> str:
    """A worksheet's cell: dates as ISO text, no text longer than a cell holds."""
    name = quoted(item.name)
    if facts_of(item).kind in _NUMBERS:
        return name
    return f"left(CAST({name} AS VARCHAR), {MOST_CELL_CHARACTERS}) AS {name}"


_SHAPES: dict[str, Callable[[Item], str]] = {"csv": _inert, WORKBOOK: _cell}
