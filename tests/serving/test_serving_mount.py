from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from datasette.database import QueryInterrupted

from publish.serving.mount import LOOK_EVERY, NoReleaseError, mounted
from tests.serving.world import (
    ALPHA,
    BETA,
    Running,
    TurningClock,
    default_rows,
    penalty,
    point,
    publish,
    running,
    wait_until,
    write_release,
)

Damage = Callable[[Path], None]
FIRST, SECOND = "20261123-aaaaaaaaaa", "20261124-bbbbbbbbbb"


def release_of(site: Running) -> str:
    return str(site.get("/api/v1/status").json()["release"])


def look_again() -> None:
    time.sleep(LOOK_EVERY * 1.2)


def numbered(number: int) -> dict[str, list[dict[str, object]]]:
    """Rows in which every row names its generation."""
    rows = default_rows()
    for row in rows["enterprises"]:
        row["name"] = f"第{number}版"
    rows["penalties"] = [
        penalty(f"P-{n}", BETA, None, violation_kind=f"第{number}版") for n in range(9)
    ]
    return rows


GENERATION = re.compile(r"(?:第|\\u7b2c)(\d+)(?:版|\\u7248)")
PAGES = (
    "/public/penalties.json?_shape=array",
    "/public/penalties?_facet=violation_kind",
    f"/public/enterprises/{ALPHA}",
)


def visit(url: str, stop: threading.Event, seen: set[int], bad: list[str]) -> None:
    """Ask three kinds of page for ever; an answer may never mix two generations."""
    with requests.Session() as session:
        while not stop.is_set():
            for path in PAGES:
                try:
                    answer = session.get(url + path, timeout=60)
                except requests.RequestException as error:
                    bad.append(repr(error))
                    continue
                generations = {int(n) for n in GENERATION.findall(answer.text)}
                if answer.status_code != 200 or len(generations) != 1:
                    bad.append(f"{path} {answer.status_code} {generations}")
                seen.update(generations)


def test_twenty_switches_under_load_fail_no_request_and_mix_no_release(
    tmp_path: Path, clock: TurningClock
) -> None:
    for number in range(21):
        write_release(tmp_path, f"r{number:02}", numbered(number))
    point(tmp_path, '{"release": "r00"}')
    stop, seen, bad = threading.Event(), set[int](), list[str]()
    with running(tmp_path, clock) as site:
        clients = [
            threading.Thread(target=visit, args=(site.url, stop, seen, bad))
            for _ in range(4)
        ]
        for client in clients:
            client.start()
        for number in range(1, 21):
            point(tmp_path, json.dumps({"release": f"r{number:02}"}))
            wait_until(lambda now=number: now in seen)
        stop.set()
        for client in clients:
            client.join()
        assert bad == []
        assert seen >= set(range(1, 21))
        assert release_of(site) == "r20"
        wait_until(lambda: open_databases(tmp_path) == {"r20"})


def open_databases(home: Path) -> set[str]:
    """The releases of a home whose public files this process holds open."""
    handles = Path("/proc/self/fd").iterdir()
    files = {os.path.realpath(handle) for handle in handles}
    inside = f"{home.resolve()}{os.sep}"  # other tests' servers run in this process too
    public = [f for f in files if f.startswith(inside) and f.endswith("public.db")]
    return {Path(f).parent.name for f in public}


def test_a_release_lets_go_of_its_file_though_a_statement_was_cut_off(
    site: Running,
) -> None:
    old = site.app.mount.current
    assert old is not None
    endless = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
        "SELECT count(*) FROM n"
    )
    kept = []
    with site.app.mount.pinned(old):
        for _ in range(4):
            with pytest.raises(QueryInterrupted) as caught:
                asyncio.run(old.public.execute(endless, custom_time_limit=20))
            kept.append(caught.value)  # its traceback holds the statement
        publish(site.home, SECOND)
        site.sees(SECOND)
        assert release_of(site) == SECOND
    wait_until(lambda: open_databases(site.home) == {SECOND})
    assert len(kept) == 4


def test_a_new_release_and_a_rollback_are_served_without_a_restart(
    site: Running,
) -> None:
    assert release_of(site) == FIRST
    publish(site.home, SECOND)
    site.sees(SECOND)
    assert release_of(site) == SECOND
    point(site.home, json.dumps({"release": FIRST}))
    site.sees(FIRST)
    assert release_of(site) == FIRST


