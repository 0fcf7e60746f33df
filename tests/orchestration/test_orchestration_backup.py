"""Backup and restore of a home: whole or not at all, secrets kept, nothing overwritten."""

from __future__ import annotations

import gzip
import json
import random
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestration.backup.archive import BackupError, unpack
from orchestration.backup.making import back_up
from orchestration.backup.restoring import restore
from orchestration.cli import main
from orchestration.holding import sole_writer
from orchestration.settings import Settings
from publish.access.keys import create_key, list_keys
from publish.access.signing import Signer
from publish.registry.engine import open_registry
from quality.clock import Clock

TODAY = date(2026, 11, 23)
BATCH = "lake/landing/tax/tax_arrears/20261122-20261123-0123456789"
FILES = {
    f"{BATCH}/00001.json": '{"rows": []}',
    f"{BATCH}/manifest.json": "{}",
    "decisions/identities.jsonl": '{"id": 1}\n',
    "inbox/rents.csv": "名称,金额\n",
    "letters/TZ-1.pdf": "%PDF",
    "releases/current.json": "{}",
    # None of these is finished, or ours to keep.
    "lake/landing/tax/tax_arrears/.partial-7-staging/00001.json": "{",
    "lake/landing/.arriving/tax/1.json": "{}",
    "lake/tables/grades/1.parquet": "PAR1",
    "dagster/dagster.yaml": "x: 1",
    "run.lock": "",
}


def at(home: Path) -> Settings:
    return Settings(home=home, today=TODAY)


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """A home with one batch, a decision, a key of a bank, a signing key."""
    settings = at(tmp_path / "home")
    for name, content in FILES.items():
        path = settings.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    registry = open_registry(settings.registry)
    create_key(registry, Clock(TODAY), bank="虚构银行", scopes=["facts"])
    registry.dispose()
    Signer(settings.signing, Clock(TODAY)).keys()
    return settings


def held(home: Path) -> dict[str, bytes]:
    """The files of a home by name, apart from the registry and its lock."""
    return {
        p.relative_to(home).as_posix(): p.read_bytes()
        for p in home.rglob("*")
        if p.is_file()
        and not p.name.startswith(("registry.db", "run.lock", "steps.lock"))
    }


def command(settings: Settings, *words: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(settings.home), *words])


