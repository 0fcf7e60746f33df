"""Derived tables: immutable snapshots named by run, behind one pointer per table.

Not here: what a pointer says (``versions``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from orchestration.lake import atomic, versions
from orchestration.lake.engine import Engine, quoted
from orchestration.lake.proof import DamagedFileError, Proofs, parsed
from orchestration.lake.store import Store, partial
from orchestration.lake.versions import File, Version

POINTER = "current.json"
KEPT = 3
# The ledger and the history of grades are the two that no run can make again.
REMEDY = (
    "put {} back from a backup if it is grade_ledger or grade_history; any other table "
    "delete, and run: it is made again"
)


class MissingTableError(LookupError):
    """A table was never made; run the assets above it first."""


class DifferentColumnsError(ValueError):
    """Rows that shall stand in a table have other columns than it has."""


def rows_in(folder: Path) -> str:
    """A query for all rows of a folder of Parquet files."""
    return f"SELECT * FROM read_parquet({quoted(folder / '*.parquet')})"


@dataclass(frozen=True)
class Snapshots:
    """``<table>/<run>.parquet`` and ``<table>/current.json``."""

    store: Store
    engine: Engine
    proofs: Proofs = field(default_factory=Proofs)

    def write(self, table: str, query: str | tuple[str, ...], run: str) -> int:
        """Make a snapshot and point at it; gives its rows.

        The old snapshot is readable until the pointer has moved.
        """
        with self._making(table, run, query) as made:
            rows = self._count(made)
            self._point(table, {run: made})
        return rows

    def write_changed(self, table: str, keys: str, rows: str, run: str) -> int:
        """Give some keys of a table other rows; gives the rows of all.

        They are kept beside the rest, and the table is written whole when they have
        become more than ``versions.MOST_CHANGED`` percent of it.

        Args:
            table: was made before.
            keys: a query for columns of the table, none NULL: rows of such keys go.
            rows: a query for the rows that stand for them, if any do.
            run: names the files.

        Raises:
            MissingTableError: the table was never made.
            DifferentColumnsError: the rows have other columns than the table.
        """
        if self._columns(rows) != self._columns(self.query(table)):
            raise DifferentColumnsError(f"{table}: the new rows have other columns")
        first, *change = self._paths(table)
        if change and self._columns(keys) != self._columns(
            versions.rows_of(change[:1])
        ):
            first, change = self.single(table, run), []
        gone, anew = versions.change_of(change, keys, rows)
        with (
            self._making(table, f"{run}.gone", gone) as gone_file,
            self._making(table, f"{run}.anew", anew) as anew_file,
        ):
            made = {f"{run}.gone": gone_file, f"{run}.anew": anew_file}
            lost = self.engine.count(versions.lost_of(first, gone_file))
            before, new = self._count(first), self._count(anew_file)
            most = max(lost, new, self._count(gone_file))
            if most * 100 > before * versions.MOST_CHANGED:
                whole = versions.rows_of([first, *made.values()])
                return self.write(table, whole, run)
            self._point(table, made, beside=True)
        return before - lost + new

    def read(self, table: str) -> str:
        """Make the view ``table`` over the current version; gives its name.

        Raises:
            MissingTableError: there is none.
            DamagedFileError: a file of it is not what was written.
        """
        view = f'CREATE OR REPLACE TEMP VIEW "{table}" AS {self.query(table)}'
        self.engine.connection.execute(view)
        return table

    def query(self, table: str) -> str:
        """A query for the rows of the current version; raises as ``read``."""
        return versions.rows_of(self._paths(table))

    def single(self, table: str, run: str) -> Path:
        """The one file of a table, for whoever can read no other; raises as ``read``.

        Args:
            table: is written whole first where it is in parts.
            run: names the file then.
        """
        if len(self._paths(table)) > 1:
            self.write(table, self.query(table), run)
        return self._paths(table)[0]

    def has(self, table: str) -> bool:
        """Whether the table was ever made."""
        return self.store.read(f"{table}/{POINTER}") is not None

    def _paths(self, table: str) -> list[Path]:
        """The proved files of the current version."""
        version = self._version(table)
        if version is None:
            raise MissingTableError(f"{table} has not been made; run `creditpark run`")
        return [
            self.store.proved(
                f"{table}/{file.name}", file.sha256, self._remedy(table), self.proofs
            )
            for file in version.files
        ]

    def _version(self, table: str) -> Version | None:
        pointer = f"{table}/{POINTER}"
        body = self.store.read(pointer)
        if body is None:
            return None
        place = self.store.shown(pointer)
        return Version.of(parsed(body, place, self._remedy(table)))

    def _remedy(self, table: str) -> str:
        return REMEDY.format(self.store.shown(table))

    @contextmanager
    def _making(
        self, table: str, name: str, query: str | tuple[str, ...]
    ) -> Iterator[Path]:
        """A file with the rows of a query, which is gone after unless it was kept."""
        made = partial(self.store, f"{table}/{name}.parquet")
        try:
            self.engine.write_parquet(query, made)
            yield made
        finally:
            made.unlink(missing_ok=True)

    def _point(
        self, table: str, made: Mapping[str, Path], *, beside: bool = False
    ) -> None:
        """Keep files by their names, and point at them.

        Args:
            table: the table.
            made: by name; none that is pointed at is ever replaced.
            beside: whether the first file of the version before stays.
        """
        try:
            old = self._version(table)
        except DamagedFileError:  # torn: this one takes its place
            old = None
        named = old.named if old else set()
        files = [*old.files[:1]] if old and beside else []
        for name, path in made.items():
            kept = next(n for n in _names(name) if n not in named)
            place = self.store.keep(f"{table}/{kept}", path)
            files.append(File(kept, self.proofs.written(place)))
        version = Version.after(old, files, KEPT)
        self.store.write(f"{table}/{POINTER}", atomic.as_json(version.pointer()))
        for file in self.store.names(f"{table}/[!.]*.parquet"):
            if file.removeprefix(f"{table}/") not in version.named:
                self.store.remove(file)

    def _count(self, path: Path) -> int:
        return self.engine.count(f"read_parquet({quoted(path)})")

    def _columns(self, query: str) -> list[tuple[str, str]]:
        found = self.engine.connection.execute(f"DESCRIBE {query}").fetchall()
        return [(name, kind) for name, kind, *_ in found]


def _names(name: str) -> Iterator[str]:
    """Names to choose from."""
    yield f"{name}.parquet"
    yield from (f"{name}.{number}.parquet" for number in count(2))
