"""What docs/ gives a bank works: the client, signatures by openssl, the page.

Its other commands are run by ``tests/pipeline/test_pipeline_documents.py``.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from publish.access.signing import Algorithm, rotate
from publish.api.compatibility import broken
from publish.api.mock import CLEAN, LISTED, PENALISED, TOKEN, UNKNOWN
from publish.api.openapi import document
from publish.api.routes import OPERATIONS
from tests.serving.world import Running, bearer

HERE = Path(__file__).parent
ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def client_module() -> ModuleType:
    place = DOCS / "client" / "creditpark_client.py"
    spec = importlib.util.spec_from_file_location("creditpark_client", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_client_reads_everything_it_offers(
    mock: Running, client_module: ModuleType
) -> None:
    client = client_module.Client(mock.url, TOKEN.text, purpose="test")
    assert "secret" not in repr(client)
    assert client.enterprise(CLEAN).data["published_grade"]["letter"] == "A"
    outcomes = client.batch([CLEAN, UNKNOWN, "x"]).data["results"]
    assert [r["outcome"] for r in outcomes] == ["found", "unknown", "invalid"]
    records = list(client.records(CLEAN, section="licences", limit="3"))
    assert [r["record"]["record_id"] for r in records] == [
        f"X-{n}" for n in range(7, 0, -1)
    ]
    assert client.match("虚构晨光新材料")[0][0]["uscc"] == CLEAN
    assert client.verify("no_penalty", PENALISED) is False
    assert client.verify("grade_at_least", CLEAN, "B") is True
    answer = client.credit(CLEAN, "grade")
    assert answer.data["grade"]["letter"] == "A"
    kept = client.receipt(answer.receipt).data
    assert kept["result_sha256"] == answer.result_sha256
    assert kept["purpose"] == "test"
    assert len(list(client.history(CLEAN, limit="2"))) == 4
    paper, signature = client.report(CLEAN)
    assert paper.startswith(b"%PDF")
    assert signature.count(".") == 2
    lines = list(client.screen("组合", [CLEAN, PENALISED, LISTED, UNKNOWN]))
    assert [r["outcome"] for r in lines] == ["clear", "flagged", "flagged", "unknown"]
    with pytest.raises(client_module.Problem) as refused:
        client.credit(PENALISED)
    assert refused.value.code == "authorisation_missing"


def _block(begins: str) -> str:
    """The example of docs/api.md that begins so."""
    text = (DOCS / "api.md").read_text("utf-8")
    return next(b for b in re.findall(r"```\w+\n(.*?)```", text, re.S) if begins in b)


def _signed(mock: Running, place: Path) -> str:
    headers = {**bearer(TOKEN.text), "Accept": "application/jose"}
    signed = mock.get(f"/api/v1/enterprises/{CLEAN}", headers=headers).text
    (place / "answer.jws").write_text(signed)
    return signed


def _openssl(
    mock: Running, place: Path, script: str
) -> subprocess.CompletedProcess[str]:
    given = {"API": mock.url, "PATH": os.environ["PATH"]}
    return subprocess.run(
        ["/bin/sh", "-c", script],
        cwd=place,
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_signatures_are_verified_with_openssl_as_the_document_says(
    mock: Running, tmp_path: Path
) -> None:
    if shutil.which("openssl") is None or shutil.which("curl") is None:
        pytest.skip("no openssl or no curl on this machine")
    script = _block("un64()")
    signed = _signed(mock, tmp_path)
    done = _openssl(mock, tmp_path, script)
    assert done.stdout == "Verified OK\n", done.stderr
    head, body, tail = signed.split(".")
    other = f"{head}.{body[:-4]}AAAA.{tail}"
    (tmp_path / "answer.jws").write_text(other)
    assert _openssl(mock, tmp_path, script).stdout == "Verification failure\n"


def test_signatures_of_ed25519_are_verified_with_openssl_too(
    mock: Running, tmp_path: Path
) -> None:
    if shutil.which("openssl") is None or shutil.which("curl") is None:
        pytest.skip("no openssl or no curl on this machine")
    mock.clock.turn()
    rotate(mock.home / "signing", mock.clock, Algorithm.ED25519)
    _signed(mock, tmp_path)
    text = " ".join((DOCS / "api.md").read_text("utf-8").split())
    begin = r"un64 [^`S]*SIGN|printf %s|openssl pkeyutl"
    lines = re.findall(rf"`((?:{begin})[^`]*)`", text)
    script = _block("un64()").partition("HEX=")[0] + "\n".join(lines)
    done = _openssl(mock, tmp_path, script)
    assert done.stdout == "Signature Verified Successfully\n", done.stderr


def test_signatures_are_verified_with_python_as_the_document_says(
    mock: Running, tmp_path: Path
) -> None:
    known = {"api": mock.url, "signed": _signed(mock, tmp_path)}
    exec(_block("jws.deserialize_compact"), known)  # noqa: S102  our own document
    answer = json.loads(known["envelope"])
    assert answer["data"]["uscc"] == CLEAN
    exec(_block("hashlib.sha256(told"), {"answer": answer})  # noqa: S102
    missing = mock.get("/.well-known/keys/00000000-00000000")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown_signing_key")


def test_the_documentation_page_asks_no_other_site_and_runs_no_inline_script(
    mock: Running,
) -> None:
    page = mock.get("/api/v1/docs")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert [link for link in links if not re.match(r"/|#", link)] == []
    assert re.findall(r"<script(?![^>]*src=)", page.text) == []
    assert not re.search(r"\son\w+=|style=", page.text)
    for operation in OPERATIONS:
        assert f"<code>{operation.where}</code>" in page.text
    for name in ("docs.css", "docs.js"):
        assert mock.get(f"/api/v1/docs/{name}").status_code == 200
    assert mock.get("/api/v1/docs/docs.py").status_code == 422


def _at_last_tag() -> str | None:
    """The description as the newest tag of this clone has it; a shallow one has none."""
    git = shutil.which("git")
    if git is None:
        return None

    def asked(*words: str) -> str:
        done = subprocess.run([git, *words], cwd=ROOT, capture_output=True, check=False)
        return done.stdout.decode() if done.returncode == 0 else ""

    tag = asked("describe", "--tags", "--abbrev=0").strip()
    return (asked("show", f"{tag}:docs/openapi.json") if tag else "") or None


def test_the_description_takes_nothing_away_from_what_was_promised() -> None:
    """Against the committed promise, and the last tag's where the clone has it."""
    promised = [(HERE / "promised.json").read_text("utf-8"), _at_last_tag()]
    new = json.loads((DOCS / "openapi.json").read_text("utf-8"))
    for old in filter(None, promised):
        assert broken(json.loads(old), new) == []
        assert len(json.loads(old)["paths"]) >= 25


