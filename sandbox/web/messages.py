"""Requests, answers and errors of the agencies, and the change window they share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Request:
    """One GET request.

    Attributes:
        path: path without the query.
        query: parameters, the last value of each.
        headers: header fields; names in lower case.
        origin: scheme, host and port the client used.
    """

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    origin: str


@dataclass(frozen=True)
class Answer:
    """Status, envelope and further header fields."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):  # noqa: N818 - an answer of the agency, not a defect of ours
    """A request the agency will not serve; told in its own envelope.

    Args:
        status: HTTP status.
        message: what the agency says.
        code: the agency's own code where it differs from the status.
    """

    def __init__(self, status: int, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self.code = status if code is None else code


def change_window(query: Mapping[str, str]) -> tuple[date | None, date | None]:
    """``updated_from`` (included) and ``updated_to`` (excluded) of a request."""
    start, stop = _day(query, "updated_from"), _day(query, "updated_to")
    if start and stop and stop < start:
        raise Refusal(400, "updated_to 不得早于 updated_from")
    return start, stop


def _day(query: Mapping[str, str], name: str) -> date | None:
    value = query.get(name)
    if not value:
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError as error:
        raise Refusal(400, f"参数 {name} 不是日期：{value}") from error


def whole_number(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    """A parameter between 1 and ``most``."""
    value = query.get(name) or str(default)
    if not re.fullmatch(r"[0-9]{1,9}", value) or not 1 <= int(value) <= most:
        raise Refusal(400, f"参数 {name} 应为 1 至 {most} 的整数：{value}")
    return int(value)
