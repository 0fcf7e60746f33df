"""What Dagster shows: every asset described, owned and in its place."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.reference import month_ends
from assets.stores import Arrival, Window
from orchestration.lake.lake import LocalLake
from orchestration.location import NIGHTLY, build_definitions, partitions
from orchestration.places import make_lake, make_setup
from orchestration.settings import Settings
from quality.clock import Clock
from quality.contracts import AGENCIES, metadata, tables_of
from quality.contracts.model import facts_of, table_facts

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> LocalLake:
    home = tmp_path_factory.mktemp("home")
    return make_lake(Settings(home=home, today=TODAY))


@pytest.fixture(scope="module")
def definitions(lake: LocalLake) -> dg.Definitions:
    settings = Settings(home=lake.folder.parent, today=TODAY)
    return build_definitions(make_setup(settings), lake)


@pytest.fixture(scope="module")
def graph(definitions: dg.Definitions) -> Any:
    return definitions.resolve_asset_graph()


def test_every_asset_has_a_group_a_description_an_owner_and_kinds(graph: Any):
    nodes = [graph.get(key) for key in graph.materializable_asset_keys]
    assert len(nodes) > 60
    for node in nodes:
        assert node.group_name != "default", node.key
        assert node.description, node.key
        assert node.owners, node.key
        assert node.kinds, node.key
        assert len(node.key.path) == 2, node.key


def test_every_table_of_a_contract_has_its_asset_with_its_schema(graph: Any):
    made = {key.path[-1]: key for key in graph.materializable_asset_keys}
    rooms = ("records", "files", "credit", "measures", "publication")
    for table in (t for room in rooms for t in tables_of(room)):
        node = graph.get(made[table.name])
        schema = node.metadata["dagster/column_schema"]
        shown = {c.name: c for c in getattr(schema, "value", schema).columns}
        contract = metadata.tables[table.name].columns
        assert [*shown] == [c.name for c in contract], table.name
        for column in contract:
            assert facts_of(column).zh in (shown[column.name].description or "")


def test_every_table_leads_to_the_line_of_its_contract(graph: Any):
    made = {key.path[-1]: key for key in graph.materializable_asset_keys}
    root = Path(__file__).parents[2]
    dictionary = (root / "docs" / "data-dictionary.md").read_text("utf-8")
    rooms = ("records", "files", "credit", "measures", "publication")
    for table in (t.name for room in rooms for t in tables_of(room)):
        told = graph.get(made[table]).metadata
        name, _, line = str(told["contract"].value).partition(":")
        lines = (root / name).read_text("utf-8").splitlines()
        assert f'"{table}",' in "".join(lines[int(line) - 1 :][:2]), table
        assert told["dictionary"].value == f"docs/data-dictionary.md#{table}"
        tier = table_facts(metadata.tables[table]).tier
        assert graph.get(made[table]).tags["tier"] == tier.value
        assert f"### `{table}`" in dictionary


def test_every_agency_is_a_group_and_every_record_has_checks(graph: Any):
    groups = {graph.get(key).group_name for key in graph.materializable_asset_keys}
    assert set(AGENCIES) < groups
    checked = {key.asset_key.path[-1] for key in graph.asset_check_keys}
    assert {t.name for t in tables_of("records")} <= checked
    assert set(AGENCIES) <= checked  # has every day arrived?


def test_lineage_leads_from_the_agencies_to_the_release(graph: Any):
    above: set[Any] = set()
    todo = [dg.AssetKey(["release", "current"])]
    while todo:
        for key in graph.get(todo.pop()).parent_keys - above:
            above.add(key)
            todo.append(key)
    stations = {key.path[0] for key in above}
    assert {"landing", "records", "files", "credit", "publication"} <= stations
    assert {k.path[1] for k in above if k.path[0] == "landing"} == set(AGENCIES)


def test_change_windows_are_days_up_to_yesterday(definitions: dg.Definitions):
    job = definitions.resolve_job_def(NIGHTLY)
    assert job.partitions_def is not None
    days = partitions("2023-01-01", Clock(TODAY)).get_partition_keys()
    assert (days[0], days[-1] >= "2026-11-22") == ("2023-01-01", True)


def test_a_leap_day_is_a_day_and_ends_its_month():
    days = partitions("2028-02-27", Clock(date(2028, 3, 1)))
    assert days.get_partition_keys() == ["2028-02-27", "2028-02-28", "2028-02-29"]
    ends = month_ends(date(2028, 1, 31), date(2028, 3, 1))
    assert ends == [date(2028, 1, 31), date(2028, 2, 29)]


def test_a_clock_that_jumps_asks_for_no_day_twice_and_leaves_none_out(tmp_path: Path):
    """Landed up to the 22nd; then it is the 21st, then the 25th."""
    start = date(2026, 11, 20)
    landing = make_lake(Settings(home=tmp_path, today=TODAY)).landing
    window = Window(start, date(2026, 11, 23))
    arriving = Arrival("tax", "tax_arrears", window, Clock(TODAY).now(), "x", ".json")
    assert landing.land(arriving, [b"{}"])
    assert landing.pending("tax_arrears", Window(start, date(2026, 11, 21))) == []
    later = landing.pending("tax_arrears", Window(start, date(2026, 11, 25)))
    assert later == [Window(date(2026, 11, 23), date(2026, 11, 25))]


def test_the_nightly_run_asks_for_every_missing_day(definitions: dg.Definitions):
    schedule = definitions.resolve_schedule_def(f"{NIGHTLY}_schedule")
    assert (schedule.cron_schedule, schedule.execution_timezone) == (
        "30 0 * * *",
        "Asia/Shanghai",
    )
    tick = schedule.evaluate_tick(dg.build_schedule_context())
    (request,) = tick.run_requests or ()
    assert request.tags["dagster/asset_partition_range_start"] == "2023-01-01"
    assert request.tags["dagster/asset_partition_range_end"] == "2026-11-22"


def test_the_shipped_workspace_is_valid(tmp_path: Path):
    command = [
        str(Path(sys.executable).with_name("dagster")),
        *("definitions", "validate", "-w", "workspace.yaml"),
    ]
    environment = os.environ | {
        "CREDITPARK_HOME": str(tmp_path),
        "CREDITPARK_TODAY": TODAY.isoformat(),
        "DAGSTER_HOME": str(tmp_path),
        "DAGSTER_DISABLE_TELEMETRY": "1",
    }
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Validation successful" in done.stdout + done.stderr
