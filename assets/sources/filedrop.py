"""Files that an agency dropped into a folder: which are new, and their rows.

CSV and JSON lines in any declared encoding, and XLSX, with broken or merged headers and
transposed sheets declared once. The raw bytes are landed first; rows are read from the
landed copy. Not here: parsing values.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice, zip_longest
from pathlib import Path
from zipfile import ZipFile

from openpyxl import load_workbook

from assets.sources.declaration import Dataset, FileAgency

WORKBOOK = ".xlsx"
MAXIMUM_UNPACKED_BYTES = 1 << 30  # the full 1,048,576 rows of a sheet need less
DELIVERY_DAY = re.compile(r"(20\d{6})(?=\D*$)")
TEMPORARY_PREFIXES = (".", "~$")
TEMPORARY_SUFFIXES = (".part", ".tmp", ".crdownload", ".filepart")
JSON_LINES = (".jsonl", ".ndjson")
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
        if not _is_whole(path, agency.datasets[dataset]):
            continue
        if content_hash(path.read_bytes()) not in landed:
            yield path


def _is_whole(path: Path, dataset: Dataset) -> bool:
    """Whether a file is one to pick up, and not one still being written."""
    name = path.name
    temporary = name.startswith(TEMPORARY_PREFIXES) or name.endswith(TEMPORARY_SUFFIXES)
    if temporary or not path.is_file():
        return False
    if dataset.control is None:
        return True
    return not name.endswith(dataset.control) and _control(path, dataset).is_file()


def _control(path: Path, dataset: Dataset) -> Path:
    return path.with_name(path.name + (dataset.control or ""))


def declared_rows(path: Path, dataset: Dataset) -> int | None:
    """The rows that a file's control file says it holds, if it says so."""
    if dataset.control is None:
        return None
    text = _control(path, dataset).read_text("utf-8-sig").strip()
    return int(text) if text.isdecimal() else None


def body(path: Path) -> bytes:
    """The bytes of a file that nobody is writing to.

    Raises:
        UnreadableFileError: it changed while it was read.
    """
    before = path.stat()
    found = path.read_bytes()
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise UnreadableFileError(
            f"{path.name}: is still being written; it is looked at again next time"
        )
    return found


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


def rows(path: Path, dataset: Dataset, name: str | None = None) -> Iterator[Row]:
    """The rows of a file as field -> text; wholly empty rows are left out.

    Args:
        path: where its bytes are.
        dataset: how it is declared.
        name: its name when it was dropped, where that is not the path's.

    Raises:
        UnreadableFileError: wrong encoding, no header, no workbook, no JSON, or a name
            that does not match.
    """
    more = _of_name(name or path.name, dataset)
    for row in _plain_rows(path, dataset):
        yield _looked_up(row | more, dataset)


def is_plain(path: Path, dataset: Dataset) -> bool:
    """Whether a file is a UTF-8 table whose rows need nothing beside their own cells."""
    special = dataset.transposed or dataset.from_name or dataset.lookup
    utf_8 = dataset.encoding.lower() in {"utf-8", "utf-8-sig"}
    return path.suffix.lower() == ".csv" and utf_8 and not special


def header(path: Path, dataset: Dataset) -> tuple[str, ...] | None:
    """The fields of a plain table, if each row down to its header is one line of text."""
    with path.open(encoding=dataset.encoding, newline="") as file:
        reader = csv.reader(file)
        try:
            line = next(islice(reader, dataset.header_row - 1, None), None)
        except (UnicodeDecodeError, csv.Error):
            return None
        if line is None or reader.line_num != dataset.header_row:
            return None
        return dataset.names or tuple(text.strip() for text in line)


