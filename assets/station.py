"""A station as Dagster sees it: one step, one asset a table, lineage from the SQL.

Not here: any statement (each station's ``queries``) and where snapshots lie.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import dagster as dg
from sqlglot import exp

from assets import sql
from assets.declared import contract_metadata
from assets.lineage import Sources, column_sources
from assets.setup import Setup
from assets.stores import Lake, Tables
from quality.contracts import metadata
from quality.contracts.model import facts_of, table_facts

Build = Callable[[Setup], exp.Query]
Figures = Callable[[Lake], Mapping[str, int]]
RESOURCES = {"lake", "setup"}
# Everything is made every night; a second missed night is somebody's business.
FRESH = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=50), warn_window=timedelta(hours=26)
)


@dataclass(frozen=True)
class Statement:
    """A table and how to make it.

    Attributes:
        table: its name; its contract has the same name where it has one.
        build: gives the query for today's setup.
        reads: the tables it reads, where the query depends on the setup.
        description: for tables without a contract.
        told: what else is told of the table in Dagster, as markdown by name.
        figures: what Dagster shall draw over time beside rows and seconds.
    """

    table: str
    build: Build
    reads: tuple[str, ...]
    description: str = ""
    told: Callable[[Setup], Mapping[str, str]] = lambda _: {}
    figures: Figures = lambda _: {}


@dataclass(frozen=True)
class Making:
    """One run of a step that makes its tables in a way of its own.

    Attributes:
        make: makes a statement's table; gives its rows and its SQL.
        finish: what else the step yields when all tables stand.
    """

    make: Callable[[Statement], tuple[int, str]]
    finish: Callable[[], Iterator[Any]]


def statement(table: str, query: exp.Query, description: str = "") -> Statement:
    """A table whose query needs nothing from the setup."""
    return Statement(table, lambda _: query, sql.inputs(query), description)


def owners(agency: str | None) -> list[str]:
    """Who answers for an asset."""
    return [f"team:{agency}" if agency else "team:credit-office"]


def spec(
    station: str, item: Statement, made_by: Mapping[str, str], kinds: set[str]
) -> dg.AssetSpec:
    """One asset of a station, described by its contract."""
    contract = metadata.tables.get(item.table)
    described, tags = item.description, {}
    if contract is not None:
        facts = table_facts(contract)
        described = f"{facts.zh} {facts.en}. {facts.description}"
        tags = {"tier": facts.tier.value}
    return dg.AssetSpec(
        [station, item.table],
        deps=[[made_by[name], name] for name in item.reads if name in made_by],
        group_name=station,
        description=described,
        owners=owners(None),
        kinds=kinds,
        tags=tags,
        metadata=schema_metadata(item.table),
    )


def schema_metadata(table: str) -> dict[str, Any]:
    """Dagster's column schema, from the contract, and where that stands."""
    contract = metadata.tables.get(table)
    if contract is None:
        return {}
    columns = [
        dg.TableColumn(
            c.name,
            facts_of(c).kind.value,
            description=f"{facts_of(c).zh} {facts_of(c).en}",
            constraints=dg.TableColumnConstraints(nullable=bool(c.nullable)),
            tags={"tier": facts_of(c).tier.value},
        )
        for c in contract.columns
    ]
    return {
        "dagster/column_schema": dg.TableSchema(columns),
        **contract_metadata(table),
    }


def station(
    name: str,
    statements: Sequence[Statement],
    made_by: Mapping[str, str],
    *,
    begin: Callable[[dg.AssetExecutionContext], Making] | None = None,
    checks: Sequence[dg.AssetCheckSpec] = (),
) -> dg.AssetsDefinition:
    """The step that makes a station's tables in order.

    Args:
        name: first part of the asset keys, and the group.
        statements: in the order to run.
        made_by: table -> station that makes it, for lineage.
        begin: prepares a run of the step; by default every statement is run as it is.
        checks: what the step yields beside its tables.
    """
    here = dict(made_by) | {s.table: name for s in statements}

    @dg.multi_asset(
        name=name,
        specs=[spec(name, s, here, {"duckdb", "sql"}) for s in statements],
        check_specs=checks,
        required_resource_keys=RESOURCES,
        pool=name,
    )
    def run(context: dg.AssetExecutionContext) -> Iterator[Any]:
        lake: Lake = context.resources.lake
        setup: Setup = context.resources.setup
        making = begin(context) if begin else None
        for item in statements:
            began = time.monotonic()
            if making:
                rows, text = making.make(item)
            else:
                rows, text = make(lake, item, setup, context.run.run_id)
            more = {k: dg.MetadataValue.md(v) for k, v in item.told(setup).items()}
            yield dg.MaterializeResult(
                asset_key=[name, item.table],
                metadata={
                    "dagster/row_count": rows,
                    "seconds": round(time.monotonic() - began, 3),
                    "sql": dg.MetadataValue.md(f"```sql\n{text}\n```"),
                    **item.figures(lake),
                    **more,
                    **column_lineage(lake, here, text),
                },
            )
        if making:
            yield from making.finish()

    return run


def column_lineage(lake: Lake, made_by: Mapping[str, str], text: str) -> dict[str, Any]:
    """Dagster's column lineage of a statement that ran, from its SQL.

    Args:
        lake: knows the columns of what was read.
        made_by: table -> station, for the keys.
        text: the statement.
    """
    columns = tuple((name, _columns(lake, name)) for name in _inputs(text))
    deps = {
        column: [
            dg.TableColumnDep(dg.AssetKey([made_by[table], table]), name)
            for table, name in sources
            if table in made_by
        ]
        for column, sources in _sources(text, columns).items()
    }
    return lineage_metadata(deps)


def lineage_metadata(deps: dict[str, list[dg.TableColumnDep]]) -> dict[str, Any]:
    """Where columns come from: for Dagster's commercial interface, and to read in ours."""
    lines = (
        f"| {column} | {', '.join(_place(s) for s in sources) or '—'} |"
        for column, sources in deps.items()
    )
    table = "\n".join(["| column | comes from |", "|---|---|", *lines])
    return {
        "dagster/column_lineage": dg.TableColumnLineage(deps),
        "columns_come_from": dg.MetadataValue.md(table),
    }


def _place(source: dg.TableColumnDep) -> str:
    return f"`{source.asset_key.to_user_string()}` {source.column_name}"


Columns = tuple[tuple[str, str], ...]


def _columns(lake: Lake, table: str) -> Columns:
    query = f'SELECT * FROM "{lake.relation(table)}" LIMIT 0'
    found = lake.records.connect().execute(query)
    return tuple((name, str(kind)) for name, kind, *_ in found.description or ())


# A process that runs several nights has the same statements in each; there are a hundred.
@lru_cache(maxsize=1000)
def _inputs(text: str) -> tuple[str, ...]:
    return sql.inputs(_parsed(text))


@lru_cache(maxsize=1000)
def _sources(text: str, columns: tuple[tuple[str, Columns], ...]) -> Sources:
    return column_sources(_parsed(text), {table: dict(of) for table, of in columns})


@lru_cache(maxsize=1)
def _parsed(text: str) -> exp.Query:
    return sql.parse(text)


def make(lake: Tables, item: Statement, setup: Setup, run: str) -> tuple[int, str]:
    """Run one statement into a new snapshot; gives its rows and its SQL."""
    query = item.build(setup)
    for name in sql.inputs(query):
        lake.relation(name)
    text = sql.to_sql(query, pretty=True)
    return lake.write(item.table, text, run), text
