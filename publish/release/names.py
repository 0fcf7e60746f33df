"""File names inside a release and beside it.

Strangers rely on them; not here: tables and columns (``layout``).
"""

from __future__ import annotations

PUBLIC_DB = "public.db"
AUTHORISED_DB = "authorised.db"
EXPORTS = "exports"
FORMATS = ("csv", "json", "jsonl", "parquet", "xlsx")
WORKBOOK = "xlsx"  # the one format that cannot hold every table
# Media types by extension (IANA; JSON Lines has none registered).
MEDIA = {
    "csv": "text/csv",
    "db": "application/vnd.sqlite3",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "jsonld": "application/ld+json",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain",
    "cff": "application/yaml",
}
CHANGES = "changes.jsonl"
MOVES = "moves.jsonl"
DIFF = "diff.json"
QUALITY_REPORT = "quality_report.json"
DATA_PACKAGE = "datapackage.json"
CATALOGUE = "catalog.jsonld"
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
LICENCE = "LICENSE.txt"
CITATION = "CITATION.cff"

FINGERPRINTS = "fingerprints"  # a folder

# Never offered for download, whoever asks; of a folder, nothing in it.
CLOSED = frozenset({AUTHORISED_DB, MOVES, FINGERPRINTS})

# Below the home, where the pipeline leaves what the offices read.
LAKE, OFFICE_PAGES = "lake", "quality/pages"

# Beside the releases.
POINTER = "current.json"
VERSIONS = "versions.json"
WITHDRAWALS = "withdrawals.json"
FAILURES = "failures"
LAST_RUN = "last_run.json"
LOCK = ".lock"
STAGING = ".staging-"
SCRATCH = ".scratch-"
REPLACED = ".replaced-"


def office_page(name: str, language: str) -> str:
    """The file of a page for the offices, below ``OFFICE_PAGES``, in one language."""
    return f"{name}.{language}.html"
