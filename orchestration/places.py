"""From settings to the objects every asset is given. Free of Dagster."""

from __future__ import annotations

from pathlib import Path

from assets.setup import Setup
from assets.sources.declaration import load_sources
from orchestration.lake.lake import DUCKDB, LocalLake
from orchestration.lake.objects import Access, Objects
from orchestration.lake.store import Folder, Store
from orchestration.letters import automatic
from orchestration.settings import Settings, variables
from publish.release.model import Limits


def make_setup(settings: Settings) -> Setup:
    """What every asset is given."""
    on_cluster = settings.engine != DUCKDB
    return Setup(
        clock=settings.clock,
        sources=load_sources(settings.sources_file, variables(settings)),
        policy_file=settings.policy,
        releases=settings.releases,
        limits=Limits(
            keep=settings.keep_releases, carry_percent=settings.carry_percent
        ),
        docs=settings.home / "docs",
        decisions=settings.decisions,
        grade_decisions_file=settings.grade_decisions,
        registry=settings.registry,
        senders=automatic(settings),
        invented=settings.uses_sandbox,
        # A cluster compares no fingerprints, which are the embedded engine's, and parts
        # its rows itself.
        grade_everybody=settings.grade_everybody or on_cluster,
        grade_at_once=None if on_cluster else settings.grade_at_once,
    )


def make_lake(settings: Settings) -> LocalLake:
    """The lake, worked on in the home folder."""
    return LocalLake(
        settings.lake_folder,
        settings.clock,
        settings.memory_limit,
        settings.engine,
        make_store(settings),
    )


def make_store(settings: Settings) -> Store:
    """Where the files of the lake lie; nothing is asked of an object store yet.

    Raises:
        LakeUnavailableError: no such kind of store can be reached.
    """
    if settings.lake is None or "://" not in settings.lake:
        return Folder(Path(settings.lake or settings.lake_folder).absolute())
    given = settings.lake_secret
    secret = given.get_secret_value() if given else None
    url, endpoint = settings.lake.rstrip("/"), settings.lake_endpoint
    access = Access(url, endpoint, settings.lake_key, secret)
    return Objects.of(access, settings.lake_folder)
