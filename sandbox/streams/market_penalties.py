"""Administrative penalties of every kind and size, some quashed on review."""

from __future__ import annotations

import random
from datetime import date

from sandbox import authorities
from sandbox.days import HISTORY, add_months, happenings, later
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger, Row
from sandbox.streams.market_permits import ACTIVE, PARTY_CLASSES
from sandbox.streams.offences import OFFENCES, PUBLICITY_MONTHS, Offence
from sandbox.streams.writing import document_no, market_date, wan

REFUSED = {
    "CF_FR_ZJLX": "***",
    "CF_FR_ZJHM": "***",
    "CF_FR_SFZH": "***",
    "CF_XDR_ZJLX": "***",
    "CF_XDR_ZJHM": "***",
    "CF_XDR_SFZ": "***",
}
_HEADS = ("淄高新简罚", "淄高新罚字", "淄高新重罚")


def penalties(ledger: Ledger, e: Enterprise) -> None:
    """Cases of each severity, at the enterprise's own rates."""
    start = max(HISTORY, e.registered_on)
    for severity, yearly in enumerate(e.behaviour.penalties):
        rng = e.rng(f"penalties-{severity}")
        days = happenings(rng, yearly, start, e.last_day(ledger.until))
        for number, day in enumerate(days):
            choices = OFFENCES[severity]
            offence = choices[(e.index + number) % len(choices)]
            _decide(ledger, e, rng, (day, severity, number, offence))


def _decide(
    ledger: Ledger,
    e: Enterprise,
    rng: random.Random,
    case: tuple[date, int, int, Offence],
) -> None:
    """Enter a decision; some are objected to, some quashed."""
    key, row = _penalty(rng, e, case)
    known = later(rng, case[0], 2, 9)
    ledger.add("penalties", known, key, row)
    fate, changed = rng.random(), later(rng, known, 30, 150)
    if fate < 0.04:
        status = rng.choice(("2", "撤销", "无效"))
        ledger.add("penalties", changed, key, row | {"CF_ZT": status})
    elif fate < 0.06:
        ledger.add("penalties", changed, key, row | {"CF_ZT": "异议"})


def _penalty(
    rng: random.Random, e: Enterprise, case: tuple[date, int, int, Offence]
) -> tuple[str, Row]:
    day, severity, number, offence = case
    serial = e.index * 12 + number % 12 + 1
    written = document_no(rng, _HEADS[severity], day.year, serial)
    fine, confiscated = _amount(rng, offence.fine), _amount(rng, offence.confiscated)
    code = authorities.CODES[offence.authority]
    row = {
        "CF_XDR_MC": e.written(rng, day),
        "CF_XDR_LB": rng.choice(PARTY_CLASSES),
        "CF_XDR_SHXYM": e.uscc,
        "CF_FRDB": e.head_on(day),
        "CF_WSH": written,
        "CF_WFXW": offence.violation,
        "CF_SY": f"{day.year}年{day.month}月执法检查查明，当事人{offence.facts}。",
        "CF_YJ": offence.basis,
        "CF_CFLB": rng.choice((";", ";", "、")).join(offence.kinds),
        "CF_NR": _content(offence, fine, confiscated),
        "CF_NR_FK": wan(fine),
        "CF_NR_WFFF": wan(confiscated),
        "CF_NR_ZKDX": offence.licence,
        "CF_JDRQ": market_date(rng, day),
        "CF_YXQ": market_date(rng, add_months(day, 12 * (severity + 1))),
        "CF_GSJZQ": market_date(rng, add_months(day, PUBLICITY_MONTHS[severity])),
        "CF_CFJG": offence.authority,
        "CF_CFJGDM": code,
        "CF_SJLY": offence.authority,
        "CF_SJLYDM": code,
        "CF_ZT": rng.choice(ACTIVE),
    }
    return f"{code}|{written}|{e.uscc}", row | REFUSED


def _amount(rng: random.Random, limits: tuple[int, int]) -> int | None:
    """Whole hundreds of yuan: more often small than large, at times the very limit."""
    low, high = limits
    draws = [rng.randint(low // 100, high // 100) * 100 for _ in range(2)]
    fate = rng.random()
    if not high:
        return None
    if fate < 0.16:
        return low if fate < 0.08 else high
    return draws[0] if fate < 0.4 else min(draws)


def _content(offence: Offence, fine: int | None, confiscated: int | None) -> str:
    parts = [kind for kind in offence.kinds if kind not in ("罚款", "没收违法所得")]
    if fine:
        parts.append(f"罚款{fine}元")
    if confiscated:
        parts.append(f"没收{confiscated}元")
    return "；".join(parts)
