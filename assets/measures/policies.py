"""The tables of ``policy/``: what the office edits about measures, as SQL reads it.

Every file names its source and how sure we are of it. Not here: the grading policy and
what it says of ratios and honours (``queries``).
"""

from __future__ import annotations

from functools import partial

from sqlglot import exp

from assets.reference import policy_file
from assets.setup import Setup
from assets.station import Statement

PACKAGE = "assets.measures"
INTEGERS = dict.fromkeys(
    ("year", "budget_fen", "clean_months"),
    "BIGINT",
)
FLAGS = dict.fromkeys(("cumulative",), "BOOLEAN")
TYPES = INTEGERS | FLAGS
FILES = {
    "incentive_terms": "激励措施的叠加规则 Which measures add up.",
    "incentive_budgets": "激励年度预算 Yearly budgets.",
    "approval_items": "信易批、容缺受理与绿色通道事项 Services of approval.",
}


def policy_files() -> list[Statement]:
    """``policy_<file>`` for every file."""
    return [
        Statement(f"policy_{name}", partial(_read, name), (), described)
        for name, described in FILES.items()
    ]


def _read(name: str, _: Setup) -> exp.Query:
    return policy_file(PACKAGE, name, TYPES)
