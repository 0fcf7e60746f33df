"""The credit report as data: the national report's ten sections, the park's supplement.

Order and titles follow 《公共信用信息报告标准》(2022); an empty section says so and is
never left out. The supplement holds what the enterprise authorised. Not here: how it looks
(``report_forms``), asking for it over HTTP (``reporting``).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from publish.api import credit, facts
from publish.api.operation import Wire
from publish.api.wire import Enterprise

VERSION = "V2.0"
ISSUER = "信用园区 Credit Park"
NOTHING = "查询期内无相关信息"
ADVICE = "建议秉持诚信理念，合法有序开展经营活动。"
DIGITS = 8
SUPPLEMENT = ("grade", "explanation", "figures")
NOTES = (
    "本报告客观中立，仅汇总各来源单位提供的公共信用信息，不主动编辑或修改。",
    "第一至第十部分不进行评分或等级评定；园区补充信息依企业授权提供。",
    "对信息有异议的，可向园区或来源单位提出异议；符合条件的失信信息可申请信用修复。",
)
_ABNORMAL = "abnormal_listing"
Choose = Callable[[str, Wire], bool]


@dataclass(frozen=True)
class Part:
    """One section: its key, titles and which records stand in it."""

    key: str
    zh: str
    en: str
    kinds: tuple[str, ...] = ()
    choose: Choose = lambda _kind, _row: True


PARTS = (
    Part("registration", "登记注册基础信息", "Registration"),
    Part(
        *("administrative", "行政管理信息", "Administrative"),
        ("licences", "penalties", "inspections"),
    ),
    Part("honours", "诚实守信相关荣誉信息", "Honours", ("honours",)),
    Part(
        *("serious", "严重失信主体名单信息", "Serious dishonesty", ("listings",)),
        lambda _, row: row["listing"] != _ABNORMAL,
    ),
    Part(
        *("abnormal", "经营（活动）异常名录（状态）信息", "Abnormal operations"),
        *(("listings",), lambda _, row: row["listing"] == _ABNORMAL),
    ),
    Part("commitments", "信用承诺信息", "Commitments", ("commitments",)),
    Part("evaluation", "信用评价信息", "Credit evaluations"),
    Part("judicial", "司法判决及执行信息", "Judgments and enforcement"),
    Part("other", "其他信息", "Other", ("tax_arrears",)),
    Part("advice", "信用状况提升建议", "Advice"),
)
COUNTED = (
    *("administrative", "honours", "serious", "abnormal"),
    *("commitments", "evaluation", "judicial", "other"),
)


def number_of(uscc: str, at: datetime, release: str) -> str:
    """The report's number: the instant and eight digits, as the national report has it."""
    told = hashlib.sha256(f"{uscc} {at.isoformat()} {release}".encode()).hexdigest()
    return f"{at:%Y%m%d%H%M%S}{told[:DIGITS].upper()}"


def public_part(connection: sqlite3.Connection, uscc: str) -> Wire | None:
    """The ten sections of an enterprise, or ``None`` where the release has none."""
    found = facts.read(connection, uscc)
    if found is None:
        return None
    sections = [_section(number, part, found) for number, part in enumerate(PARTS, 1)]
    counts = {s["key"]: s["count"] for s in sections if s["key"] in COUNTED}
    return {
        "uscc": uscc,
        "name": found.register["name"],
        "subject_label": "存续" if found.register["status"] == "active" else "非存续",
        "summary": counts,
        "sections": sections,
        "sources": _sources(found),
    }


def _section(number: int, part: Part, found: Enterprise) -> Wire:
    records = [
        {"kind": kind, "record": row}
        for kind in part.kinds
        for row in found.sections[kind].rows
        if part.choose(kind, row)
    ]
    cut = any(found.sections[kind].truncated for kind in part.kinds)
    register = found.register if part.key == "registration" else None
    text = None if records or register else NOTHING
    if part.key == "advice":
        text = ADVICE
    return {
        "number": number,
        "key": part.key,
        "title": part.zh,
        "title_en": part.en,
        "count": len(records),
        "truncated": cut,
        "text": text,
        "register": register,
        "records": records,
    }


def _sources(found: Enterprise) -> list[Wire]:
    """Who delivered what is told, and when the newest of it came."""
    newest: dict[str, str] = {}
    rows = [found.register, *(r for s in found.sections.values() for r in s.rows)]
    for row in (r for r in rows if "source" in r):  # our own notices have none
        known = newest.get(row["source"], "")
        newest[row["source"]] = max(known, row["collected_on"])
    return [{"source": s, "collected_on": day} for s, day in sorted(newest.items())]


def supplement(connection: sqlite3.Connection, uscc: str) -> Wire:
    """What the park adds, by the enterprise's authorisation of the item ``report``."""
    return credit.read(connection, uscc, SUPPLEMENT)


def whole(public: Wire, added: Wire, at: datetime, release: str) -> Wire:
    """The report's data."""
    return {
        "number": number_of(public["uscc"], at, release),
        "version": VERSION,
        "issued_at": at.isoformat(timespec="seconds"),
        "issued_by": ISSUER,
        **public,
        "supplement": added,
        "notes": list(NOTES),
    }


def lasting(report: Wire) -> Wire:
    """The part that makes a difference: without number and instant."""
    told = {k: v for k, v in report.items() if k not in {"number", "issued_at"}}
    plain: Wire = json.loads(json.dumps(told))
    return plain
