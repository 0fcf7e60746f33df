"""The credit report as a page and as paper.

The PDF is drawn by the site's own drawing of reports. Not here: what stands in it
(``report``).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template

from publish.api.operation import Wire
from publish.api.report import COUNTED, PARTS
from publish.api.wire import authorised_columns, record_columns, register_columns
from publish.serving.release import PUBLISHED
from publish.site.report import Entry, Pairs, Part, Report, numerals
from quality.contracts.codelists import label
from quality.contracts.model import Item, Kind, facts_of, table_facts

HERE = Path(__file__).parent
TITLE = "企业公共信用信息报告"
PARK, SOURCES = "园区补充信息（依企业授权）", "数据来源与更新时间"
FEN = 100
_FOOT = ("source", "collected_on", "publish_until", "record_id")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True
    )
    return environment.get_template("report.html")


def page(report: Wire, verify: str, invented: bool) -> bytes:
    """The report as HTML, complete in itself."""
    paper = laid_out(report, verify, invented)
    return _template().render(report=paper).encode()


def paper(report: Wire, verify: str, invented: bool) -> bytes:
    """The report as PDF."""
    from publish.site.pdf import drawn  # noqa: PLC0415  loads ReportLab

    return drawn(laid_out(report, verify, invented))


def laid_out(report: Wire, verify: str, invented: bool) -> Report:
    """The report as the site's drawing takes it, in Chinese."""
    grade = report["supplement"]["grade"] or {}
    letter = grade.get("letter")
    titles = {part.key: part.zh for part in PARTS}
    return Report(
        title=TITLE,
        name=report["name"],
        letter=letter,
        label=label("park_grade", letter) if letter else "未评级",
        number=report["number"],
        verify=verify,
        head=[
            ("报告编号", report["number"]),
            ("生成时间", report["issued_at"]),
            ("版本号", report["version"]),
            ("出具单位", report["issued_by"]),
            ("主体标签", report["subject_label"]),
        ],
        counts=[(titles[key], str(report["summary"][key])) for key in COUNTED],
        parts=[*map(_part, report["sections"]), *_more(report)],
        notes=report["notes"],
        banner="演示数据：企业均为虚构 Invented enterprises" if invented else "",
        paging="第 {page} 页",
    )


def _part(section: Wire) -> Part:
    register = section["register"]
    told = _pairs(register_columns(), register) if register else []
    texts = [section["text"]] if section["text"] else []
    if section["truncated"]:
        texts.append("本节只列最近记录，全部记录可通过接口查询。")
    entries = [_entry(r["kind"], r["record"]) for r in section["records"]]
    number = numerals(section["number"], "zh")
    return Part(number, section["title"], told, texts, entries)


def _entry(kind: str, record: Wire) -> Entry:
    columns = [c for c in record_columns(kind) if c.name not in _FOOT]
    dated = next(c.name for c in columns if facts_of(c).kind is Kind.DATE)
    foot = []
    if "source" in record:
        foot = [f"来源 {record['source']}", f"采集 {record['collected_on']}"]
    if record.get("publish_until"):
        foot.append(f"公示至 {record['publish_until']}")
    foot.append(f"记录 {kind}/{record['record_id']}")
    title = table_facts(PUBLISHED[kind]).zh
    return Entry(title, record[dated] or "", _pairs(columns, record), "    ".join(foot))


def _more(report: Wire) -> list[Part]:
    """The park's supplement and the sources."""
    added, facts = report["supplement"], list[tuple[str, str]]()
    for item, table in (("grade", "grades"), ("figures", "figures")):
        if added[item]:
            facts += _pairs(authorised_columns(table), added[item])
    entries = [
        Entry(
            rule["reason_zh"],
            rule["evaluated_on"],
            [("分值（千分之一分）", str(rule["points"]))],
            rule["legal_source"] or "",
        )
        for rule in added["explanation"]
    ]
    texts = [] if facts or entries else ["暂无评价结果；没有评价不代表信用不良。"]
    sources = [(s["source"], s["collected_on"]) for s in report["sources"]]
    number = len(PARTS)
    return [
        Part(numerals(number + 1, "zh"), PARK, facts, texts, entries),
        Part(numerals(number + 2, "zh"), SOURCES, sources),
    ]


def _pairs(columns: list[Item], row: Wire) -> Pairs:
    return [
        (facts_of(c).zh, _told(c, row[c.name]))
        for c in columns
        if row.get(c.name) is not None
    ]


def _told(item: Item, value: object) -> str:
    facts = facts_of(item)
    if facts.kind is Kind.FLAG:
        return "是" if value else "否"
    if facts.kind is Kind.MONEY and isinstance(value, int):
        return f"{value // FEN:,}.{value % FEN:02} 元"
    if facts.codes:
        return "、".join(label(facts.codes, c) for c in str(value).split("|"))
    return str(value)
