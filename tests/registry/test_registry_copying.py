"""The registry as text: one moment, alike on both databases, numbered on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select

from publish.access.keys import create_key, list_keys
from publish.registry.case_tables import attachments, case_events, cases
from publish.registry.copying import (
    RegistryNotEmptyError,
    RegistryTextError,
    fill,
    snapshot,
)
from publish.registry.engine import connect_registry, open_registry, sqlite_url
from publish.registry.schema import RegistryEditionError, migrate, newest
from quality.clock import Clock

CLOCK = Clock(date(2026, 11, 23))
EVENT = {
    "case_id": "XF-1",
    "number": 1,
    "day": date(2026, 11, 23),
    "actor": "system",
    "action": "open",
    "to_state": "opened",
    "note": "一、二",
}


def furnish(registry: Engine) -> None:
    """A key, a paper, a case with one event."""
    create_key(registry, CLOCK, bank="虚构银行", scopes=["facts"])
    paper = {"sha256": "a" * 64, "media_type": "application/pdf", "size": 3}
    case = {"id": "XF-1", "kind": "repair", "uscc": "x", "state": "opened"}
    case |= {"request": "", "facts": "{}", "opened_on": date(2026, 11, 23)}
    with registry.begin() as connection:
        connection.execute(insert(attachments), {**paper, "content": b"\x00\xff\n"})
        connection.execute(insert(cases), case)
        connection.execute(insert(case_events), {**EVENT, "at": CLOCK.now()})


def text_of(registry: Engine) -> dict[str, list[str]]:
    with snapshot(registry) as moment:
        return {t.name: [*moment.lines(t)] for t in moment.tables}


@pytest.fixture
def held(registry: Engine) -> Engine:
    """A registry with a row of every kind of value."""
    furnish(registry)
    return registry


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Engine]:
    """An empty SQLite database."""
    engine = connect_registry(sqlite_url(tmp_path / "elsewhere.db"))
    yield engine
    engine.dispose()


def test_either_database_goes_to_the_other_and_back_without_loss(
    held: Engine, elsewhere: Engine
):
    before = text_of(held)
    assert fill(elsewhere, newest(), before)["case_events"] == 1
    assert text_of(elsewhere) == before
    assert list_keys(elsewhere) == list_keys(held)
    # And back: the emptied database takes what the other wrote, and numbers on.
    with held.begin() as connection:
        migrate(connection, "base", down=True)
    fill(held, newest(), text_of(elsewhere))
    assert text_of(held) == before
    with held.begin() as connection:
        more = {**EVENT, "number": 2, "at": CLOCK.now()}
        connection.execute(insert(case_events), more)
        assert connection.scalar(select(func.max(case_events.c.seq))) == 2


def test_a_snapshot_holds_one_moment_while_others_write(held: Engine):
    with snapshot(held) as moment:
        tables = {t.name: t for t in moment.tables}
        keys = [*moment.lines(tables["api_keys"])]
        create_key(held, CLOCK, bank="虚构二行", scopes=["facts"])
        assert [*moment.lines(tables["api_keys"])] == keys
        assert len(keys) == 2  # the names of the columns, and one key
    assert len(list_keys(held)) == 2


def test_a_snapshot_of_an_older_edition_is_brought_up_to_date(
    held: Engine, elsewhere: Engine
):
    with held.begin() as connection:
        migrate(connection, "0003_cases", down=True)
    with snapshot(held) as moment:
        assert moment.edition == "0003_cases"
        lines = {t.name: [*moment.lines(t)] for t in moment.tables}
    assert "audit_log" not in lines
    fill(elsewhere, "0003_cases", lines)
    with snapshot(elsewhere) as moment:
        assert moment.edition == newest()
    assert [key.bank for key in list_keys(elsewhere)] == ["虚构银行"]


def _cut(lines: list[str]) -> list[str]:
    return [lines[0], lines[1][:-9]]


@pytest.mark.parametrize(
    ("edition", "change", "told", "kind"),
    [
        ("9999_x", {}, "9999_x.*upgrade", RegistryEditionError),
        (newest(), {"strange": ["[]"]}, "has no table.*strange", RegistryTextError),
        (newest(), {"api_keys": ['["prefix"]']}, "columns are", RegistryTextError),
        (newest(), {"api_keys": _cut}, "api_keys: no row", RegistryTextError),
    ],
)
def test_what_is_no_registry_leaves_the_database_empty(
    tmp_path: Path,
    elsewhere: Engine,
    *,
    edition: str,
    change: Any,
    told: str,
    kind: Any,
):
    source = open_registry(sqlite_url(tmp_path / "source.db"))
    furnish(source)
    lines: dict[str, Any] = text_of(source)
    source.dispose()
    for name, changed in change.items():
        lines[name] = changed(lines[name]) if callable(changed) else changed
    with pytest.raises(kind, match=told):
        fill(elsewhere, edition, lines)
    with snapshot(elsewhere) as moment:
        assert (moment.edition, moment.tables) == (None, ())


def test_a_registry_in_use_is_never_overwritten(held: Engine):
    before = text_of(held)
    with pytest.raises(RegistryNotEmptyError, match="name an empty database"):
        fill(held, newest(), before)
    assert text_of(held) == before
