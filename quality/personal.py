"""Find personal data in free text: resident ids, mobile numbers, bank cards, plates.

Used by the row rule ``no_personal_data`` and by the release gate. Careful on purpose:
credit codes, amounts, document numbers and 20-digit commitment codes are not flagged,
and a number with a check digit counts only if the digit fits. ``scan`` and
``personal_data_sql`` agree on every text. Not here: masking for people who may see.

Texts are read in two ways: as runs of letters and digits (with inner dots and hyphens,
and the sign or unit around them, which tell an amount), and as digits in groups with
blanks. Patterns use no look-around, so that Python and DuckDB (RE2) read them alike.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlglot import exp

from quality.identifiers.person import (
    BANK_CARD,
    RESIDENT_ID,
    is_bank_card,
    is_resident_id,
)
from quality.identifiers.sql import (
    bank_card_test,
    full_match,
    resident_test,
    uscc_test,
)
from quality.identifiers.uscc import is_uscc


class PersonalKind(StrEnum):
    """What kind of personal data a span holds."""

    RESIDENT_ID = "resident_id"
    MOBILE = "mobile"
    BANK_CARD = "bank_card"
    PLATE = "plate"


@dataclass(frozen=True)
class Span:
    """Where personal data stand in a text; the data themselves are not repeated.

    Attributes:
        kind: what was found.
        start: first character, from 0.
        end: one past the last character.
    """

    kind: PersonalKind
    start: int
    end: int


# Full-width forms, replaced one for one so that positions stay.
_NARROW = string.digits + string.ascii_letters + "+-."
_WIDE = "".join(chr(ord(c) + 0xFEE0) for c in _NARROW)
_HALF_WIDTH = str.maketrans(_WIDE, _NARROW)

_PROVINCES = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"

# Eleven digits with at most one separator between any two, or the start of a plate: a
# text without either is clean. Spares nearly all texts the work of the other patterns.
SUSPECT = f"[0-9０-９](?:[ －-]?[0-9０-９]){{10}}|{_PROVINCES}[A-ZＡ-Ｚ]"
_RUN = (
    r"[¥￥]?\+?[0-9A-Za-z]*[0-9][0-9A-Za-z]*(?:[.\-][0-9A-Za-z]+)*[元万亿号]?"
    "|[A-Za-z]+"
)
_GROUPS = (
    r"(?:^|[^0-9A-Za-z. \-])"
    r"(1[3-9][0-9] [0-9]{4} [0-9]{4}|[0-9]{4}(?: [0-9]{4}){3}(?: [0-9]{1,3})?"
    r"|[0-9]{6} [0-9]{8} [0-9]{3}[0-9Xx])(?:$|[^0-9A-Za-z. \-元万亿号])"
)
_PLATE = f"({_PROVINCES}[A-HJ-NP-Z][·• ]?[A-HJ-NP-Z0-9]{{5,6}})(?:$|[^0-9A-Za-z-])"
_NUMBERED = f"{RESIDENT_ID}|{BANK_CARD}"
_MOBILE = r"(?:\+?86-?)?1[3-9][0-9]-?[0-9]{4}-?[0-9]{4}"

SHORTEST = 11  # characters of any of these numbers: those of a mobile phone

_suspect, _mobile = re.compile(SUSPECT), re.compile(_MOBILE)
_run, _groups, _plate = map(re.compile, (_RUN, _GROUPS, _PLATE))

# The lambda variable of list functions.
_ITEM = exp.column("item")


def scan(text: str) -> tuple[Span, ...]:
    """Where ``text`` holds personal data, in order."""
    if not _suspect.search(text):
        return ()
    return tuple(sorted(_spans(text.translate(_HALF_WIDTH)), key=lambda s: s.start))


def _spans(text: str) -> Iterator[Span]:
    for match in _run.finditer(text):
        if kind := _kind(match[0]):
            yield Span(kind, *match.span())
    for match in _groups.finditer(text):
        if kind := _kind(match[1].replace(" ", "")):
            yield Span(kind, *match.span(1))
    for match in _plate.finditer(text):
        yield Span(PersonalKind.PLATE, *match.span(1))


def _kind(number: str) -> PersonalKind | None:
    if len(number) < SHORTEST:
        return None
    if _mobile.fullmatch(number):
        return PersonalKind.MOBILE
    number = number.replace("-", "")
    if is_resident_id(number):
        return None if is_uscc(number) else PersonalKind.RESIDENT_ID
    if is_bank_card(number):
        return None if is_uscc(number) else PersonalKind.BANK_CARD
    return None


def personal_data_sql(column: str) -> exp.Expr:
    """True for a text in which ``scan`` finds something; false for NULL."""
    raw = exp.column(column, quoted=True)
    text = _half_width(raw)
    found = exp.or_(_matches(text, _PLATE), _holds_number(text), copy=False)
    return exp.Case(
        ifs=[exp.If(this=_matches(raw, SUSPECT), true=found)], default=exp.false()
    )


def masked_sql(column: str) -> exp.Expr:
    """The text with every digit starred, to be shown where the text must not be."""
    return exp.RegexpReplace(
        this=exp.column(column, quoted=True),
        expression=exp.Literal.string("[0-9０-９XxＸｘ]"),
        replacement=exp.Literal.string("*"),
        modifiers=exp.Literal.string("g"),
    )


def _half_width(text: exp.Expr) -> exp.Expr:
    wide, narrow = exp.Literal.string(_WIDE), exp.Literal.string(_NARROW)
    return exp.Anonymous(this="TRANSLATE", expressions=[text, wide, narrow])


def _matches(text: exp.Expr, pattern: str) -> exp.Expr:
    return exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(pattern))


def _holds_number(text: exp.Expr) -> exp.Expr:
    found = exp.func("LIST_CONCAT", _extract(text, _RUN, 0), _extract(text, _GROUPS, 1))
    numbers = _without(found, " ")
    mobiles = _filter(numbers, full_match(_ITEM, _MOBILE))
    # Shapes first: the arithmetic then runs on next to nothing.
    shaped = _filter(_without(numbers, "-"), full_match(_ITEM, _NUMBERED))
    others = _filter(shaped, _identifies_person(_ITEM))
    count = exp.func("LEN", exp.func("LIST_CONCAT", mobiles, others))
    return exp.GT(this=count, expression=exp.Literal.number(0))


def _identifies_person(number: exp.Expr) -> exp.Expr:
    person = exp.or_(resident_test(number), bank_card_test(number), copy=False)
    enterprise = exp.not_(uscc_test(number), copy=False)
    return exp.and_(person, enterprise, copy=False)


def _extract(text: exp.Expr, pattern: str, group: int) -> exp.Expr:
    return exp.RegexpExtractAll(
        this=text.copy(),
        expression=exp.Literal.string(pattern),
        group=exp.Literal.number(group),
    )


def _without(texts: exp.Expr, character: str) -> exp.Expr:
    stripped = exp.func("REPLACE", _ITEM.copy(), exp.Literal.string(character), "''")
    return exp.func("LIST_TRANSFORM", texts.copy(), _lambda(stripped))


def _filter(texts: exp.Expr, test: exp.Expr) -> exp.Expr:
    return exp.func("LIST_FILTER", texts.copy(), _lambda(test))


def _lambda(body: exp.Expr) -> exp.Expr:
    return exp.Lambda(this=body, expressions=[exp.to_identifier("item")])
