"""Every kind of defect a contract can refuse, each as one change to a sound row."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.identifiers import (
    ALPHABET,
    dummy_person_number,
    dummy_phone_number,
    organisation_digit,
    uscc_digit,
)
from sandbox.ledger import Row

Change = Callable[[Row], Row]


@dataclass(frozen=True)
class Defect:
    """One defect of one dataset.

    Attributes:
        change: the fields to be replaced.
        needs: fields that the sound row must have filled for the defect to show.
        warning: whether the row is accepted with a warning only.
    """

    kind: str
    dataset: str
    fields: str
    change: Change = field(repr=False)
    needs: tuple[str, ...] = ()
    warning: bool = False

    def fits(self, row: Row) -> bool:
        """Whether the sound row can carry the defect."""
        return all(row.get(name) not in ("", None) for name in self.needs)

    def spoil(self, row: Row) -> Row:
        """A copy of the row with the defect."""
        return row | self.change(row)


def _set(kind: str, dataset: str, name: str, value: Any) -> Defect:
    return Defect(kind, dataset, name, lambda _: {name: value})


def _code(kind: str, dataset: str, name: str, spoil: Callable[[str], str]) -> Defect:
    return Defect(kind, dataset, name, lambda row: {name: spoil(row[name])}, (name,))


def _tell(kind: str, dataset: str, name: str, words: Callable[[], str]) -> Defect:
    return Defect(kind, dataset, name, lambda row: {name: row[name] + words()}, (name,))


def _wrong_digit(code: str) -> str:
    return code[:17] + ALPHABET[(ALPHABET.index(code[17]) + 7) % 31]


def _wrong_organisation(code: str) -> str:
    """Sound in the eighteenth character, wrong in the seventeenth."""
    right = organisation_digit(code[8:16])
    body = code[:16] + ("5" if right != "5" else "6")
    return body + uscc_digit(body)


def _letter_o(code: str) -> str:
    return code[:9] + "O" + code[10:]


def _phone() -> str:
    return f"联系人电话{dummy_phone_number()}。"


def _person() -> str:
    return f"责任人身份证号{dummy_person_number()}。"


def _other_day(row: Row) -> Row:
    code = str(row["承诺编码"])
    return {"承诺编码": code[:6] + "20200229" + code[14:]}


def _own_number(row: Row) -> Row:
    """A decision number of its own: warned rows are accepted beside the sound ones."""
    serial = (
        50_000 + zlib.crc32(str(row["CF_WSH"] + row["CF_XDR_SHXYM"]).encode()) % 40_000
    )
    return {"CF_WSH": f"淄高新罚字〔2023〕{serial}号"}


def _no_amount(row: Row) -> Row:
    return _own_number(row) | {"CF_NR_FK": ""}


def _wrong_unit(row: Row) -> Row:
    return _own_number(row) | {"CF_NR_FK": "15000.000000"}


_USCC = "统一社会信用代码"
_DIGIT, _ORG, _O = "uscc_check_digit", "organisation_digit", "uscc_letter_o"
_MISSING, _UNKNOWN, _FUTURE = "missing_required", "unknown_code", "future_date"
_BAD_DATE, _NEGATIVE, _ORDER = "bad_date", "negative_amount", "end_before_start"
_NUMBER, _YEAR, _PATTERN = "not_a_number", "year_out_of_range", "bad_pattern"
_PHONE, _PERSON = "personal_phone", "personal_number"

DEFECTS = (
    _code(_DIGIT, "registrations", "UNISCID", _wrong_digit),
    _code(_DIGIT, "penalties", "CF_XDR_SHXYM", _wrong_digit),
    _code(_DIGIT, "permits", "XK_XKJGDM", _wrong_digit),
    _code(_DIGIT, "social_contributions", "tyshxydm", _wrong_digit),
    _code(_DIGIT, "fee_payments", _USCC, _wrong_digit),
    _code(_ORG, "permits", "XK_XDR_SHXYM", _wrong_organisation),
    _code(_ORG, "labour_grades", "tyshxydm", _wrong_organisation),
    _code(_ORG, "commitments", "承诺人代码", _wrong_organisation),
    _code(_O, "annual_reports", "UNISCID", _letter_o),
    _code(_O, "financial_statements", "nsrsbh", _letter_o),
    _code(_O, "qualifications", _USCC, _letter_o),
    _set(_MISSING, "registrations", "ENTNAME", ""),
    _set(_MISSING, "penalties", "CF_WFXW", ""),
    _set(_MISSING, "permits", "XK_NR", ""),
    _set(_MISSING, "social_contributions", "yjje", None),
    _set(_MISSING, "tax_arrears", "ggjg", None),
    _set(_MISSING, "tenancies", "楼宇", ""),
    _set(_UNKNOWN, "permits", "XK_XKLB", "备案制"),
    _set(_UNKNOWN, "penalties", "CF_CFLB", "训诫"),
    _set(_UNKNOWN, "inspection_results", "INSRES", "99"),
    _set(_UNKNOWN, "abnormal_listings", "SPECAUSE", "9"),
    _set(_UNKNOWN, "tax_credit_grades", "xydj", "E"),
    _set(_UNKNOWN, "labour_grades", "cxdj", "D级"),
    _set(_UNKNOWN, "fee_payments", "费用类别", "停车费"),
    _set(_UNKNOWN, "honours", "级别", "乡镇级"),
    _set(_FUTURE, "annual_reports", "ANCHEDATE", "2088/03/01"),
    _set(_FUTURE, "social_contributions", "rkrq", "2088-03-15"),
    _set(_FUTURE, "labour_grades", "pdrq", "2088-05-20"),
    _set(_FUTURE, "honours", "授予日期", "2088-09-01"),
    _set(_FUTURE, "site_visits", "走访日期", "2088年1月6日"),
    _set(_BAD_DATE, "permits", "XK_JDRQ", "2023年13月45日"),
    _set(_BAD_DATE, "tax_arrears", "ggrq", "待核实"),
    _set(_BAD_DATE, "financial_statements", "sssqz", "20230631"),
    _set(_BAD_DATE, "social_contributions", "fkssq", "202313"),
    _set(_BAD_DATE, "safety_checks", "检查日期", "上周二"),
    _set(_NEGATIVE, "penalties", "CF_NR_WFFF", "-0.500000"),
    _set(_NEGATIVE, "registrations", "REGCAP", "-100.000000"),
    _set(_NEGATIVE, "tax_arrears", "qsye", "-100.00"),
    _set(_NEGATIVE, "social_contributions", "yjje", -5200.5),
    _set(_NEGATIVE, "fee_payments", "应缴金额(元)", "-1200.00"),
    _set(_ORDER, "permits", "XK_YXQZI", "2001/01/01"),
    _set(_ORDER, "penalties", "CF_GSJZQ", "2001/01/01"),
    _set(_ORDER, "abnormal_listings", "REMDATE", "2001/01/01"),
    _set(_ORDER, "serious_tax_cases", "tzgbrq", "2001-01-01"),
    _set(_ORDER, "tenancies", "租期止", "2001-01-01"),
    _set(_ORDER, "qualifications", "有效期至", "2001-01-01"),
    _set(_ORDER, "commitments", "承诺有效期", "2001-01-01"),
    _set(_NUMBER, "penalties", "CF_NR_FK", "约三万"),
    _set(_NUMBER, "registrations", "REGCAP", "详见章程"),
    _set(_NUMBER, "annual_reports", "EMPNUM", "二十余"),
    _set(_NUMBER, "financial_statements", "yysr", "另行报送"),
    _set(_NUMBER, "credit_managers", "持证人数", "若干"),
    _set(_YEAR, "annual_reports", "ANCHEYEAR", "1023"),
    _set(_YEAR, "tax_credit_grades", "pjnd", "2203"),
    _set(_YEAR, "labour_grades", "pjnd", 2010),
    _set(_PATTERN, "registrations", "DOMDISTRICT", "高新区"),
    _set(_PATTERN, "tax_credit_grades", "nsrsbh", "3703-0312"),
    _tell(_PHONE, "penalties", "CF_SY", _phone),
    _tell(_PHONE, "site_visits", "走访情况", _phone),
    _tell(_PHONE, "serious_tax_cases", "zywfss", _phone),
    _tell(_PERSON, "penalties", "CF_SY", _person),
    _tell(_PERSON, "commitments", "承诺内容", _person),
    _tell(_PERSON, "wage_arrears_listings", "lrsy", _person),
    Defect("commitment_date", "commitments", "承诺编码", _other_day),
    Defect(
        "unfulfilled_unstated",
        "commitments",
        "承诺履行状态",
        lambda _: {"承诺履行状态": "部分履行", "未履行的承诺内容": ""},
    ),
    _set("mended_above_found", "safety_checks", "已整改数", 99),
    Defect(
        "fine_without_amount",
        "penalties",
        "CF_NR_FK",
        _no_amount,
        ("CF_NR_FK",),
        warning=True,
    ),
    Defect(
        "fine_unit", "penalties", "CF_NR_FK", _wrong_unit, ("CF_NR_FK",), warning=True
    ),
)

DUPLICATES = (
    "permits",
    "penalties",
    "social_contributions",
    "tax_credit_grades",
    "site_visits",
)
"""Datasets in which a row is at times sent twice."""
