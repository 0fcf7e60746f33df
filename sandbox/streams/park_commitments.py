"""Commitments with the standard's data items, and how they were kept."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import NamedTuple

from sandbox import authorities
from sandbox.days import add_months, happenings, later
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger, Row
from sandbox.streams.writing import full_width, park_date

_FIRST = date(2021, 1, 1)
_DIVISION = "370300"
_PENDING = ("— —", "— —", "——", "待认定")


class _Promise(NamedTuple):
    kind: str
    reason: str
    content: str
    authority: str


_PROMISES = (
    _Promise(
        "审批替代型",
        "申请办理经营许可",
        "承诺符合许可条件，所提交材料真实有效",
        authorities.APPROVAL,
    ),
    _Promise(
        "容缺受理型",
        "项目备案容缺受理",
        "承诺在三十日内补齐所缺材料",
        authorities.APPROVAL,
    ),
    _Promise(
        "证明事项型",
        "以承诺替代无违法证明",
        "承诺近三年无重大违法行为",
        authorities.SCIENCE,
    ),
    _Promise(
        "主动型",
        "自愿作出信用承诺",
        "承诺依法经营、诚实守信、公平竞争",
        authorities.OFFICE,
    ),
    _Promise(
        "主动公示型",
        "政策申报信用承诺",
        "承诺申报材料真实，资金专款专用",
        authorities.FINANCE,
    ),
    _Promise(
        "行业自律型",
        "行业诚信自律公约",
        "承诺遵守行业自律公约，杜绝不正当竞争",
        authorities.INDUSTRY,
    ),
    _Promise(
        "信用修复型",
        "申请信用修复",
        "承诺已纠正失信行为并不再发生同类行为",
        authorities.MARKET,
    ),
    _Promise(
        "其他",
        "项目建设进度承诺",
        "承诺按约定节点完成项目建设",
        authorities.PARK,
    ),
)


def commitments(ledger: Ledger, e: Enterprise) -> None:
    """A promise or two a year, judged within fifteen months."""
    rng = e.rng("commitments")
    start = max(_FIRST, e.registered_on)
    for day in happenings(rng, 8_500, start, e.last_day(ledger.until)):
        promise = rng.choice(_PROMISES)
        row = _promise_row(rng, e, day, promise)
        key = row["承诺编码"]
        ledger.add("commitments", day + timedelta(days=1), key, row)
        judged, fate = later(rng, day, 90, 450), rng.random() * 10_000
        verdict = _verdict(rng, judged, promise, fate < e.behaviour.broken_promises)
        ledger.add("commitments", judged + timedelta(days=1), key, row | verdict)


def _promise_row(
    rng: random.Random, e: Enterprise, day: date, promise: _Promise
) -> Row:
    valid_to = park_date(rng, add_months(day, rng.choice((12, 24, 36))))
    public = rng.choice(("可向社会公开",) * 8 + ("特定范围内公开", "不可公开"))
    return {
        "承诺编码": f"{_DIVISION}{day:%Y%m%d}{e.index + 1:06d}",
        "承诺人名称": e.written(rng, day),
        "承诺人类别": rng.choice(("法人及非法人组织", "法人及非法人组织", "法人")),
        "承诺人代码": e.uscc,
        "承诺类型": promise.kind,
        "承诺事由": promise.reason,
        "承诺内容": promise.content,
        "违诺责任": "违反承诺的，依法承担相应责任，并纳入信用记录",
        "承诺作出日期": park_date(rng, day),
        "承诺有效期": full_width(valid_to) if rng.random() < 0.04 else valid_to,
        "承诺履行状态": rng.choice(_PENDING),
        "未履行的承诺内容": "",
        "违诺责任追究内容": "",
        "承诺履行状态认定日期": "",
        "认定单位": "",
        "认定单位代码": "",
        "承诺受理单位": promise.authority,
        "承诺受理单位代码": authorities.CODES[promise.authority],
        "公开类型": public,
        "备注": "",
    }


def _verdict(rng: random.Random, judged: date, promise: _Promise, broken: bool) -> Row:
    state = rng.choice(("部分履行", "部分履行", "全部未履行")) if broken else "全部履行"
    return {
        "承诺履行状态": state,
        "未履行的承诺内容": f"未履行：{promise.content}" if broken else "",
        "违诺责任追究内容": "约谈并责令限期改正" if broken else "",
        "承诺履行状态认定日期": park_date(rng, judged),
        "认定单位": promise.authority,
        "认定单位代码": authorities.CODES[promise.authority],
    }
