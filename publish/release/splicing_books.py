"""Rows of a workbook that stayed are taken over, others are put in their places.

A workbook is a package of XML that is packed as a whole: of its sheet, rows are cut out and
put in as text, and the sheet is packed again; putting every cell together is what costs.
Rows bear their numbers, so that this is done only where none is new or gone. Not here:
lines of other formats (``splicing``).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from itertools import chain, compress, islice
from pathlib import Path
from typing import IO
from zipfile import ZIP64_LIMIT, ZIP_DEFLATED, ZipFile

from publish.release.splicing import Places, merged

_SHEET, _END = "xl/worksheets/sheet1.xml", b"</row>"
_PORTION, _AT_ONCE = 1 << 20, 1000  # bytes read, rows written at a time
_LEVEL = 3  # a tenth more bytes than DuckDB's sixth, in a third of its time
_NUMBER = re.compile(rb' r="([A-Z]*)[0-9]+"')  # a quote inside a text is written &quot;


def possible(old: Path, at: Places) -> bool:
    """Whether there was a workbook, and every row keeps its number."""
    return at.gone == at.put and old.is_file()


def splice(old: Path, fresh: Path, target: Path, at: Places) -> bool:
    """Write ``target``, or nothing where a row is not written as it should be.

    Args:
        old: the last release's workbook, of which this is ``possible``.
        fresh: the same of the rows that are others alone.
        target: the workbook of all rows.
        at: where rows differ.
    """
    written = 0
    with (
        ZipFile(old) as known,
        ZipFile(fresh) as others,
        ZipFile(target, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as book,
    ):
        for part in known.infolist():
            large = part.file_size > ZIP64_LIMIT // 2
            with (
                known.open(part) as held,
                others.open(part.filename) as new,
                book.open(part.filename, "w", force_zip64=large) as out,
            ):
                if part.filename != _SHEET:
                    shutil.copyfileobj(held, out)
                else:
                    written = _write(_spliced(held, new, at), out)
    if written != at.rows + 2:  # the header, and what stands behind the rows
        target.unlink()
        return False
    return True


def _spliced(held: IO[bytes], new: IO[bytes], at: Places) -> Iterator[bytes]:
    """The header, the rows, and what stands behind them."""
    rows = _rows(held)
    others = islice(_rows(new), 1, len(at.put) + 1)
    numbered = (
        _NUMBER.sub(rb' r="\g<1>%d"' % (place + 2), row)
        for place, row in zip(at.put, others, strict=True)
    )
    yield from islice(rows, 1)
    yield from merged(compress(rows, chain(at.stays(), b"\1")), numbered, at)


def _rows(sheet: IO[bytes]) -> Iterator[bytes]:
    """The text of a sheet up to the end of each row, and the rest."""
    begun = b""
    while portion := sheet.read(_PORTION):
        *rows, begun = (begun + portion).split(_END)
        for row in rows:
            yield row + _END
    yield begun


def _write(rows: Iterable[bytes], out: IO[bytes]) -> int:
    count, waiting = 0, iter(rows)
    while some := [*islice(waiting, _AT_ONCE)]:
        out.write(b"".join(some))
        count += len(some)
    return count
