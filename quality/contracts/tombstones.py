"""When a record is over for good, so that no stale upload may bring it back.

Read off the contract: a decision that was revoked, a listing that was ended, a debt that
was settled. Once a version says so, no version of the same key that says otherwise is the
newest, whatever its time (Penalty Law art. 48, Order 36). An agency that ended a record
by mistake sends it under a new number or listing date. Not here: versions themselves.
"""

from __future__ import annotations

from sqlalchemy import Table

from quality.contracts.model import facts_of

RECORD_STATUS, REVOKED = "record_status", "revoked"
ENDINGS = ("removed_on", "cleared_on")


def tombstone(table: Table) -> str | None:
    """SQL that is true for a version which ends its record; ``None`` if nothing does."""
    found = [f'"{name}" IS NOT NULL' for name in ENDINGS if name in table.c]
    if "status" in table.c and facts_of(table.c.status).codes == RECORD_STATUS:
        found.append(f"\"status\" = '{REVOKED}'")
    return " OR ".join(found) or None
