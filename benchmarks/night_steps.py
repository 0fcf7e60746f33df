"""The night as a scenario: every station beside the floor of reading and writing its bytes.

The floor: DuckDB reads what landed, as text, and writes it as Parquet; it reads every
table a station made and writes it again; SQLite fills the release's tables from its own
files. No work could be done with less. Not here: the run itself (``night``).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb

from benchmarks import night
from benchmarks.declared import Steps
from benchmarks.meter import Cost, measured
from benchmarks.release import copy_tables
from orchestration.lake.engine import quoted
from orchestration.lake.lake import LocalLake
from orchestration.places import make_lake
from publish.release.store import Releases
from quality.contracts import metadata
from quality.contracts.model import table_facts

MEMORY = os.environ.get("CREDITPARK_MEMORY_LIMIT", "4GB")
NIGHT, FLOOR = "the night", "floor: read and write the same bytes"
SEED = "seed"


def prepare(name: str, folder: Path, size: int) -> None:  # noqa: ARG001
    """Pull the sandbox and land its copies."""
    night.deliver(folder / "delivered", folder / SEED, size)


def steps(name: str, folder: Path, size: int) -> Steps:  # noqa: ARG001
    """The night in a fresh home, then its floor."""
    home = fresh(folder / "delivered", folder / "home")

    def run() -> Mapping[str, Cost]:
        return by_station(night.run(night.settings_of(home, MEMORY)))

    return {NIGHT: run, FLOOR: lambda: floors(home)}


def fresh(delivered: Path, home: Path) -> Path:
    """A home with what landed, and nothing made of it."""
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(delivered, home, copy_function=_linked)
    return home


def _linked(source: str, target: str) -> None:
    # Landed bytes are never written again: one copy serves every run.
    os.link(source, target)


def by_station(profile: night.Profile) -> dict[str, Cost]:
    """Costs summed by station, in the order of the night; then each asset's."""
    found: dict[str, Cost] = {}
    for name, cost in profile.costs:
        station = name.partition("/")[0]
        found[station] = _sum(found[station], cost) if station in found else cost
    return found | {name: cost for name, cost in profile.costs if "/" in name}


def _sum(one: Cost, other: Cost) -> Cost:
    return Cost(
        one.seconds + other.seconds,
        one.processor + other.processor,
        max(one.peak, other.peak),
        one.written + other.written,
        one.read + other.read,
    )


def floors(home: Path) -> dict[str, Cost]:
    """The floor of every station that moves more than a few rows."""
    lake = make_lake(night.settings_of(home, MEMORY))
    scratch = home / "floor"
    scratch.mkdir()
    with duckdb.connect() as bare:
        bare.execute(f"SET memory_limit = '{MEMORY}'")
        bare.execute(f"SET temp_directory = {quoted(scratch / 'spill')}")
        found = {"records": measured(lambda: _collect(bare, lake, scratch))}
        for station, tables in _made(lake).items():
            found[station] = measured(_rewriting(bare, lake, tables, scratch))
    found["release"] = measured(lambda: _fill(home, scratch))
    lake.engine.close()
    shutil.rmtree(scratch)
    return found


def _collect(bare: duckdb.DuckDBPyConnection, lake: LocalLake, scratch: Path) -> None:
    """What landed, as text, into Parquet: JSON as whole rows, CSV as cells."""
    for folder in sorted(
        p.parent for p in lake.landing.folder.glob("*/*/*/manifest.json")
    ):
        suffix = next(folder.glob("00001.*")).suffix
        files = quoted(folder / f"*{suffix}")
        read = (
            f"SELECT json FROM read_json_objects({files}, format = 'unstructured', "
            "maximum_object_size = 134217728)"
            if suffix == ".json"
            else f"FROM read_csv({files}, all_varchar = true)"
        )
        bare.execute(_copied(read, scratch / "landed.parquet"))


def _made(lake: LocalLake) -> dict[str, list[str]]:
    """The lake's derived tables by the room of their contract."""
    found: dict[str, list[str]] = {}
    for folder in sorted((lake.folder / "tables").iterdir()):
        contract = metadata.tables.get(folder.name)
        room = table_facts(contract).room if contract is not None else "credit"
        if lake.has(folder.name):
            found.setdefault(room, []).append(folder.name)
    return found


def _rewriting(
    bare: duckdb.DuckDBPyConnection, lake: LocalLake, tables: list[str], scratch: Path
) -> Callable[[], None]:
    def work() -> None:
        for table in tables:
            read = lake.tables.query(table)
            bare.execute(_copied(read, scratch / "table.parquet"))

    return work


def _copied(read: str, path: Path) -> str:
    return f"COPY ({read}) TO {quoted(path)} (FORMAT parquet, COMPRESSION zstd)"


def _fill(home: Path, scratch: Path) -> None:
    releases = Releases(home / "releases")
    current = releases.current()
    if current is None:
        raise night.NightFailedError("no release")
    for name in ("public.db", "authorised.db"):
        copy_tables(releases.path(current) / name, scratch / name)
