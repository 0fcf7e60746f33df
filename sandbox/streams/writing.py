"""How clerks write: dates, amounts, labels and document numbers in several hands."""

from __future__ import annotations

import random
from datetime import date

OPEN_END = date(2099, 12, 31)
_FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")


def market_date(rng: random.Random, day: date | None) -> str:
    """Mostly 2023/03/24, at times 2023年3月24日 or 20230324; empty where unknown."""
    hand = rng.random()
    if day is None:
        return ""
    if hand < 0.06:
        return chinese_date(day)
    return f"{day:%Y%m%d}" if hand < 0.12 else f"{day:%Y/%m/%d}"


def tax_date(rng: random.Random, day: date | None) -> str | None:
    """Mostly 2023-03-24, at times 20230324; null where unknown."""
    compact = rng.random() < 0.08
    if day is None:
        return None
    return f"{day:%Y%m%d}" if compact else day.isoformat()


def park_date(rng: random.Random, day: date | None) -> str:
    """A date as office staff type it; empty where unknown."""
    hand = rng.random()
    if day is None:
        return ""
    if hand < 0.1:
        return chinese_date(day)
    return f"{day:%Y/%m/%d}" if hand < 0.3 else day.isoformat()


def chinese_date(day: date) -> str:
    """2023年3月24日."""
    return f"{day.year}年{day.month}月{day.day}日"


def wan(yuan: int | None) -> str:
    """An amount in units of ten thousand yuan with six decimals."""
    return "" if yuan is None else f"{yuan // 10_000}.{yuan % 10_000:04d}00"


def yuan(rng: random.Random, cents: int | None) -> str | None:
    """An amount in yuan with two decimals, at times with thousands separators."""
    grouped = rng.random() < 0.1
    if cents is None:
        return None
    sign, cents = ("-" if cents < 0 else ""), abs(cents)
    whole = f"{cents // 100:,}" if grouped else str(cents // 100)
    return f"{sign}{whole}.{cents % 100:02d}"


def full_width(text: str) -> str:
    """Digits as an input method left in Chinese mode writes them."""
    return text.translate(_FULL_WIDTH)


def document_no(rng: random.Random, head: str, year: int, serial: int) -> str:
    """A document number, mostly in hexagonal brackets."""
    hand = rng.random()
    left, right = "〔〕"
    if hand < 0.08:
        left, right = "[]" if hand < 0.04 else "（）"
    return f"{head}{left}{year}{right}{serial}号"


def month_number(rng: random.Random, first: date) -> str:
    """A month as 202303 or 2023-03."""
    return f"{first:%Y%m}" if rng.random() < 0.5 else f"{first:%Y-%m}"
