"""Quarantined rows as people work with them: their state, a sheet to mend, a replay.

The state of a row is derived, never stored: a row is corrected when its record has a
version no older than the row, or an accepted row names it; released when its own line
passed on a replay. Not here: how rows are refused (``records``), the words (``quality``).
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from assets.sources.declaration import RETURNED
from assets.stores import Arrival, Batch, Landing, Records
from quality.contracts import metadata
from quality.contracts.model import facts_of, table_facts
from quality.quarantine import message_of, rule_of
from quality.rules import NoPersonalData

ID_LENGTH = 12
REPLAY = "replay"
_GREY = PatternFill("solid", fgColor="FFF2CC")
_WIDEST = 60


@dataclass(frozen=True)
class Entry:
    """One broken rule of one quarantined row."""

    id: str
    state: str
    dataset: str
    agency: str
    batch_id: str
    row_number: int
    rule_id: str
    column: str
    value: str | None
    raw: str
    received_on: Any

    @property
    def message(self) -> str:
        """What is wrong and what to do, for the department."""
        return message_of(self.rule_id, self.value).zh


def entries(records: Records, dataset: str, state: str | None = None) -> list[Entry]:
    """The quarantine of a dataset, one entry a broken rule, by batch and row."""
    found = records.connect().execute(
        "SELECT id, state, dataset, agency, batch_id, row_number, rule_id, "
        f'"column", value, raw, received_on FROM ({_with_states(records, dataset)}) '
        'ORDER BY batch_id, row_number, rule_id, "column"'
    )
    made = (Entry(*row) for row in found.fetchall())
    return [e for e in made if state in {None, e.state}]


def open_rows(records: Records, dataset: str) -> int:
    """How many quarantined rows wait to be put right."""
    found = records.connect().execute(
        "SELECT count(DISTINCT (batch_id, row_number)) "
        f"FROM ({_with_states(records, dataset)}) WHERE state = 'open'"
    )
    return int((found.fetchone() or (0,))[0])


def _with_states(records: Records, dataset: str) -> str:
    """The query for every broken rule of every quarantined row, with ``id``, ``state``."""
    refused, versions = records.quarantine(dataset), records.versions(dataset)
    return f"""
        WITH newest AS (
          SELECT record_key, max(updated_at) AS updated_at FROM {versions}
          WHERE record_key IN (SELECT record_key FROM {refused}) GROUP BY 1
        ), named AS (
          SELECT substr(closes, 1, {ID_LENGTH}) AS id,
            bool_or(length(closes) > {ID_LENGTH}) AS released
          FROM {versions} WHERE closes IS NOT NULL GROUP BY 1
        )
        SELECT q.* EXCLUDE (updated_at), substr(q.raw_hash, 1, {ID_LENGTH}) AS id,
          CASE WHEN n.released THEN 'released'
            WHEN n.id IS NOT NULL THEN 'corrected'
            WHEN v.updated_at >= coalesce(q.updated_at, q.received_on) THEN 'corrected'
            ELSE 'open' END AS state
        FROM {refused} AS q
        LEFT JOIN named AS n ON n.id = substr(q.raw_hash, 1, {ID_LENGTH})
        LEFT JOIN newest AS v ON v.record_key = q.record_key
        """


def sheet(found: Sequence[Entry]) -> bytes:
    """The agency's own rows as an XLSX workbook, a sheet a dataset.

    Its own fields in its own order, then what is wrong, by which rule, and the number by
    which a corrected row closes the entry. Cells that a rule names are marked. Personal
    data that were found are starred: a sheet travels.
    """
    book = Workbook(write_only=True)
    for dataset, of_dataset in groupby(found, key=lambda e: e.dataset):
        page = book.create_sheet(table_facts(metadata.tables[dataset]).zh[:31])
        lines = _lines([*of_dataset])
        widths = [
            min(max(map(len, column)) + 4, _WIDEST)
            for column in zip(*lines, strict=True)
        ]
        for number, width in enumerate(widths, 1):
            page.column_dimensions[get_column_letter(number)].width = width
        page.freeze_panes = "A2"
        for number, line in enumerate(lines):
            page.append([_cell(page, text, heading=number == 0) for text in line])
    if not found:
        book.create_sheet("无隔离数据")
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _lines(found: Sequence[Entry]) -> list[list[str]]:
    """Heading and rows, all text."""
    rows = [
        [*of_row]
        for _, of_row in groupby(found, key=lambda e: (e.batch_id, e.row_number))
    ]
    raws = [_fields(of_row) for of_row in rows]
    names = [*dict.fromkeys(n for raw in raws for n in raw if n not in RETURNED)]
    return [
        [*names, *RETURNED],
        *(
            [*(raw.get(n, "") for n in names), *_reasons(of_row)]
            for raw, of_row in zip(raws, rows, strict=True)
        ),
    ]


def _reasons(of_row: Sequence[Entry]) -> tuple[str, ...]:
    first = of_row[0]
    told = "；".join(dict.fromkeys(e.message for e in of_row))
    rules = "；".join(dict.fromkeys(e.rule_id for e in of_row))
    return first.id, told, rules, first.batch_id, str(first.row_number)


def _fields(of_row: Sequence[Entry]) -> dict[str, str]:
    document = json.loads(of_row[0].raw)
    if not isinstance(document, dict):
        return {"报文": of_row[0].raw}
    found = {k: "" if v is None else str(v) for k, v in document.items()}
    for entry in of_row:
        rule = rule_of(entry.rule_id)
        if isinstance(rule, NoPersonalData):
            code = _code(entry)
            found[code] = entry.value or ""
    return found


def _code(entry: Entry) -> str:
    item = metadata.tables[entry.dataset].c[entry.column]
    return facts_of(item).code or entry.column


def _cell(page: Any, text: str, *, heading: bool) -> Any:
    # Text always: what begins with an equals sign is no formula of ours.
    cell = WriteOnlyCell(page, value=text)
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if heading:
        cell.font = Font(bold=True)
        cell.fill = _GREY
    return cell


def replay(landing: Landing, records: Records, dataset: str) -> list[Batch]:
    """Land the open rows of a dataset once more, to be judged by today's rules.

    One batch for each they came in, so that their versions keep their time. The next
    splitting accepts what passes now, received today; what does not stays refused and
    counts as a duplicate. Nothing of the past is rewritten.
    """
    batches = {b.id: b for b in landing.batches(dataset)}
    open_rows = entries(records, dataset, "open")
    landed = []
    for batch_id, of_batch in groupby(open_rows, key=lambda e: e.batch_id):
        lines = [*dict.fromkeys((e.row_number, e.raw) for e in of_batch)]
        made = landing.land(_arrival(batches[batch_id], len(lines)), _pages(lines))
        landed += [made] if made else []
    return landed


def _arrival(batch: Batch, rows: int) -> Arrival:
    return Arrival(
        agency=batch.agency,
        dataset=batch.dataset,
        window=batch.window,
        version_at=batch.version_at,
        origin=f"{REPLAY} of {batch.id}",
        suffix=".json",
        declared_rows=rows,
        replays=batch.replays or batch.id,
    )


def _pages(lines: Iterable[tuple[int, str]]) -> Iterator[bytes]:
    rows = ",\n".join(raw for _, raw in lines)
    yield f"[{rows}]".encode()


def summary(found: Sequence[Entry]) -> list[dict[str, Any]]:
    """How many rows each rule refused, by state, for a table."""
    rules: dict[tuple[str, str, str], set[tuple[str, int]]] = {}
    for e in found:
        rules.setdefault((e.dataset, e.rule_id, e.state), set()).add(
            (e.batch_id, e.row_number)
        )
    return [
        {
            "dataset": d,
            "rule_id": r,
            "state": s,
            "rows": len(rows),
            "message": message_of(r).zh,
        }
        for (d, r, s), rows in sorted(rules.items())
    ]
