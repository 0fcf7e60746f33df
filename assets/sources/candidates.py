"""Raw lines to typed candidate rows, in SQL, by the contract alone.

A line is (``row_number``, ``raw`` JSON as sent). A candidate has the contract's columns,
``unparsed`` (columns whose value was not understood), ``strangers`` (fields no contract
knows) and the line it came from. Not here: judging candidates (``records``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.resources import files
from itertools import islice

from duckdb import DuckDBPyConnection
from sqlalchemy import Table
from sqlglot import exp

from assets.sources import filedrop
from assets.sources.declaration import (
    RETURNED,
    Agency,
    Dataset,
    FileAgency,
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
EVERYTHING = "*"  # in `ignore`: whatever else a row holds
UNKNOWN, TEXT = "unknown_fields", "__text"


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
    if batch.replays:
        _load_pages(connection, batch, "$")
    elif isinstance(agency, FileAgency):
        _load_rows(connection, _rows(batch, dataset))
    else:
        rows = isinstance(agency, HttpAgency) and agency.envelope.rows
        _load_pages(connection, batch, f"$.{rows}" if rows else "$")


def _load_pages(connection: DuckDBPyConnection, batch: Batch, path: str) -> None:
    # Pages are read in order and each list keeps its order: a row number is for ever.
    for page in batch.pages:
        connection.execute(
            f"INSERT INTO {LINES} SELECT (SELECT count(*) FROM {LINES}) + "
            "generate_subscripts(rows, 1), unnest(rows) FROM ("
            # A byte-order mark is no JSON.
            "SELECT CAST(json_extract(ltrim(content, chr(65279)), ?) AS JSON[]) AS rows "
            "FROM read_text(?))",
            [path, str(page)],
        )


def _rows(batch: Batch, dataset: Dataset) -> Iterator[dict[str, str]]:
    for page in batch.pages:
        yield from filedrop.rows(page, dataset, batch.origin)


def _load_rows(connection: DuckDBPyConnection, rows: Iterator[dict[str, str]]) -> None:
    texts = (json.dumps(row, ensure_ascii=False) for row in rows)
    start = 0
    while chunk := [*islice(texts, INSERT_CHUNK)]:
        connection.execute(
            f"INSERT INTO {LINES} SELECT ? + generate_subscripts(c, 1), unnest(c) "
            "FROM (SELECT CAST(? AS JSON[]) AS c)",
            [start, chunk],
        )
        start += len(chunk)


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
    sent = [c for c in table.columns if c.name in {*fields, *dataset.constants}]
    steps = {
        "sent": _sent(sent, fields, dataset),
        "squeezed_texts": _each(sent, _squeezed, "sent"),
        "texts": _each(sent, lambda c: exp.func("filled", _of(c)), "squeezed_texts"),
        "parsed": _each(sent, lambda c: _parsed(c, dataset), "texts").select(
            *(_of(c).as_(f"{c.name}{TEXT}") for c in sent)
        ),
        UNKNOWN: _unknown_fields(table, fields, dataset),
    }
    query = (
        exp.select("row_number", exp.cast(exp.column("raw"), "TEXT").as_("raw"))
        .select(*(_typed(c, sent, version_at).as_(c.name) for c in table.columns))
        .select(_unparsed(sent).as_("unparsed"), _strangers().as_("strangers"))
        .from_("parsed")
    )
    # Materialised steps, so that no text is read, cleaned or parsed twice.
    for name, step in steps.items():
        query = query.with_(name, as_=step, materialized=True)
    return query


def _of(column: Item) -> exp.Column:
    return exp.column(column.name)


def _each(
    columns: list[Item], make: Callable[[Item], exp.Expr], source: str
) -> exp.Select:
    made = (make(c).as_(c.name) for c in columns)
    return exp.select("row_number", "raw", *made).from_(source)


def _sent(columns: list[Item], fields: dict[str, str], dataset: Dataset) -> exp.Select:
    """The raw text of every delivered column; each line's JSON is read once."""
    named = [c.name for c in columns if c.name not in dataset.constants]
    paths = exp.array(*(exp.Literal.string(f'$."{fields[n]}"') for n in named))
    values = exp.func("json_extract_string", exp.column("raw"), paths).as_("found")
    lines = exp.select("row_number", "raw", values).from_(LINES).subquery("lines")
    texts = (
        exp.Literal.string(dataset.constants[c.name])
        if c.name in dataset.constants
        else _item(named.index(c.name))
        for c in columns
    )
    return exp.select(
        "row_number",
        "raw",
        *(t.as_(c.name) for t, c in zip(texts, columns, strict=True)),
    ).from_(lines)


