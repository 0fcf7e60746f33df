"""What is said about a quarantined row: to the department that sent it, and in a sheet.

Pure helpers over the contract ``quality.contracts.quality``. Not here: splitting a
batch (``assets.sources.records``) and the command line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Table

from quality.contracts import AGENCIES, metadata
from quality.contracts.codelists import label
from quality.contracts.model import facts_of, table_facts
from quality.identifiers import suggest
from quality.rules import Message, NoPersonalData, Rule, ValidUscc, rules_of, wording

UNKNOWN_COLUMN = "unknown_column"  # <table>.unknown_column: a field no contract knows
_RETIRED = Message("规则已停用，请重新校验该行", "retired rule: judge the row again")
_WITHHELD = Message("（含个人信息，不予导出）", "(holds personal data, withheld)")

# The sheet a department gets: one row a violation.
HEADERS = Message(
    "数据集|批次编号|行号|数据项|字段代码|报送值|问题与处理|规则编号|首次发现日期|状态|原始报文行",
    "Dataset|Batch|Row|Column|Field code|Value as sent|Fault and remedy|Rule|First seen"
    "|State|Row as sent",
)


@cache
def _rules(table: Table) -> Mapping[str, Rule]:
    return {rule.id: rule for rule in rules_of(table)}


def rule_of(rule_id: str) -> Rule | None:
    """The rule of that id; ``None`` if no contract has it (any more)."""
    table = metadata.tables.get(rule_id.partition(".")[0])
    return None if table is None else _rules(table).get(rule_id)


def message_of(rule_id: str, value: str | None = None) -> Message:
    """What is wrong with a row that violates the rule, and what to do.

    Args:
        rule_id: the rule.
        value: as sent; what a mistyped code may stand for is suggested, never put in.
    """
    if rule_id.endswith(f".{UNKNOWN_COLUMN}"):
        return wording.UNKNOWN_COLUMN
    rule = rule_of(rule_id)
    if rule is None:
        return _RETIRED
    likely = suggest(value) if value and isinstance(rule, ValidUscc) else ()
    return wording.suggested(rule.message, likely) if likely else rule.message


def department(agency: str, language: str = "zh") -> str:
    """The name of the agency that must mend a row."""
    return _pick(Message(*AGENCIES.get(agency, (agency, agency))), language)


def sheet(
    entries: Iterable[Mapping[str, Any]], language: str = "zh"
) -> Iterator[tuple[str, ...]]:
    """Header and rows of the sheet for a department, all text.

    Args:
        entries: rows of the contract ``quarantine``, by column name.
        language: ``zh`` or ``en``.
    """
    yield tuple(_pick(HEADERS, language).split("|"))
    for entry in entries:
        yield tuple(_cells(entry, language))


def _cells(entry: Mapping[str, Any], language: str) -> Iterator[str]:
    table, rule = metadata.tables[entry["dataset"]], rule_of(entry["rule_id"])
    yield _pick(_names(table), language)
    yield entry["batch_id"]
    yield str(entry["row_number"])
    yield from _column_cells(table, entry["column"], language)
    yield entry["value"] or ""
    yield _pick(message_of(entry["rule_id"], entry["value"]), language)
    yield entry["rule_id"]
    yield str(entry["first_seen_on"])
    yield label("quarantine_state", entry["state"], language)
    # The department has the row; a sheet travels, so personal data stay out of it.
    withheld = isinstance(rule, NoPersonalData)
    yield _pick(_WITHHELD, language) if withheld else entry["raw"]


def _column_cells(table: Table, columns: str, language: str) -> tuple[str, str]:
    """Labels and field codes of columns, as written in the entry if unknown."""
    known = [table.columns[name] for name in columns.split(",") if name in table.c]
    if not known:
        return columns, columns
    facts = [facts_of(item) for item in known]
    names = (_pick(Message(f.zh, f.en), language) for f in facts)
    codes = (f.code for f in facts if f.code)
    return ("、" if language == "zh" else ", ").join(names), ", ".join(codes)


def _names(table: Table) -> Message:
    facts = table_facts(table)
    return Message(facts.zh, facts.en)


def _pick(message: Message, language: str) -> str:
    return message.zh if language == "zh" else message.en
