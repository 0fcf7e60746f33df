"""File names inside a release and beside it.

Strangers rely on them; not here: tables and columns (``layout``).
"""

from __future__ import annotations

PUBLIC_DB = "public.db"
AUTHORISED_DB = "authorised.db"
EXPORTS = "exports"
FORMATS = ("csv", "jsonl", "parquet")
CHANGES = "changes.jsonl"
MOVES = "moves.jsonl"
DIFF = "diff.json"
QUALITY_REPORT = "quality_report.json"
DATA_PACKAGE = "datapackage.json"
CATALOGUE = "catalog.jsonld"
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"

# Never offered for download, whoever asks.
CLOSED = frozenset({AUTHORISED_DB, MOVES})

# Beside the releases.
POINTER = "current.json"
VERSIONS = "versions.json"
FAILURES = "failures"
LOCK = ".lock"
STAGING = ".staging-"
REPLACED = ".replaced-"