def _plain_rows(path: Path, dataset: Dataset) -> Iterator[Row]:
    if path.suffix.lower() in JSON_LINES:
        yield from _json_lines(path, dataset)
        return
    lines: Iterator[list[str]]
    lines = islice(_lines(path, dataset), dataset.header_row - 1, None)
    if dataset.transposed:
        lines = ([*line] for line in zip_longest(*lines, fillvalue=""))
    header = next(lines, None)
    if header is None:
        raise UnreadableFileError(f"{path.name}: no header in row {dataset.header_row}")
    names = dataset.names or tuple(cell.strip() for cell in header)
    for line in lines:
        if any(cell.strip() for cell in line):
            yield _row(names, line)


def _json_lines(path: Path, dataset: Dataset) -> Iterator[Row]:
    for number, line in enumerate(_texts(path, dataset), 1):
        if not line.strip():
            continue
        try:
            # Figures stay as they are written.
            found = json.loads(line, parse_float=str, parse_int=str)
        except ValueError as error:
            raise UnreadableFileError(
                f"{path.name}: line {number} is no JSON: {error}"
            ) from error
        if not isinstance(found, dict):
            raise UnreadableFileError(f"{path.name}: line {number} is no object")
        yield {k: "" if v is None else str(v) for k, v in found.items()}


def _of_name(name: str, dataset: Dataset) -> Row:
    if dataset.from_name is None:
        return {}
    found = re.search(dataset.from_name, name)
    if found is None:
        raise UnreadableFileError(f"{name}: does not match {dataset.from_name!r}")
    return {k: v or "" for k, v in found.groupdict().items()}


def _looked_up(row: Row, dataset: Dataset) -> Row:
    for field, entries in dataset.lookup.items():
        row |= entries.get(row.get(field, ""), {})
    return row


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


def cells(path: Path, dataset: Dataset) -> list[list[str]]:
    """Every line of a file as text cells, headers and titles included.

    Raises:
        UnreadableFileError: wrong encoding, no workbook.
    """
    return [*_lines(path, dataset)]


def _lines(path: Path, dataset: Dataset) -> Iterator[list[str]]:
    """The lines of a table one by one: a file may be larger than memory likes."""
    if path.suffix.lower() != WORKBOOK:
        yield from _csv(path, dataset)
        return
    try:
        yield from _workbook(path)
    except Exception as error:
        raise UnreadableFileError(f"{path.name}: no XLSX workbook: {error}") from error


def _texts(path: Path, dataset: Dataset) -> Iterator[str]:
    """The lines of a text file one by one, each with the end it has."""
    try:
        with path.open(encoding=dataset.encoding, newline="") as file:
            yield from file
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            f"{path.name}: not {dataset.encoding} (byte {_wrong(path, dataset)}); "
            "declare the encoding of this dataset"
        ) from error


def _wrong(path: Path, dataset: Dataset) -> int:
    # A stream counts from the block it read last.
    try:
        path.read_bytes().decode(dataset.encoding)
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _csv(path: Path, dataset: Dataset) -> Iterator[list[str]]:
    try:
        yield from csv.reader(_texts(path, dataset))
    except csv.Error as error:
        raise UnreadableFileError(f"{path.name}: no CSV: {error}") from error


def _workbook(path: Path) -> Iterator[list[str]]:
    body = io.BytesIO(path.read_bytes())
    _bounded(body)
    book = load_workbook(body, read_only=True, data_only=True)
    for line in book.worksheets[0].iter_rows(values_only=True):
        yield [_cell(value) for value in line]
    book.close()


def _bounded(body: io.BytesIO) -> None:
    """Refuse a workbook that would unpack to far more than any delivery holds.

    What a member declares binds: ``zipfile`` hands out no byte more.
    """
    with ZipFile(body) as packed:
        size = sum(member.file_size for member in packed.infolist())
    if size > MAXIMUM_UNPACKED_BYTES:
        raise ValueError(
            f"it unpacks to {size} bytes, more than {MAXIMUM_UNPACKED_BYTES};"
            " send it in parts or as CSV"
        )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else str(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
