"""Random inspections with their results, and the supervisors' risk classes."""

from __future__ import annotations

from datetime import date, timedelta

from sandbox import authorities
from sandbox.days import EPOCH, HISTORY, happenings, later, quarter_ends
from sandbox.enterprises import Enterprise
from sandbox.ledger import Ledger, Row
from sandbox.streams.writing import market_date, month_number

_CLEAN = ("1", "未发现问题")
_PROBLEMS = (
    ("5", "发现问题已责令改正"),
    ("2", "未按规定公示年报"),
    ("3", "未按规定公示其他应当公示的信息"),
    ("6", "通过登记的住所（经营场所）无法联系"),
    ("7", "发现问题待后续处理"),
    ("4", "公示信息隐瞒真实情况、弄虚作假"),
    ("8", "不配合检查情节严重"),
)
_TASKS = ("企业公示信息抽查", "产品质量监督抽查", "安全生产联合抽查", "计量监督抽查")
_CLASS_SPELLINGS = {
    "A": ("A", "低", "信用风险低"),
    "B": ("B", "一般", "信用风险一般"),
    "C": ("C", "较高", "信用风险较高"),
    "D": ("D", "高", "信用风险高"),
}


def inspections(ledger: Ledger, e: Enterprise) -> None:
    """Inspections; a problem left for later treatment is closed some months on."""
    rng, habits = e.rng("inspections"), e.behaviour
    start = max(HISTORY, e.registered_on)
    days = happenings(rng, habits.inspections, start, e.last_day(ledger.until))
    for number, day in enumerate(days):
        problem = _PROBLEMS[(e.ordinal * 3 + number) % len(_PROBLEMS)]
        found = rng.random() * 10_000 < habits.problems
        result = rng.choice(problem if found else _CLEAN)
        plan, task = f"GX{day:%Y%m}-{rng.randint(1, 9):02d}", rng.choice(_TASKS)
        row: Row = {
            "UNISCID": e.uscc,
            "ENTNAME": e.written(rng, day),
            "PLANNO": plan,
            "TASKNAME": f"{day.year}年度{task}",
            "INSDATE": market_date(rng, day),
            "INSAUTH_CN": authorities.MARKET,
            "INSRES": result,
        }
        key = f"{e.uscc}|{plan}|{day}"
        ledger.add("inspection_results", later(rng, day, 1, 12), key, row)
        closed = later(rng, day, 60, 150)
        if result in _PROBLEMS[4]:
            ledger.add("inspection_results", closed, key, row | {"INSRES": "5"})


def risk_classes(ledger: Ledger, e: Enterprise) -> None:
    """The class of each quarter's last month, known on the tenth of the next."""
    rng = e.rng("risk-classes")
    start = max(EPOCH, e.registered_on + timedelta(days=90))
    for end in quarter_ends(start, e.last_day(ledger.until)):
        letter = rng.choice(e.behaviour.risk_classes)
        row: Row = {
            "UNISCID": e.uscc,
            "PERIOD": month_number(rng, end),
            "RISKCLASS": rng.choice(_CLASS_SPELLINGS[letter]),
        }
        ledger.add("risk_classes", _published(end), f"{e.uscc}|{end:%Y-%m}", row)


def _published(end: date) -> date:
    return end + timedelta(days=10)
