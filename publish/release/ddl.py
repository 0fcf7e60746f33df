"""The SQLite tables of a release, compiled by SQLAlchemy from the contracts.

Dates are ISO text, flags 0 or 1, money whole fen. Not here: rows (``load``), the
dictionary (``dictionary``) and the search index (``search``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Column, ForeignKeyConstraint, Index, MetaData, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from publish.release.layout import Served, indexed

CONVENTION = {"pk": "pk_%(table_name)s", "ix": "ix_%(table_name)s_%(column_0_N_name)s"}


def create(path: Path, tables: Iterable[Served]) -> None:
    """Make an empty database with these tables, without indexes yet."""
    run(path, [_sql(CreateTable(t)) for t in _metadata(tables).sorted_tables])


def index(path: Path, tables: Iterable[Served]) -> None:
    """Add the indexes once the rows are in."""
    run(path, _indexing(tables))


def statements(tables: Iterable[Served]) -> list[str]:
    """What makes these tables and their indexes, as SQLite remembers it."""
    chosen = list(tables)
    creating = [_sql(CreateTable(t)) for t in _metadata(chosen).sorted_tables]
    return [sql.strip() for sql in (*creating, *_indexing(chosen))]


def _indexing(tables: Iterable[Served]) -> list[str]:
    return [_sql(CreateIndex(ix)) for t in tables for ix in _indexes(t)]


def analyse(path: Path, tables: Iterable[str] = ("",)) -> None:
    """Let SQLite count what is in a finished file, so that it chooses well."""
    run(path, (f"ANALYZE {table}" for table in tables))


def compact(path: Path) -> None:
    """Write a file anew, page by page: what was deleted leaves its bytes behind else."""
    fresh = path.with_name(f".compact-{path.name}")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("VACUUM INTO ?", (str(fresh),))
    fresh.replace(path)


def run(path: Path, statements: Iterable[str]) -> None:
    """Run statements in one transaction on a file that nobody else reads yet."""
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA synchronous = OFF")  # the build syncs the finished file
        for statement in statements:
            db.execute(statement)


def _sql(element: CreateTable | CreateIndex) -> str:
    return str(element.compile(dialect=sqlite.dialect()))


def _metadata(tables: Iterable[Served]) -> MetaData:
    metadata = MetaData(naming_convention=CONVENTION)
    chosen = list(tables)
    names = {t.name for t in chosen}
    for table in chosen:
        _table(table, metadata, linked="enterprises" in names)
    return metadata


def _table(served: Served, metadata: MetaData, *, linked: bool = False) -> Table:
    columns = [
        Column(c.name, c.type, primary_key=c.name in served.key, nullable=c.nullable)
        for c in served.columns
    ]
    table = Table(served.name, metadata, *columns)
    if linked and served.name != "enterprises" and served.has("uscc"):
        table.append_constraint(ForeignKeyConstraint(["uscc"], ["enterprises.uscc"]))
    return table


def _indexes(served: Served) -> list[Index]:
    table = _table(served, MetaData(naming_convention=CONVENTION))
    return [
        Index(None, table.c[item.name])
        for item in served.columns
        if indexed(served, item)
    ]
