"""Leases, and the rent and fees of tenants who consented to their collection."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from sandbox.days import EPOCH, add_months, later, months
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger, Row
from sandbox.streams.writing import full_width, park_date

CODE, NAME = "统一社会信用代码", "企业名称"
_LEASE_MONTHS = 36
_DUE_AFTER = timedelta(days=9)


def consent_no(e: Enterprise) -> str:
    """The number of the tenant's written consent."""
    given = e.consent_from or EPOCH
    return f"SQ{given:%Y}{e.index + 1:06d}"


def tenancies(ledger: Ledger, e: Enterprise) -> None:
    """Leases of three years, renewed; ended early when the tenant closes down."""
    rng = e.rng("tenancies")
    for start in _leases(e, ledger.until):
        signed = start - timedelta(days=rng.randint(0, 20))
        row = _lease(rng, e, start)
        key = f"{e.uscc}|{start}"
        ledger.add("tenancies", signed, key, row)
        if e.consent_from and signed < e.consent_from < add_months(start, 36):
            row = row | {"授权书编号": consent_no(e)}
            ledger.add("tenancies", e.consent_from, key, row)
        end = e.last_day(date.max)
        if start < end < add_months(start, _LEASE_MONTHS):
            given_up = row | {"租期止": park_date(rng, end)}
            ledger.add("tenancies", end, key, given_up)


def _leases(e: Enterprise, until: date) -> Iterator[date]:
    """First days of the leases; one tenant in thirty does not renew the second."""
    start, number = e.tenant_since or date.max, 0
    last = e.last_day(until + timedelta(days=20))
    while start <= last and not (e.index % 33 == 5 and number == 2):
        yield start
        start, number = add_months(start, _LEASE_MONTHS), number + 1


def _lease(rng: random.Random, e: Enterprise, start: date) -> Row:
    end = add_months(start, _LEASE_MONTHS) - timedelta(days=1)
    consented = e.consent_from is not None and e.consent_from <= start
    return {
        CODE: e.uscc,
        NAME: e.written(rng, start),
        "楼宇": e.building,
        "租赁面积": e.area_m2,
        "租期起": park_date(rng, start),
        "租期止": park_date(rng, end),
        "授权书编号": consent_no(e) if consented else "",
    }


def fees(ledger: Ledger, e: Enterprise) -> None:
    """Rent every month and the management fee every quarter, after the free months."""
    if not e.consent_from or not e.tenant_since:
        return
    rng = e.rng("fees")
    rent, fee = rng.randint(1_200, 2_600), rng.randint(150, 350)
    free_until = add_months(e.tenant_since, 3 + e.index % 3)
    start = max(EPOCH, free_until, e.consent_from)
    for first in months(start, _paying_until(e, ledger.until)):
        late = rng.random() * 10_000
        _charge(ledger, e, rng, (first, "租金", e.area_m2 * rent, late))
        if first.month % 3 == 1:
            _charge(ledger, e, rng, (first, "管理费", e.area_m2 * fee * 3, late))


def _paying_until(e: Enterprise, until: date) -> date:
    last = e.last_day(until)
    if e.index % 33 == 5 and e.tenant_since:
        return min(last, add_months(e.tenant_since, 2 * _LEASE_MONTHS - 1))
    return last


def _charge(
    ledger: Ledger,
    e: Enterprise,
    rng: random.Random,
    bill: tuple[date, str, int, float],
) -> None:
    """Enter a bill when it is paid, or unpaid first and paid later."""
    first, kind, cents, late = bill
    habits, due = e.behaviour, first + _DUE_AFTER
    row, key = _bill(rng, e, first, (kind, cents)), f"{e.uscc}|{kind}|{first:%Y-%m}"
    reminder = due + timedelta(days=3)
    if late < habits.rent_arrears:
        paid, written_off = later(rng, due, 65, 230), rng.random() < 0.1
        part = rng.choice((0, 0, cents // 2))
        _enter(ledger, rng, (reminder, key, row, part, None))
        if not written_off:
            _enter(ledger, rng, (paid, key, row, cents, paid))
    elif late < habits.rent_arrears + habits.late_rent:
        paid = later(rng, due, 5, 45)
        _enter(ledger, rng, (reminder, key, row, 0, None))
        _enter(ledger, rng, (paid, key, row, cents, paid))
    else:
        paid = later(rng, due, -7, 0)
        _enter(ledger, rng, (paid, key, row, cents, paid))


def _bill(
    rng: random.Random, e: Enterprise, first: date, charge: tuple[str, int]
) -> Row:
    kind, cents = charge
    label = rng.choice(
        ("租金", "租金", "房租") if kind == "租金" else ("管理费", "物业管理费")
    )
    written = f"{first.year}年{first.month}月"
    return {
        CODE: e.uscc,
        NAME: e.written(rng, first),
        "费用类别": label,
        "所属月份": written if rng.random() < 0.1 else f"{first:%Y-%m}",
        "应缴日期": (first + _DUE_AFTER).isoformat(),
        "应缴金额(元)": _amount(rng, cents),
        "授权书编号": consent_no(e),
    }


def _enter(
    ledger: Ledger,
    rng: random.Random,
    entry: tuple[date, str, Row, int, date | None],
) -> None:
    known, key, row, cents, paid = entry
    rest = {
        "实缴金额(元)": _amount(rng, cents),
        "缴纳日期": paid.isoformat() if paid else "",
    }
    ledger.add("fee_payments", known, key, row | rest)


def _amount(rng: random.Random, cents: int) -> str:
    text = f"{cents // 100}.{cents % 100:02d}"
    return full_width(text) if rng.random() < 0.03 else text
