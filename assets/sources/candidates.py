"""Raw lines to typed candidate rows, in SQL, by the contract alone.

A line is (``row_number``, ``raw`` JSON as sent). A candidate has the contract's columns,
``unparsed`` (columns whose value was not understood), ``strangers`` (fields no contract
knows) and the line it came from. Not here: judging candidates (``records``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from duckdb import DuckDBPyConnection
from sqlalchemy import Table
from sqlglot import exp

from assets.sources import filedrop
from assets.sources.declaration import (
    Agency,
    Dataset,
    HttpAgency,
    fields_of,
)
from assets.stores import Batch
from quality.contracts.codelists import spellings
from quality.contracts.model import (
    Item,
    Kind,
    engine_type,
    facts_of,
    table_facts,
)

LINES, CANDIDATES = "arriving_lines", "arriving_candidates"
FEN_PER_UNIT = {"yuan": 100, "wan": 1_000_000}
INSERT_CHUNK = 20_000
VERSION = "updated_at"


def prepare(connection: DuckDBPyConnection) -> None:
    """Give a connection the parsing macros."""
    connection.execute((files("assets.sources") / "parsing.sql").read_text("utf-8"))


def load_lines(
    connection: DuckDBPyConnection, batch: Batch, agency: Agency, dataset: Dataset
) -> None:
    """Make the relation ``arriving_lines`` (row_number BIGINT, raw JSON) of a batch."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {LINES} (row_number BIGINT, raw JSON)"
    )
    if isinstance(agency, HttpAgency):
        _load_pages(connection, batch, agency)
    else:
        _load_rows(connection, _rows(batch.pages, dataset))


def _load_pages(
    connection: DuckDBPyConnection, batch: Batch, agency: HttpAgency
) -> None:
    path = "$." + agency.envelope.rows
    # Pages are read in order and each list keeps its order: a row number is for ever.
    for page in batch.pages:
        connection.execute(
            f"INSERT INTO {LINES} SELECT (SELECT count(*) FROM {LINES}) + "
            "generate_subscripts(rows, 1), unnest(rows) FROM ("
            "SELECT CAST(json_extract(content, ?) AS JSON[]) AS rows FROM read_text(?))",
            [path, str(page)],
        )


def _rows(pages: Iterable[Path], dataset: Dataset) -> Iterator[dict[str, str]]:
    for page in pages:
        yield from filedrop.rows(page, dataset)


def _load_rows(connection: DuckDBPyConnection, rows: Iterator[dict[str, str]]) -> None:
    numbered = [json.dumps(row, ensure_ascii=False) for row in rows]
    for start in range(0, len(numbered), INSERT_CHUNK):
        chunk = numbered[start : start + INSERT_CHUNK]
        connection.execute(
            f"INSERT INTO {LINES} SELECT ? + generate_subscripts(c, 1), unnest(c) "
            "FROM (SELECT CAST(? AS JSON[]) AS c)",
            [start, chunk],
        )


def candidates_query(
    table: Table, dataset: Dataset, version_at: datetime | None
) -> exp.Select:
    """The typed candidates of ``arriving_lines`` for one contract.

    Args:
        table: the contract.
        dataset: where the source differs from it.
        version_at: the delivery's own time, where rows carry none (files).
    """
    fields = fields_of(table, dataset)
    if version_at and VERSION not in dataset.columns:
        fields.pop(VERSION, None)
    sent = {c.name: v for c in table.columns if (v := _sent(c, fields, dataset))}
    line = [exp.column("row_number"), exp.column("raw")]
    # Three materialised steps, so that no text is cleaned or parsed twice.
    texts = exp.select(
        *line, *(_text(table.columns[n], v).as_(n) for n, v in sent.items())
    ).from_(LINES)
    parsed = exp.select(
        *line,
        *(exp.column(n).as_(f"{n}__text") for n in sent),
        *(_parsed(table.columns[n]).as_(n) for n in sent),
    ).from_("texts")
    return (
        exp.select("row_number", exp.cast(exp.column("raw"), "TEXT").as_("raw"))
        .select(*(_typed(c, sent, version_at).as_(c.name) for c in table.columns))
        .select(_unparsed([table.columns[n] for n in sent]).as_("unparsed"))
        .select(_strangers(table, fields, dataset).as_("strangers"))
        .from_("parsed")
        .with_("texts", as_=texts, materialized=True)
        .with_("parsed", as_=parsed, materialized=True)
    )


