"""What the park office plans: inspections, support policies, rounds of honours.

Written as the office would, the same for every seed; every policy in it is invented.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from sandbox import authorities
from sandbox.days import EPOCH, add_months, quarter_ends
from sandbox.ledger import Ledger

_DEPARTMENTS = ("市场监管局", "税务局", "人社中心", "应急管理局", "生态环境局")
_PER_DEPARTMENT = 6
LISTS = ("诚信领跑企业", "守信助跑企业", "贯标示范企业")
_FIRST_ROUND = 2024  # 首批“诚信领跑企业”于2024年1月至2月授牌
_POLICIES = (
    # title, grade, qualifications, sections, months, 万元, opens, closes, authority
    ("高新技术企业认定奖励", "B", "高新技术企业", "", "", 10, (3, 1), (4, 30),
     authorities.SCIENCE),
    ("专精特新企业奖励", "B", "专精特新企业", "", "", 20, (5, 6), (6, 30),
     authorities.INDUSTRY),
    ("瞪羚、独角兽企业培育", "A", "瞪羚企业;独角兽企业", "", "", 50, (9, 1), (10, 31),
     authorities.INDUSTRY),
    ("制造业技术改造补助", "B", "", "C", "", 30, (7, 1), (9, 30),
     authorities.INDUSTRY),
    ("软件企业上云补助", "B", "", "I", "", 5, (11, 1), (12, 20),
     authorities.INDUSTRY),
    ("初创企业房租补贴", "", "", "", 36, 3, (2, 10), (12, 10), authorities.PARK),
    ("守信企业贷款贴息", "A", "", "", "", 15, (11, 1), (12, 15), authorities.FINANCE),
    ("信用管理贯标补助", "B", "", "", "", 2, (4, 1), (11, 30), authorities.MARKET),
)  # fmt: skip


def plans(ledger: Ledger) -> None:
    """Enter everything the office has planned by the ledger's day."""
    _staff(ledger)
    _inspections(ledger)
    _support(ledger)
    _rounds(ledger)


def _staff(ledger: Ledger) -> None:
    """Inspectors by number; one of each department leaves in 2025."""
    for place, department in enumerate(_DEPARTMENTS, 1):
        for number in range(1, _PER_DEPARTMENT + 1):
            key = f"JC-{place}{number:03d}"
            row = {
                "执法证编号": key,
                "所属部门": department,
                "入库日期": "2023-01-03",
                "出库日期": "",
            }
            ledger.add("inspection_staff", EPOCH, key, row)
            if number == _PER_DEPARTMENT:
                left = row | {"出库日期": "2025-06-30"}
                ledger.add("inspection_staff", date(2025, 6, 30), key, left)


def _inspections(ledger: Ledger) -> None:
    """A joint plan a quarter, drawn on the tenth day with numbers drawn in public."""
    for end in quarter_ends(date(2024, 1, 1), add_months(ledger.until, 3)):
        drawn = end.replace(day=10) - timedelta(days=61)
        drawn = drawn.replace(day=10)
        quarter = (end.month + 2) // 3
        balls = random.Random(f"draw:{drawn}").randrange(10**10)
        key = f"GXSSJ{end.year}-{quarter:02d}"
        row = {
            "计划编号": key,
            "计划名称": f"{end.year}年第{quarter}季度部门联合双随机抽查",
            "参与部门": ";".join(_DEPARTMENTS),
            "抽取日期": drawn.isoformat(),
            "检查期起": (drawn + timedelta(days=1)).isoformat(),
            "检查期止": end.isoformat(),
            "随机种子": f"{balls:010d}",
            "对象库哈希": "",
        }
        ledger.add("inspection_plans", drawn, key, row)


def _support(ledger: Ledger) -> None:
    for key, policy, opens, closes in policies_until(ledger.until):
        title, grade, qualifications, sections, months, amount, *_ = policy
        row = {
            "政策编号": key,
            "政策名称": f"{opens.year}年度{title}",
            "最低信用等级": grade,
            "资质条件": qualifications,
            "行业门类": sections,
            "成立年限上限(月)": months,
            "支持标准(万元)": amount,
            "申报开始": opens.isoformat(),
            "申报截止": closes.isoformat(),
            "主管部门": policy[-1],
            "依据": f"淄高新惠企〔{opens.year}〕{int(key[-2:])}号（虚构）",
        }
        ledger.add("support_policies", opens - timedelta(days=20), key, row)


def policies_until(until: date) -> Iterator[tuple[str, tuple[object, ...], date, date]]:
    """Policy code, its entry, and the first and last day of application, by year."""
    for year in range(2024, until.year + 2):
        for number, policy in enumerate(_POLICIES, 1):
            opens, closes = date(year, *policy[6]), date(year, *policy[7])
            yield f"ZCZT-{year}-{number:02d}", policy, opens, closes


def _rounds(ledger: Ledger) -> None:
    """Publicised in January on the grades of the old year, approved a week later."""
    for year in range(_FIRST_ROUND, ledger.until.year + 1):
        for place, name in enumerate(LISTS):
            row = {
                "名录": name,
                "年度": year,
                "评价日期": f"{year - 1}-12-31",
                "公示起": f"{year}-01-08",
                "公示止": f"{year}-01-16",
                "批准日期": "",
                "批准文号": "",
                "有效期至": f"{year + 1}-01-31",
            }
            key = f"{name}|{year}"
            ledger.add("honour_rounds", date(year, 1, 8), key, row)
            approved = {
                "批准日期": f"{year}-01-22",
                "批准文号": f"淄高新信办字〔{year}〕{place + 1}号",
            }
            ledger.add("honour_rounds", date(year, 1, 22), key, row | approved)
