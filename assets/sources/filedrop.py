"""Files that an agency dropped into a folder: which are new, and their rows.

CSV in any declared encoding and XLSX, with broken or merged headers declared once. The
raw bytes are landed first; rows are read from the landed copy. Not here: parsing values.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path

from openpyxl import load_workbook

from assets.sources.declaration import Dataset, FileAgency

WORKBOOK = ".xlsx"
DELIVERY_DAY = re.compile(r"(20\d{6})(?=\D*$)")
TEMPORARY_PREFIXES = (".", "~$")
Row = dict[str, str]


class UnreadableFileError(ValueError):
    """A dropped file cannot be read as declared; names the file and what to do."""


def arrivals(agency: FileAgency, dataset: str, landed: set[str]) -> Iterator[Path]:
    """Files of a dataset whose content is not in ``landed`` (sha256), oldest name first.

    Raises:
        UnreadableFileError: the folder is not there.
    """
    folder = Path(agency.folder)
    if not folder.is_dir():
        raise UnreadableFileError(f"{dataset}: the drop folder {folder} does not exist")
    patterns = agency.datasets[dataset].files or (f"{dataset}_*",)
    for path in sorted({p for pattern in patterns for p in folder.glob(pattern)}):
        if path.name.startswith(TEMPORARY_PREFIXES) or not path.is_file():
            continue
        if content_hash(path.read_bytes()) not in landed:
            yield path


def content_hash(body: bytes) -> str:
    """What tells one delivery from another."""
    return hashlib.sha256(body).hexdigest()


def version_of(path: Path, fallback: datetime) -> datetime:
    """The delivery day in a file's name (its last eight digits), else ``fallback``."""
    found = DELIVERY_DAY.search(path.stem)
    if not found:
        return fallback
    try:
        return datetime.combine(datetime.strptime(found[1], "%Y%m%d").date(), time())  # noqa: DTZ007
    except ValueError:
        return fallback


def rows(path: Path, dataset: Dataset) -> Iterator[Row]:
    """The rows of a file as field -> text; wholly empty rows are left out.

    Raises:
        UnreadableFileError: wrong encoding, no header, no workbook.
    """
    table = _lines(path, dataset)[dataset.header_row - 1 :]
    if not table:
        raise UnreadableFileError(f"{path.name}: no header in row {dataset.header_row}")
    names = dataset.names or tuple(cell.strip() for cell in table[0])
    for line in table[1:]:
        if any(cell.strip() for cell in line):
            yield _row(names, line)


def check(path: Path, dataset: Dataset) -> None:
    """See that a file can be read as declared.

    Raises:
        UnreadableFileError: it cannot.
    """
    for _ in rows(path, dataset):
        pass


def _row(names: Sequence[str], line: Sequence[str]) -> Row:
    row: Row = {}
    for number, cell in enumerate(line, 1):
        name = names[number - 1] if number <= len(names) else ""
        if name and name not in row:
            row[name] = cell
        elif cell.strip():
            # A cell whose header is absent, merged away or repeated is an unknown
            # column: never lost, never silent.
            row[f"column {number}"] = cell
    return row


def _lines(path: Path, dataset: Dataset) -> list[list[str]]:
    if path.suffix.lower() != WORKBOOK:
        return [*_csv(path, dataset)]
    try:
        return [*_workbook(path)]
    except Exception as error:
        raise UnreadableFileError(f"{path.name}: no XLSX workbook: {error}") from error


def _csv(path: Path, dataset: Dataset) -> Iterator[list[str]]:
    try:
        text = path.read_bytes().decode(dataset.encoding)
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            f"{path.name}: not {dataset.encoding} (byte {error.start}); "
            "declare the encoding of this dataset"
        ) from error
    try:
        yield from csv.reader(io.StringIO(text, newline=""))
    except csv.Error as error:
        raise UnreadableFileError(f"{path.name}: no CSV: {error}") from error


def _workbook(path: Path) -> Iterator[list[str]]:
    body = io.BytesIO(path.read_bytes())
    book = load_workbook(body, read_only=True, data_only=True)
    for line in book.worksheets[0].iter_rows(values_only=True):
        yield [_cell(value) for value in line]
    book.close()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
