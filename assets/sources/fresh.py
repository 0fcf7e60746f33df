"""How old a dataset's data are, against its rhythm and its statutory term.

Dagster's own freshness policies tell whether a table was made; this tells whether the
agency's data in it are of late. Not here: what offices and the public read of it
(``status``, ``scorecards``).
"""

from collections.abc import Iterator

import dagster as dg
from sqlalchemy import Table

from assets.setup import Setup
from assets.sources.scorecards import terms
from assets.sources.status import patience
from assets.stores import Landing
from quality.contracts.model import table_facts

FRESH = "fresh"


def check_spec(key: dg.AssetKey, table: Table) -> dg.AssetCheckSpec:
    """The check of a delivered dataset; it warns and stops nothing."""
    term = terms().get(table.name)
    by_law = f"，法定{term.working_days}个工作日报送" if term else ""
    days = patience(table)
    return dg.AssetCheckSpec(
        FRESH,
        asset=key,
        description=f"数据不早于{days}日前{by_law} Data are at most {days} days old.",
        metadata={"patience_days": days}
        | ({"statutory_working_days": term.working_days} if term else {}),
    )


def results(
    key: dg.AssetKey, table: Table, landing: Landing, setup: Setup
) -> Iterator[dg.AssetCheckResult]:
    """The result for a dataset that the source configuration delivers."""
    if setup.sources.agency_of(table.name) is None:
        return
    covered, allowed = landing.covered_to(table.name), patience(table)
    behind = (setup.today - covered).days if covered else None
    yield dg.AssetCheckResult(
        asset_key=key,
        check_name=FRESH,
        passed=behind is not None and behind <= allowed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "covered_to": str(covered or "—"),
            "patience_days": allowed,
            **({"days_behind": behind} if behind is not None else {}),
            "rhythm": table_facts(table).frequency or "P1Y",
        },
    )
