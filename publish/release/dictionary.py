"""The data dictionary, the code lists and the release's own facts, as tables.

Derived from the contracts for the public file. Not here: the dictionary of datasets in
JSON (``package``), pages that show it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from publish.release.layout import PUBLIC, Served
from quality.contracts.codelists import code_list
from quality.contracts.model import Facts, Item, Kind, facts_of, table_facts

TABLES = {
    "release": ("key", "value"),
    "dictionary": (
        *("table_name", "column_name", "label_zh", "label_en", "kind", "unit"),
        *("codes", "required", "description_zh", "table_zh", "table_en"),
    ),
    "codes": ("list", "code", "zh", "en"),
}
KEYS = {
    "release": "key",
    "dictionary": "table_name, column_name",
    "codes": "list, code",
}
_DESCRIPTIONS = {
    Kind.USCC: "18位统一社会信用代码（GB 32100-2015）",
    Kind.DATE: "日期，格式 YYYY-MM-DD",
    Kind.MONTH: "月份，以当月第一日表示",
    Kind.TIMESTAMP: "时间，北京时间",
    Kind.MONEY: "金额，单位：分",
    Kind.INTEGER: "整数",
    Kind.FLAG: "是否，1 为是，0 为否",
    Kind.CODE: "代码",
    Kind.TEXT: "文本",
}


def write(path: Path, facts: Mapping[str, Any]) -> None:
    """Add the three tables to the public database."""
    contents: dict[str, Iterable[tuple[Any, ...]]] = {
        "release": [(key, plain(value)) for key, value in facts.items()],
        "dictionary": entries(PUBLIC),
        "codes": codes(PUBLIC),
    }
    with closing(sqlite3.connect(path)) as db, db:
        for table, rows in contents.items():
            _table(db, table, rows)


def remove(path: Path) -> None:
    """Take the three tables out, to be written for another release."""
    with closing(sqlite3.connect(path)) as db, db:
        for table in TABLES:
            db.execute(f"DROP TABLE {table}")


def _table(db: sqlite3.Connection, name: str, rows: Iterable[tuple[Any, ...]]) -> None:
    columns = ", ".join(f"{c} TEXT" for c in TABLES[name])
    columns = columns.replace("required TEXT", "required BOOLEAN")
    db.execute(f"CREATE TABLE {name} ({columns}, PRIMARY KEY ({KEYS[name]}))")
    places = ", ".join("?" for _ in TABLES[name])
    db.executemany(f"INSERT INTO {name} VALUES ({places})", rows)


def plain(value: Any) -> str | None:
    """A fact as text: flags as 1 and 0, lists and objects as JSON."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def entries(tables: Iterable[Served]) -> Iterator[tuple[Any, ...]]:
    """One row per column of the tables, in contract order."""
    for table in tables:
        about = table_facts(table.source)
        for item in table.columns:
            facts = facts_of(item)
            yield (
                *(table.name, item.name, facts.zh, facts.en, facts.kind.value),
                *(unit(facts), facts.codes, not item.nullable, describe(item)),
                *(about.zh, about.en),
            )


def unit(facts: Facts) -> str | None:
    """The unit in our files: amounts are fen, whatever the agency writes."""
    return "fen" if facts.kind is Kind.MONEY else facts.unit


def describe(item: Item) -> str:
    """What a reader needs to know about a column's values, in Chinese."""
    facts = facts_of(item)
    parts = [_DESCRIPTIONS[facts.kind]]
    if facts.codes:
        parts.append(f"取值见代码表 {facts.codes}")
    if facts.example:
        parts.append(f"例：{facts.example}")
    return "；".join(parts)


def codes(tables: Iterable[Served]) -> Iterator[tuple[str, str, str, str]]:
    """Every member of every code list that the tables use."""
    used = {facts_of(c).codes for t in tables for c in t.columns}
    for name in sorted(used - {None}, key=str):
        for member in code_list(str(name)).values():
            yield str(name), member.code, member.zh, member.en
