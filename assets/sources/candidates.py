"""Raw lines to typed candidate rows, in SQL, by the contract alone.

Lines come as JSON texts or as the cells of a table (``lines``). A candidate has the
contract's columns, ``unparsed`` (columns whose value was not understood), ``strangers``
(fields no contract knows), ``returns`` (the quarantined row it says it puts right) and
the line it came from. Every text is read, cleaned and parsed once; what is written in the
common way costs a cheap test (``parsing.sql``). Not here: judging candidates (``records``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files

from duckdb import DuckDBPyConnection
from sqlalchemy import Table
from sqlglot import exp

from assets.sources import forms, spelling
from assets.sources.declaration import QUARANTINE_ID, RETURNED, Dataset, fields_of
from quality.contracts.model import (
    Item,
    Kind,
    engine_type,
    facts_of,
    table_facts,
)

FEN_PER_UNIT = {"yuan": 100, "wan": 1_000_000}
VERSION = "updated_at"
EVERYTHING = "*"  # in `ignore`: whatever else a row holds
TEXT, RETURNS = "__text", "returns"


def prepare(connection: DuckDBPyConnection) -> None:
    """Give a connection the parsing macros."""
    connection.execute((files("assets.sources") / "parsing.sql").read_text("utf-8"))


def candidates_query(
    table: Table,
    dataset: Dataset,
    version_at: datetime | None,
    names: Sequence[str] | None = None,
) -> exp.Select:
    """The typed candidates of a group of lines for one contract.

    Args:
        table: the contract.
        dataset: where the source differs from it.
        version_at: the delivery's own time, where rows carry none (files).
        names: the fields of ``arriving_cells``; none: the rows are ``arriving_lines``.
    """
    fields = fields_of(table, dataset)
    if version_at and VERSION not in dataset.columns:
        fields.pop(VERSION, None)
    sent = [c for c in table.columns if c.name in {*fields, *dataset.constants}]
    form = forms.form(fields.values(), names)
    texts = {
        c.name: exp.Literal.string(dataset.constants[c.name])
        if c.name in dataset.constants
        else form.text(fields[c.name])
        for c in sent
    }
    # A step each: a macro that names its argument often would read it as often.
    sent_texts = _selected(
        form.source,
        *form.line,
        _named(form.text(QUARANTINE_ID), RETURNS),
        *(_named(_narrow(c, texts[c.name]), c.name) for c in sent),
    )
    squeezed = _step("squeezed", sent_texts, form, sent)
    cleaned = _step("filled", squeezed, form, sent)
    parsed = _selected(
        cleaned.subquery("cleaned", copy=False),
        *form.line,
        exp.column(RETURNS),
        *(_named(_parsed(c, dataset), c.name) for c in sent),
        *(_named(_of(c), f"{c.name}{TEXT}") for c in sent if _can_be_lost(c)),
    )
    known = _known(table, fields, dataset)
    query = _selected(
        parsed.subquery("parsed", copy=False),
        *form.line,
        exp.column(RETURNS),
        *(_named(_typed(c, sent, version_at), c.name) for c in table.columns),
        _named(_unparsed(sent), "unparsed"),
        _named(form.strangers(known), "strangers"),
    )
    return form.completed(query, known)


# Trees are built once and put in place as they are: copies cost more than the rest.
def _selected(source: exp.Expr, *columns: exp.Expr) -> exp.Select:
    return exp.select(*columns, copy=False).from_(source, copy=False)


def _named(value: exp.Expr, name: str) -> exp.Expr:
    return exp.alias_(value, name, copy=False)


def _known(table: Table, fields: dict[str, str], dataset: Dataset) -> set[str] | None:
    """The fields that a row may hold; ``None``: whatever it holds is known."""
    if EVERYTHING in dataset.ignore:
        return None
    return {*fields.values(), *dataset.ignore, *table_facts(table).refused, *RETURNED}


def _of(column: Item) -> exp.Column:
    return exp.column(column.name)


def _narrow(column: Item, text: exp.Expr) -> exp.Expr:
    facts = facts_of(column)
    if facts.kind is Kind.TEXT or facts.codes:
        return text
    return exp.func("half_width", text, copy=False)


def _step(
    macro: str, rows: exp.Select, form: forms.Form, columns: list[Item]
) -> exp.Select:
    """The rows with a macro over every text."""
    return _selected(
        rows.subquery("texts", copy=False),
        *form.line,
        exp.column(RETURNS),
        *(_named(exp.func(macro, _of(c), copy=False), c.name) for c in columns),
    )


def _parsed(column: Item, dataset: Dataset) -> exp.Expr:
    facts, text = facts_of(column), exp.column(column.name)
    if facts.codes:
        read = spelling.code if facts.kind is Kind.CODE else spelling.codes
        return read(text, facts.codes, dataset.codes.get(column.name, {}))
    if facts.kind is Kind.TEXT:
        return text
    if facts.kind is Kind.MONEY:
        unit = dataset.units.get(column.name) or facts.unit or "yuan"
        factor = exp.Literal.number(FEN_PER_UNIT[unit])
        return exp.func("parse_money", text, factor)
    return exp.func(f"parse_{facts.kind}", text)


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
