"""Two pages for the offices in both languages: how agencies deliver, what checks found.

Made as fragments, which the site shows in its own frame to holders of an office key only
(``publish.site.pages.offices``): government tier, they are in no release. By themselves
each is one file that fetches nothing. Not here: the figures (``scorecards``) and verdicts
(``quality``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from assets.sources.scorecards import SHOWN, shown
from publish.release.names import office_page
from quality.contracts import AGENCIES, metadata
from quality.contracts.model import table_facts

BUSINESS, DRIFT = "business", "drift"
LANGUAGES = ("zh", "en")
PAGES = {
    "scorecards": ("部门数据质量评分表", "How agencies deliver"),
    "checks": ("数据质量校验结果", "What checks found"),
}
_ENGLISH = dict(AGENCIES.values())
_WORDS: dict[str, tuple[str, str]] = {
    "cards": (
        (
            "政务共享，不向社会公开。及时率按国务院公布的工作日（含调休）计算，自决定次日起算；"
            "隔离行可由部门更正后重新报送。"
        ),
        (
            "Shared within government, not public. On time is counted in announced working"
            " days from the day after the decision; an agency may correct quarantined rows"
            " and deliver them again."
        ),
    ),
    "checks": (
        (
            "每张表逐条列出校验要求、涉及行数与结论；“不通过”的阻断项会停止下游更新，"
            "提示项只作提醒。"
        ),
        (
            "What each table is checked for, how many rows were looked at, and the verdict."
            " A failed check that blocks stops what follows; a warning only tells."
        ),
    ),
    "columns": (
        "校验|要求|级别|检查行数|不符行数|结论",
        "Check|Wanted|Level|Rows|Wrong|Verdict",
    ),
    "levels": ("提示|阻断", "Warning|Blocks"),
    "verdicts": ("不通过|通过", "Failed|Passed"),
    "all": ("全部通过", "All passed"),
    "failed": ("{n} 项不通过", "{n} failed"),
    "count": ("{n} 项校验", "{n} checks"),
    "drift": ("各数据集代码分布变化", "Change of codes, by dataset"),
    "business": ("（跨表业务规则）", " (rules across tables)"),
    "day": ("截至 {day}", "As of {day}"),
}
STYLE = """
:root{color-scheme:light dark;--ink:#15222f;--quiet:#475766;--ground:#f3f6f8;--line:#d5dee5;
--good:#0b6b42;--bad:#a52715}
@media (prefers-color-scheme:dark){:root{--ink:#e5ecf2;--quiet:#a5b5c3;--ground:#0e151c;
--line:#2a3846;--good:#6fd3a3;--bad:#ff9c8b}}
body{font:16px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:0 auto;
max-width:72rem;padding:1.5rem;color:var(--ink);background:var(--ground)}
h2{font-size:1.1rem;margin-top:2rem}p{color:var(--quiet)}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{padding:.4rem .6rem;border-bottom:1px solid var(--line);text-align:left;
vertical-align:top}th{white-space:nowrap}
.f2 :is(td,th):nth-child(2),
.f3 :is(td,th):nth-child(3),
.f4 :is(td,th):nth-child(4),
.f5 :is(td,th):nth-child(5),
.f6 :is(td,th):nth-child(6),
.f7 :is(td,th):nth-child(7),
.f8 :is(td,th):nth-child(8),
.f9 :is(td,th):nth-child(9){text-align:right}
.chip.bad{color:var(--bad);font-weight:600}.chip.good{color:var(--good)}
"""


def office_pages(
    cards: Sequence[Mapping[str, Any]],
    documents: Iterable[Mapping[str, Any]],
    day: str,
) -> dict[str, str]:
    """Both pages in both languages by the names of their files, as fragments."""
    found = list(documents)
    made = {}
    for language in LANGUAGES:
        made[office_page("scorecards", language)] = scorecards_page(
            cards, day, language
        )
        made[office_page("checks", language)] = quality_page(found, day, language)
    return made


def alone(name: str, fragment: str) -> str:
    """A page as a file of its own.

    Args:
        name: of its file.
        fragment: what ``office_pages`` made under that name.
    """
    page, language = name.split(".")[:2]
    title = escape(PAGES[page][language == "en"])
    return (
        f'<!doctype html><html lang="{"en" if language == "en" else "zh-CN"}">'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style><h1>{title}</h1>{fragment}</html>\n"
    )


def scorecards_page(
    found: Sequence[Mapping[str, Any]], day: str, language: str = "zh"
) -> str:
    """The agencies' cards."""
    english = language == "en"
    by_agency: dict[str, list[Mapping[str, Any]]] = {}
    for card in found:
        by_agency.setdefault(card["agency"], []).append(card)
    titles = [names[english] for _, *names in SHOWN[1:]]
    parts = [_lead("cards", day, language)]
    for agency, cards in by_agency.items():
        name = _ENGLISH.get(agency, agency) if english else agency
        rows = [_card(card, language) for card in cards]
        parts.append(_section(escape(name), _grid(name, titles, rows)))
    return "".join(parts)


def _card(card: Mapping[str, Any], language: str) -> list[str]:
    contract = metadata.tables.get(str(card.get("dataset")))
    cells = shown(card)[1:]
    if language == "en" and contract is not None:
        cells[0] = table_facts(contract).en
    return cells


def quality_page(
    documents: Iterable[Mapping[str, Any]], day: str, language: str = "zh"
) -> str:
    """What every table is checked for, and how it came out."""
    parts = [_lead("checks", day, language)]
    return "".join([*parts, *(_table(d, language) for d in documents)])


def _table(document: Mapping[str, Any], language: str) -> str:
    title = _title(document, language)
    results = document["results"]
    failed = sum(not r["success"] for r in results)
    verdict = (
        f'<span class="chip bad">{_say("failed", language, n=failed)}</span>'
        if failed
        else f'<span class="chip good">{_say("all", language)}</span>'
    )
    titles = _say("columns", language).split("|")
    grid = _grid(title, titles, (_result(r, language) for r in results))
    return _section(
        f"{escape(title)} {verdict}",
        f"<details{' open' if failed else ''}>"
        f"<summary>{_say('count', language, n=len(results))}</summary>{grid}</details>",
    )


def _title(document: Mapping[str, Any], language: str) -> str:
    name, _, kind = str(document["suite_name"]).partition(".")
    if name == DRIFT:
        return _say("drift", language)
    contract = metadata.tables.get(name)
    title = name
    if contract is not None:
        facts = table_facts(contract)
        title = facts.en if language == "en" else facts.zh
    return title + (_say("business", language) if kind == BUSINESS else "")


def _result(result: Mapping[str, Any], language: str) -> list[str]:
    config, seen = result["expectation_config"], result["result"]
    meta = config.get("meta", {})
    told = str(config.get("description") or config["type"]).split(" · ")[0]
    name = str(meta.get("title") or "—")
    if language == "en":
        told = str(config.get("notes") or told)
        name = str(meta.get("rule_id") or name)
    return [
        name,
        told,
        _of("levels", language, config.get("severity") == "critical"),
        str(seen.get("element_count", "—")),
        str(seen.get("unexpected_count", "—")),
        _of("verdicts", language, bool(result["success"])),
    ]


def _say(key: str, language: str, **values: object) -> str:
    return _WORDS[key][language == "en"].format(**values)


def _of(key: str, language: str, which: bool) -> str:
    return _say(key, language).split("|")[which]


def _lead(key: str, day: str, language: str) -> str:
    return f"<p>{_say('day', language, day=day)} · {_say(key, language)}</p>"


def _section(heading: str, body: str) -> str:
    return f'<section class="sheet"><h2>{heading}</h2>{body}</section>'


def _grid(name: str, titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of short markup: of a thousand checks the page stays below 150 kB.

    Columns of figures are named by its class, and ends that HTML implies are left out.
    """
    lines = [[*map(str, row)] for row in rows]
    columns = enumerate(zip(*lines, strict=True), start=1)
    figures = " ".join(f"f{n}" for n, cells in columns if all(map(_is_figure, cells)))
    heads = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    body = "".join(f"<tr>{''.join(map(_cell, line))}" for line in lines)
    return (
        f'<div class="scroll" role="region" aria-label="{escape(name)}" tabindex="0">'
        f'<table class="{figures}"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cell(text: str) -> str:
    if text in _FAILED:
        return f'<td><span class="chip bad">{text}</span>'
    return f"<td>{escape(text)}"


def _is_figure(text: str) -> bool:
    return text[:1].isdigit() or text == "—"


_FAILED = {words.split("|")[0] for words in _WORDS["verdicts"]}