def test_before_the_first_release_pages_say_what_to_do(
    tmp_path: Path, clock: TurningClock
) -> None:
    with running(tmp_path, clock) as site:
        page = site.get("/")
        assert page.status_code == 503
        assert "make run" in page.text
        assert "信用数据尚未发布" in page.text
        assert page.headers["Retry-After"] == "10"
        told = site.get("/api/v1/status")
        assert told.status_code == 503
        assert told.headers["Content-Type"] == "application/problem+json"
        assert told.json()["code"] == "no_release"
        assert site.get("/healthz").status_code == 200
        assert site.get("/readyz").status_code == 503
        assert site.get("/readyz").json() == {
            "ready": False,
            "release": None,
            "refused": None,
        }
        assert site.get("/api/v1/openapi.json").status_code == 200
        with pytest.raises(NoReleaseError, match="make run"):
            mounted(site.app.datasette)
        publish(tmp_path, FIRST)
        site.sees(FIRST)
        assert release_of(site) == FIRST
        assert site.get("/readyz").json()["release"] == FIRST


def break_pointer(home: Path) -> None:
    point(home, '{"release": ')


def climb_out(home: Path) -> None:
    point(home, '{"release": "../../etc"}')


def name_nothing(home: Path) -> None:
    point(home, '{"release": "20261124-cccccccccc"}')


def lose_a_file(home: Path) -> None:
    publish(home, SECOND)
    (home / "releases" / SECOND / "authorised.db").unlink()


def cut_a_file(home: Path) -> None:
    folder = write_release(home, SECOND, default_rows())
    whole = (folder / "public.db").read_bytes()
    (folder / "public.db").write_bytes(whole[: len(whole) // 2])
    point(home, json.dumps({"release": SECOND}))


def lose_a_column(home: Path) -> None:
    folder = write_release(home, SECOND, default_rows())
    with sqlite3.connect(folder / "public.db") as connection:
        connection.execute("ALTER TABLE penalties DROP COLUMN content")
    connection.close()
    point(home, json.dumps({"release": SECOND}))


def rename_a_folder(home: Path) -> None:
    folder = write_release(home, "20261125-dddddddddd", default_rows())
    shutil.move(folder, home / "releases" / SECOND)
    point(home, json.dumps({"release": SECOND}))


@pytest.mark.parametrize(
    ("damage", "refused"),
    [
        (break_pointer, "pointer"),
        (climb_out, "pointer"),
        (name_nothing, "20261124-cccccccccc"),
        (lose_a_file, SECOND),
        (cut_a_file, SECOND),
        (lose_a_column, SECOND),
        (rename_a_folder, SECOND),
    ],
)
def test_a_broken_release_leaves_the_old_one_serving_and_is_told_once(
    site: Running, caplog: pytest.LogCaptureFixture, damage: Damage, refused: str
) -> None:
    with caplog.at_level(logging.ERROR, "publish.serving.mount"):
        damage(site.home)
        site.sees(refused)
        for _ in range(3):
            look_again()
            assert release_of(site) == FIRST
    assert site.get("/readyz").json() == {
        "ready": True,
        "release": FIRST,
        "refused": refused,
    }
    lines = [r.getMessage() for r in caplog.records]
    assert len(lines) == 1
    assert "release refused" in lines[0]
    assert "stays" in lines[0]


def test_a_release_whose_files_arrive_after_its_pointer_is_mounted_in_the_end(
    site: Running,
) -> None:
    point(site.home, json.dumps({"release": SECOND}))
    look_again()
    assert release_of(site) == FIRST
    write_release(site.home, SECOND, default_rows())
    wait_until(lambda: release_of(site) == SECOND)
    assert site.get("/readyz").json()["refused"] is None


def test_a_lost_pointer_changes_nothing(site: Running) -> None:
    (site.home / "releases" / "current.json").unlink()
    look_again()
    assert release_of(site) == FIRST


def test_inside_one_request_the_release_never_changes(site: Running) -> None:
    mount = site.app.mount
    old = mount.current
    assert old is not None
    with mount.pinned(old):
        publish(site.home, SECOND)
        site.sees(SECOND)
        assert release_of(site) == SECOND
        assert mounted(site.app.datasette) is old
        assert site.app.datasette.databases["public"] is old.public
        time.sleep(0.3)
        assert old.public.connect().execute("SELECT 1").fetchone() == (1,)
    assert mounted(site.app.datasette).release_id == SECOND


def test_no_page_knows_the_authorised_file(site: Running) -> None:
    assert set(site.app.datasette.databases) == {"_internal", "public"}
    for path in (
        "/authorised",
        "/authorised.json",
        "/authorised/grades",
        "/public/grades",
    ):
        assert site.get(path).status_code == 404


def test_a_home_with_an_unusual_name_serves_too(
    tmp_path: Path, clock: TurningClock
) -> None:
    home = tmp_path / "园区 #1?x=%41&"
    publish(home, FIRST)
    with running(home, clock) as site:
        assert release_of(site) == FIRST
