"""What speaks for a tenant: qualifications, honours, the standard, credit managers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from sandbox import authorities
from sandbox.days import EPOCH, add_months, later, months
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger, Row
from sandbox.streams.park_rent import CODE, NAME
from sandbox.streams.writing import park_date

_QUALIFICATIONS = (
    # label, chance of 10,000 merits, level, authority, certificate
    (("高新技术企业", "高新"), 9_000, "国家级", authorities.SCIENCE, "GR"),
    (("专精特新企业", "专精特新"), 5_500, "省级", authorities.INDUSTRY, "ZJ"),
    (("瞪羚企业", "瞪羚"), 1_800, "省", authorities.INDUSTRY, "DL"),
    (("独角兽企业", "独角兽"), 300, "国家", authorities.INDUSTRY, "DJ"),
    (("新业态企业", "新业态"), 1_200, "市级", authorities.INDUSTRY, "XY"),
)
_HONOURS = (
    ("全国守合同重信用企业", "国家级", authorities.MARKET),
    ("山东省诚信建设示范企业", "省级", authorities.CREDIT_ASSOCIATION),
    ("淄博市诚信经营示范单位", "市级", authorities.CREDIT_ASSOCIATION),
    ("高新区诚信企业", "高新区级", authorities.OFFICE),
    ("高新区诚信企业", "区级", authorities.OFFICE),
    ("园区信用管理先进单位", "园区级", authorities.OFFICE),
)
_STAGES = ("建立", "运行", "评审通过")
_CLAUSES = ("7.1-7", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7", "5.8", "5.9")


def qualifications(ledger: Ledger, e: Enterprise) -> None:
    """Each recognition runs for three years and is mostly renewed."""
    for labels, chance, level, authority, letters in _QUALIFICATIONS:
        rng = e.rng(f"qualification-{letters}")
        begun = rng.random() * 10_000 < e.behaviour.merits * chance // 10_000
        if letters == "DJ" and e.index % 100 == 12:  # rare, but never absent
            begun = True
        first = later(rng, max(date(2021, 3, 1), e.registered_on), 200, 1200)
        for day in _terms(rng, first, e.last_day(ledger.until)) if begun else ():
            row: Row = {
                CODE: e.uscc,
                NAME: e.written(rng, day),
                "资质类别": rng.choice(labels),
                "级别": level,
                "证书编号": f"{letters}{day:%Y}37{e.index + 1:06d}",
                "认定日期": park_date(rng, day),
                "有效期至": park_date(rng, add_months(day, 36)),
                "认定机关": authority,
            }
            key = f"{e.uscc}|{labels[0]}|{day}"
            ledger.add("qualifications", later(rng, day, 5, 25), key, row)


def _terms(rng: random.Random, first: date, until: date) -> Iterator[date]:
    while first <= until:
        yield first
        if rng.random() < 0.2:
            return
        first = later(rng, add_months(first, 36), -20, 20)


def honours(ledger: Ledger, e: Enterprise) -> None:
    """Honours of the year, from the nation's down to the park's own."""
    rng, merits = e.rng("honours"), e.behaviour.merits
    first = max(2021, e.registered_on.year + 1)
    for year in range(first, e.last_day(ledger.until).year + 1):
        won = rng.random() * 10_000 < merits // 2
        title, level, authority = rng.choice(_HONOURS)
        day = date(year, 3, 1) + timedelta(days=rng.randrange(270))
        row: Row = {
            CODE: e.uscc,
            NAME: e.written(rng, day),
            "荣誉名称": title,
            "级别": level,
            "文件依据": f"淄高新信办字〔{year}〕{rng.randint(1, 60)}号",
            "授予日期": park_date(rng, day),
            "有效期至": park_date(rng, add_months(day, rng.choice((12, 24, 36)))),
            "授予单位": authority,
        }
        known = later(rng, day, 3, 15)
        if won and day <= e.last_day(ledger.until):
            ledger.add("honours", known, f"{e.uscc}|{title}|{day}", row)


def standard(ledger: Ledger, e: Enterprise) -> None:
    """The stages of the credit-management standard, one after the other."""
    rng, merits = e.rng("standard"), e.behaviour.merits
    day = later(rng, max(date(2022, 11, 15), e.registered_on), 30, 900)
    reached, joins = rng.randint(1, 3), rng.random() * 10_000 < merits
    stages = _STAGES[:reached] if joins else ("未开展",)
    if not joins and rng.random() > 0.12:
        return
    for stage in stages:
        row: Row = {
            CODE: e.uscc,
            NAME: e.written(rng, day),
            "贯标状态": stage,
            "评定日期": park_date(rng, day),
            "评定单位": authorities.CREDIT_ASSOCIATION,
        }
        if day <= e.last_day(ledger.until):
            ledger.add("standard_status", later(rng, day, 1, 9), f"{e.uscc}|{day}", row)
            _clauses(ledger, e, day, stage)
        day = later(rng, day, 150, 420)


def _clauses(ledger: Ledger, e: Enterprise, day: date, stage: str) -> None:
    """Clause by clause; before the assessment one clause in four lags a stage behind."""
    if stage not in _STAGES:
        return
    rng, place = e.rng(f"clauses-{stage}"), _STAGES.index(stage)
    for number, clause in enumerate(_CLAUSES):
        lags = (number + e.index) % 4 == 0 and stage != _STAGES[-1]
        row: Row = {
            CODE: e.uscc,
            NAME: e.written(rng, day),
            "条款": clause,
            "状态": ("未开展", *_STAGES)[place] if lags else stage,
            "评定日期": park_date(rng, day),
            "证明材料": "" if lags else f"ZL-{day:%Y%m}-{number + 1:02d}",
            "评定单位": authorities.CREDIT_ASSOCIATION,
        }
        key = f"{e.uscc}|{clause}|{day}"
        ledger.add("standard_clauses", later(rng, day, 1, 9), key, row)


def managers(ledger: Ledger, e: Enterprise) -> None:
    """Heads with a certificate, counted twice a year where there may be any."""
    rng, merits = e.rng("managers"), e.behaviour.merits
    certified, interested = 0, rng.random() * 10_000 < 2_000 + merits
    start = max(EPOCH, e.tenant_since or EPOCH)
    for first in months(start, e.last_day(ledger.until)):
        if first.month % 6 or not interested:
            continue
        day = add_months(first, 1) - timedelta(days=1)
        certified = min(4, certified + (rng.random() * 20_000 < merits))
        row: Row = {
            CODE: e.uscc,
            NAME: e.written(rng, day),
            "统计日期": park_date(rng, day),
            "持证人数": certified,
        }
        known = later(rng, day, 2, 9)
        ledger.add("credit_managers", known, f"{e.uscc}|{day}", row)
