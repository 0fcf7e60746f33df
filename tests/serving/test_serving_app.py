from __future__ import annotations

import gzip
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from publish.serving.cache import Page, Shelf
from tests.serving.world import ALPHA, Running, bearer, publish

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noarchive",
}


@pytest.mark.parametrize(
    "path",
    [
        "/-/metadata.json",
        "/-/settings.json",
        "/-/plugins.json?all=1",
        "/-/databases.json",
        "/-/versions.json",
        "/-/threads.json",
        "/-/actor.json",
        "/-/permissions",
        "/-/messages",
        "/-/allow-debug",
        "/-/patterns",
        "/-/auth-token?token=x",
        "/-/logout",
        "/-/config.json",
        "/-/metadata",
        "/_internal",
        "/_internal.json",
        "/_internal/databases.json",
        "/_memory?sql=select+1",
        "/:memory:",
        "//example.org/%2e%2e/",
    ],
)
def test_nothing_about_our_insides_is_told(shared: Running, path: str) -> None:
    answer = shared.get(path, allow_redirects=False)
    assert answer.status_code == 404
    assert answer.text == "404 没有这个页面 Not found\n"


def raw(site: Running, target: bytes) -> bytes:
    """The first bytes of an answer to a request line sent as it is."""
    host, port = site.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(
            b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        return line.recv(4096)


@pytest.mark.parametrize(
    "target",
    [
        b"/%2D/metadata.json",
        b"/%2d/settings.json",
        b"/%5Finternal.json",
        b"//example.org/",
        b"/.%2F-/metadata.json",
    ],
)
def test_closed_addresses_stay_closed_however_they_are_written(
    shared: Running, target: bytes
) -> None:
    answer = raw(shared, target)
    assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 302"))
    assert b"location: //" not in answer.lower()
    assert b'"' not in answer.partition(b"\r\n\r\n")[2][:1]


def test_every_kind_of_answer_carries_the_security_headers(shared: Running) -> None:
    paths = ("/", "/public/penalties", "/nowhere", "/-/metadata", "/api/v1/status")
    for path in (*paths, "/-/static/app.css", "/healthz", "/robots.txt"):
        told = shared.get(path).headers
        assert {k: told[k] for k in SECURITY} == SECURITY, path
        assert told["Referrer-Policy"] in {"same-origin", "no-referrer"}
        assert "frame-ancestors 'none'" in told["Content-Security-Policy"]
        assert "script-src 'unsafe" not in told["Content-Security-Policy"]
        assert len(told["X-Request-ID"]) == 24
        assert "server" not in {k.lower() for k in told}


def test_a_callers_request_id_is_kept_if_it_is_harmless(shared: Running) -> None:
    given = {"X-Request-ID": "bank-2026-0001"}
    assert (
        shared.get("/healthz", headers=given).headers["X-Request-ID"]
        == "bank-2026-0001"
    )
    given = {"X-Request-ID": "a<script>bc"}
    assert "<" not in shared.get("/healthz", headers=given).headers["X-Request-ID"]


def test_head_answers_like_get_without_a_body(shared: Running) -> None:
    for path in ("/", "/public/penalties.json", "/api/v1/status", "/healthz"):
        got = shared.get(path)
        head = shared.session.head(shared.url + path, timeout=10)
        assert head.status_code == 200
        assert head.content == b""
        assert head.headers["Content-Type"] == got.headers["Content-Type"]


def test_robots_may_read_pages_but_not_tables(shared: Running) -> None:
    told = shared.get("/robots.txt", headers={"Host": "credit.example"}).text
    lines = told.splitlines()
    assert lines[:3] == ["User-agent: *", "Allow: /", "Disallow: /public"]
    assert lines[3:] == [
        "Disallow: /api/",
        "Disallow: /search",
        "Disallow: /*?",
        "",
        "Sitemap: http://credit.example/sitemap.xml",
    ]


def test_text_is_compressed_for_those_who_take_it(shared: Running) -> None:
    page = "/public/penalties.json?_shape=array"
    plain = shared.get(page, headers={"Accept-Encoding": "identity"})
    packed = shared.get(page, headers={"Accept-Encoding": "gzip"}, stream=True)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    body = packed.raw.read(decode_content=False)
    assert gzip.decompress(body) == plain.content
    assert len(body) < len(plain.content) / 2
    refused = shared.get(page, headers={"Accept-Encoding": "gzip;q=0, br"})
    assert "Content-Encoding" not in refused.headers
    small = shared.get("/public/codes.json?_size=0&_shape=array")
    assert "Content-Encoding" not in small.headers


def kept(shared: Running) -> int:
    return len(shared.app.shelf)


def test_a_page_is_kept_for_one_release_one_day_and_one_language(site: Running) -> None:
    page = "/public/penalties"
    first = site.get(page)
    assert kept(site) == 1
    again = site.get(page)
    assert kept(site) == 1
    assert again.text == first.text
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "no-cache"
    tagged = site.get(page, headers={"If-None-Match": first.headers["ETag"]})
    assert (tagged.status_code, tagged.content) == (304, b"")
    site.get(page, cookies={"lang": "en"})
    assert kept(site) == 2
    site.get(page + "?_size=1")
    assert kept(site) == 3
    site.get(page, headers={"Host": "credit.example"})
    assert kept(site) == 4
    site.clock.turn()
    assert site.get(page).headers["ETag"] != first.headers["ETag"]
    assert kept(site) == 5
    publish(site.home, "20261124-bbbbbbbbbb", {})
    site.sees("20261124-bbbbbbbbbb")
    assert "P-open" not in site.get(page).text
    assert kept(site) == 6


def test_nothing_of_one_visitor_is_kept_for_another(site: Running) -> None:
    page = "/public/penalties"
    site.get(page, headers=bearer("cpk_anything"))
    site.get(page, cookies={"ds_csrftoken": "x"})
    site.get(page, cookies={"lang": "en", "ds_actor": "x"})
    site.get("/nowhere")
    site.get("/?lang=en")
    site.session.cookies.clear()
    site.get("/api/v1/status")
    site.get(f"/api/v1/enterprises/{ALPHA}", headers=site.key())
    site.session.post(site.url + page, timeout=10)
    assert kept(site) == 0


def test_a_failure_tells_the_visitor_a_number_and_nothing_else(
    site: Running, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    key = site.key()
    with site.app.registry.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE api_keys RENAME TO lost")
    with caplog.at_level(logging.INFO):
        answer = site.get(f"/api/v1/enterprises/{ALPHA}?hush=hush", headers=key)
    assert answer.status_code == 503
    assert answer.json()["code"] == "registry_unavailable"
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]
    assert "api_keys" not in answer.text
    told = caplog.text + "".join(capfd.readouterr())
    assert answer.headers["X-Request-ID"] in told
    assert "no such table" in told
    assert key["Authorization"].partition(".")[2] not in told
    assert "hush" not in told


def test_a_failed_statement_is_logged_without_what_the_visitor_typed(
    site: Running, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO):
        path = "/public/penalties.json?_fts_table=penalties&_search=hush"
        assert site.get(path).status_code == 400
    told = caplog.text + "".join(capfd.readouterr())
    assert "a statement failed in public" in told
    assert "hush" not in told


FORBIDDEN = ("dagster", "great_expectations", "pandas", "duckdb")


def test_the_serving_process_imports_no_heavy_engine() -> None:
    code = (
        "import sys; import publish.serving.server; "
        f"print([m for m in {FORBIDDEN} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


SERVE = """
import sys
from datetime import date
from pathlib import Path
from publish.serving.server import serve
from quality.clock import Clock
home = Path(sys.argv[1])
serve(home, Clock(date(2026, 11, 23)), host="127.0.0.1", port=int(sys.argv[2]),
      registry_url=f"sqlite:///{home}/registry.db")
"""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """``serve`` in a process of its own."""
    publish(tmp_path, "20261123-aaaaaaaaaa")
    port = free_port()
    command = [sys.executable, "-c", SERVE, str(tmp_path), str(port)]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    started = subprocess.Popen(command, **options)
    url = f"http://127.0.0.1:{port}"
    while True:
        try:
            requests.get(url + "/readyz", timeout=5).raise_for_status()
            break
        except requests.ConnectionError:
            assert started.poll() is None, started.stdout and started.stdout.read()
            time.sleep(0.05)
    try:
        yield url, started
    finally:
        started.kill()
        started.communicate()


def test_the_process_serves_logs_no_secret_and_stops_when_told(
    process: tuple[str, subprocess.Popen[str]],
) -> None:
    url, started = process
    token = "cpk_abcdefghjk." + "S" * 43
    requests.get(f"{url}/search?q=hush-hush", timeout=10)
    requests.get(
        f"{url}/api/v1/enterprises/{ALPHA}?note=hush", headers=bearer(token), timeout=10
    )
    requests.get(f"{url}/public/penalties.json?_where=hush", timeout=10)
    os.kill(started.pid, signal.SIGTERM)
    told, _ = started.communicate(timeout=20)
    assert started.returncode in {0, -signal.SIGTERM}
    assert re.search(rf"GET /api/v1/enterprises/{ALPHA} 401 \d+ ms", told)
    assert "GET /search" in told
    assert "SSSS" not in told
    assert "hush" not in told
    assert "Traceback" not in told


def test_page_answers_do_not_depend_on_the_servers_own_json_settings(
    shared: Running,
) -> None:
    rows = json.loads(shared.get("/public/penalties.json?_shape=array").text)
    assert {r["record_id"] for r in rows} == {"P-beta", "P-ends", "P-open"}


def test_pages_take_no_method_but_get_and_forms_post(shared: Running) -> None:
    for path, method in (
        ("/public/penalties", "POST"),
        ("/public/penalties", "DELETE"),
        ("/public", "OPTIONS"),
        ("/", "PUT"),
    ):
        answer = shared.session.request(method, shared.url + path, timeout=10)
        assert answer.status_code == 405, (path, method)
        assert answer.headers["Allow"] == "GET, HEAD"


def page(size: int) -> Page:
    return Page({"status": 200, "headers": []}, b"x" * size)


def test_the_shelf_drops_what_was_not_asked_for_longest() -> None:
    shelf = Shelf(most_bytes=100)
    for name in "abc":
        shelf.keep((name,), page(30))
    assert shelf.find(("a",))
    shelf.keep(("d",), page(30))
    assert [bool(shelf.find((name,))) for name in "abcd"] == [True, False, True, True]
    assert (len(shelf), shelf.bytes) == (3, 90)
    shelf.keep(("a",), page(10))
    assert (len(shelf), shelf.bytes) == (3, 70)
    shelf.keep(("e",), page(101))
    assert (len(shelf), shelf.bytes) == (0, 0)


def test_a_failure_inside_datasette_prints_no_headers(
    shared: Running,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    secret = {"Authorization": "Bearer very-secret", "Cookie": "lang=en; x=very-secret"}
    for form in (".json", ""):
        path = f"/public/penalties{form}?_timelimit=never"
        answer = shared.get(path, headers=secret)
        assert answer.status_code == 500
        assert "Traceback" not in answer.text
        assert "invalid literal" not in answer.text
    told = caplog.text + "".join(capfd.readouterr())
    assert "invalid literal" in told
    assert "very-secret" not in told
