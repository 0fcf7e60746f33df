"""Parameters that routes share: codes, days, limits, cursors.

Not here: which route takes which (``routes``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from publish.api.operation import HEADER, PATH, QUERY, Parameter, Wire
from publish.api.problems import problem
from quality.identifiers import IdentifierError, is_uscc, normalise, parse

LONGEST_ECHO = 40  # characters of a wrong code that are repeated to the caller
USCC_LENGTH = 18
USCC_SCHEMA: Wire = {
    "type": "string",
    "format": "uscc",
    "pattern": "^[0-9A-HJ-NP-RTUW-Y]{18}$",
    "example": "91370303MA3C00003D",
}
DAY: Wire = {"type": "string", "format": "date"}


def read_uscc(text: str) -> str:
    """A unified social credit code as it was meant.

    Raises:
        Problem: ``invalid_uscc``.
    """
    given = normalise(text)
    if is_uscc(given):
        return given
    try:
        return parse(given).code
    except IdentifierError as error:
        shown = given[:LONGEST_ECHO]
        raise problem("invalid_uscc", given=shown, reason=str(error)) from error


def read_day(text: str) -> date:
    """A calendar day, ``YYYY-MM-DD``.

    Raises:
        ValueError: it is none.
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError("write YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("there is no such day") from error


def whole(least: int, most: int) -> Any:
    """A reader of a whole number within bounds."""

    def read(text: str) -> int:
        if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
            raise ValueError("write a whole number")
        if not least <= int(text) <= most:
            raise ValueError(f"from {least} to {most}")
        return int(text)

    return read


def choice(words: Iterable[str]) -> Any:
    """A reader of one of some words."""
    known = list(words)

    def read(text: str) -> str:
        if text not in known:
            raise ValueError(f"one of {', '.join(known)}")
        return text

    return read


def choices(words: Iterable[str]) -> Any:
    """A reader of several of some words, comma separated, each once."""
    one = choice(words)

    def read(text: str) -> tuple[str, ...]:
        found = tuple(one(word) for word in text.split(","))
        if len({*found}) < len(found):
            raise ValueError("each only once")
        return found

    return read


def matching(pattern: str, advice: str) -> Any:
    """A reader of text in one form."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError(advice)
        return text

    return read


USCC = Parameter("uscc", PATH, USCC_SCHEMA, read_uscc, "统一社会信用代码 USCC", True)
LIMIT = Parameter(
    "limit",
    QUERY,
    {"type": "integer", "minimum": 1, "maximum": 500, "default": 100},
    whole(1, 500),
    "每页行数 Rows a page",
    default=100,
)
_CURSOR = r"[A-Za-z0-9_-]{16,2000}"
CURSOR = Parameter(
    "cursor",
    QUERY,
    {"type": "string", "format": "cursor", "pattern": f"^{_CURSOR}$"},
    matching(_CURSOR, "send back what next_cursor held"),
    "上一页的 next_cursor The previous page's next_cursor",
)
AS_OF = Parameter("as_of", QUERY, DAY, read_day, "截至该日有效 Valid on this day")
KNOWN_AT = Parameter(
    "known_at", QUERY, DAY, read_day, "按该日已知 As known on this day"
)
PURPOSES = (
    *("loan_application", "credit_line", "post_loan", "supplier_check"),
    *("portfolio_review", "compliance", "test"),
)
PURPOSE = Parameter(
    "Credit-Purpose",
    HEADER,
    {"type": "string", "enum": list(PURPOSES)},
    choice(PURPOSES),
    "查询用途，写入审计日志 Why; goes into the audit log",
)
_REPEAT = r"[A-Za-z0-9_-]{8,64}"
REPEAT = Parameter(
    "Idempotency-Key",
    HEADER,
    {"type": "string", "pattern": f"^{_REPEAT}$"},
    matching(_REPEAT, "8 to 64 letters, digits, - or _"),
    "同一键重复发送只执行一次 Sent again, it acts once",
)


def word(
    name: str, place: str, words: Iterable[str], summary: str, **rest: Any
) -> Parameter:
    """A parameter that is one of some words."""
    known = list(words)
    schema = {"type": "string", "enum": known}
    return Parameter(name, place, schema, choice(known), summary, **rest)


def words(
    name: str, known: Iterable[str], summary: str, default: tuple[str, ...]
) -> Parameter:
    """A query parameter that is several of some words, comma separated."""
    every = list(known)
    schema = {
        "type": "array",
        "items": {"type": "string", "enum": every},
        "minItems": 1,
        "uniqueItems": True,
        "default": list(default),
    }
    return Parameter(name, QUERY, schema, choices(every), summary, default=default)


def identifier(name: str, mark: str, summary: str) -> Parameter:
    """A path parameter that is an identifier of ours."""
    pattern = rf"{mark}_[0-9a-f]{{20,32}}"
    schema = {"type": "string", "pattern": f"^{pattern}$"}
    return Parameter(
        name, PATH, schema, matching(pattern, f"it begins with {mark}_"), summary, True
    )
