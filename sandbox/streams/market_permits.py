"""Administrative licences: granted, renewed and now and then revoked."""

from __future__ import annotations

import random
from datetime import date
from typing import NamedTuple

from sandbox import authorities
from sandbox.days import HISTORY, add_months, happenings, later
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger, Row
from sandbox.streams.writing import OPEN_END, document_no, market_date

REFUSED = {
    "XK_FR_ZJLX": "***",
    "XK_FR_SFZH": "***",
    "XK_XDR_ZJLX": "***",
    "XK_XDR_ZJHM": "***",
}
"""Identity fields of the upload format: agencies hold them, nobody may take them."""

PARTY_CLASSES = ("法人及非法人组织", "法人及非法人组织", "法人及非法人组织", "02")
ACTIVE = ("0", "1", "正常", "有效")


class _Licence(NamedTuple):
    certificate: str
    kinds: tuple[str, ...]  # spellings of the kind
    content: str
    years: int  # 0 is open-ended
    authority: str


_GENERAL, _APPROVAL = ("普通", "01"), ("核准", "04")
_RECOGNITION, _REGISTRATION = ("认可", "03"), ("登记", "05")
_LICENCES = (
    _Licence("排污许可证", _GENERAL, "准予排放污染物", 5, authorities.ECOLOGY),
    _Licence("安全生产许可证", _GENERAL, "准予从事生产", 3, authorities.EMERGENCY),
    _Licence(
        "医疗器械生产许可证", _GENERAL, "准予生产第二类器械", 5, authorities.APPROVAL
    ),
    _Licence(
        "特种设备使用登记证", _REGISTRATION, "准予使用登记", 0, authorities.MARKET
    ),
    _Licence("建筑工程施工许可证", _APPROVAL, "准予施工", 0, authorities.HOUSING),
    _Licence(
        "检验检测机构资质认定证书",
        _RECOGNITION,
        "准予资质认定",
        6,
        authorities.MARKET,
    ),
    _Licence("道路运输经营许可证", _GENERAL, "准予普通货运", 4, authorities.TRANSPORT),
    _Licence("排水许可证", _GENERAL, "准予向城镇设施排水", 5, authorities.APPROVAL),
    _Licence("取水许可证", _APPROVAL, "准予取用水资源", 5, authorities.APPROVAL),
    _Licence("计量标准考核证书", _APPROVAL, "准予开展量值传递", 5, authorities.MARKET),
    _Licence(
        "市政公用特许经营授权书",
        ("特许", "02"),
        "授予特许经营",
        10,
        authorities.HOUSING,
    ),
    _Licence(
        "固定资产投资项目备案证明", ("其他", "06"), "准予备案", 0, authorities.APPROVAL
    ),
    _Licence("辐射安全许可证", _GENERAL, "准予使用射线装置", 5, authorities.ECOLOGY),
    _Licence("食品经营许可证", _GENERAL, "准予单位食堂经营", 5, authorities.APPROVAL),
)


def permits(ledger: Ledger, e: Enterprise) -> None:
    """About one licence a year; two in a hundred are revoked later."""
    rng = e.rng("permits")
    start = max(HISTORY, e.registered_on)
    days = happenings(rng, 9_500, start, e.last_day(ledger.until))
    for number, day in enumerate(days):
        serial = e.index * 8 + number % 8 + 1
        key, row = _permit(rng, e, day, serial)
        known = later(rng, day, 1, 8)
        ledger.add("permits", known, key, row)
        revoked, ended = rng.random() < 0.02, later(rng, known, 60, 500)
        if revoked:
            status = rng.choice(("2", "撤销", "无效"))
            ledger.add("permits", ended, key, row | {"XK_ZT": status})


def _permit(
    rng: random.Random, e: Enterprise, day: date, serial: int
) -> tuple[str, Row]:
    licence = rng.choice(_LICENCES)
    code = authorities.CODES[licence.authority]
    number = document_no(rng, "淄高新许字", day.year, serial)
    ends = add_months(day, 12 * licence.years) if licence.years else OPEN_END
    row = {
        "XK_XDR_MC": e.written(rng, day),
        "XK_XDR_LB": rng.choice(PARTY_CLASSES),
        "XK_XDR_SHXYM": e.uscc,
        "XK_FRDB": e.head_on(day),
        "XK_XKWS": "准予行政许可决定书",
        "XK_WSH": number,
        "XK_XKLB": rng.choice(licence.kinds),
        "XK_XKZS": licence.certificate,
        "XK_XKBH": f"GX{day:%Y}{serial:06d}",
        "XK_NR": f"{licence.content}（{licence.certificate}）",
        "XK_JDRQ": market_date(rng, day),
        "XK_YXQZ": market_date(rng, day),
        "XK_YXQZI": market_date(rng, ends),
        "XK_XKJG": licence.authority,
        "XK_XKJGDM": code,
        "XK_ZT": rng.choice(ACTIVE),
        "XK_LYDW": authorities.APPROVAL,
        "XK_LYDWDM": authorities.CODES[authorities.APPROVAL],
    }
    return f"{code}|{number}|{e.uscc}", row | REFUSED
