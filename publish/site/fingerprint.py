"""The fingerprint of a credit file: what a printed report is compared by.

Computed from every fact that the file shows today, in a fixed order and notation, so
that the same facts have the same fingerprint in either language and in every release.
The days on which facts were received and the grade was computed do not count: they change
with every delivery and every evaluation.
"""

from __future__ import annotations

import hashlib
import json

from publish.site.facts import Facts, Row
from publish.site.listings import LISTINGS

LENGTH = 16  # hexadecimal digits: 64 bits
_NOT_COUNTED = ("collected_on", "graded_on")


async def fingerprint(facts: Facts, enterprise: Row) -> str:
    """Sixteen hexadecimal digits, in capitals."""
    held: dict[str, list[Row]] = {"enterprises": [_counted(enterprise)]}
    for table in LISTINGS:
        rows = await facts.rows(
            f"SELECT * FROM {{{table}}} WHERE uscc = :uscc ORDER BY record_id",
            uscc=enterprise["uscc"],
        )
        held[table] = [_counted(row) for row in rows]
    written = json.dumps(held, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:LENGTH].upper()


def _counted(row: Row) -> Row:
    return {k: v for k, v in row.items() if k not in _NOT_COUNTED}


def grouped(digits: str) -> str:
    """A fingerprint as people compare it: ``1A2B 3C4D 5E6F 7081``."""
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
