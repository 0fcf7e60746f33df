"""Text that a spreadsheet would run as a formula, and how it is made inert.

One rule for prebuilt files and for the lists' CSV (CWE-1236). Not here: writing CSV.
"""

from __future__ import annotations

# Full-width signs too: spreadsheets of East Asian editions take them for narrow ones.
BEGINNINGS = ("=", "+", "@", "\t", "\r", "\n", "＝", "＋", "＠", "－", "-")
PATTERN = f"^[{''.join(BEGINNINGS)}]"  # the hyphen last, where it is no range
PREFIX = "'"


def inert(value: object) -> object:
    """The value; text that begins like a formula gets a leading apostrophe."""
    if isinstance(value, str) and value.startswith(BEGINNINGS):
        return PREFIX + value
    return value
