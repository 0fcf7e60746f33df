"""The abnormal-operation list and the list of serious dishonesty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sandbox import authorities
from sandbox.behaviour import SERIOUS
from sandbox.days import HISTORY, add_months, happenings, later
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger, Row
from sandbox.streams.market_reports import filings
from sandbox.streams.writing import document_no, market_date

REASONS = (
    "未依照规定的期限公示年度报告",
    "未在责令的期限内公示有关企业信息",
    "公示企业信息隐瞒真实情况、弄虚作假",
    "通过登记的住所或者经营场所无法联系",
)
_REMEDIES = (
    "已补报并公示年度报告",
    "已公示有关企业信息",
    "已更正公示信息",
    "已依法变更住所，可以联系",
)
_SERIOUS_REASONS = (
    "侵害消费者权益，被处以较重行政处罚，性质恶劣、情节严重",
    "提交虚假材料取得登记许可，被撤销许可，情节严重",
    "生产销售不符合保障人身安全标准的产品，社会危害较大",
)


class Spell(NamedTuple):
    """A time on a list."""

    listed_on: date
    removed_on: date


def serious_spells(e: Enterprise, listing: int, until: date) -> Iterator[Spell]:
    """Times on one of the three serious lists, spread so that some are always live.

    Args:
        e: only the serious have any; each keeps to one list.
        listing: 0 market supervision, 1 tax, 2 wage arrears.
        until: the last day on which a listing may begin.
    """
    if e.behaviour is not SERIOUS or e.ordinal % 3 != listing:
        return
    rng, first = e.rng("serious"), add_months(HISTORY, e.ordinal * 17 % 48)
    months = 13 if e.ordinal % 5 == 4 else 36
    while first <= until:
        listed = later(rng, first, 0, 27)
        removed = later(rng, add_months(listed, months), 0, 3)
        if e.registered_on < listed <= e.last_day(until):
            yield Spell(listed, removed)
        first = add_months(first, 48)


def abnormal(ledger: Ledger, e: Enterprise) -> None:
    """Listings for missing reports (reason 1) and for the other three reasons."""
    rng = e.rng("abnormal-days")
    for filing in filings(e, ledger.until):
        if filing.listed_on:
            removed = later(rng, filing.filed_on, 1, 7)
            _enter(ledger, e, 0, Spell(filing.listed_on, removed))
    rng, habits = e.rng("abnormal"), e.behaviour
    start = max(HISTORY, e.registered_on)
    days = happenings(rng, habits.abnormal, start, e.last_day(ledger.until))
    for number, day in enumerate(days):
        removed = later(rng, day, 30, 60 + min(habits.abnormal, 3000) // 5)
        _enter(ledger, e, 1 + (e.ordinal + number) % 3, Spell(day, removed))


def _enter(ledger: Ledger, e: Enterprise, reason: int, spell: Spell) -> None:
    rng = e.rng(f"abnormal-entry-{spell.listed_on}")
    key = f"{e.uscc}|{spell.listed_on}|{reason + 1}"
    row = {
        "UNISCID": e.uscc,
        "ENTNAME": e.written(rng, spell.listed_on),
        "SPECAUSE": rng.choice((str(reason + 1), REASONS[reason])),
        "ABNTIME": market_date(rng, spell.listed_on),
        "DECORG_CN": authorities.MARKET,
        "REMDATE": "",
        "REMEXCPRES_CN": "",
    }
    ledger.add("abnormal_listings", later(rng, spell.listed_on, 0, 3), key, row)
    removal = {
        "REMDATE": market_date(rng, spell.removed_on),
        "REMEXCPRES_CN": _REMEDIES[reason],
    }
    known = later(rng, spell.removed_on, 0, 3)
    ledger.add("abnormal_listings", known, key, row | removal)


def serious(ledger: Ledger, e: Enterprise) -> None:
    """Listings for serious dishonesty in market supervision."""
    rng = e.rng("serious-listing")
    for number, spell in enumerate(serious_spells(e, 0, ledger.until)):
        serial = e.index + 1 + number
        written = document_no(rng, "淄高新市监严列", spell.listed_on.year, serial)
        row: Row = {
            "UNISCID": e.uscc,
            "ENTNAME": e.written(rng, spell.listed_on),
            "LISTNO": written,
            "SERILLREA_CN": _SERIOUS_REASONS[e.ordinal // 3 % 3],
            "ABNTIME": market_date(rng, spell.listed_on),
            "DECORG_CN": authorities.MARKET,
            "REMDATE": "",
        }
        key = f"{e.uscc}|{spell.listed_on}|{written}"
        ledger.add("serious_listings", later(rng, spell.listed_on, 0, 3), key, row)
        removal = {"REMDATE": market_date(rng, spell.removed_on)}
        ledger.add("serious_listings", spell.removed_on, key, row | removal)
