"""The kinds of row rules and the SQL that finds their violations.

Not here: the same rules as expectations (``quality.expectations``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlglot import exp, parse_one

from quality.identifiers.sql import full_match, unknown_authority_sql, uscc_sql
from quality.personal import masked_sql, personal_data_sql
from quality.rules.model import RAW, TODAY, UNPARSED, Rule, contains


@dataclass(frozen=True, kw_only=True)
class Required(Rule):
    """A value must be there (one that could not be parsed is there: ``Parsed``).

    Attributes:
        parsed: whether the source may hold a value that was not understood.
    """

    name: ClassVar[str] = "required"
    parsed: bool

    @property
    def never_null(self) -> bool:
        """IS NULL gives no NULL, and ``unparsed`` is always a list."""
        return True

    @property
    def violated(self) -> exp.Expr:
        """True for a row without the value."""
        missing = exp.Is(this=self.value, expression=exp.null())
        if not self.parsed:
            return missing
        return exp.and_(missing, exp.not_(contains(UNPARSED, self.columns[0])))


@dataclass(frozen=True, kw_only=True)
class Parsed(Rule):
    """A value that is there must be understood.

    Attributes:
        field: the agency's name of the column, as the contract has it.
    """

    name: ClassVar[str] = "parsed"
    field: str

    @property
    def never_null(self) -> bool:
        """``unparsed`` is always a list."""
        return True

    @property
    def violated(self) -> exp.Expr:
        """True for a row whose value could not be parsed."""
        return contains(UNPARSED, self.columns[0])

    @property
    def offending(self) -> exp.Expr:
        """The value as the agency wrote it."""
        path = exp.Literal.string(f'$."{self.field}"')
        return exp.func("JSON_EXTRACT_STRING", exp.column(RAW, quoted=True), path)


@dataclass(frozen=True, kw_only=True)
class ValidUscc(Rule):
    """A unified social credit code with both check characters right."""

    name: ClassVar[str] = "uscc"

    @property
    def violated(self) -> exp.Expr:
        """True for a code that is not valid."""
        return exp.Not(this=exp.Paren(this=uscc_sql(self.columns[0])))


@dataclass(frozen=True, kw_only=True)
class KnownAuthority(Rule):
    """The registering authority and category of a code are of the standard."""

    name: ClassVar[str] = "authority"

    @property
    def violated(self) -> exp.Expr:
        """True for a well-formed code of an unknown authority or category."""
        return unknown_authority_sql(self.columns[0])


@dataclass(frozen=True, kw_only=True)
class Member(Rule):
    """A member of a code list."""

    name: ClassVar[str] = "code"
    codes: tuple[str, ...]

    @property
    def violated(self) -> exp.Expr:
        """True for a value that is not in the list."""
        members = [exp.Literal.string(code) for code in self.codes]
        return exp.not_(exp.In(this=self.value, expressions=members))


@dataclass(frozen=True, kw_only=True)
class Pattern(Rule):
    """Text that matches a regular expression from end to end.

    Attributes:
        pattern: in the part of the language that Python and RE2 share.
    """

    name: ClassVar[str] = "pattern"
    pattern: str

    @property
    def expression(self) -> str:
        """The pattern with ASCII digits only, as RE2 and not as Python reads it."""
        return self.pattern.replace(r"\d", "[0-9]")

    @property
    def violated(self) -> exp.Expr:
        """True for a text that does not match."""
        return exp.not_(full_match(self.value, self.expression))


@dataclass(frozen=True, kw_only=True)
class Members(Pattern):
    """Members of a code list, joined by semicolons."""

    name: ClassVar[str] = "codes"


@dataclass(frozen=True, kw_only=True)
class NotFuture(Rule):
    """A date or time not after the evaluation date."""

    name: ClassVar[str] = "not_future"

    @property
    def dated(self) -> bool:
        """It is all about ``$today``."""
        return True

    @property
    def violated(self) -> exp.Expr:
        """True for a day after ``$today``."""
        on = exp.cast(self.value, "DATE")
        return exp.GT(this=on, expression=TODAY.copy())


@dataclass(frozen=True, kw_only=True)
class Minimum(Rule):
    """A number not below ``limit``."""

    name: ClassVar[str] = "minimum"
    limit: int

    @property
    def violated(self) -> exp.Expr:
        """True for a number below."""
        return exp.LT(this=self.value, expression=exp.Literal.number(self.limit))


@dataclass(frozen=True, kw_only=True)
class Maximum(Rule):
    """A number not above ``limit``."""

    name: ClassVar[str] = "maximum"
    limit: int

    @property
    def violated(self) -> exp.Expr:
        """True for a number above."""
        return exp.GT(this=self.value, expression=exp.Literal.number(self.limit))


@dataclass(frozen=True, kw_only=True)
class NoPersonalData(Rule):
    """Prose without personal data (domain 7.5)."""

    name: ClassVar[str] = "no_personal_data"

    @property
    def never_null(self) -> bool:
        """The scanner gives false for NULL."""
        return True

    @property
    def violated(self) -> exp.Expr:
        """True for a text in which the scanner finds something."""
        return personal_data_sql(self.columns[0])

    @property
    def offending(self) -> exp.Expr:
        """The text with its digits starred: a finding must not spread what it found."""
        return masked_sql(self.columns[0])


@dataclass(frozen=True, kw_only=True)
class SqlCheck(Rule):
    """A hand-written rule across columns.

    Attributes:
        check: its name in the contract.
        sql: true for a sound row; may use ``$today``.
    """

    name: ClassVar[str] = "check"
    check: str
    sql: str

    @property
    def id(self) -> str:
        """``penalties.check.penalty_period``."""
        return f"{self.table}.{self.name}.{self.check}"

    @property
    def dated(self) -> bool:
        """Whether the SQL speaks of ``$today``."""
        return "$today" in self.sql

    @property
    def sound(self) -> exp.Expr:
        """True or NULL for a sound row."""
        return parse_one(self.sql, read="duckdb")

    @property
    def violated(self) -> exp.Expr:
        """True for a row for which the SQL is false."""
        return exp.Not(this=exp.Paren(this=self.sound))