def _item(index: int) -> exp.Expr:
    # SQL counts from one.
    return exp.func("list_extract", exp.column("found"), exp.convert(index + 1))


def _squeezed(column: Item) -> exp.Expr:
    facts, text = facts_of(column), _of(column)
    if facts.kind is Kind.TEXT or facts.codes:
        return exp.func("squeezed", text)
    return exp.func("squeezed", exp.func("half_width", text))


def _parsed(column: Item, dataset: Dataset) -> exp.Expr:
    facts, text = facts_of(column), exp.column(column.name)
    if facts.codes:
        name = "parse_code" if facts.kind is Kind.CODE else "parse_codes"
        return exp.func(name, text, _spellings(facts.codes))
    if facts.kind is Kind.TEXT:
        return text
    if facts.kind is Kind.MONEY:
        unit = dataset.units.get(column.name) or facts.unit or "yuan"
        factor = exp.Literal.number(FEN_PER_UNIT[unit])
        return exp.func("parse_money", text, factor)
    return exp.func(f"parse_{facts.kind}", text)


def _spellings(name: str) -> exp.Expr:
    known = spellings(name)
    return exp.func(
        "map",
        exp.array(*(exp.Literal.string(k) for k in known)),
        exp.array(*(exp.Literal.string(v) for v in known.values())),
    )


def _typed(column: Item, sent: list[Item], version_at: datetime | None) -> exp.Expr:
    facts = facts_of(column)
    value: exp.Expr = _of(column)
    if not any(c is column for c in sent):
        stamped = column.name == VERSION and version_at
        value = exp.Literal.string(str(version_at)) if stamped else exp.null()
    elif facts.kind in {Kind.DATE, Kind.MONTH}:
        value = exp.func("known_date", value)
    return exp.cast(value, engine_type(column))


def _unparsed(columns: list[Item]) -> exp.Expr:
    """The names of columns whose value is there and was not understood."""
    lost = {c.name: _lost(c) for c in columns if _can_be_lost(c)}
    if not lost:
        return exp.cast(exp.array(), "TEXT[]")
    cases = (exp.case().when(w, exp.Literal.string(n)) for n, w in lost.items())
    named = exp.func("list_filter", exp.array(*cases), _present("v"))
    nothing = exp.cast(exp.array(), "TEXT[]")
    return exp.case().when(exp.or_(*lost.values()), named).else_(nothing)


def _can_be_lost(column: Item) -> bool:
    facts = facts_of(column)
    return not facts.codes and facts.kind not in {Kind.TEXT, Kind.USCC}


def _lost(column: Item) -> exp.Expr:
    text = exp.column(f"{column.name}{TEXT}")
    lost = exp.and_(text.is_(exp.null()).not_(), _of(column).is_(exp.null()))
    if facts_of(column).kind is Kind.MONEY:
        lost = exp.and_(lost, exp.not_(exp.func("is_foreign", text)))
    return lost


def _present(name: str) -> exp.Lambda:
    known = exp.column(name).is_(exp.null()).not_()
    return exp.Lambda(this=known, expressions=[exp.to_identifier(name)])


def _unknown_fields(
    table: Table, fields: dict[str, str], dataset: Dataset
) -> exp.Select:
    """One row: the fields of this batch that no contract and no declaration knows."""
    known = {*fields.values(), *dataset.ignore, *table_facts(table).refused, *RETURNED}
    keys = exp.func("unnest", exp.func("json_keys", exp.column("raw"))).as_("k")
    met = exp.select(keys).distinct().from_(LINES).subquery("met")
    outside: exp.Expr = (
        exp.column("k").isin(*(exp.Literal.string(k) for k in sorted(known))).not_()
    )
    if EVERYTHING in dataset.ignore:
        outside = exp.false()
    listed = exp.func("list", exp.column("k")).as_("names")
    return exp.select(listed).from_(met).where(outside)


def _strangers() -> exp.Expr:
    names = exp.select("names").from_(UNKNOWN).subquery()
    keys = exp.func("json_keys", exp.column("raw"))
    found = exp.func("list_intersect", keys, names)
    nothing = exp.cast(exp.array(), "TEXT[]")
    return exp.case().when(names.copy().is_(exp.null()), nothing).else_(found)
