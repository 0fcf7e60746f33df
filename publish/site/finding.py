"""Finding enterprises: who answers a text, in which order, and who is close to it.

An answer holds every word of the text in its name, a former name, its pinyin, or begins
with it as a code. Where nobody answers, legal forms and places are left out; where still
nobody does, names that differ by a character or two are shown as what they are: similar.
Not here: pages and suggestions (``pages.search``), the index (``publish.release``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from publish.release import bigrams
from publish.site.facts import Facts, Row
from publish.site.paging import Paging
from quality.identifiers import normalise

NEAR = 0.7  # how alike two cores must be: one character of four may differ
NEAREST = 5
LOOKED_AT = 200

_FORM = re.compile(
    r"(有限责任公司|股份有限公司|集团有限公司|有限公司|集团公司|分公司|公司|集团|coltd|ltd)$"
)
_PLACE = re.compile(
    r"^(山东省?|淄博市?|淄博高新区|高新技术产业开发区|高新区|张店区?|中国)(?=..)"
)
# Pairs that so many names hold that they tell nobody from anybody.
_COMMON = frozenset(
    re.findall(
        "..", "科技技术贸易商贸工程实业发展制造材料有限限公公司股份集团服务管理设备电子"
    )
)

_SHOWN = """
SELECT s.uscc, s.name, s.former_names, s.status, s.plain, e.published_grade, e.in_park,
       e.domicile, e.established_on
FROM {search_entries} AS s JOIN {enterprises} AS e ON e.uscc = s.uscc
"""
_ANSWERS = """
WHERE s.rowid IN (SELECT rowid FROM {search} WHERE search MATCH :match)
"""
# A whole code, a whole name, a name that has the words, a former name, then letters;
# within each those in business, the word early in the name, the park's own, the short.
_CLOSEST_FIRST = """
ORDER BY s.uscc = :code DESC,
         s.plain = :plain DESC,
         (';' || replace(COALESCE(s.former_names, ''), '；', ';') || ';'
          LIKE '%;' || :text || ';%') DESC,
         CASE WHEN instr(s.plain, :first) THEN 0
              WHEN s.initials = :plain OR s.pinyin = :plain THEN 1
              WHEN instr(COALESCE(s.former_names, ''), :first) THEN 2
              WHEN instr(s.initials, :plain) OR instr(s.pinyin, :plain) THEN 3
              ELSE 4 END,
         CASE WHEN instr(s.uscc, :code) THEN s.uscc END,
         s.status <> 'active',
         CASE WHEN instr(s.plain, :first) THEN instr(s.plain, :first)
              ELSE instr(s.initials, :plain) END,
         COALESCE(e.in_park, FALSE) = FALSE, length(s.plain), s.uscc
LIMIT :limit OFFSET :offset
"""
_CANDIDATES = f"{_SHOWN} {_ANSWERS} ORDER BY length(s.plain), s.uscc LIMIT :limit"


@dataclass(frozen=True)
class Sought:
    """A text, and how the index is asked for it.

    Attributes:
        text: as the reader typed it.
        match: the index expression; empty where the text is too short.
        loosened: legal form and place were left out, because nobody answered with them.
    """

    text: str
    match: str
    loosened: bool = False

    @property
    def values(self) -> dict[str, object]:
        """What the order is judged by."""
        spoken = bigrams.words(core(self.text) if self.loosened else self.text)
        return {
            "match": self.match,
            "text": self.text,
            "plain": "".join(spoken),
            "first": spoken[0] if spoken else "",
            "code": normalise(self.text.replace(" ", "")),
        }


async def sought(facts: Facts, text: str) -> tuple[Sought, int]:
    """The way of asking that has answers, and how many; the exact way if none has."""
    exact = Sought(text, bigrams.match(text))
    total = await count(facts, exact)
    short = core(text)
    if total or not exact.match or short == text:
        return exact, total
    loose = Sought(text, bigrams.match(short), loosened=True)
    total = await count(facts, loose)
    return (loose, total) if total else (exact, 0)


async def count(facts: Facts, what: Sought) -> int:
    """How many enterprises answer."""
    if not what.match:
        return 0
    return await facts.number(
        f"SELECT COUNT(*) FROM {{search_entries}} AS s {_ANSWERS}", match=what.match
    )


async def find(facts: Facts, what: Sought, where: Paging) -> list[Row]:
    """One page of the enterprises that answer, the closest first."""
    if not what.match:
        return []
    return await facts.rows(
        _SHOWN + _ANSWERS + _CLOSEST_FIRST,
        **what.values,
        limit=where.size,
        offset=where.offset,
    )


async def near(facts: Facts, text: str) -> list[Row]:
    """Enterprises whose names differ from the text by little, the nearest first."""
    wanted = bigrams.squeeze(core(text))
    telling = [p for p in bigrams.pairs(wanted) if p not in _COMMON]
    if not telling:
        return []
    rows = await facts.rows(
        _CANDIDATES, match=bigrams.any_of(dict.fromkeys(telling)), limit=LOOKED_AT
    )
    judged = [(_likeness(wanted, row), row) for row in rows]
    close = [(likeness, row) for likeness, row in judged if likeness >= NEAR]
    close.sort(key=lambda found: (-found[0], found[1]["uscc"]))
    return [row for _, row in close[:NEAREST]]


def _likeness(wanted: str, row: Row) -> float:
    names = [row["name"], *bigrams.separate(row["former_names"])]
    cores = (bigrams.squeeze(core(name)) for name in names)
    return max(SequenceMatcher(None, wanted, c, autojunk=False).ratio() for c in cores)


def core(text: str) -> str:
    """A name without its legal form and place: ``淄博星海有限公司`` is ``星海``.

    What would leave fewer than two characters is left as it is.
    """
    plain = bigrams.squeeze(text)
    short = _FORM.sub("", plain)
    while (bare := _PLACE.sub("", short)) != short:
        short = bare
    return short if len(short) > 1 and short != plain else text
