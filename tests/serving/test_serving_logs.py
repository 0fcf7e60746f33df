"""Log lines: what a collector can read, and nothing that nobody may read."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from publish.access.tokens import new_token
from publish.serving.logs import JsonLines, TextLines, redacted


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        (
            "postgresql+psycopg://user:pa55@host/db refused",
            "postgresql+psycopg://user:***@host/db refused",
        ),
        ('{"password": "x y"}', '{"password": "*** y"}'),
        ("token=abc&page=2", "token=***&page=2"),
        ("eyJhbGciOi.eyJzdWIi.c2ln is old", "*** is old"),
        ("call 13800138000 now", "call *** now"),
        ("/e/91370303MA3C00003D 200", "/e/91370303MA3C00003D 200"),
        ("20261123-e0a424668c serves", "20261123-e0a424668c serves"),
    ],
)
def test_secrets_are_starred_and_nothing_else(text: str, told: str):
    assert redacted(text) == told


def test_of_a_key_the_part_that_names_it_stays():
    token = new_token()
    assert redacted(f"key {token.text} ended") == f"key cpk_{token.prefix}.*** ended"


def record(message: str, *arguments: object, error: bool = False) -> logging.LogRecord:
    trace = sys.exc_info() if error else None
    return logging.LogRecord("a.b", 20, "f", 1, message, arguments, trace)


def test_a_json_line_holds_the_request_and_the_exception():
    try:
        raise ValueError("token=abc")
    except ValueError:
        line = record("%s failed", "x", error=True)
    line.request = {"path": "/e/token=abc", "status": 500}
    told = json.loads(JsonLines().format(line))
    assert (told["message"], told["level"], told["logger"]) == (
        "x failed",
        "INFO",
        "a.b",
    )
    assert (told["path"], told["status"]) == ("/e/token=***", 500)
    assert told["exception"].endswith("ValueError: token=***")
    assert "\n" not in JsonLines().format(line)


def test_lines_for_people_are_starred_too():
    assert TextLines("%(message)s").format(record("password=%s", "p")) == "password=***"
