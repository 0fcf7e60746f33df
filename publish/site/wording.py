"""How values are written for people: money, dates, counts, codes.

All arithmetic is on integers. Not here: labels (``vocabulary``).
"""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from publish.site.facts import Row
from publish.site.vocabulary import Term, Vocabulary

FEN_PER_YUAN = 100
FEN_PER_WAN = 1_000_000
BP = 100
# The release tells an industry by its Chinese name.
INDUSTRY, INDUSTRIES = "industry_section_name", "industry_section"
NAME_ROOM = 32  # characters of a name that a list has room for


def money(fen: int | None, language: str, *, beside_others: bool = False) -> str:
    """An amount: ``5,000 万元``, ``1,234.50 元``; ``CNY 1,234.50`` in English.

    Args:
        fen: hundredths of a yuan.
        language: of the visitor.
        beside_others: in a column of a table, where all amounts are of one unit.
    """
    if fen is None:
        return ""
    sign = "-" if fen < 0 else ""
    yuan, cents = divmod(abs(fen), FEN_PER_YUAN)
    if language == "en":
        return f"CNY {sign}{yuan:,}.{cents:02}"
    whole = abs(fen) >= FEN_PER_WAN and fen % FEN_PER_WAN == 0
    if whole and not beside_others:
        return f"{sign}{abs(fen) // FEN_PER_WAN:,} 万元"
    return f"{sign}{yuan:,}.{cents:02} 元" if cents else f"{sign}{yuan:,} 元"


def percent(bp: int | None) -> str:
    """Basis points as a percentage: ``1250`` is ``12.5%``."""
    if bp is None:
        return ""
    whole, rest = divmod(bp, BP)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") + "%"


def figure(code: str, number: int, language: str) -> str:
    """A credit-management figure in its own unit (domain 12).

    Args:
        code: of the list ``credit_figure``.
        number: basis points, hundredths of a day, or ten-thousandths of a turn.
        language: of the visitor.
    """
    sign, size = ("-" if number < 0 else ""), abs(number)
    if code == "dso_centidays":
        unit = " 天" if language == "zh" else " days"
        return f"{sign}{size // 100}.{size // 10 % 10}{unit}"
    if code == "turnover_bp":
        unit = " 次" if language == "zh" else " times"
        return f"{sign}{size // 10_000}.{size // 100 % 100:02}{unit}"
    return f"{sign}{size // 100}.{size // 10 % 10}%"


def instant(text: str) -> str:
    """An instant in ISO text as a clock shows it, to the minute."""
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"


def share(part: int | None, whole: int) -> str:
    """A part of a whole in percent with one digit, rounded half up."""
    if part is None or not whole:
        return "–"
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"


def heading(label: str) -> str:
    """A label without the unit that ``value`` already turned into a percentage."""
    return label.removesuffix("（基点）").removesuffix(", basis points")


def cut(name: str) -> str:
    """A name as a list shows it; its credit file shows the whole."""
    return name if len(name) <= NAME_ROOM else name[: NAME_ROOM - 1] + "…"


def spoken(text: str, language: str) -> str:
    """One language of a text written as ``中文 English``."""
    start = next(
        (
            at + 1
            for at, (space, letter) in enumerate(pairwise(text))
            if space == " " and letter.isascii() and letter.isupper()
        ),
        len(text),
    )
    chinese, english = text[:start].strip(), text[start:].strip()
    return (english or chinese) if language == "en" else chinese


def spaced(uscc: str) -> str:
    """A credit code in its parts: authority and category, division, body, check."""
    return f"{uscc[:2]} {uscc[2:8]} {uscc[8:17]} {uscc[17:]}".strip()


def value(words: Vocabulary, table: str, column: str, row: Row, language: str) -> str:
    """One value as people read it; empty where nothing is recorded."""
    raw = row.get(column)
    if raw is None or raw == "":
        return ""
    term = words.term(table, column)
    if term.codes:
        return _coded(words, term, str(raw), language)
    if term.kind == "money":
        return money(int(raw), language)
    if term.kind == "flag":
        return ("是", "否")[not raw] if language == "zh" else ("Yes", "No")[not raw]
    if column == INDUSTRY and language == "en":
        return words.english(INDUSTRIES, str(raw))
    return percent(int(raw)) if column.endswith("_bp") else str(raw)


def in_column(
    words: Vocabulary, table: str, column: str, row: Row, language: str
) -> str:
    """The same as a cell of a table: amounts of one column are of one unit."""
    if words.term(table, column).kind == "money":
        return money(row.get(column), language, beside_others=True)
    return value(words, table, column, row, language)


def _coded(words: Vocabulary, term: Term, raw: str, language: str) -> str:
    parts = [words.code(term.codes or "", p.strip(), language) for p in raw.split(";")]
    return ("、" if language == "zh" else "; ").join(parts)
