"""Fields that recur across agencies, declared once.

A field defined here means the same thing in every table that calls it.
"""

from __future__ import annotations

from typing import Any

from quality.contracts.model import Item, Personal, Tier, date, text, timestamp, uscc

DIVISION = r"\d{6}"


def party(code: str, name_code: str, **rest: Any) -> list[Item]:
    """The enterprise a record is about: its code and the name as written."""
    return [uscc(code=code, required=True, **rest), text("party_name", "单位名称", "Name as recorded", name_code, required=True)]


def authority(code: str | None, uscc_code: str | None = None, zh: str = "作出机关", **rest: Any) -> list[Item]:
    """The body that decided, with its own code where the agency sends one."""
    items = [text("authority", zh, "Authority", code, required=True, **rest)]
    if uscc_code:
        items.append(uscc("authority_uscc", f"{zh}代码", "Authority's code", uscc_code, required=True))
    return items


def updated_at(code: str | None = "SJC") -> Item:
    """When the agency last changed the record; orders its versions."""
    return timestamp("updated_at", "数据更新时间", "Updated at", code, tier=Tier.INTERNAL, required=True)


def decided_on(code: str, zh: str = "决定日期", en: str = "Decided on") -> Item:
    """The date of the decision, the day publicity periods start to run."""
    return date("decided_on", zh, en, code, required=True, not_future=True)


def legal_representative(code: str) -> Item:
    """The statutory representative, public in the company register."""
    return text("legal_representative", "法定代表人", "Legal representative", code, personal=Personal.NAME)