def _sent(column: Item, fields: dict[str, str], dataset: Dataset) -> exp.Expr | None:
    """The raw text of a column, or ``None`` where the source does not deliver it."""
    if column.name in dataset.constants:
        return exp.Literal.string(dataset.constants[column.name])
    if column.name not in fields:
        return None
    path = f'$."{fields[column.name]}"'
    return exp.func("json_extract_string", exp.column("raw"), exp.Literal.string(path))


def _text(column: Item, value: exp.Expr) -> exp.Expr:
    facts = facts_of(column)
    prose = facts.kind is Kind.TEXT or facts.codes
    return exp.func("cleaned_text" if prose else "cleaned", value)


def _parsed(column: Item) -> exp.Expr:
    facts, text = facts_of(column), exp.column(column.name)
    if facts.codes:
        name = "parse_code" if facts.kind is Kind.CODE else "parse_codes"
        return exp.func(name, text, _spellings(facts.codes))
    if facts.kind is Kind.TEXT:
        return text
    if facts.kind is Kind.MONEY:
        factor = exp.Literal.number(FEN_PER_UNIT[facts.unit or "yuan"])
        return exp.func("parse_money", text, factor)
    return exp.func(f"parse_{facts.kind}", text)


def _spellings(name: str) -> exp.Expr:
    known = spellings(name)
    return exp.func(
        "map",
        exp.array(*(exp.Literal.string(k) for k in known)),
        exp.array(*(exp.Literal.string(v) for v in known.values())),
    )


def _typed(
    column: Item, sent: dict[str, exp.Expr], version_at: datetime | None
) -> exp.Expr:
    facts = facts_of(column)
    value: exp.Expr = exp.column(column.name)
    if column.name not in sent:
        stamped = column.name == VERSION and version_at
        value = exp.Literal.string(str(version_at)) if stamped else exp.null()
    elif facts.kind in {Kind.DATE, Kind.MONTH}:
        value = exp.func("known_date", value)
    return exp.cast(value, engine_type(column))


def _unparsed(columns: list[Item]) -> exp.Expr:
    """The names of columns whose value is there and was not understood."""
    found: list[exp.Expr] = []
    for column in columns:
        text = exp.column(f"{column.name}__text")
        lost = exp.and_(
            text.is_(exp.null()).not_(), exp.column(column.name).is_(exp.null())
        )
        if facts_of(column).kind is Kind.MONEY:
            lost = exp.and_(lost, exp.not_(exp.func("is_foreign", text)))
        found.append(exp.case().when(lost, exp.Literal.string(column.name)))
    filled = exp.Lambda(
        this=exp.column("v").is_(exp.null()).not_(),
        expressions=[exp.to_identifier("v")],
    )
    return exp.func("list_filter", exp.cast(exp.array(*found), "TEXT[]"), filled)


def _strangers(table: Table, fields: dict[str, str], dataset: Dataset) -> exp.Expr:
    known = {*fields.values(), *dataset.ignore, *table_facts(table).refused}
    listed = exp.array(*(exp.Literal.string(k) for k in sorted(known)))
    outside = exp.func("list_contains", listed, exp.column("k")).not_()
    keep = exp.Lambda(this=outside, expressions=[exp.to_identifier("k")])
    keys = exp.func("json_keys", exp.column("raw"))
    return exp.func("list_filter", keys, keep)
