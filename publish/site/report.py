"""A credit report as paper: what stands on it, in order, before anybody draws it.

The ten sections of 《公共信用信息报告标准》, the park's supplement, sources and dates;
the same facts as the credit file page. Not here: drawing (``pdf``), asking (``pages``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from publish.site.facts import Row
from publish.site.sections import Block, Section
from publish.site.visit import Visit

Pairs = list[tuple[str, str]]
REGISTERED = (
    *("uscc", "former_names", "enterprise_type", "status", "legal_representative"),
    *("established_on", "registered_capital_fen", "industry_section_name"),
    *("authority", "domicile", "business_scope"),
)
COUNTED = (
    *("administrative", "honours", "serious", "abnormal"),
    *("commitments", "evaluation", "judicial", "other"),
)


@dataclass(frozen=True)
class Entry:
    """One record: what it is called, when it happened, what is told of it."""

    title: str
    day: str
    facts: Pairs
    foot: str


@dataclass(frozen=True)
class Part:
    """One section as drawn; ``texts`` stand before the entries."""

    numeral: str
    title: str
    facts: Pairs = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Report:
    """Everything on the paper.

    Attributes:
        letter: the published grade, or ``None``.
        label: that grade, or what stands for none, in words.
        head: number, date, release.
        counts: how many records each group of the summary holds.
        notes: printed at the end.
        banner: said on every page where everything is invented.
    """

    title: str
    name: str
    letter: str | None
    label: str
    number: str
    verify: str
    head: Pairs
    counts: Pairs
    parts: list[Part]
    notes: list[str]
    banner: str
    paging: str


@dataclass(frozen=True)
class Facts:
    """What a report is written from."""

    enterprise: Row
    sections: list[Section]
    advice: list[str]
    sources: list[Row]
    fingerprint: str
    verify: str


def written(v: Visit, known: Facts) -> Report:
    """The report in the visitor's language."""
    e = known.enterprise
    letter = e["published_grade"]
    number = f"{v.facts.today.replace('-', '')}{known.fingerprint}"
    sections = {s.key: s for s in known.sections}
    invented = v.words.release.get("invented") == "1"
    return Report(
        title=v.say("report.title"),
        name=e["name"],
        letter=letter,
        label=v.code("park_grade", letter) if letter else v.say("code.neutral"),
        number=number,
        verify=known.verify,
        head=[
            (v.say("report.number"), number),
            (v.say("report.day"), v.facts.today),
            (v.say("release.release"), v.facts.release.release_id),
        ],
        counts=[
            (v.say(f"file.count_{key}"), f"{sections[key].total:,}") for key in COUNTED
        ],
        parts=[_part(v, known, section) for section in known.sections],
        notes=[v.say(f"report.note_{n}") for n in ("neutral", "rights", "grade")],
        banner=v.say("site.invented") if invented else "",
        paging=v.say("report.paging"),
    )


def _part(v: Visit, known: Facts, section: Section) -> Part:
    numeral = numerals(section.number, v.language)
    title = v.say(f"file.section_{section.key}")
    facts, texts = _told(v, known, section)
    entries = [entry for block in section.blocks for entry in _entries(v, block)]
    cut = [b for b in section.blocks if b.more]
    texts += [
        v.say(
            "report.cut", kind=v.title_of(b.listing.table), n=len(b.rows), all=b.total
        )
        for b in cut
    ]
    if not (facts or texts or entries):
        texts = [v.say("file.nothing")]
    return Part(numeral, title, facts, texts, entries)


def _told(v: Visit, known: Facts, section: Section) -> tuple[Pairs, list[str]]:
    """The parts that are no lists of records."""
    e = known.enterprise
    if section.key == "registration":
        told = ((f, v.value("enterprises", f, e)) for f in REGISTERED)
        return [(v.label("enterprises", f), text) for f, text in told if text], []
    if section.key == "advice":
        return [], [v.say(f"advice.{key}") for key in known.advice]
    if section.key == "park":
        return _park(v, e), [v.say("file.grade_note")]
    if section.key == "sources":
        lines = [
            (v.title_of(s["kind"]), f"{s['source']}  {s['collected_on']}  ({s['n']})")
            for s in known.sources
        ]
        return lines, []
    if section.key in {"evaluation", "judicial"}:
        return [], [v.say("file.nothing"), v.say(f"file.why_{section.key}")]
    return [], []


def _park(v: Visit, e: Row) -> Pairs:
    grade = v.value("enterprises", "published_grade", e)
    shown = [
        ("in_park", v.value("enterprises", "in_park", e)),
        ("published_grade", grade or v.say("file.grade_unpublished")),
        ("graded_on", v.value("enterprises", "graded_on", e) if grade else ""),
    ]
    return [(v.label("enterprises", f), text) for f, text in shown if text]


def _entries(v: Visit, block: Block) -> list[Entry]:
    return [_entry(v, block, row) for row in block.rows]


def _entry(v: Visit, block: Block, row: Row) -> Entry:
    table = block.listing.table
    foot = [
        f"{v.say('file.source')} {row['source']}",
        f"{v.say('file.collected')} {row['collected_on']}",
    ]
    if row.get("publish_until"):
        foot.append(f"{v.say('file.until')} {row['publish_until']}")
    foot.append(" ".join([v.say("report.record"), f"{table}/{row['record_id']}"]))
    return Entry(
        title=f"{v.title_of(table)} · {v.title(block.listing, row)}",
        day=row[block.listing.dated] or "",
        facts=[(v.label(table, f), text) for f, text in v.told(block.listing, row)],
        foot="    ".join(foot),
    )


def numerals(number: int, language: str) -> str:
    """A section's number: ``十一`` in Chinese, ``11`` in English."""
    if language == "en":
        return str(number)
    tens, ones = divmod(number, 10)
    return ("十" if tens else "") + (
        "" if tens and not ones else "零一二三四五六七八九"[ones]
    )
