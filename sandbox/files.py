"""The park's file drop: a file per dataset and delivery, as office staff make them.

Names are ``{dataset}_{from}_{to}.{xlsx|csv}``, both days included. A delivery holds,
for every row that changed within its days, the row as it stood at their end: files
carry no time stamps, the days in their names order the versions.
"""

from __future__ import annotations

import csv
import io
import logging
import re
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from sandbox.days import EPOCH
from sandbox.headers import HEADERS, TITLES
from sandbox.ledger import Row
from sandbox.universe import Universe

log = logging.getLogger(__name__)

ENCODINGS = {
    "fee_payments": "gb18030",
    "commitments": "utf-8-sig",
    "supply_links": "utf-8",
}
"""Datasets sent as CSV, with their encodings; all others are XLSX."""

NOTICE = "虚构数据：企业、事件、金额均为虚构，仅供演示 Invented data, for demonstration"
_ANY_DAY = (1980, 1, 1, 0, 0, 0)
_NAME = re.compile(r"(?P<dataset>\w+)_\d{8}_(?P<last>\d{8})\.(?:xlsx|csv)")


def drop(universe: Universe, folder: Path, until: date) -> list[Path]:
    """Deliver the days that are not in ``folder`` yet, up to the day before ``until``.

    Args:
        universe: what the park knows; it must reach the day before ``until``.
        folder: made if it is missing; files of earlier deliveries stay untouched.
        until: the day of delivery, itself not included.

    Returns:
        The new files, one per dataset, empty tables included; none if nothing is due.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for dataset in HEADERS:
        first, last = _next_day(folder, dataset), until - timedelta(days=1)
        if first <= last:
            made.append(_deliver(universe, folder, dataset, (first, last)))
    log.info("park delivered %d files to %s", len(made), folder)
    return made


def _next_day(folder: Path, dataset: str) -> date:
    names = (_NAME.fullmatch(path.name) for path in folder.iterdir())
    days = [m["last"] for m in names if m and m["dataset"] == dataset]
    if not days:
        return EPOCH
    return date.fromisoformat(max(days)) + timedelta(days=1)


def _deliver(
    universe: Universe, folder: Path, dataset: str, days: tuple[date, date]
) -> Path:
    """Write under a name that starts with a dot, then give it its own."""
    first, last = days
    versions = universe.versions(dataset, first, last + timedelta(days=1))
    rows = list({v.key: v.row for v in versions}.values())
    suffix = "csv" if dataset in ENCODINGS else "xlsx"
    path = folder / f"{dataset}_{first:%Y%m%d}_{last:%Y%m%d}.{suffix}"
    content = _csv(dataset, rows) if suffix == "csv" else _xlsx(dataset, rows)
    hidden = path.with_name(f".{path.name}")
    hidden.write_bytes(content)
    return hidden.replace(path)


def _csv(dataset: str, rows: Sequence[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADERS[dataset], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(ENCODINGS[dataset])


def _xlsx(dataset: str, rows: Sequence[Row]) -> bytes:
    book, headers = Workbook(write_only=True), HEADERS[dataset]
    book.properties.creator = "sandbox"
    book.properties.description = NOTICE
    sheet = book.create_sheet(TITLES[dataset][:31])
    if dataset == "tenancies":
        _merged_title(sheet, TITLES[dataset], len(headers))
    sheet.append([_bold(sheet, header) for header in headers])
    for row in rows:
        sheet.append([row.get(header) for header in headers])
    content = io.BytesIO()
    book.save(content)
    return _same_bytes(content.getvalue())


def _merged_title(sheet: WriteOnlyWorksheet, title: str, width: int) -> None:
    cell = _bold(sheet, f"{title}（虚构数据）")
    cell.alignment = Alignment(horizontal="center")
    # Write-only sheets have merged cells as well; their type stubs do not say so.
    merged = cast("Worksheet", sheet).merged_cells
    merged.add(f"A1:{get_column_letter(width)}1")
    sheet.append([cell, *[None] * (width - 1)])


def _bold(sheet: WriteOnlyWorksheet, value: Any) -> Cell:
    cell = WriteOnlyCell(sheet, value=value)
    cell.font = Font(bold=True)
    return cell


def _same_bytes(content: bytes) -> bytes:
    """The workbook without the moment of writing: same rows, same bytes."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in sorted(old.namelist()):
            entry = zipfile.ZipInfo(name, _ANY_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, _timeless(name, old.read(name)))
    return packed.getvalue()


def _timeless(name: str, part: bytes) -> bytes:
    if name != "docProps/core.xml":
        return part
    return re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2023-01-01T00:00:00Z", part)
