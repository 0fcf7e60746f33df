"""Two pages for the offices, in Chinese, one file each, nothing fetched from anywhere.

How each agency delivers, and what every table is checked for. Government tier: they are
in no release, and the site shows them to holders of an office key only
(``publish.site.pages.offices``). Not here: the figures (``scorecards``) and verdicts
(``quality``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from assets.sources.scorecards import SHOWN, shown
from quality.contracts import metadata
from quality.contracts.model import table_facts

BUSINESS, DRIFT = "business", "drift"
PAGES = {"scorecards.html": "部门评分表", "checks.html": "校验结果"}
STYLE = """
body{font:16px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:0 auto;
max-width:72rem;padding:1.5rem;color:#1b2a33;background:#fbfaf7}
nav a{margin-right:1rem;color:#1c6b45}
h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}p{color:#51616b}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{padding:.4rem .6rem;border-bottom:1px solid #dfe4e6;text-align:left;
vertical-align:top}th{background:#eef2f1;white-space:nowrap}
td.number{text-align:right;font-variant-numeric:tabular-nums}
.figures th:not(:first-child){text-align:right}
.bad{color:#9c1f12;font-weight:600}.good{color:#1c6b45}summary{cursor:pointer}
"""


def office_pages(
    cards: Sequence[Mapping[str, Any]],
    documents: Iterable[Mapping[str, Any]],
    day: str,
) -> dict[str, str]:
    """Both pages by their names."""
    made = (scorecards_page(cards, day), quality_page(documents, day))
    return dict(zip(PAGES, made, strict=True))


def scorecards_page(found: Sequence[Mapping[str, Any]], day: str) -> str:
    """The agencies' cards."""
    by_agency: dict[str, list[Mapping[str, Any]]] = {}
    for card in found:
        by_agency.setdefault(card["agency"], []).append(card)
    parts = [
        (
            "<p>政务共享，不向社会公开。及时率按国务院公布的工作日（含调休）计算，"
            "自决定次日起算；隔离行可由部门更正后重新报送。</p>"
        )
    ]
    for agency, cards in by_agency.items():
        rows = [shown(card)[1:] for card in cards]
        titles = [zh for _, zh in SHOWN[1:]]
        grid = f'<div class="figures">{_grid(titles, rows)}</div>'
        parts += [f"<h2>{escape(agency)}</h2>", grid]
    return _page(f"部门数据质量评分表（{day}）", parts)


def quality_page(documents: Iterable[Mapping[str, Any]], day: str) -> str:
    """What every table is checked for, and how it came out."""
    parts = [
        (
            "<p>每张表逐条列出校验要求、涉及行数与结论；"
            "“不通过”的阻断项会停止下游更新，提示项只作提醒。</p>"
        )
    ]
    for document in documents:
        parts += _table(document)
    return _page(f"数据质量校验结果（{day}）", parts)


def _table(document: Mapping[str, Any]) -> Iterator[str]:
    name, _, kind = document["suite_name"].partition(".")
    contract = metadata.tables.get(name)
    title = table_facts(contract).zh if contract is not None else name
    title = "各数据集代码分布变化" if name == DRIFT else title
    title += "（跨表业务规则）" if kind == BUSINESS else ""
    results = document["results"]
    failed = sum(not r["success"] for r in results)
    verdict = (
        f'<span class="bad">{failed} 项不通过</span>'
        if failed
        else '<span class="good">全部通过</span>'
    )
    yield f"<h2>{escape(title)} · {verdict}</h2>"
    yield f"<details{' open' if failed else ''}><summary>{len(results)} 项校验</summary>"
    yield _grid(
        ("校验", "要求", "级别", "检查行数", "不符行数", "结论"), map(_result, results)
    )
    yield "</details>"


def _result(result: Mapping[str, Any]) -> list[str]:
    config, seen = result["expectation_config"], result["result"]
    told = str(config.get("description") or config["type"]).split(" · ")[0]
    critical = config.get("severity") == "critical"
    return [
        str(config.get("meta", {}).get("title") or "—"),
        told,
        "阻断" if critical else "提示",
        str(seen.get("element_count", "—")),
        str(seen.get("unexpected_count", "—")),
        "通过" if result["success"] else "不通过",
    ]


def _grid(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{escape(t)}</th>" for t in titles)
    lines = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _cell(text: str) -> str:
    if text in {"通过", "不通过"}:
        return f'<td class="{"good" if text == "通过" else "bad"}">{text}</td>'
    number = text[:1].isdigit() or text == "—"
    return f"<td{' class=number' if number else ''}>{escape(text)}</td>"


def _page(title: str, parts: Iterable[str]) -> str:
    links = "".join(f'<a href="{name}">{zh}</a> ' for name, zh in PAGES.items())
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
        f"<nav>{links}</nav><h1>{escape(title)}</h1>{''.join(parts)}</html>\n"
    )
