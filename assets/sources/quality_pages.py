"""The asset ``quality/data_docs``: what people and engineers read about quality.

Not here: what the pages say (``pages``), who may read them (``publish.site``).
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets.setup import Setup
from assets.sources.pages import office_pages
from assets.sources.scorecards import kept
from assets.station import RESOURCES, owners
from assets.stores import Lake
from quality import engine
from quality.checks import OFFICE


def data_docs_asset(made_by: Mapping[str, str]) -> dg.AssetsDefinition:
    """The asset ``quality/data_docs``: GX's pages for engineers, ours for the offices."""
    above = [["records", n] for n, station in made_by.items() if station == "records"]

    @dg.asset(
        key=["quality", "data_docs"],
        deps=[*above, ["quality", "business"], ["quality", "agency_scorecards"]],
        group_name="records",
        description="数据质量页面：校验结果与部门评分表（政务），GX 数据文档（工程师用） "
        "Quality pages of the last run.",
        owners=owners(None),
        kinds={"greatexpectations"},
        required_resource_keys=RESOURCES,
        pool="data_docs",
    )
    def data_docs(context: dg.AssetExecutionContext) -> dg.MaterializeResult[Any]:
        lake: Lake = context.resources.lake
        documents = lake.documents()
        for name, text in _office_pages(lake, context.resources.setup).items():
            lake.keep_page(name, text)
        index = engine.write_data_docs(documents, context.resources.setup.docs)
        return dg.MaterializeResult(
            metadata={
                "suites": len(documents),
                "index": dg.MetadataValue.path(index),
                "offices": dg.MetadataValue.text(OFFICE),
            }
        )

    return data_docs


def _office_pages(lake: Lake, setup: Setup) -> Mapping[str, str]:
    cards = kept(lake)
    return office_pages(cards, lake.documents(), setup.today.isoformat())
