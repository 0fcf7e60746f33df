"""Screening candidates for investment (信用+招商) against public records and chains.

Here: reading a list as people keep it, and the statement bound to it. A candidate is an
enterprise that may come, not one that is here: nothing about it is stored, and its
verdict rests on published facts alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlglot import exp

from assets import sql
from assets.reference import rows_query
from assets.sources import filedrop
from assets.sources.declaration import Dataset

PACKAGE = "assets.measures"
CANDIDATES = "screening_candidates"
TABLES = (
    *("codes", "enterprises", "name_changes", "policy_chain_segments"),
    *("public_listings", "public_penalties", "public_tax_arrears"),
    *("registrations", "supply_links"),
)
_NAMES = ("企业名称", "单位名称", "公司名称", "名称", "name", "company")
_CODES = ("统一社会信用代码", "信用代码", "代码", "uscc", "code")
_USCC = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}")
_ENCODINGS = ("utf-8-sig", "gb18030")


class UnreadableCandidatesError(ValueError):
    """A list of candidates cannot be read; names the file and what to do."""


@dataclass(frozen=True)
class Candidate:
    """One line of the list; ``uscc`` only where a whole code is written."""

    name: str | None
    uscc: str | None


def candidates_of(path: Path) -> list[Candidate]:
    """The candidates in a CSV (UTF-8 or GB18030) or XLSX file.

    A header names the columns; a file without one has names or codes in its first.

    Raises:
        UnreadableCandidatesError: neither text nor a workbook, or nothing in it.
    """
    lines = [line for line in _lines(path) if any(line)]
    if not lines:
        raise UnreadableCandidatesError(f"{path.name}: no line; give one name per line")
    head = [cell.lower() for cell in lines[0]]
    names, codes = _place(head, _NAMES), _place(head, _CODES)
    if names is None and codes is None:
        return [typed(line[0]) for line in lines]
    return [_candidate(line, names, codes) for line in lines[1:]]


def typed(text: str) -> Candidate:
    """A candidate as typed in: a code, or else a name."""
    clean = _clean(text)
    if _USCC.fullmatch(clean.upper()):
        return Candidate(None, clean.upper())
    return Candidate(clean or None, None)


def screening_query(candidates: Sequence[Candidate], today: date) -> exp.Query:
    """One row per candidate: match, verdict with reasons, partners, chain gap."""
    columns = {"row_no": "BIGINT", "name": "TEXT", "uscc": "TEXT"}
    rows = [(n, c.name, c.uscc) for n, c in enumerate(candidates, 1)]
    given = rows_query(columns, rows)
    query = sql.bind(sql.load(PACKAGE, "screening"), today=today)
    return sql.inlined(query, **{CANDIDATES: given})


def _candidate(line: list[str], names: int | None, codes: int | None) -> Candidate:
    name = line[names] if names is not None and names < len(line) else ""
    code = line[codes].upper() if codes is not None and codes < len(line) else ""
    # What is no whole code is no code: the name decides, and is shown beside it.
    return Candidate(name or None, code if _USCC.fullmatch(code) else None)


def _place(head: list[str], wanted: Iterable[str]) -> int | None:
    return next((head.index(name) for name in wanted if name in head), None)


def _lines(path: Path) -> list[list[str]]:
    for encoding in _ENCODINGS:
        try:
            lines = filedrop.cells(path, Dataset(encoding=encoding))
        except filedrop.UnreadableFileError:
            continue
        return [[_clean(cell) for cell in line] for line in lines]
    raise UnreadableCandidatesError(
        f"{path.name}: neither a workbook nor text in UTF-8 or GB18030; "
        "save it as CSV or XLSX"
    )


def _clean(text: str) -> str:
    """Full-width digits and letters made plain; brackets of names stay as written."""
    return "".join(_plain(c) for c in text).strip()


def _plain(character: str) -> str:
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain.isalnum() or plain.isspace() else character
