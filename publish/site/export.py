"""CSV for spreadsheets: what a reader sees of a list, with a byte order mark.

Not here: the prebuilt open-data files (``downloads``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from publish.site.facts import Row

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def spreadsheet(
    columns: Sequence[str], labels: Sequence[str], rows: Iterable[Row]
) -> str:
    """CSV text with labelled columns that Excel opens as UTF-8.

    Text that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(labels)
    for row in rows:
        writer.writerow([inert(row[c]) for c in columns])
    return BOM + out.getvalue()


def inert(value: object) -> object:
    """The value, unable to act as a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value
