"""PostgreSQL that restarts, breaks off, or ends a deadlock: nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from publish.access.desk import Desk
from publish.access.keys import create_key, list_keys
from publish.cases.machines import Kind
from publish.cases.model import CaseError
from publish.cases.office_cases import TakenUpError, acknowledge
from publish.cases.store import list_cases, open_case
from publish.registry.engine import open_registry, passes
from publish.registry.work import once_more
from quality.clock import Clock
from tests import postgresql

CLOCK = Clock(date(2026, 11, 23))
WARNING: dict[str, Any] = {
    "uscc": "",
    "request": "look",
    "record": None,
    "actor": "staff:desk",
    "about": {"rule_id": "W1", "subject": "甲", "unit": "desk"},
}
BREAK_OFF = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'"
)


@pytest.fixture
def place(postgresql_server: Any) -> URL:
    """The URL of an empty database on PostgreSQL."""
    return postgresql.database(postgresql_server)


@pytest.fixture
def engine(place: URL) -> Iterator[Engine]:
    """An open registry on PostgreSQL."""
    opened = open_registry(place)
    yield opened
    opened.dispose()


def test_a_server_that_restarts_is_found_again(engine: Engine, postgresql_server: Any):
    create_key(engine, CLOCK, bank="虚构银行", scopes=["facts"])
    postgresql.restart(postgresql_server)
    create_key(engine, CLOCK, bank="虚构二行", scopes=["facts"])
    assert {key.bank for key in list_keys(engine)} == {"虚构银行", "虚构二行"}


def test_one_waits_for_a_server_that_comes_back_at_once(
    engine: Engine, postgresql_server: Any
):
    postgresql_server.stop()
    back = threading.Timer(0.3, postgresql_server.ensure_postgres_running)
    back.start()
    create_key(engine, CLOCK, bank="虚构银行", scopes=["facts"])
    back.join()
    assert len(list_keys(engine)) == 1


def test_a_server_that_stays_away_is_told_not_waited_for(
    engine: Engine, postgresql_server: Any
):
    postgresql_server.stop()
    try:
        with pytest.raises(OperationalError, match=r"No such file|refused") as told:
            create_key(engine, CLOCK, bank="虚构银行", scopes=["facts"])
        assert not passes(told.value)
    finally:
        postgresql_server.ensure_postgres_running()
    assert list_keys(engine) == []


def counted(connection: Connection, items: Sequence[str]) -> Sequence[int]:
    """Add each to the table, and say how many there are."""
    return [
        connection.scalar(
            text(
                "INSERT INTO done VALUES (:i) RETURNING (SELECT count(*) + 1 FROM done)"
            ),
            {"i": item},
        )
        for item in items
    ]


@pytest.fixture
def desk(engine: Engine) -> Iterator[Desk]:
    """A desk that adds lines to a table."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE done (item text UNIQUE)"))
    opened = Desk(engine, {"count": counted})
    yield opened
    opened.close()


def ask(desk: Desk, *items: str) -> list[int]:
    async def together() -> list[int]:
        return [*await asyncio.gather(*(desk.ask("count", i) for i in items))]

    return asyncio.run(together())


def test_a_connection_that_broke_between_requests_costs_none_of_them(
    desk: Desk, place: URL, postgresql_server: Any
):
    assert ask(desk, "a") == [1]
    postgresql_server.psql(BREAK_OFF.format(place.database))
    assert sorted(ask(desk, "b", "c")) == [2, 3]
    postgresql.restart(postgresql_server)
    assert ask(desk, "d") == [4]


def test_a_deadlock_is_ended_by_the_database_and_the_loser_goes_again(engine: Engine):
    """The desk holds row 1 and wants row 2; the other holds row 2 and wants row 1."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE rows (n int PRIMARY KEY, hits int)"))
        connection.execute(text("INSERT INTO rows VALUES (1, 0), (2, 0)"))
    hit = "UPDATE rows SET hits = hits + 1 WHERE n = {}"
    held, tries = threading.Barrier(2), list[int]()

    def first_then_second(
        connection: Connection, items: Sequence[Any]
    ) -> Sequence[Any]:
        tries.append(len(items))
        if len(tries) > 1:
            other.join(10)  # a waiter that was slow to wake would be met again
        # The loser is who waited longer: deadlocks are looked for after 50 ms here.
        connection.execute(text("SET LOCAL deadlock_timeout = '50ms'"))
        connection.execute(text(hit.format(1)))
        if len(tries) == 1:
            held.wait(10)
        connection.execute(text(hit.format(2)))
        return items

    def second_then_first() -> None:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL deadlock_timeout = '10s'"))
            connection.execute(text(hit.format(2)))
            held.wait(10)
            connection.execute(text(hit.format(1)))

    desk = Desk(engine, {"hit": first_then_second})
    other = threading.Thread(target=second_then_first)
    other.start()
    assert asyncio.run(desk.ask("hit", "x")) == "x"
    other.join()
    desk.close()
    assert tries == [1, 1]
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT n, hits FROM rows ORDER BY n")).all()
    assert [tuple(row) for row in rows] == [(1, 2), (2, 2)]


def test_a_case_that_a_deadlock_undid_is_opened_once(engine: Engine):
    """Outside the desk as well: the whole function goes again, and stands once."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE places (n int PRIMARY KEY)"))
        connection.execute(text("INSERT INTO places VALUES (1), (2)"))
    held, tries = threading.Barrier(2), list[int]()
    lock = "SELECT n FROM places WHERE n = {} FOR UPDATE"

    @once_more
    def open_one() -> str:
        tries.append(1)
        if len(tries) > 1:
            other.join(10)
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL deadlock_timeout = '50ms'"))
            made = open_case(connection, CLOCK, Kind.WARNING, **WARNING)
            connection.execute(text(lock.format(1)))
            if len(tries) == 1:
                held.wait(10)
            connection.execute(text(lock.format(2)))
            return made

    def other_way_round() -> None:
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL deadlock_timeout = '10s'"))
            connection.execute(text(lock.format(2)))
            held.wait(10)
            connection.execute(text(lock.format(1)))

    other = threading.Thread(target=other_way_round)
    other.start()
    made = open_one()
    other.join()
    assert len(tries) == 2
    assert [case.id for case in list_cases(engine)] == [made]


def test_what_is_wrong_is_told_at_once_and_not_tried_again():
    tries = []

    @once_more
    def refuse() -> None:
        tries.append(1)
        raise CaseError("no")

    with pytest.raises(CaseError):
        refuse()
    assert tries == [1]


def test_two_desks_take_a_warning_up_and_one_has_it(engine: Engine):
    """Both ask in the same moment: the check and the case are one step."""
    ready = threading.Barrier(8)

    def take(unit: str) -> str:
        ready.wait(10)
        try:
            return acknowledge(engine, CLOCK, "W1", "甲", unit=unit, words="x").id
        except TakenUpError as error:
            return str(error)

    with ThreadPoolExecutor(8) as pool:
        told = [*pool.map(take, [f"desk {n}" for n in range(8)])]
    (case,) = list_cases(engine, kind=Kind.WARNING)
    assert told.count(case.id) == 1
    refused = f"{case.id}: {case.about['unit']} has it in hand"
    assert told.count(refused) == 7
