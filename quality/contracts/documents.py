"""The data dictionary and the code lists as documents, written from the contracts.

``python -m quality.contracts.documents`` writes them into ``docs/``; with ``--check`` it
says which are out of date and ends with 1. Not here: metadata of a release.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

import click
from sqlalchemy import Table

from quality.contracts import AGENCIES, metadata, tables_of
from quality.contracts.codelists import Code, code_list
from quality.contracts.model import Facts, Item, Kind, Personal, Tier, facts_of, table_facts
from quality.generated import note
from quality.rules import Rule, SqlCheck, rules_of

_ROOMS = {
    "records": "部门数据 Records",
    "files": "信用档案 Credit files",
    "cases": "信用事项 Cases",
    "credit": "信用评价 Credit",
    "measures": "应用措施 Measures",
    "publication": "发布数据 Publication",
    "quality": "数据质量 Quality",
}
_TIERS = {Tier.PUBLIC: "公开公示 public", Tier.AUTHORISED: "授权查询 authorised", Tier.GOVERNMENT: "政务共享 government", Tier.INTERNAL: "内部 internal"}
_KINDS = {
    Kind.TEXT: "文本 text",
    Kind.USCC: "统一代码 USCC",
    Kind.DATE: "日期 date",
    Kind.MONTH: "月份 month",
    Kind.TIMESTAMP: "时间 timestamp",
    Kind.MONEY: "金额（分） fen",
    Kind.INTEGER: "整数 integer",
    Kind.FLAG: "是/否 flag",
    Kind.CODE: "代码 code",
}
_UNITS = {"yuan": "来文单位元 sent in yuan", "wan": "来文单位万元 sent in 10,000 yuan"}
_NOTE = note("python -m quality.contracts.documents")


def documents() -> dict[str, str]:
    """Every document by its path from the root of the repository."""
    return {"docs/data-dictionary.md": "\n".join(_dictionary()), "docs/code-lists.md": "\n".join(_code_lists())}


def code_list_names() -> list[str]:
    """The code lists there are, by name."""
    folder = files("quality.contracts") / "codes"
    return sorted(Path(f.name).stem for f in folder.iterdir())


def _dictionary() -> Iterator[str]:
    yield from ("# 数据字典 Data dictionary", "", _NOTE, "")
    yield f"{len(metadata.tables)} 张表 tables · 代码表见 [code-lists.md](code-lists.md)"
    yield ""
    for room, title in _ROOMS.items():
        yield f"- [{title}](#{_anchor(title)})"
        yield from (f"  - [`{t.name}`](#{t.name}) {table_facts(t).zh} {table_facts(t).en}" for t in tables_of(room))
    for room, title in _ROOMS.items():
        yield from ("", f"## {title}")
        for table in tables_of(room):
            yield from _table(table)
    yield ""


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _table(table: Table) -> Iterator[str]:
    facts = table_facts(table)
    # The heading is the name alone: so every renderer makes the anchor that links name.
    yield from ("", f"### `{table.name}`", "", f"**{facts.zh} {facts.en}**")
    yield from ("", facts.description, "")
    yield from (f"- {line}" for line in _properties(table))
    yield from ("", *_grid(_COLUMN_HEADERS, map(_column_row, table.columns)))
    checks = [rule for rule in rules_of(table) if isinstance(rule, SqlCheck)]
    if checks:
        yield from ("", *_grid(_CHECK_HEADERS, map(_check_row, checks)))


def _properties(table: Table) -> Iterator[str]:
    facts = table_facts(table)
    if facts.agency:
        yield f"来源 Agency: {' '.join(AGENCIES[facts.agency])}"
    yield f"披露方式 Disclosure: {_TIERS[facts.tier]}"
    yield f"主键 Key: {', '.join(f'`{name}`' for name in facts.key)}"
    if facts.frequency:
        yield f"更新频率 Frequency: {facts.frequency}"
    if facts.source:
        yield f"依据 Source: {facts.source}"
    if facts.refused:
        yield f"拒收字段 Never stored: {', '.join(f'`{f}`' for f in facts.refused)}"


_COLUMN_HEADERS = ("列 Column", "名称 Label", "部门字段 Field code", "类型 Type", "必填 Required", "披露 Disclosure", "约束 Constraints")
_CHECK_HEADERS = ("规则 Rule", "条件 Condition", "说明 Meaning", "级别 Severity")


def _column_row(item: Item) -> tuple[str, ...]:
    facts = facts_of(item)
    return (
        f"`{item.name}`",
        f"{facts.zh} {facts.en}",
        f"`{facts.code}`" if facts.code else "",
        _KINDS[facts.kind],
        "" if item.nullable else "是 yes",
        _TIERS[facts.tier],
        "；".join(_constraints(facts)),
    )


def _constraints(facts: Facts) -> Iterator[str]:
    if facts.codes:
        several = "（多值以分号分隔 joined by ;）" if facts.kind is Kind.TEXT else ""
        yield f"[{facts.codes}](code-lists.md#{facts.codes}){several}"
    if facts.unit:
        yield _UNITS.get(facts.unit, f"单位 unit {facts.unit}")
    if facts.not_future:
        yield "不晚于评价日 not future"
    if facts.minimum is not None:
        yield f"≥ {facts.minimum}"
    if facts.maximum is not None:
        yield f"≤ {facts.maximum}"
    if facts.pattern:
        yield f"`{facts.pattern}`"
    if facts.personal is Personal.FREE_TEXT:
        yield "扫描个人信息 scanned for personal data"
    if facts.personal is Personal.NAME:
        yield "姓名 name"
    if facts.example:
        yield f"例 e.g. {facts.example}"


def _check_row(rule: Rule) -> tuple[str, ...]:
    sql = rule.sql if isinstance(rule, SqlCheck) else ""
    return (f"`{rule.id}`", f"`{sql}`", f"{rule.message.zh} {rule.message.en}", rule.severity)


def _code_lists() -> Iterator[str]:
    yield from ("# 代码表 Code lists", "", _NOTE)
    for name in code_list_names():
        yield from ("", f"## `{name}`", "")
        yield from _grid(_CODE_HEADERS, map(_code_row, code_list(name).values()))
    yield ""


_CODE_HEADERS = ("代码 Code", "名称", "English", "来文写法 Accepted spellings")


def _code_row(code: Code) -> tuple[str, ...]:
    return (f"`{code.code}`", code.zh, code.en, "、".join(code.aliases))


def _grid(headers: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    headers = tuple(headers)
    for cells in (headers, ("---",) * len(headers), *rows):
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail if anything is stale.")
@click.option("--root", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="The root of the repository.")
def main(*, check: bool, root: Path) -> None:
    """Write the documents that derive from the contracts."""
    stale = [name for name, text in documents().items() if not (root / name).is_file() or (root / name).read_text("utf-8") != text]
    for name in stale:
        if not check:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(documents()[name], "utf-8")
        click.echo(f"{name}: {'out of date' if check else 'written'}")
    if check and stale:
        click.echo("run: python -m quality.contracts.documents", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