def test_a_restored_home_has_what_no_run_can_make_again(home: Settings, tmp_path: Path):
    file, there = tmp_path / "b.tar.gz", at(tmp_path / "there")
    manifest = back_up(home, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    restore(there, file)
    wanted = {n: c.encode() for n, c in FILES.items() if n in [*FILES][:5]}
    found = held(there.home)
    signing = {n for n in found if n.startswith("signing/")}
    configuration = {n for n in found if n.startswith("configuration/")}
    assert {n: found[n] for n in wanted} == wanted
    assert {*found} == {*wanted} | signing | configuration
    assert signing == {"signing/first.jwk"}
    assert configuration == {
        "configuration/sandbox.yaml",
        "configuration/zibo-gaoxin-2026.yaml",
    }
    assert manifest.rows["api_keys"] == 1
    registry = open_registry(there.registry)
    assert [key.bank for key in list_keys(registry)] == ["虚构银行"]
    registry.dispose()
    # The keys that sign are as secret as they were; the order of deliveries is kept.
    assert stat.S_IMODE((there.signing / "first.jwk").stat().st_mode) == 0o600
    assert stat.S_IMODE(there.signing.stat().st_mode) == 0o700
    times = [(s.home / BATCH / "manifest.json").stat().st_mtime for s in (home, there)]
    assert times[0] == pytest.approx(times[1], abs=1e-5)


def test_releases_go_along_when_asked(home: Settings, tmp_path: Path):
    back_up(home, tmp_path / "b", releases=True)
    restore(at(tmp_path / "there"), tmp_path / "b")
    assert (tmp_path / "there/releases/current.json").read_text() == "{}"


def test_the_commands_tell_what_they_did(home: Settings, tmp_path: Path):
    file, there = tmp_path / "b", at(tmp_path / "there")
    made = command(home, "backup", str(file), "--json")
    assert made.exit_code == 0, made.output
    parts = {row["part"]: row["files"] for row in json.loads(made.output)}
    assert parts == {
        "registry": 26,
        "lake": 2,
        "decisions": 1,
        "inbox": 1,
        "signing": 1,
        "letters": 1,
        "configuration": 2,
    }
    checked = command(there, "restore", str(file), "--check")
    assert (checked.exit_code, f"{file}: whole" in checked.output) == (0, True)
    assert not there.home.exists()
    assert "keep it as secret" in command(home, "backup", f"{file}2").output
    assert command(there, "restore", str(file)).exit_code == 0
    again = command(there, "restore", str(file))
    assert again.exit_code == 1
    assert "is not empty (configuration, …): restore elsewhere" in again.output


def test_a_name_that_is_taken_is_left_alone(home: Settings, tmp_path: Path):
    (tmp_path / "b").write_text("older")
    result = command(home, "backup", str(tmp_path / "b"))
    assert result.exit_code == 1
    assert "is there already: give another name" in result.output
    assert (tmp_path / "b").read_text() == "older"


def test_a_home_that_does_not_exist_is_no_empty_backup(tmp_path: Path):
    with pytest.raises(BackupError, match="nothing to back up"):
        back_up(at(tmp_path / "nowhere"), tmp_path / "b")
    assert not (tmp_path / "b").exists()


@contextmanager
def small_disk(most: int) -> Iterator[None]:
    """No file may grow beyond ``most`` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_nothing_under_the_name(home: Settings, tmp_path: Path):
    folder = tmp_path / "backups"
    folder.mkdir()
    noise = random.Random(1).randbytes(300_000)  # noqa: S311
    (home.drop_folder / "scan.xlsx").write_bytes(noise)
    with small_disk(200_000), pytest.raises(BackupError, match="File too large"):
        back_up(home, folder / "b")
    assert [*folder.iterdir()] == []


def _torn(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def _without_end(data: bytes) -> bytes:
    """Without the list at the end, and whole as a tar."""
    plain = gzip.decompress(data)
    return gzip.compress(plain[: plain.index(b"MANIFEST.json")] + bytes(1024))


def _changed(data: bytes) -> bytes:
    plain = gzip.decompress(data)
    return gzip.compress(plain.replace("名称".encode(), "名字".encode(), 1))


def _flipped(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :]


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (_torn, "is no whole backup"),
        (_without_end, "its end is missing"),
        (_changed, r"checksums differ: inbox/rents\.csv"),
        (_flipped, "is no whole backup"),
        (lambda _: b"", "is no whole backup"),
        (lambda _: b"not a backup", "is no whole backup"),
        (lambda d: gzip.compress(gzip.decompress(d)[:512]), "is no whole backup"),
    ],
)
def test_a_damaged_archive_restores_nothing(
    home: Settings, tmp_path: Path, harm: object, told: str
):
    file, there = tmp_path / "b", at(tmp_path / "there")
    back_up(home, file)
    file.write_bytes(harm(file.read_bytes()))  # type: ignore[operator]
    with pytest.raises(BackupError, match=told):
        unpack(file)
    with pytest.raises(BackupError, match=told):
        restore(there, file)
    assert {p.name for p in there.home.iterdir()} == {"run.lock", "steps.lock"}


def test_nothing_is_restored_over_a_registry_or_beside_a_run(
    home: Settings, tmp_path: Path
):
    file = tmp_path / "b"
    back_up(home, file)
    theirs = Settings(home=tmp_path / "there", registry_url=home.registry)
    with pytest.raises(BackupError, match="registry holds 26 tables already"):
        restore(theirs, file)
    assert {p.name for p in theirs.home.iterdir()} == {"run.lock", "steps.lock"}
    with sole_writer(theirs.home):
        busy = command(theirs, "restore", str(file))
    assert (busy.exit_code, "another run" in busy.output) == (4, True)
    (theirs.home / ".partial-1-restore").mkdir()
    with pytest.raises(BackupError, match="a restore was killed in"):
        restore(theirs, file)