def test_what_a_client_could_miss_is_found() -> None:
    old = json.loads(json.dumps(document(OPERATIONS)))
    new = json.loads(json.dumps(document(OPERATIONS)))
    assert broken(old, new) == []
    paths, schemas = new["paths"], new["components"]["schemas"]
    del paths["/api/v1/match"]
    del schemas["Grade"]["properties"]["letter"]
    schemas["Penalties"]["properties"]["fine_fen"]["type"] = ["string", "null"]
    schemas["VerifyRequest"]["required"] = ["uscc", "value"]
    credit = paths["/api/v1/enterprises/{uscc}/credit"]["get"]
    include = next(p for p in credit["parameters"] if p["name"] == "include")
    include["schema"]["items"]["enum"].remove("figures")
    del schemas["Problem"]["properties"]["code"]["x-codes"]["rate_limited"]
    assert set(broken(old, new)) == {
        "POST /api/v1/match is gone",
        "GET /api/v1/enterprises/{uscc}/credit include: figures is no longer accepted",
        "Problem.code: codes rate_limited are gone",
        "Penalties.fine_fen: type is ['string', 'null'], was ['integer', 'null']",
        "Grade.letter is gone",
        "VerifyRequest.value is required now",
    }
    added = json.loads(json.dumps(document(OPERATIONS)))
    added["paths"]["/api/v1/new"] = {}
    added["components"]["schemas"]["Grade"]["properties"]["new"] = {"type": "string"}
    assert broken(old, added) == []
