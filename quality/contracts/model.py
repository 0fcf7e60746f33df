"""The vocabulary that every contract is written in.

Here: tiers, field kinds, the typed facts behind a column or a table, and the small
constructors that make a SQLAlchemy column from them. Not here: any table (one module
per room beside this one) and any rule engine (``quality.rules``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, MetaData, Table, Text
from sqlalchemy.types import TypeEngine

FACTS = "facts"

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    }
)


class Tier(StrEnum):
    """Disclosure tier (披露方式), Shandong Social Credit Regulation art. 20."""

    PUBLIC = "public"  # 公开公示
    AUTHORISED = "authorised"  # 授权查询
    GOVERNMENT = "government"  # 政务共享
    INTERNAL = "internal"  # never leaves the platform


class Kind(StrEnum):
    """How a value is written by agencies and stored by us."""

    TEXT = "text"
    USCC = "uscc"
    DATE = "date"
    MONTH = "month"  # stored as the first day of the month
    TIMESTAMP = "timestamp"
    MONEY = "money"  # integer fen
    INTEGER = "integer"
    FLAG = "flag"
    CODE = "code"  # a member of a code list


SQL_TYPES: dict[Kind, type[TypeEngine[Any]]] = {
    Kind.TEXT: Text,
    Kind.USCC: Text,
    Kind.DATE: Date,
    Kind.MONTH: Date,
    Kind.TIMESTAMP: DateTime,
    Kind.MONEY: BigInteger,
    Kind.INTEGER: BigInteger,
    Kind.FLAG: Boolean,
    Kind.CODE: Text,
}


ENGINE_TYPES = {Kind.DATE: "DATE", Kind.MONTH: "DATE", Kind.TIMESTAMP: "TIMESTAMP", Kind.MONEY: "BIGINT", Kind.INTEGER: "BIGINT", Kind.FLAG: "BOOLEAN"}


class Personal(StrEnum):
    """Personal-data class of a column (PIPL; domain 7.5)."""

    NONE = "none"
    NAME = "name"  # a representative's name, lawful to publish with the company
    FREE_TEXT = "free_text"  # prose that may hide personal data and is scanned


@dataclass(frozen=True)
class Facts:
    """What is true of one column, wherever it is used."""

    zh: str
    en: str
    kind: Kind
    tier: Tier
    code: str | None = None  # the agency's own field code
    unit: str | None = None  # unit in which the agency writes money: yuan, wan
    codes: str | None = None  # code list, a CSV file in ``codes/``
    required: bool = False
    not_future: bool = False
    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    personal: Personal = Personal.NONE
    example: str | None = None


@dataclass(frozen=True)
class Check:
    """A hand-written row rule: SQL that is true for a sound row.

    ``sql`` uses column names of the table only; NULL counts as sound.
    """

    id: str
    sql: str
    zh: str
    en: str
    severity: str = "error"  # error: the row is quarantined; warning: it is reported


@dataclass(frozen=True)
class TableFacts:
    """What is true of one table."""

    zh: str
    en: str
    room: str  # records, files, credit, measures, publication, quality
    tier: Tier
    description: str = ""
    agency: str | None = None
    key: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    minimum_rows: int = 0
    frequency: str | None = None  # ISO 8601 duration between deliveries
    source: str | None = None  # law or standard
    refused: tuple[str, ...] = field(default=())  # agency fields that are never stored


Item = Column[Any]
Describe = Callable[..., TableFacts]


def describe(room: str, agency: str | None = None, tier: Tier = Tier.PUBLIC) -> Describe:
    """A maker of ``TableFacts`` for one room: ``(zh, en, key, **others)``."""

    def make(zh: str, en: str, key: tuple[str, ...], **rest: Any) -> TableFacts:
        rest.setdefault("tier", tier)
        return TableFacts(zh=zh, en=en, room=room, agency=agency, key=key, **rest)

    return make


def column(name: str, facts: Facts, *, primary_key: bool = False) -> Item:
    """A SQLAlchemy column that carries its contract in ``info``."""
    return Column(name, SQL_TYPES[facts.kind](), primary_key=primary_key, nullable=not (facts.required or primary_key), comment=facts.zh, info={FACTS: facts})


def _make(kind: Kind, name: str, zh: str, en: str, code: str | None, **rest: Any) -> Item:
    rest.setdefault("tier", Tier.PUBLIC)
    return column(name, Facts(zh=zh, en=en, kind=kind, code=code, **rest))


def text(name: str, zh: str, en: str, code: str | None = None, **rest: Any) -> Item:
    """Free or structured text."""
    return _make(Kind.TEXT, name, zh, en, code, **rest)


def prose(name: str, zh: str, en: str, code: str | None = None, **rest: Any) -> Item:
    """Text written by people, scanned for personal data before it is accepted."""
    return _make(Kind.TEXT, name, zh, en, code, personal=Personal.FREE_TEXT, **rest)


def uscc(name: str = "uscc", zh: str = "统一社会信用代码", en: str = "Unified social credit code", code: str | None = None, **rest: Any) -> Item:
    """A unified social credit code, GB 32100-2015."""
    rest.setdefault("example", "91370303MA3C00003D")
    return _make(Kind.USCC, name, zh, en, code, **rest)


def date(name: str, zh: str, en: str, code: str | None = None, **rest: Any) -> Item:
    """A calendar date."""
    return _make(Kind.DATE, name, zh, en, code, **rest)


def month(name: str, zh: str, en: str, code: str | None = None, **rest: Any) -> Item:
    """A calendar month, stored as its first day."""
    return _make(Kind.MONTH, name, zh, en, code, **rest)


def timestamp(name: str, zh: str, en: str, code: str | None = None, **rest: Any) -> Item:
    """An instant in China Standard Time, as agencies write it."""
    return _make(Kind.TIMESTAMP, name, zh, en, code, **rest)


def money(name: str, zh: str, en: str, code: str | None = None, **rest: Any) -> Item:
    """An amount in integer fen; ``unit`` is the agency's unit."""
    rest.setdefault("unit", "yuan")
    return _make(Kind.MONEY, name, zh, en, code, **rest)


