"""The audit log: who looked at what, when, why and with what result; hash-chained.

Append-only: triggers of the database refuse changes, and every row carries the hash of
the row before, so that a change made past the triggers shows. Kept for five years at
least (征信业管理条例 keeps query records; the client asks for five years): nothing
deletes. Not here: receipts over HTTP (``publish.api.own``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    Row,
    Text,
    and_,
    bindparam,
    cast,
    func,
    insert,
    or_,
    select,
)

from publish.access.prepared import Prepared
from publish.access.unguessable import digits
from publish.registry.bank_tables import audit_log, audit_subjects
from quality.clock import ZONE

GENESIS = "0" * 64
_LOCK = 37_030_001  # an advisory lock of PostgreSQL: one writer of the chain at a time
_AT_ONCE = 1_000
# Made once: ``json.dumps`` makes one for every call that is not its usual one.
_CANONICAL = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class Entry(NamedTuple):
    """One answer to a bank.

    Attributes:
        receipt: its number, given to the bank.
        at: when it was answered.
        holder: the bank; ``bank`` is its name, ``key_prefix`` the key it used.
        operation: ``operationId`` of the description.
        purpose: why, as the bank said.
        uscc: the enterprise, where it was about one.
        items: what was read.
        authorisations: which authorisations allowed it.
        subjects: the enterprises, where it was about several; sorted, each once.
        result_sha256: over the canonical JSON of ``data``.
    """

    receipt: str
    at: datetime
    holder: str
    bank: str
    key_prefix: str
    operation: str
    request_id: str
    status: int
    purpose: str | None = None
    uscc: str | None = None
    items: tuple[str, ...] = ()
    authorisations: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    release_id: str | None = None
    policy_id: str | None = None
    evaluated_on: str | None = None
    as_of: str | None = None
    etag: str | None = None
    result_sha256: str | None = None


@dataclass(frozen=True)
class Broken:
    """A place where the chain does not hold."""

    number: int
    reason: str


def new_receipt() -> str:
    """The number of a receipt; cannot be guessed."""
    return f"rcp_{digits(24)}"


def append(connection: Connection, entries: Sequence[Entry]) -> list[int]:
    """Write entries at the end of the chain; runs at the desk.

    Args:
        connection: in the desk's transaction.
        entries: what was answered.

    Returns:
        Their numbers.
    """
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    number, previous = _end(connection)
    rows = []
    for entry in entries:
        number += 1
        row = _row(entry, number, previous)
        previous = row["hash"]
        rows.append(row)
    _INSERT.run(connection, *rows)
    subjects = _INSERT_SUBJECTS[connection.dialect.name]
    for row, entry in zip(rows, entries, strict=True):
        if entry.subjects:
            told = {"number": row["number"], "usccs": json.dumps(entry.subjects)}
            subjects.run(connection, told)
    return [row["number"] for row in rows]


_INSERT = Prepared(insert(audit_log), [c.name for c in audit_log.c])


def _insert_subjects(each: ColumnElement[str]) -> Prepared:
    """A thousand codes in one statement, sent as one JSON array."""
    number: BindParameter[int] = bindparam("number", type_=BigInteger())
    rows = select(number, each)
    return Prepared(insert(audit_subjects).from_select(["number", "uscc"], rows))


_USCCS: BindParameter[str] = bindparam("usccs", type_=Text())
_INSERT_SUBJECTS = {
    "sqlite": _insert_subjects(func.json_each(_USCCS).table_valued("value").c.value),
    "postgresql": _insert_subjects(
        func.json_array_elements_text(cast(_USCCS, JSON)).column_valued("value")
    ),
}
_LAST = Prepared(
    select(audit_log.c.number, audit_log.c.hash)
    .order_by(audit_log.c.number.desc())
    .limit(1)
)


def _end(connection: Connection) -> tuple[int, str]:
    row = _LAST.run(connection).one_or_none()
    return (row.number, row.hash) if row else (0, GENESIS)


def _row(entry: Entry, number: int, previous: str) -> dict[str, Any]:
    row = {
        **entry._asdict(),
        "number": number,
        "items": " ".join(entry.items),
        "authorisations": " ".join(entry.authorisations),
        "subjects": len(entry.subjects) or int(entry.uscc is not None),
        "subjects_sha256": _subjects_hash(entry.subjects),
        "previous_hash": previous,
    }
    row["hash"] = link(row)
    return row


def link(row: dict[str, Any]) -> str:
    """The hash of a row: SHA-256 of its other columns as canonical JSON."""
    told = {k: v for k, v in row.items() if k != "hash"}
    told["at"] = told["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(_CANONICAL.encode(told).encode()).hexdigest()


def _subjects_hash(subjects: Iterable[str]) -> str | None:
    told = "\n".join(subjects)
    return hashlib.sha256(told.encode()).hexdigest() if told else None


def find(registry: Engine, receipt: str, holder: str) -> dict[str, Any] | None:
    """A bank's own entry by its receipt; another bank's does not exist for it."""
    this = audit_log.c
    wanted = select(audit_log).where(this.receipt == receipt, this.holder == holder)
    with registry.connect() as connection:
        row = connection.execute(wanted).one_or_none()
    return None if row is None else dict(row._mapping)


def export(registry: Engine, since: date, until: date) -> Iterator[dict[str, Any]]:
    """Every entry of a period of days, both included, in the order of the chain.

    Each has the codes of its several subjects as ``usccs``.
    """
    this = audit_log.c
    within = and_(this.at >= _start(since), this.at < _start(until + timedelta(days=1)))
    for row in _rows(registry, within):
        yield {**row._mapping, "usccs": _subjects(registry, row.number)}


def lookers(registry: Engine, uscc: str) -> list[dict[str, Any]]:
    """Who looked at an enterprise's file: what the enterprise itself may see.

    Bank, instant, operation, items, purpose, authorisation and status; no key, no result.
    """
    return [_look(row) for row in _rows(registry, _about(uscc))]


def latest_lookers(registry: Engine, uscc: str, most: int) -> list[dict[str, Any]]:
    """The same, the newest so many, newest first."""
    newest = select(audit_log).where(_about(uscc)).order_by(audit_log.c.number.desc())
    with registry.connect() as connection:
        return [_look(row) for row in connection.execute(newest.limit(most))]


def _about(uscc: str) -> ColumnElement[bool]:
    several = select(audit_subjects.c.number).where(audit_subjects.c.uscc == uscc)
    return or_(audit_log.c.uscc == uscc, audit_log.c.number.in_(several))


def _look(row: Row[Any]) -> dict[str, Any]:
    shown = ("at", "bank", "operation", "items", "purpose", "authorisations", "receipt")
    return {n: getattr(row, n) for n in (*shown, "status")}


def verify(registry: Engine) -> tuple[int, list[Broken]]:
    """Walk the whole chain.

    Returns:
        How many entries there are, and every place where it does not hold.
    """
    number, previous, broken = 0, GENESIS, list[Broken]()
    for row in _rows(registry, audit_log.c.number > 0):
        number += 1
        broken += _faults(registry, row, number, previous)
        number, previous = row.number, row.hash
    return number, broken


def _faults(
    registry: Engine, row: Row[Any], number: int, previous: str
) -> Iterator[Broken]:
    if row.number != number:
        yield Broken(number, f"entries {number} to {row.number - 1} are missing")
    if row.previous_hash != previous:
        yield Broken(row.number, "it does not follow the entry before")
    if link(dict(row._mapping)) != row.hash:
        yield Broken(row.number, "its content was changed")
    if row.subjects_sha256 and row.subjects_sha256 != _subjects_hash(
        _subjects(registry, row.number)
    ):
        yield Broken(row.number, "its list of enterprises was changed")


def _subjects(registry: Engine, number: int) -> list[str]:
    this = audit_subjects.c
    wanted = select(this.uscc).where(this.number == number).order_by(this.uscc)
    with registry.connect() as connection:
        return list(connection.scalars(wanted))


def _rows(registry: Engine, condition: Any) -> Iterator[Row[Any]]:
    """Rows in chain order, a thousand at a time: no long transaction."""
    after = 0
    while True:
        wanted = select(audit_log).where(condition, audit_log.c.number > after)
        page = wanted.order_by(audit_log.c.number).limit(_AT_ONCE)
        with registry.connect() as connection:
            rows = connection.execute(page).all()
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].number


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """An entry as JSON members: instants as ISO text in China Standard Time."""
    return {
        k: v.astimezone(ZONE).isoformat() if isinstance(v, datetime) else v
        for k, v in row.items()
    }
