"""A home with an invented release of any size, a key, and authorisations.

Not here: asking it (``api``).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Engine, insert, select

from publish.api import mock
from publish.registry.engine import open_registry
from publish.registry.tables import authorisations
from quality.clock import Clock
from quality.identifiers.organisation import organisation_check
from quality.identifiers.uscc import check_character


def code_of(number: int) -> str:
    """A sound code of an invented enterprise."""
    body = f"{number:08d}"
    plain = f"91370303{body}{organisation_check(body)}"
    return plain + check_character(plain)


def world(home: Path, enterprises: int, asked: int, registry_url: URL) -> list[str]:
    """The mock release with so many more enterprises, graded, each with two licences.

    Args:
        home: empty.
        enterprises: how many.
        asked: how many of them let the bank look.
        registry_url: of an empty registry.

    Returns:
        The codes of those that let it look: spread over all, so that no page of a file
        serves two of them.
    """
    registry = open_registry(registry_url)
    mock.furnish(home, registry, Clock())
    codes = [code_of(n) for n in range(1, enterprises + 1)]
    folder = home / "releases" / mock.RELEASE
    _public(folder / "public.db", codes)
    _authorised(folder / "authorised.db", codes)
    chosen = codes[:: max(1, enterprises // asked)][:asked]
    _granted(registry, chosen)
    registry.dispose()
    return chosen


def _public(path: Path, codes: list[str]) -> None:
    with closing(_opened(path, codes)) as connection, connection:
        _copy(connection, "enterprises", {"uscc": "codes.uscc"})
        for number in (1, 2):
            record = f"codes.uscc || '-{number}'"
            _copy(connection, "licences", {"uscc": "codes.uscc", "record_id": record})
        connection.execute("ANALYZE")  # or SQLite plans for the handful it had before


def _authorised(path: Path, codes: list[str]) -> None:
    with closing(_opened(path, codes)) as connection, connection:
        _copy(connection, "grades", {"uscc": "codes.uscc"})
        for rule in ("base", "tax_a"):
            own = {"uscc": "codes.uscc", "rule_id": f"'{rule}'"}
            _copy(connection, "explanations", own)
        connection.execute("ANALYZE")


def _opened(path: Path, codes: list[str]) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("CREATE TEMP TABLE codes (uscc TEXT)")
    connection.executemany("INSERT INTO codes VALUES (?)", ((c,) for c in codes))
    return connection


def _copy(connection: sqlite3.Connection, table: str, own: dict[str, str]) -> None:
    """One row for each code, like the invented enterprise's but for some columns."""
    names = [r[1] for r in connection.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(own.get(n, f"model.{n}") for n in names)
    model = f"(SELECT * FROM {table} WHERE uscc = ? LIMIT 1) AS model"
    sql = f"INSERT INTO {table} SELECT {values} FROM codes, {model}"
    connection.execute(sql, (mock.CLEAN,))


def _granted(registry: Engine, codes: list[str]) -> None:
    with registry.begin() as connection:
        model = connection.execute(select(authorisations)).mappings().one()
        rows = [{**model, "uscc": c, "id": f"auth_{c}"} for c in codes]
        connection.execute(insert(authorisations), rows)
