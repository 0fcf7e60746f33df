"""The statements of the cases station; the registry is read here, once a run.

Not here: what a case may do (``publish.cases``).
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib.resources import files
from typing import Any

from sqlalchemy import Engine, Table
from sqlglot import exp

from assets import sql
from assets.reference import rows_query
from assets.setup import Setup
from publish.cases.commitments import rows_of
from publish.cases.downgrades import DATASET
from publish.cases.effects import effects
from publish.cases.office_cases import honour_objections, warning_reviews
from publish.registry.engine import open_registry
from quality.contracts import cases, park, service
from quality.contracts.model import engine_type

PACKAGE = "assets.cases"
REVIEWS = (
    *("subject", "rule_id", "unit", "acknowledged_on"),
    *("closed_on", "closed_why"),
)
OBJECTIONS = (
    *("honour_list", "year", "uscc", "raised_on"),
    *("state", "decided_on", "reason"),
)
Told = Callable[[Engine, date], list[dict[str, Any]]]
LINEAGE = {"record_key": "TEXT", "received_on": "DATE"}


@contextmanager
def registry_of(setup: Setup) -> Iterator[Engine]:
    """The registry, open as long as it is needed."""
    registry = open_registry(setup.registry)
    try:
        yield registry
    finally:
        registry.dispose()


def case_effects(setup: Setup) -> exp.Query:
    """Effects of cases today; a corrected record is back once its agency has mended it."""
    with registry_of(setup) as registry:
        found = effects(registry, setup.today)
    columns = {c.name: engine_type(c) for c in cases.case_effects.columns}
    rows = [(e.record_id, e.dataset, e.effect, e.since, e.case_id) for e in found]
    listed = rows_query(columns, rows)
    corrected = {e.dataset for e in found if e.effect == "corrected"}
    datasets = sorted(corrected - {DATASET})  # a downgrade is no record of an agency
    if not datasets:
        return listed
    nothing = rows_query(LINEAGE, [])
    mended = sql.union([nothing, *(_received(name) for name in datasets)])
    query = sql.parse(
        "SELECT e.* FROM listed AS e LEFT JOIN mended AS r ON r.record_key = e.record_id "
        "WHERE e.effect <> 'corrected' OR coalesce(r.received_on <= e.effective_from, TRUE)"
    )
    with_listed: Any = query.with_("listed", as_=listed).with_("mended", as_=mended)
    return with_listed  # type: ignore[no-any-return]


def all_commitments(setup: Setup) -> exp.Query:
    """Commitments that agencies delivered and those registered here, in one table."""
    items = [*park.commitments.columns]
    columns = {c.name: engine_type(c) for c in items} | LINEAGE
    with registry_of(setup) as registry:
        told = [r for r in rows_of(registry) if r["committed_on"] <= setup.today]
    rows = [_with_lineage(row) for row in told]
    values = [tuple(row.get(name) for name in columns) for row in rows]
    delivered = exp.select(*columns).from_(park.commitments.name)
    return sql.union([delivered, rows_query(columns, values)])


def all_warning_reviews(setup: Setup) -> exp.Query:
    """Who took warnings up and why they were closed: by file, and registered here."""
    return _with_registered(setup, service.warning_reviews, warning_reviews, REVIEWS)


def all_honour_objections(setup: Setup) -> exp.Query:
    """Objections to candidates: by file, and registered here."""
    return _with_registered(
        setup, service.honour_objections, honour_objections, OBJECTIONS
    )


def _with_registered(
    setup: Setup, contract: Table, told: Told, names: tuple[str, ...]
) -> exp.Query:
    """A dataset's rows and those that cases tell, with the named columns."""
    columns = {n: engine_type(contract.columns[n]) for n in names}
    with registry_of(setup) as registry:
        rows = told(registry, setup.today)
    values = [tuple(row[name] for name in names) for row in rows]
    delivered = exp.select(*names).from_(contract.name)
    return sql.union([delivered, rows_query(columns, values)])


def repair_guidance(setup: Setup) -> exp.Query:
    """What each enterprise may have repaired."""
    return sql.bind(sql.load(PACKAGE, "repair_guidance"), today=setup.today)


def due_notices(setup: Setup) -> exp.Query:
    """What enterprises are to be told today."""
    return sql.bind(sql.load(PACKAGE, "due_notices"), today=setup.today)


def policy_notices() -> exp.Query:
    """``policy_notices(notice_kind, days_before, …)``: how long before."""
    text = (files(PACKAGE) / "policy" / "notices.csv").read_text("utf-8")
    reader = csv.DictReader(text.splitlines())
    columns = dict.fromkeys(reader.fieldnames or (), "TEXT") | {"days_before": "INT"}
    return rows_query(columns, [[r[c] for c in columns] for r in reader])


def _received(dataset: str) -> exp.Select:
    return exp.select(*LINEAGE).from_(dataset)


def _with_lineage(row: dict[str, Any]) -> dict[str, Any]:
    code = str(row["commitment_code"])
    key = hashlib.sha256(code.encode()).hexdigest()[:32]
    known = row["fulfilment_on"] or row["committed_on"]
    return {**row, "record_key": key, "received_on": known}
