"""Mock mode: the whole interface on invented enterprises, for a bank's own tests.

A small release that never changes, in which each enterprise stands for one case, and keys
whose secrets everybody may know. Everything else is the real thing: limits, receipts,
signatures. Not here: serving it (``publish.serving``).
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from publish.access.keys import Scope, create_key
from publish.access.tokens import Token
from publish.registry.authorisations import Method, grant
from publish.release import ddl, dictionary, search
from publish.release.layout import AUTHORISED, PUBLIC, Served
from quality.clock import Clock
from quality.contracts.codelists import code_list
from quality.contracts.model import Item, Kind, facts_of

BANK, OTHER_BANK = "91370300MA3BANK074", "91370300MA3BANK15Y"
# Not secrets: they open nothing but invented enterprises.
TOKEN = Token("mckbankaaa", "mock-secret-of-the-first-invented-bank-0001")
OTHER_TOKEN = Token("mckbankbbb", "mock-secret-of-the-other-invented-bank-0002")
RELEASE = "20261123-00000000aa"
POLICY = "mock-2026"
SOURCE = "虚构市场监督管理局"
CASES = {
    "91370303MA3C00003D": ("虚构晨光新材料有限公司", "A, authorised for every item"),
    "91370303MA3C000118": ("虚构云帆制造有限公司", "C, a penalty, not authorised"),
    "91370303MA3C0002X0": ("虚构长河贸易有限公司", "on a list, not rated"),
}
CLEAN, PENALISED, LISTED = CASES
UNKNOWN = "91370303MA3C000380"


def furnish(home: Path, registry: Engine, clock: Clock) -> None:
    """Publish the mock release below a home and make its keys and authorisations.

    Args:
        home: empty.
        registry: of that home.
        clock: whose today the records are open on.
    """
    _release(home / "releases", clock.today())
    scopes = [s.value for s in Scope]
    for token, bank, name in (
        (TOKEN, BANK, "虚构甲银行"),
        (OTHER_TOKEN, OTHER_BANK, "虚构乙银行"),
    ):
        create_key(
            *(registry, clock),
            bank=name,
            scopes=scopes,
            bank_uscc=bank,
            token=token,
            requests_per_minute=60_000,
        )
    grant(
        *(registry, clock),
        uscc=CLEAN,
        bank_uscc=BANK,
        items=code_list("authorisation_item"),
        purpose="测试",
        last_day=clock.today() + timedelta(days=365),
        signed_by="法定代表人",
        method=Method.WEB,
        evidence_sha256="0" * 64,
    )


def _release(releases: Path, today: date) -> None:
    folder = releases / RELEASE
    folder.mkdir(parents=True)
    public, authorised = folder / "public.db", folder / "authorised.db"
    rows = _rows(today)
    for path, tables in ((public, PUBLIC), (authorised, AUTHORISED)):
        ddl.create(path, tables)
        with closing(sqlite3.connect(path)) as connection, connection:
            for table in tables:
                for row in rows.get(table.contract, ()):
                    insert(connection, table, row, office=SOURCE)
    search.write(public)
    created = f"{today}T02:30:00+08:00"
    facts = {"id": RELEASE, "today": str(today), "created": created}
    facts |= {"policy_id": POLICY, "invented": "1"}
    dictionary.write(public, facts)
    ddl.index(public, PUBLIC)
    (folder / "manifest.json").write_text(json.dumps(facts), "utf-8")
    (releases / "current.json").write_text(json.dumps({"release": RELEASE}), "utf-8")


def _rows(today: date) -> dict[str, list[dict[str, Any]]]:
    until = str(today + timedelta(days=300))
    named = {u: {"uscc": u, "enterprise_name": name} for u, (name, _) in CASES.items()}
    enterprises = [
        {"uscc": u, "name": name, "in_park": 1, "status": "active"}
        for u, (name, _) in CASES.items()
    ]
    enterprises[0] |= {"published_grade": "A", "graded_on": str(today)}
    enterprises[0] |= {"domicile": "虚构省虚构市晨光路1号"}
    graded = {"evaluated_on": str(today), "policy_id": POLICY, "completeness_bp": 9000}
    ends = [today.replace(day=1) - timedelta(days=1 + 31 * n) for n in range(3)]
    days = [str(today), *(str(d) for d in ends)]
    rated = {**graded, "state": "rated"}
    return {
        "public_enterprises": enterprises,
        "public_penalties": [
            {**named[PENALISED], "record_id": "P-1", "decided_on": "2026-05-06"}
            | {"fine_fen": 500_000, "publish_until": until, "violation_kind": "虚构"}
        ],
        "public_listings": [
            {**named[LISTED], "record_id": "L-1", "listing": "abnormal_listing"}
            | {"publish_until": None}
        ],
        "public_licences": [
            {**named[CLEAN], "record_id": f"X-{n}", "decided_on": f"2026-0{n}-01"}
            for n in range(1, 8)
        ],
        "public_financial_products": [
            {"product_code": "FP-1", "bank": "虚构甲银行", "name": "虚构信用贷"}
            | {"minimum_grade": "B"}
        ],
        "authorised_grades": [
            {**rated, "uscc": CLEAN, "letter": "A", "score_points": 912_500}
            | {"evaluated_on": day}
            for day in days
        ]
        + [{**rated, "uscc": PENALISED, "letter": "C", "score_points": 601_000}],
        "authorised_explanations": [
            {**graded, "uscc": CLEAN, "rule_id": rule, "points": points}
            for rule, points in (("base", 600_000), ("tax_a", 312_500))
        ],
        "authorised_figures": [
            {**graded, "uscc": CLEAN, "quarters": 8, "sales_growth_bp": 1250}
        ],
        "authorised_financials": [
            {"uscc": CLEAN, "quarter_end": end, "revenue_fen": 120_000_000}
            for end in ("2026-03-31", "2026-06-30", "2026-09-30")
        ],
        "authorised_incentives": [
            {"uscc": CLEAN, "incentive_code": "I-1", "title": "虚构", "reason": "A级"}
        ],
    }


def insert(
    connection: sqlite3.Connection,
    table: Served,
    row: dict[str, Any],
    *,
    office: str = "虚构",
) -> None:
    """Write a row; columns it says nothing of are filled with invented values.

    Args:
        connection: to the release file.
        table: as it is published.
        row: the values that matter, by column.
        office: the value of a source or authority.
    """
    whole = {c.name: row.get(c.name, _filler(c, office)) for c in table.columns}
    names = ", ".join(f'"{n}"' for n in whole)
    marks = ", ".join("?" for _ in whole)
    sql = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'
    connection.execute(sql, list(whole.values()))


def _filler(item: Item, office: str) -> Any:
    """A value for a column that the case says nothing of."""
    facts = facts_of(item)
    if item.nullable:
        return None
    if facts.codes:
        return next(iter(code_list(facts.codes)))
    if facts.kind in {Kind.DATE, Kind.MONTH}:
        return "2026-01-01"
    if facts.kind in {Kind.MONEY, Kind.INTEGER, Kind.FLAG}:
        return 0
    return office if item.name in {"source", "authority"} else "虚构"
