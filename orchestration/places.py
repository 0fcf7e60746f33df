"""From settings to the objects every asset is given. Free of Dagster."""

from __future__ import annotations

from assets.setup import Setup
from assets.sources.declaration import load_sources
from orchestration.lake.lake import DUCKDB, LocalLake
from orchestration.letters import automatic
from orchestration.settings import Settings, variables


def make_setup(settings: Settings) -> Setup:
    """What every asset is given."""
    return Setup(
        clock=settings.clock,
        sources=load_sources(settings.sources_file, variables(settings)),
        policy_file=settings.policy,
        releases=settings.releases,
        keep_releases=settings.keep_releases,
        docs=settings.home / "docs",
        decisions=settings.decisions,
        grade_decisions_file=settings.grade_decisions,
        registry=settings.registry,
        senders=automatic(settings),
        invented=settings.uses_sandbox,
        # A cluster compares no fingerprints: they are the embedded engine's.
        grade_everybody=settings.grade_everybody or settings.engine != DUCKDB,
    )


def make_lake(settings: Settings) -> LocalLake:
    """The lake below the home folder."""
    return LocalLake(
        settings.lake, settings.clock, settings.memory_limit, settings.engine
    )
