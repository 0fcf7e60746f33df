"""Log lines: for people, or one JSON object a line for a collector; secrets starred.

Every line of the process passes here, also those of libraries. Not here: what is logged.
"""

from __future__ import annotations

import json
import logging
import re
import time
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

FOR_PEOPLE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
REQUEST = "request"
STARS = "***"
# The part of a secret that names it stays: one must be able to tell which key it was.
_SECRETS = (
    (re.compile(r"\b(cpk_[0-9a-z]+)\.[\w-]+"), rf"\1.{STARS}"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), STARS),  # any JWS
    (re.compile(r"(?i)\b(bearer|basic)\s+[^\s\"',]+"), rf"\1 {STARS}"),
    (re.compile(r"(://[^/\s:@]*):[^@/\s]+@"), rf"\1:{STARS}@"),
    (
        re.compile(
            r"(?i)\b(password|secret|token|api_?key)(\"?\s*[=:]\s*\"?)[^\s\"',&]+"
        ),
        rf"\1\2{STARS}",
    ),
)
# A line without any of these holds none: to look is cheaper than five patterns.
_MARKS = (
    *("cpk_", "eyj", "://", "bearer", "basic"),
    *("password", "secret", "token", "api_key", "apikey"),
)


class Own(str):
    """A word of our own making: it can hold no secret, and is not looked at for any."""

    __slots__ = ()


class Form(StrEnum):
    """How lines look."""

    TEXT = "text"
    JSON = "json"


def redacted(text: str) -> str:
    """The text without secrets and without personal numbers."""
    from quality.personal import scan  # noqa: PLC0415  settings need the form alone

    small = text.lower()
    for mark in _MARKS:
        if mark in small:
            for pattern, instead in _SECRETS:
                text = pattern.sub(instead, text)
            break
    for span in sorted(scan(text), key=lambda s: s.start, reverse=True):
        text = f"{text[: span.start]}{STARS}{text[span.end :]}"
    return text


class TextLines(logging.Formatter):
    """Lines for people."""

    _told = (-1, "")  # a second and how it is written

    def formatTime(  # noqa: N802  the library's name
        self,
        record: logging.LogRecord,
        datefmt: str | None = None,  # noqa: ARG002
    ) -> str:
        """Local time to the millisecond; the part to the second is written once."""
        second, told = self._told
        if second != int(record.created):
            second = int(record.created)
            told = time.strftime(self.default_time_format, time.localtime(second))
            self._told = (second, told)
        return f"{told},{int(record.msecs):03d}"

    def format(self, record: logging.LogRecord) -> str:
        """The whole line, with its traceback if there is one.

        Of a request's line only the words can hold secrets: there are thousands a second.
        """
        if not hasattr(record, REQUEST) or not isinstance(record.args, tuple):
            return redacted(super().format(record))
        words = tuple([redacted(w) if type(w) is str else w for w in record.args])
        told = f"{record.levelname} {record.name}: {str(record.msg) % words}"
        return f"{self.formatTime(record)} {told}"


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, request, exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The whole line."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": redacted(record.getMessage()),
        }
        for name, value in getattr(record, REQUEST, {}).items():
            told[name] = redacted(value) if isinstance(value, str) else value
        if record.exc_info:
            told["exception"] = redacted(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


def configure(form: Form) -> None:
    """Let every logger of this process write such lines to standard error."""
    # What no line tells is not looked up for every request.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form is Form.JSON else TextLines(FOR_PEOPLE))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
