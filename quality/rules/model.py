"""What a row rule is.

Not here: the kinds of rules (``kinds``) and which table has which (``derive``).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from sqlglot import exp, parse_one

from quality.rules.wording import NAMES, Message

UNPARSED, RAW, ROW = "unparsed", "raw", "row_number"
TODAY = parse_one("$today", read="duckdb")
_NOTHING = exp.Literal.string("—")


class Severity(StrEnum):
    """What a violation does to its row."""

    ERROR = "error"  # the row is quarantined
    WARNING = "warning"  # the row is accepted, the violation reported


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    """One property that every row of one table must have.

    Attributes:
        table: the table it belongs to.
        columns: the columns it looks at.
        message: what is wrong with a violating row and what to do, in both languages.
        severity: whether a violation keeps the row out.
        agency: the department that must mend a violating row; none for derived tables.
        label: what it looks at, in Chinese.
    """

    name: ClassVar[str]

    table: str
    columns: tuple[str, ...]
    message: Message
    severity: Severity = Severity.ERROR
    agency: str | None = None
    label: str = ""

    @property
    def title(self) -> str:
        """The rule's name in Chinese, as in ``处罚决定日期：必填``."""
        return f"{self.label}：{NAMES[self.name]}"

    @property
    def id(self) -> str:
        """Stable for ever: ``penalties.decided_on.required``."""
        return f"{self.table}.{self.columns[0]}.{self.name}"

    @property
    def value(self) -> exp.Expr:
        """The column the rule looks at first."""
        return exp.column(self.columns[0], quoted=True)

    @property
    @abstractmethod
    def violated(self) -> exp.Expr:
        """True for a row that violates; NULL counts as sound. May hold ``$today``."""

    @property
    def dated(self) -> bool:
        """Whether ``violated`` holds ``$today``."""
        return False

    @property
    def never_null(self) -> bool:
        """Whether ``violated`` is already free of NULL."""
        return False

    def predicate(self, today: date) -> exp.Expr:
        """True for a row that violates, else false: never NULL.

        DuckDB's dialect, over the columns of a candidate row (``quality.rules.query``).
        """
        violated = bind(self.violated, today) if self.dated else self.violated
        if self.never_null:
            return violated
        return exp.Coalesce(this=violated, expressions=[exp.false()])

    @property
    def offending(self) -> exp.Expr:
        """The value to show for a violating row, as text."""
        texts = [exp.cast(exp.column(c, quoted=True), "TEXT") for c in self.columns]
        if len(texts) == 1:
            return texts[0]
        shown = (exp.func("COALESCE", text, _NOTHING.copy()) for text in texts)
        return exp.func("CONCAT_WS", exp.Literal.string(", "), *shown)


def bind(tree: exp.Expr, today: date) -> exp.Expr:
    """A copy of ``tree`` with ``$today`` replaced by the date."""

    def replace(node: exp.Expr) -> exp.Expr:
        return day(today) if node == TODAY else node

    return tree.copy().transform(replace)


def day(value: date) -> exp.Expr:
    """A date as a SQL literal."""
    return exp.cast(exp.Literal.string(value.isoformat()), "DATE")


def contains(listed: str, item: str) -> exp.Expr:
    """Whether the list column ``listed`` holds the text ``item``."""
    values = exp.column(listed, quoted=True)
    return exp.ArrayContains(this=values, expression=exp.Literal.string(item))
