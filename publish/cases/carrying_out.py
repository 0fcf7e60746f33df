"""After a release: prove that repaired records are gone, and close their cases.

Not here: taking them off (the pipeline does, from ``effects``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, insert

from publish.cases.machines import Kind
from publish.cases.model import Case, Record
from publish.cases.store import list_cases, step
from publish.registry.case_tables import tombstones
from publish.registry.work import once_more
from publish.release.names import AUTHORISED_DB, CHANGES, DIFF, PUBLIC_DB
from quality.clock import Clock

STEPS = ("unpublish", "recall", "regrade", "close")
READ_AT_ONCE = 1 << 20
_TEXTS = {".csv", ".jsonl", ".json", ".jsonld"}


class StillShownError(RuntimeError):
    """A release shows a record that a decision has taken off."""


@dataclass(frozen=True)
class CarriedOut:
    """A case that was closed, and where its enterprise stands now."""

    case_id: str
    uscc: str
    record_id: str
    letter: str | None


def carry_out(
    registry: Engine, clock: Clock, folder: Path, taken_off: Collection[str]
) -> list[CarriedOut]:
    """Close what was approved, once the release is proved to be without it.

    Args:
        registry: from ``open_registry``.
        clock: dates it.
        folder: ``releases/<id>`` of the serving release.
        taken_off: records that the release was built without.

    Raises:
        StillShownError: some file of the release still names a record.
    """
    approved = list_cases(registry, kind=Kind.REPAIR, states=("approved",))
    # What was decided while the release was being built waits for the next one.
    due = [c for c in approved if c.record and c.record.record_id in taken_off]
    named, release_id = {c.record.record_id for c in due if c.record}, folder.name
    if shown := sorted({i for i in named if _shown(folder, i)}):
        raise StillShownError(
            f"release {release_id} still names {', '.join(shown)}: "
            "roll nothing back, run `creditpark run` again, then look at case_effects"
        )
    return [_close(registry, clock, case, folder) for case in due]


@once_more
def _close(registry: Engine, clock: Clock, case: Case, folder: Path) -> CarriedOut:
    release_id = folder.name
    record, letter = case.record, _letter(folder, case.uscc)
    if record is None:
        raise StillShownError(f"{case.id} names no record")
    notes = {
        "unpublish": f"release {release_id}",
        "recall": "recall feed",
        "regrade": f"grade {letter or 'none'} in {release_id}",
        "close": "",
    }
    with registry.begin() as connection:
        _bury(connection, clock, case, record, release_id)
        for action in STEPS:
            note = notes[action]
            step(connection, clock, case.id, action, actor="system", note=note)
    return CarriedOut(case.id, case.uscc, record.record_id, letter)


def _bury(
    connection: Connection, clock: Clock, case: Case, record: Record, release_id: str
) -> None:
    """Keep that the record was here, not what it said."""
    values = {
        "case_id": case.id,
        "uscc": case.uscc,
        "dataset": record.dataset,
        "record_id": record.record_id,
        "facts_sha256": record.sha256,
        "reason": "repaired",
        "removed_on": clock.today(),
        "release_id": release_id,
    }
    connection.execute(insert(tombstones).values(values))


def _shown(folder: Path, record_id: str) -> bool:
    """Whether any file of the release, compressed or not, holds the id."""
    wanted = record_id.encode()
    if any(wanted in part for path in _texts(folder) for part in _parts(path)):
        return True
    return any(
        _in_database(folder / name, record_id) for name in (PUBLIC_DB, AUTHORISED_DB)
    )


def _texts(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        # The diff and the feed of changes name what was removed, by key alone.
        if path.suffix in _TEXTS and path.name not in {CHANGES, DIFF}:
            yield path


def _parts(path: Path) -> Iterator[bytes]:
    kept = b""
    with path.open("rb") as file:
        while part := file.read(READ_AT_ONCE):
            yield kept + part
            kept = part[-64:]


def _in_database(path: Path, record_id: str) -> bool:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        tables = connection.execute(
            "SELECT m.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c "
            "WHERE m.type = 'table' AND c.name = 'record_id'"
        ).fetchall()
        # The enterprise itself sees on its own pages that the record is repaired.
        names = [n for (n,) in tables if n != "guidance"]
        return any(
            connection.execute(
                f'SELECT 1 FROM "{name}" WHERE record_id = ? LIMIT 1', (record_id,)
            ).fetchone()
            for name in names
        )


def _letter(folder: Path, uscc: str) -> str | None:
    path = folder / AUTHORISED_DB
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        found = connection.execute(
            "SELECT letter FROM grades WHERE uscc = ? ORDER BY evaluated_on DESC",
            (uscc,),
        ).fetchone()
    return str(found[0]) if found and found[0] else None
