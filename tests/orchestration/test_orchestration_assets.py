"""Pools, freshness and retries of what Dagster shows, without a run."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from assets.cases.definitions import EFFECTS, NOTICES
from assets.credit.definitions import credit_statements
from assets.credit.history import KEY as HISTORY
from assets.files.definitions import TABLES
from assets.measures.definitions import measures_statements
from assets.publication.definitions import publication_statements
from assets.sources.scorecards import terms
from orchestration.instance import POOLS, SQLITE, prepare
from orchestration.location import NIGHTLY, build_definitions
from orchestration.places import make_lake, make_setup
from orchestration.settings import Settings


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    settings = Settings(home=tmp_path_factory.mktemp("home"), today=date(2026, 11, 23))
    return build_definitions(make_setup(settings), make_lake(settings))


def test_steps_that_write_one_table_share_a_pool_of_one(
    definitions: dg.Definitions, tmp_path: Path
):
    """Two writers of a table wait for each other, whichever run they belong to."""
    pools: dict[str, str] = {}
    steps: dict[str, str] = {}
    for asset in definitions.assets or ():
        assert isinstance(asset, dg.AssetsDefinition)
        assert asset.op.pool, asset.op.name
        steps[asset.op.name] = asset.op.pool
        for key in asset.keys:
            name = key.to_user_string()
            assert pools.setdefault(name, asset.op.pool) == asset.op.pool
    assert steps["credit"] == steps["credit__grade_history"] == "credit"
    assert steps["guidance__outbox"] == steps["guidance__deliveries"] == "letters"
    folder = prepare(tmp_path)
    written = yaml.safe_load((folder / "dagster.yaml").read_text("utf-8"))
    assert written["concurrency"]["pools"] == {"default_limit": 1, "granularity": "op"}
    # A home of before there were pools gets them with the next run.
    (folder / "dagster.yaml").write_text(SQLITE.replace(POOLS, ""), "utf-8")
    prepare(tmp_path)
    assert (folder / "dagster.yaml").read_text("utf-8") == SQLITE


def test_freshness_follows_the_rhythm_and_the_statutory_term(
    definitions: dg.Definitions,
):
    specs: dict[str, Any] = {
        key.asset_key.path[-1]: key
        for key in definitions.resolve_asset_graph().asset_check_keys
        if key.name == "fresh"
    }
    setup = definitions.resources["setup"] if definitions.resources else None
    assert setup
    delivered = {n for a in setup.sources.agencies.values() for n in a.datasets}
    assert set(specs) == delivered
    graph = definitions.resolve_asset_graph()
    check = graph.get_check_spec(specs["penalties"])
    assert check.metadata["patience_days"] == 3
    assert check.metadata["statutory_working_days"] == terms()["penalties"].working_days
    assert not check.blocking
    yearly = graph.get_check_spec(specs["tax_credit_grades"])
    assert yearly.metadata["patience_days"] == 400


def test_a_night_that_fails_is_tried_again_from_where_it_failed(
    definitions: dg.Definitions,
):
    tags = definitions.resolve_job_def(NIGHTLY).tags
    assert tags["creditpark/job"] == "nightly"
    assert (tags["dagster/max_retries"], tags["dagster/retry_strategy"]) == (
        "2",
        "FROM_FAILURE",
    )


def test_whatever_a_statement_reads_is_made_before_it(definitions: dg.Definitions):
    """Steps may run at once: what is not declared would be of the day before.

    But for the history, to which month ends are added after the nightly run.
    """
    graph = definitions.resolve_asset_graph()
    made = {key.path[-1]: key for key in graph.materializable_asset_keys}
    missing = {
        (item.table, name)
        for item in (
            *(*EFFECTS, *TABLES, *NOTICES, *credit_statements()),
            *(*measures_statements(), *publication_statements()),
        )
        for name in {*item.reads} & made.keys() - {item.table, HISTORY.path[-1]}
        if item.table in made
        and made[name] not in graph.get(made[item.table]).parent_keys
    }
    assert missing == set()
