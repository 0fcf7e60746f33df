"""The raw lines of one landed batch, as relations that DuckDB reads group by group.

Memory holds a group of pages or a block of rows, never a whole delivery. Two forms: JSON
lines (pages, workbooks, odd tables), and the cells of a plain CSV file, which DuckDB's own
reader takes. Not here: what the texts mean (``candidates``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from duckdb import DuckDBPyConnection, InvalidInputException

from assets.sources import filedrop
from assets.sources.declaration import Agency, Dataset, FileAgency, HttpAgency
from assets.stores import Batch

LINES, CELLS = "arriving_lines", "arriving_cells"
GROUP_BYTES = 64 * 1024 * 1024
INSERT_CHUNK = 20_000
BLOCK = 1024 * 1024
# What DuckDB's reader and Python's read apart: blanks beside a quote, and bare controls.
ODD = (b'" ', b' "', b'"\t', b'\t"')
CONTROLS = bytes({*range(32)} - {*b"\t\n\r"})
BLANKS = "".join(c for c in map(chr, range(0x3001)) if c.isspace())


@dataclass(frozen=True)
class Arriving:
    """One group of rows that is there to be read.

    Attributes:
        names: the fields of the relation ``arriving_cells`` (``cell_1``, …) in order;
            ``None``: the rows are in ``arriving_lines`` (raw JSON).
    """

    names: tuple[str, ...] | None = None


Take = Callable[[Arriving, bool], None]  # the group, and whether it is the first


def read(
    connection: DuckDBPyConnection,
    batch: Batch,
    agency: Agency,
    dataset: Dataset,
    take: Take,
) -> None:
    """Make the rows of a batch readable, and ``take`` each group of them in order.

    At least one group comes, and may be empty. A plain table that DuckDB cannot read to
    its end is taken once more from the beginning, as ``filedrop`` reads it.
    """
    if batch.replays:
        _take(_pages(connection, batch, "$"), take)
    elif isinstance(agency, FileAgency):
        if not _cells_taken(connection, batch, dataset, take):
            _take(_rows(connection, batch, dataset), take)
    else:
        rows = isinstance(agency, HttpAgency) and agency.envelope.rows
        _take(_pages(connection, batch, f"$.{rows}" if rows else "$"), take)


def _take(groups: Iterable[Arriving], take: Take) -> None:
    for number, group in enumerate(groups):
        take(group, number == 0)


def _cells_taken(
    connection: DuckDBPyConnection, batch: Batch, dataset: Dataset, take: Take
) -> bool:
    names = _plain(connection, batch, dataset)
    if names is None:
        return False
    try:
        take(Arriving(names), True)
    except InvalidInputException:
        # Too few cells, bytes that are no UTF-8: ``filedrop`` reads it or says why not.
        return False
    return True


def _pages(
    connection: DuckDBPyConnection, batch: Batch, path: str
) -> Iterator[Arriving]:
    # Pages are read in order and each list keeps its order: a row number is for ever.
    for group in _groups(batch.pages):
        _clear(connection)
        if group:
            connection.execute(
                # A byte-order mark is no JSON.
                f"INSERT INTO {LINES} SELECT unnest(CAST("
                "json_extract(ltrim(content, chr(65279)), ?) AS JSON[])) "
                "FROM read_text(?)",
                [path, [*map(str, group)]],
            )
        yield Arriving()


def _groups(pages: Iterable[Path]) -> Iterator[list[Path]]:
    group: list[Path] = []
    held = 0
    for page in pages:
        size = page.stat().st_size
        if group and held + size > GROUP_BYTES:
            yield group
            group, held = [], 0
        group.append(page)
        held += size
    yield group


def _rows(
    connection: DuckDBPyConnection, batch: Batch, dataset: Dataset
) -> Iterator[Arriving]:
    texts = (
        json.dumps(row, ensure_ascii=False)
        for page in batch.pages
        for row in filedrop.rows(page, dataset, batch.origin)
    )
    chunk = [*islice(texts, INSERT_CHUNK)]
    while True:
        _clear(connection)
        connection.execute(
            f"INSERT INTO {LINES} SELECT unnest(CAST(? AS JSON[]))", [chunk]
        )
        yield Arriving()
        if not (chunk := [*islice(texts, INSERT_CHUNK)]):
            return


def _clear(connection: DuckDBPyConnection) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {LINES} (raw JSON)")


def _plain(
    connection: DuckDBPyConnection, batch: Batch, dataset: Dataset
) -> tuple[str, ...] | None:
    """Make ``arriving_cells`` of a plain CSV file and name its fields, if it is one."""
    if len(batch.pages) != 1 or not filedrop.is_plain(batch.pages[0], dataset):
        return None
    path = batch.pages[0]
    names = filedrop.header(path, dataset)
    if not names or not all(names) or len({*names}) < len(names) or _is_odd(path):
        return None
    cells = ", ".join(f"'{name}': 'VARCHAR'" for name in map(cell, range(len(names))))
    filled = " OR ".join(
        f"trim({name}, '{BLANKS}') <> ''" for name in map(cell, range(len(names)))
    )
    quoted = str(path).replace("'", "''")
    connection.execute(
        # A wholly empty row is no row.
        f"CREATE OR REPLACE TEMP VIEW {CELLS} AS SELECT * FROM read_csv('{quoted}', "
        f"auto_detect = false, header = false, skip = {dataset.header_row}, "
        f"delim = ',', quote = '\"', escape = '\"', columns = {{{cells}}}, "
        f"strict_mode = true, null_padding = false) WHERE {filled}"
    )
    return names


def cell(index: int) -> str:
    """The column of ``arriving_cells`` that holds a field, by its place from 0."""
    return f"cell_{index + 1}"


def _is_odd(path: Path) -> bool:
    with path.open("rb") as file:
        last = b""
        while block := file.read(BLOCK):
            seen = last + block
            if any(pair in seen for pair in ODD) or len(
                seen.translate(None, CONTROLS)
            ) < len(seen):
                return True
            last = block[-1:]
    return False
