"""What is made again after a change outside, and what is left alone."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from orchestration import automation
from orchestration.location import build_definitions
from orchestration.places import make_lake, make_setup
from orchestration.settings import Settings
from publish.cases.model import Record
from publish.cases.objections import object_to
from publish.registry.engine import open_registry
from quality.clock import Clock

TODAY = date(2026, 11, 23)
RECORD = Record(
    record_id="penalties-1",
    uscc="91370303MAXM2KUU96",
    dataset="penalties",
    kind="penalty",
    title="罚1",
    authority=None,
    document_no=None,
    severity="general",
    decided_on=date(2026, 1, 5),
    repairable_from=None,
    publish_until=None,
    longest_until=None,
)
PUBLISHED = {"release/current", "publication/public_enterprises"}


@dataclass
class World:
    """Everything made once; versions of what lies outside can be changed."""

    definitions: dg.Definitions
    instance: dg.DagsterInstance
    cursor: dg.AutomationConditionCursor | None = None

    def change(self, key: dg.AssetKey, version: str) -> None:
        tags = {"dagster/data_version": version}
        self.instance.report_runless_asset_event(dg.AssetObservation(key, tags=tags))

    def asked_for(self) -> set[str]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dg.BetaWarning)  # the tester's own
            found = dg.evaluate_automation_conditions(
                self.definitions, self.instance, cursor=self.cursor
            )
        self.cursor = found.cursor
        wanted = [r.key for r in found.results if found.get_num_requested(r.key)]
        return {k.to_user_string() for k in wanted if isinstance(k, dg.AssetKey)}


def new_definitions(home: Path) -> dg.Definitions:
    settings = Settings(home=home, today=TODAY)
    setup = make_setup(settings)
    watched = dg.Definitions(assets=automation.sources(setup, settings.drop_folder))
    return dg.Definitions.merge(build_definitions(setup, make_lake(settings)), watched)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    definitions = new_definitions(tmp_path_factory.mktemp("home"))
    graph = definitions.resolve_asset_graph()
    with dg.DagsterInstance.ephemeral() as instance:
        world = World(definitions, instance)
        for key in graph.materializable_asset_keys:
            days = graph.get(key).partitions_def
            last = days.get_last_partition_key() if days else None
            made = dg.AssetMaterialization(key, partition=last)
            instance.report_runless_asset_event(made)
        for key in automation.OBSERVED:
            world.change(key, "1")
        world.asked_for()  # the first look only learns how things stand
        yield world


def test_a_case_makes_again_what_depends_on_cases_and_no_record(world: World):
    world.change(automation.REGISTRY, "1")
    assert not {k for k in world.asked_for() if not k.startswith("outside/")}
    world.change(automation.REGISTRY, "2")
    asked = world.asked_for()
    assert {"cases/case_effects", "credit/grades", *PUBLISHED} < asked
    assert not {k for k in asked if k.startswith(("landing/", "records/", "quality/"))}
    # Asked for once: the next look waits for it to be made.
    assert not {k for k in world.asked_for() if not k.startswith("outside/")}


def test_a_dropped_file_is_picked_up_with_what_the_park_delivers(world: World):
    world.change(automation.INBOX, "2")
    asked = world.asked_for()
    assert {"landing/park", "records/honours", "records/tenancies"} < asked
    assert not {"landing/tax", "records/penalties"} & asked


def test_what_is_watched_has_a_version_that_changes_with_it(tmp_path: Path):
    inbox = tmp_path / "inbox"
    assert automation.inbox_version(inbox) == automation.NOTHING
    inbox.mkdir()
    (inbox / "a.csv").write_text("x")
    first = automation.inbox_version(inbox)
    assert automation.inbox_version(inbox) == first
    (inbox / "a.csv").write_text("xy")
    assert automation.inbox_version(inbox) != first
    policy = tmp_path / "policy.yaml"
    assert automation.file_version(policy) == automation.NOTHING
    policy.write_text("a: 1")
    assert automation.file_version(policy) != automation.NOTHING


def test_every_step_of_a_case_is_a_new_version_of_the_registry(tmp_path: Path):
    settings = Settings(home=tmp_path, today=TODAY)
    setup = make_setup(settings)
    assert automation.registry_version(setup) == "0"
    registry = open_registry(settings.registry)
    object_to(
        registry,
        Clock(TODAY),
        RECORD,
        request="事实有误",
        papers=[],
        actor="desk",
    )
    registry.dispose()
    assert automation.registry_version(setup) == "2"  # it was opened, and marked
