"""Deliveries by hand: rows as the agencies send them, landed and split."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from assets.sources.declaration import Sources, load_sources
from assets.sources.records import Gate
from assets.stores import Arrival, Batch, Receipt, Window
from orchestration.lake.lake import LocalLake
from orchestration.settings import SANDBOX, sandbox_variables
from quality.contracts import metadata

Row = dict[str, Any]
TODAY = date(2026, 11, 23)
ENTERPRISE = "91370303MA3C00003D"  # invented, both check digits right
OTHER = "91370303MA3C000118"  # invented
ZONE = "11370300004217629L"  # the Zibo High-tech Zone authority
WINDOW = Window(date(2026, 11, 1), date(2026, 11, 8))

PENALTY: Row = {
    "CF_XDR_SHXYM": ENTERPRISE,
    "CF_XDR_MC": "淄博甲科技有限公司",
    "CF_XDR_LB": "法人及非法人组织",
    "CF_FRDB": "某某",
    "CF_WSH": "淄高新市监处罚〔2026〕1号",
    "CF_WFXW": "违反广告法",
    "CF_SY": "发布虚假广告",
    "CF_YJ": "广告法第五十五条",
    "CF_CFLB": "罚款",
    "CF_NR": "罚款",
    "CF_NR_FK": "3.000000",
    "CF_NR_WFFF": "",
    "CF_NR_ZKDX": "",
    "CF_JDRQ": "2026/10/20",
    "CF_YXQ": "2027/10/20",
    "CF_GSJZQ": "2027/10/19",
    "CF_CFJG": "高新区市场监管局",
    "CF_CFJGDM": ZONE,
    "CF_SJLY": "高新区市场监管局",
    "CF_SJLYDM": ZONE,
    "CF_ZT": "0",
    "SJC": "2026-11-02 09:00:00",
}
NAME_CHANGE: Row = {
    "UNISCID": ENTERPRISE,
    "ALTBE": "淄博甲有限公司",
    "ALTAF": "淄博甲科技有限公司",
    "ALTDATE": "2026-10-20",
    "SJC": "2026-11-02 09:00:00",
}
CONTRIBUTION: Row = {
    "tyshxydm": ENTERPRISE,
    "dwmc": "淄博甲科技有限公司",
    "fkssq": "202609",
    "yjje": "5200.50",
    "sjje": 5200.5,
    "cbrs": 12,
    "rkrq": "2026-10-12",
    "gxsj": "2026-11-02 09:00:00",
}
REGISTRATION: Row = {
    "UNISCID": ENTERPRISE,
    "ENTNAME": "淄博甲科技有限公司",
    "REGNO": "",
    "ENTTYPE_CN": "有限责任公司",
    "REGSTATE_CN": "存续",
    "ESTDATE": "2016-05-03",
    "NAME": "某某",
    "REGCAP": "500",
    "DOM": "淄博高新区某路1号",
    "DOMDISTRICT": "370303",
    "INDUSTRYCO": "C3829",
    "OPSCOPE": "机械制造",
    "REGORG_CN": "高新区市场监管局",
    "CANDATE": "",
    "SJC": "2026-11-02 09:00:00",
}
ENVELOPES = {"market": ("data", "list"), "tax": ("data", "rows"), "labour": ("result",)}


def sandbox_sources(url: str = "http://127.0.0.1:9", inbox: Path = Path()) -> Sources:
    """The shipped source configuration, against some address."""
    variables = sandbox_variables(url) | {"CREDITPARK_INBOX": str(inbox)}
    return load_sources(SANDBOX, variables)


def answer(agency: str, rows: Sequence[Any]) -> bytes:
    """One page as the agency sends it."""
    body: Any = list(rows)
    for key in reversed(ENVELOPES[agency]):
        body = {key: body}
    return json.dumps(body, ensure_ascii=False).encode()


def land(
    lake: LocalLake,
    dataset: str,
    *pages: Sequence[Any],
    window: Window = WINDOW,
) -> Batch:
    """Land the pages of one change window."""
    agency = sandbox_sources().agency_of(dataset) or ""
    arriving = Arrival(
        agency=agency,
        dataset=dataset,
        window=window,
        version_at=datetime.combine(window.end, time()),
        origin="by hand",
        suffix=".json",
    )
    made = lake.landing.land(arriving, [answer(agency, rows) for rows in pages])
    assert made is not None
    return made


def split(lake: LocalLake, dataset: str, batch: Batch, today: date = TODAY) -> Receipt:
    """Send a landed batch through the gate."""
    gate = Gate(lake.records, sandbox_sources(), today)
    receipt = gate.split(metadata.tables[dataset], batch)
    assert receipt.balanced
    return receipt


def deliver(
    lake: LocalLake, dataset: str, *pages: Sequence[Any], window: Window = WINDOW
) -> Receipt:
    """Land and split."""
    return split(lake, dataset, land(lake, dataset, *pages, window=window))


def rows_of(lake: LocalLake, relation: str, columns: str = "*") -> list[Any]:
    """The rows of a relation, sorted."""
    query = f"SELECT {columns} FROM {relation} ORDER BY ALL"
    return lake.engine.connection.execute(query).fetchall()


def quarantined(lake: LocalLake, dataset: str) -> list[tuple[int, str, str]]:
    """(row number, rule, value) of every refused row."""
    relation = lake.records.quarantine(dataset)
    return rows_of(lake, relation, "row_number, rule_id, value")


def counts(receipt: Receipt) -> tuple[int, int, int, int]:
    """Rows in, accepted, quarantined, duplicates."""
    return (
        receipt.rows_in,
        receipt.accepted,
        receipt.quarantined,
        receipt.duplicates,
    )
