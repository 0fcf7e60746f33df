"""What a violation is called, in Chinese and English: the field, the fault, the remedy.

Sentences go to the department that sent the row, so they name its own field code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quality.contracts.codelists import code_list
from quality.contracts.model import Check, Facts, Kind

FEN_PER_YUAN = 100

_MOST_LABELS = 8

SHAPES = {
    Kind.DATE: ("日期（如2025-06-30）", "a date such as 2025-06-30"),
    Kind.MONTH: ("月份（如2025-06）", "a month such as 2025-06"),
    Kind.TIMESTAMP: (
        "时间（如2025-06-30 09:00:00）",
        "a time such as 2025-06-30 09:00:00",
    ),
    Kind.MONEY: ("金额", "an amount"),
    Kind.INTEGER: ("整数", "a whole number"),
    Kind.FLAG: ("是或否", "yes or no"),
}
# What each kind of rule asks for, by its name.
NAMES = {
    "required": "必填",
    "parsed": "书写可识别",
    "uscc": "信用代码有效",
    "authority": "登记管理部门已知",
    "code": "取值在代码表内",
    "codes": "取值均在代码表内",
    "pattern": "格式",
    "not_future": "不晚于评价日期",
    "minimum": "不低于下限",
    "maximum": "不高于上限",
    "no_personal_data": "不含个人信息",
    "check": "跨项规则",
}
_UNITS = {
    "yuan": ("（单位：元）", " in yuan"),
    "wan": ("（单位：万元）", " in units of 10,000 yuan"),
}


@dataclass(frozen=True)
class Message:
    """A sentence in both languages."""

    zh: str
    en: str


def required(facts: Facts) -> Message:
    """A value is missing."""
    return _of(facts, "为必填项，请补填", "is required: fill it in")


def parsed(facts: Facts) -> Message:
    """A value was not understood."""
    zh, en = SHAPES[facts.kind]
    unit_zh, unit_en = _UNITS.get(facts.unit or "", ("", ""))
    return _of(
        facts,
        f"无法识别，请填写{zh}{unit_zh}",
        f"cannot be read: write {en}{unit_en}",
    )


def uscc(facts: Facts) -> Message:
    """A code is not valid."""
    return _of(
        facts,
        "不是有效的18位统一社会信用代码（长度、字符或校验位不符），请对照营业执照更正",
        "is not a valid 18-character code (length, characters or check digits): "
        "compare it with the licence",
    )


def suggested(message: Message, codes: Sequence[str]) -> Message:
    """A message with the codes that may have been meant."""
    return Message(
        f"{message.zh}（疑似形近字符误写，可能为{'、'.join(codes)}；请核对，平台不代为更正）",
        f"{message.en} (look-alike characters; perhaps {', '.join(codes)}: verify, "
        "nothing is corrected for you)",
    )


def authority(facts: Facts) -> Message:
    """A code of an unknown authority."""
    return _of(
        facts,
        "的登记管理部门与机构类别（前两位）不在GB 32100代码表内，请核对",
        "starts with an authority and category unknown to GB 32100: verify it",
    )


def member(facts: Facts) -> Message:
    """A value outside its code list."""
    members = list(code_list(facts.codes or "").values())
    dots = "……" if len(members) > _MOST_LABELS else ""
    zh = "、".join(m.zh for m in members[:_MOST_LABELS])
    en = "; ".join(m.en for m in members[:_MOST_LABELS])
    return _of(
        facts,
        f"不在代码表“{facts.codes}”内，应为：{zh}{dots}",
        f"is not in code list '{facts.codes}': use one of {en}{' …' if dots else ''}",
    )


def pattern(facts: Facts) -> Message:
    """A text of the wrong form."""
    example = facts.example
    return _of(
        facts,
        f"格式不符（{facts.pattern}）" + (f"，示例：{example}" if example else ""),
        f"must match {facts.pattern}" + (f", for example {example}" if example else ""),
    )


def not_future(facts: Facts) -> Message:
    """A date after the evaluation date."""
    return _of(
        facts, "晚于评价日期，请核对", "lies after the evaluation date: verify it"
    )


def minimum(facts: Facts) -> Message:
    """A number that is too small."""
    zh, en = _bound(facts, facts.minimum or 0)
    return _of(facts, f"不得小于{zh}，请更正", f"must not be below {en}: correct it")


def maximum(facts: Facts) -> Message:
    """A number that is too large."""
    zh, en = _bound(facts, facts.maximum or 0)
    return _of(facts, f"不得大于{zh}，请更正", f"must not be above {en}: correct it")


def _bound(facts: Facts, limit: int) -> tuple[str, str]:
    """A limit as people write it; whoever breaks a great one has mixed up 万元 and 元."""
    if facts.kind is not Kind.MONEY or limit == 0:
        return str(limit), str(limit)
    yuan = f"{limit // FEN_PER_YUAN:,}"
    return f"{yuan}元（是否误用万元）", f"{yuan} yuan (is it 万元?)"


def personal(facts: Facts) -> Message:
    """Prose with personal data."""
    return _of(
        facts,
        "疑似含有个人信息（身份证号、手机号、银行卡号或车牌号），请删除后重新报送",
        "seems to hold personal data (an id, mobile, card or plate number): "
        "remove it and send the row again",
    )


def check(rule: Check) -> Message:
    """A hand-written rule, in its own words."""
    return Message(f"{rule.zh}，请核对后更正", f"{rule.en}: verify and correct")


UNKNOWN_COLUMN = Message(
    "数据项不在约定目录内，请核对字段名称；如为新增字段，请先联系平台登记",
    "is no field of the contract: check its name, or register a new field first",
)


def _of(facts: Facts, zh: str, en: str) -> Message:
    code = f"（{facts.code}）" if facts.code and facts.code != facts.zh else ""
    return Message(
        f"“{facts.zh}”{code}{zh}",
        f"'{facts.en}'{f' ({facts.code})' if facts.code else ''} {en}",
    )
