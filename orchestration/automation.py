"""What is made again when something outside changes: Dagster's declarative automation.

Four things outside the lake decide what the tables say: files dropped by the park, the
registry's cases, the grading policy, the office's decisions. Each is an
observable source whose data version is read once a minute; whatever depends on one that
changed is made again, and nothing else. A new day needs everything, and has its schedule
(``orchestration.location``). Not here: what a step does.
"""

import hashlib
import warnings
from collections.abc import Callable
from pathlib import Path

import dagster as dg
from sqlalchemy import func, select

from assets.cases.queries import registry_of
from assets.setup import Setup
from publish.registry.case_tables import case_events

OUTSIDE = "outside"
INBOX = dg.AssetKey([OUTSIDE, "inbox"])
REGISTRY = dg.AssetKey([OUTSIDE, "registry"])
POLICY = dg.AssetKey([OUTSIDE, "policy"])
DECISIONS = dg.AssetKey([OUTSIDE, "decisions"])
OBSERVED = (INBOX, REGISTRY, POLICY, DECISIONS)
SENSOR = "follow_changes"
EVERY_MINUTE = "* * * * *"
NOTHING = "nothing"


def inbox_version(folder: Path) -> str:
    """Names, sizes and times of the files in the drop folder, as one hash."""
    found = (
        sorted(p for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else []
    )
    listed = [
        f"{p.relative_to(folder)} {p.stat().st_size} {p.stat().st_mtime_ns}"
        for p in found
    ]
    return _hash("\n".join(listed).encode()) if listed else NOTHING


def registry_version(setup: Setup) -> str:
    """How many steps cases ever took: the history only grows."""
    with registry_of(setup) as registry, registry.connect() as connection:
        return str(connection.scalar(select(func.count()).select_from(case_events)))


def file_version(path: Path | None) -> str:
    """The hash of a file, or that there is none."""
    return _hash(path.read_bytes()) if path and path.is_file() else NOTHING


def sources(setup: Setup, inbox: Path) -> list[dg.SourceAsset]:
    """The four observable sources."""
    return [
        _source(
            INBOX, "投放目录 Files dropped by the park.", lambda: inbox_version(inbox)
        ),
        _source(REGISTRY, "信用事项 Steps of cases.", lambda: registry_version(setup)),
        _source(
            POLICY,
            "评价办法 The grading policy.",
            lambda: file_version(setup.policy_file),
        ),
        _source(
            DECISIONS,
            "信用办决定 Decisions about identities and lower grades.",
            lambda: "-".join(
                file_version(f) for f in (setup.decisions, setup.grade_decisions_file)
            ),
        ),
    ]


def _source(
    key: dg.AssetKey, description: str, version: Callable[[], str]
) -> dg.SourceAsset:
    def observe() -> dg.DataVersion:
        return dg.DataVersion(version())

    with warnings.catch_warnings():
        # Dagster documents observable sources and still calls them beta.
        warnings.simplefilter("ignore", dg.BetaWarning)
        return dg.observable_source_asset(
            key=key,
            group_name=OUTSIDE,
            description=description,
            automation_condition=dg.AutomationCondition.cron_tick_passed(EVERY_MINUTE)
            & ~dg.AutomationCondition.in_progress(),
        )(observe)


def following(
    assets: list[dg.AssetsDefinition], setup: Setup
) -> list[dg.AssetsDefinition]:
    """The same assets, each made again when something it reads was."""
    return [
        asset.map_asset_specs(lambda spec: _follows(spec, setup)) for asset in assets
    ]


def _follows(spec: dg.AssetSpec, setup: Setup) -> dg.AssetSpec:
    outside = _outside(spec.key, setup)
    return spec.replace_attributes(
        deps=[*spec.deps, *outside],
        automation_condition=dg.AutomationCondition.eager(),
    )


def _outside(key: dg.AssetKey, setup: Setup) -> list[dg.AssetKey]:
    """What a step reads beside tables."""
    station, name = key.path
    if station == "landing" and not setup.sources.agencies[name].dated:
        return [INBOX]
    return {
        "cases/case_effects": [REGISTRY],
        "cases/all_commitments": [REGISTRY],
        "credit/grade_acts": [REGISTRY, DECISIONS],
        "reference/identity_decisions": [DECISIONS],
        "reference/policy_rules": [POLICY],
    }.get(f"{station}/{name}", [])


def automation_sensor() -> dg.AutomationConditionSensorDefinition:
    """The sensor that looks once a minute; off until it is switched on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # the parameter; see above
        everything = dg.AssetSelection.all(include_sources=True)
    return dg.AutomationConditionSensorDefinition(
        SENSOR,
        target=everything,
        default_status=dg.DefaultSensorStatus.STOPPED,
        minimum_interval_seconds=60,
        description="外部有变化时只重做受影响的部分 Makes again what a change touches.",
    )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
