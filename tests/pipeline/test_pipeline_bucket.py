"""A whole run whose lake is an object store: the same release as from a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.backup.making import back_up
from orchestration.backup.restoring import restore
from orchestration.lake.objects import Objects
from tests.buckets import Bucket, serving
from tests.pipeline.conftest import TODAY, run_and_kill, run_job, three_enterprises

PREFIX = "zibo/lake"


@pytest.fixture(scope="module")
def bucket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bucket]:
    with serving(tmp_path_factory.mktemp("s3")) as made:
        yield made


def test_a_run_killed_between_its_objects_is_made_good_to_the_last_bit(
    bucket: Bucket, tmp_path: Path
):
    """All that landed is brought by a backup; all else is made there anew."""
    sources = three_enterprises(tmp_path)
    base = run_job(tmp_path / "folder", TODAY, sources=sources)
    home, given = tmp_path / "home", bucket.environment(PREFIX)
    settings = base.settings.model_copy(
        update={"home": home, **bucket.settings(PREFIX)}
    )
    back_up(base.settings, tmp_path / "backup")
    restore(settings, tmp_path / "backup")
    store = bucket.store(PREFIX, home / "lake")
    landed = store.names("landing/*/*/*/manifest.json")
    run_and_kill(
        home,
        TODAY,
        lambda: len(store.names("tables/*/current.json")) > 1,
        seed=8,
        CREDITPARK_SOURCES=str(sources),
        **given,
    )
    assert not (home / "releases" / "current.json").exists()
    secret = {"lake_secret": bucket.secret}
    changes = bucket.settings(PREFIX) | secret | {"sources": sources}
    whole = run_job(home, TODAY, **changes)
    assert (whole.code, whole.report["failures"]) == (0, {})
    assert whole.content == base.content
    assert isinstance(whole.lake.store, Objects)
    assert store.names("landing/*/*/*/manifest.json") == landed
    assert whole.report["totals"] == base.report["totals"]
    # This machine holds a cache, and nothing of the lake itself.
    held = {path.name for path in (home / "lake").iterdir()}
    assert held <= {"cache", "making", "quality", "spill", "landing", "owner.json"}
    assert not [*(home / "lake" / "landing").rglob("manifest.json")]
