"""The publication and release stations: what may be shown, then the gated release."""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import dagster as dg
from sqlglot import exp

from assets import sql
from assets.credit.card import GROUPS, grouped
from assets.credit.document import THOUSANDTHS
from assets.credit.policy import Policy
from assets.setup import Setup
from assets.station import RESOURCES, Statement, owners, station
from assets.stores import Lake
from publish.release.build import build_release
from publish.release.layout import WITHHELD
from publish.release.model import Release, ReleaseInfo
from quality.contracts import metadata, tables_of

STATION, RELEASE = "publication", "release"
PACKAGE = "assets.publication"


def _statement(name: str) -> Statement:
    query = _without_taken_off(name, _load(name))

    def build(setup: Setup) -> Any:
        return sql.bind(query, today=setup.today)

    return Statement(name, build, sql.inputs(query))


def _load(name: str) -> exp.Query:
    query = sql.load(PACKAGE, name)
    return grouped(query) if GROUPS in sql.inputs(query) else query


def _without_taken_off(name: str, query: exp.Query) -> exp.Query:
    """A published table of records, without those that cases have taken off.

    The list of what must be withheld holds them: older releases hide them by it.
    """
    if name == WITHHELD or "record_id" not in metadata.tables[name].columns:
        return query
    taken_off = (
        exp.select("record_id")
        .from_("case_effects")
        .where("effect IN ('repaired', 'deleted', 'corrected')")
    )
    shown = exp.select("*").from_(query.subquery("p"))
    return shown.where(exp.column("record_id", "p").isin(query=taken_off).not_())


def publication_statements() -> list[Statement]:
    """What the publication step runs, in order.

    Raises:
        FileNotFoundError: a contract of the room has no statement.
    """
    names = [t.name for t in tables_of("publication")]
    lacking = [n for n in names if not (files(PACKAGE) / f"{n}.sql").is_file()]
    if lacking:
        raise FileNotFoundError(f"published tables without a statement: {lacking}")
    return [_statement(n) for n in names]


def publication_assets(made_by: dict[str, str]) -> list[dg.AssetsDefinition]:
    """The publication step and the release step."""
    statements = publication_statements()
    names = [s.table for s in statements]
    first = station(STATION, statements, made_by)
    made_by.update(dict.fromkeys(names, STATION))
    return [first, _release_asset(names)]


def _release_asset(names: list[str]) -> dg.AssetsDefinition:
    @dg.asset(
        key=[RELEASE, "current"],
        deps=[[STATION, n] for n in names],
        group_name=RELEASE,
        description="对外发布：分级、期限、个人信息等闸门全部通过后原子切换 The release.",
        owners=owners(None),
        kinds={"sqlite", "duckdb"},
        required_resource_keys=RESOURCES,
        pool=RELEASE,
    )
    def current(context: dg.AssetExecutionContext) -> Iterator[Any]:
        release = publish(context.resources.lake, context.resources.setup, names)
        yield dg.MaterializeResult(metadata=_metadata(release))

    return current


def publish(lake: Lake, setup: Setup, names: list[str]) -> Release:
    """Build, gate and switch to the release of today.

    Raises:
        ReleaseRefusedError: a gate found something; the old release keeps serving.
    """
    relations = {name: lake.relation(name) for name in names}
    policy = setup.policy
    info = ReleaseInfo(
        today=setup.today,
        policy_id=policy.id,
        policy_sha256=policy.sha256,
        built_at=setup.clock.now(),
        known_at=setup.today,
        sources={
            "name": setup.sources.name,
            "invented": setup.sources.invented,
            "published_letters": [*policy.publication.letters],
            "grade_bands": _bands(policy),
        },
    )
    return build_release(
        *(lake.records.connect(), relations, info, setup.releases),
        limits=setup.limits,
    )


def _bands(policy: Policy) -> dict[str, int]:
    """Letter -> whole points it starts at; the last letter has no lower bound."""
    return {
        b.letter: b.start // THOUSANDTHS for b in policy.bands if b.start is not None
    }


def _metadata(release: Release) -> dict[str, Any]:
    return {
        "release": release.id,
        "content_sha256": release.content_sha256,
        "unchanged": release.unchanged,
        "carried": list(release.carried),
        "dagster/row_count": sum(release.counts.values()),
        "rows": dg.MetadataValue.json(dict(release.counts)),
        "letters_moved": release.diff.letters_moved,
    }
