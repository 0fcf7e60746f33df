"""Row rules: what every row must satisfy, derived from the contracts.

One rule object has two readings that a test holds together: a SQL predicate (this room,
used to split a batch) and a Great Expectations expectation (``quality.expectations``,
the verdict). Not here: what becomes of a row that fails (``assets.sources.records``).
"""

from __future__ import annotations

from quality.rules.derive import rules_of
from quality.rules.kinds import (
    KnownAuthority,
    Maximum,
    Member,
    Members,
    Minimum,
    NoPersonalData,
    NotFuture,
    Parsed,
    Pattern,
    Required,
    SqlCheck,
    ValidUscc,
)
from quality.rules.model import Rule, Severity
from quality.rules.query import broken, violations_query
from quality.rules.wording import Message

__all__ = [
    "KnownAuthority",
    "Maximum",
    "Member",
    "Members",
    "Message",
    "Minimum",
    "NoPersonalData",
    "NotFuture",
    "Parsed",
    "Pattern",
    "Required",
    "Rule",
    "Severity",
    "SqlCheck",
    "ValidUscc",
    "broken",
    "rules_of",
    "violations_query",
]
