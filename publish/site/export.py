"""CSV for spreadsheets: what a reader sees of a list, with a byte order mark.

Not here: the prebuilt open-data files (``downloads``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from publish.release.formula import inert
from publish.site.facts import Row

BOM = "\ufeff"


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
