"""One mounted release: its files opened, proved readable, held while requests use it.

Not here: which release is current and when to switch (``mount``).
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from publish.release.layout import AUTHORISED as AUTHORISED_TABLES
from publish.release.names import WITHDRAWALS
from publish.release.withdrawn import ENTERPRISES, Withdrawn, withdrawn_from
from publish.serving import guard
from publish.serving.database import ReleaseDatabase
from quality.clock import Clock
from quality.contracts import tables_of
from quality.contracts.model import public_columns

PUBLIC = "public"  # also the address of the release's own table pages
AUTHORISED = "authorised"
PREFIX = "public_"
PUBLISHED = {
    t.name.removeprefix(PREFIX): t
    for t in tables_of("publication")
    if t.name.startswith(PREFIX)
}
PUBLIC_CONTRACT = {
    name: tuple(c.name for c in public_columns(table))
    for name, table in PUBLISHED.items()
}
AUTHORISED_CONTRACT = {
    t.name: tuple(c.name for c in t.columns) for t in AUTHORISED_TABLES
}
NEEDED = {ENTERPRISES, f"{ENTERPRISES}.uscc", f"{ENTERPRISES}.name"}
META = ("release", "dictionary", "codes")

log = logging.getLogger(__name__)
Proof = Callable[[sqlite3.Connection], dict[str, str]]


class BrokenReleaseError(Exception):
    """A release that the pointer names cannot be served; the old one stays."""


@dataclass(eq=False)
class Mounted:
    """One release that is open for reading.

    Attributes:
        release_id: its permanent name.
        generation: unique in the process; the same release mounted again differs.
        folder: its directory.
        public: the guarded public file; also Datasette's ``/public`` pages.
        authorised: the authorised file, known to no Datasette page.
        clock: the clock of the process.
        facts: the public file's own ``release`` table, by key.
        withdrawn: rows it may not show though it holds them.
    """

    release_id: str
    generation: int
    folder: Path
    public: ReleaseDatabase
    authorised: ReleaseDatabase
    clock: Clock
    facts: Mapping[str, str]
    withdrawn: Withdrawn
    lacking: tuple[str, ...] = ()  # what it was built before
    pins: int = 0  # requests that read it now

    def today(self) -> date:
        """The calendar day on which publicity periods are judged."""
        return self.clock.today()

    def close(self) -> None:
        """Close both files at once."""
        self.public.close()
        self.authorised.close()


def open_release(
    datasette: Any, folder: Path, generation: int, clock: Clock, *, whole: bool = False
) -> Mounted:
    """Open a release and prove that it can be served.

    Args:
        datasette: the application that will serve it.
        folder: ``releases/<id>``, complete.
        generation: unique in the process.
        clock: decides which time-limited rows exist.
        whole: refuse a release that lacks what the contracts have: there is a better
            one. Where there is none, after an upgrade, it serves what it has.

    Raises:
        BrokenReleaseError: with the place, what is wrong and what to do.
    """
    _prove_manifest(folder)
    gone = _withdrawn(folder)
    public = ReleaseDatabase(
        *(datasette, folder / "public.db", PUBLIC, clock),
        withdrawn=gone,
        contract=PUBLIC_CONTRACT,
    )
    authorised = ReleaseDatabase(
        *(datasette, folder / "authorised.db", AUTHORISED, clock),
        withdrawn=gone,
        contract=AUTHORISED_CONTRACT,
    )
    facts = _proved(public, _require_published)
    _proved(authorised, _require_any)
    lacking = _lacking(public) + _lacking(authorised)
    if lacking and (whole or NEEDED & {*lacking}):
        reason = f"it was built before {', '.join(lacking)}"
        raise _broken(folder / "public.db", reason)
    if lacking:
        log.warning(
            "release %s was built before %s: empty until the next `make run`",
            *(folder.name, ", ".join(lacking)),
        )
    files = (public, authorised)
    return Mounted(
        *(folder.name, generation, folder, *files, clock, facts, gone, lacking)
    )


def _lacking(database: ReleaseDatabase) -> tuple[str, ...]:
    """What the contracts have and this file has not: ``table`` or ``table.column``."""
    address = f"{Path(str(database.path)).absolute().as_uri()}?immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as file:
        missing = guard.lacking(file, database.contract)
    told: list[str] = []
    for table, columns in missing.items():
        whole = columns == database.contract[table]
        told += [table] if whole else [f"{table}.{c}" for c in columns]
    return tuple(told)


def _withdrawn(folder: Path) -> Withdrawn:
    try:
        return withdrawn_from(folder.parent, folder.name)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _broken(folder.parent / WITHDRAWALS, error) from error


def _prove_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_bytes())
        named = manifest["id"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _broken(path, error) from error
    if named != folder.name:
        raise _broken(path, f"it names release {named!r}")


def _proved(database: ReleaseDatabase, require: Proof) -> dict[str, str]:
    path = Path(str(database.path))
    if not path.is_file():
        raise _broken(path, "the file is missing")
    try:
        with closing(database.connect()) as connection:
            return require(connection)
    except sqlite3.DatabaseError as error:
        raise _broken(path, error) from error


def _broken(path: Path, reason: object) -> BrokenReleaseError:
    return BrokenReleaseError(
        f"{path.parent.name}/{path.name}: {reason}. "
        "The release before it stays; publish again or roll back."
    )


def _require_published(connection: sqlite3.Connection) -> dict[str, str]:
    """The release's own facts, once what every page needs is proved present."""
    for name, columns in PUBLIC_CONTRACT.items():
        # With its table's name, or SQLite reads a missing column as a string.
        named = ", ".join(f'"{name}"."{c}"' for c in columns)
        connection.execute(f'SELECT {named} FROM "{name}" LIMIT 1').fetchall()
    for name in META:
        connection.execute(f'SELECT * FROM "{name}" LIMIT 1').fetchall()
    return {k: str(v) for k, v in connection.execute("SELECT key, value FROM release")}


def _require_any(connection: sqlite3.Connection) -> dict[str, str]:
    if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise sqlite3.DatabaseError("it holds no table")
    return {}