def integer(name: str, zh: str, en: str, code: str | None = None, **rest: Any) -> Item:
    """A whole number."""
    return _make(Kind.INTEGER, name, zh, en, code, **rest)


def flag(name: str, zh: str, en: str, code: str | None = None, **rest: Any) -> Item:
    """Yes or no."""
    return _make(Kind.FLAG, name, zh, en, code, **rest)


def coded(name: str, codes: str, zh: str, en: str, code: str | None = None, **rest: Any) -> Item:
    """A member of the code list ``codes``."""
    return _make(Kind.CODE, name, zh, en, code, codes=codes, **rest)


def table(name: str, facts: TableFacts, *columns: Item) -> Table:
    """A table of the house; ``facts.key`` becomes its primary key."""
    for item in columns:
        if item.name in facts.key:
            item.primary_key, item.nullable = True, False
    return Table(name, metadata, *columns, comment=facts.zh, info={FACTS: facts})


def reuse(item: Item, name: str | None = None, **changes: Any) -> Item:
    """The same field in another table, with the facts that differ there."""
    return column(name or item.name, replace(facts_of(item), **changes))


def facts_of(item: Item) -> Facts:
    """The contract of a column."""
    facts: Facts = item.info[FACTS]
    return facts


def table_facts(item: Table) -> TableFacts:
    """The contract of a table."""
    facts: TableFacts = item.info[FACTS]
    return facts


def public_columns(item: Table) -> list[Item]:
    """The columns that may stand in a public file."""
    return [c for c in item.columns if facts_of(c).tier is Tier.PUBLIC]


def engine_type(item: Item) -> str:
    """The column's type in the SQL engine; text where nothing else is said."""
    return ENGINE_TYPES.get(facts_of(item).kind, "TEXT")
