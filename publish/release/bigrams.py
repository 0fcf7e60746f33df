"""Names cut into character pairs, so that Chinese is found from two characters up.

Pure functions, shared by the builder (which fills the index) and the site (which asks
it). Every pair of neighbouring characters is one token, so a phrase of pairs stands for
exactly one substring. Not here: SQL, ranking, single characters (the caller looks those
up as a prefix of the name).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from operator import add

LONGEST = 512  # characters of a query that are looked at
SUBJECT = 8  # where the organisation code begins in a credit code
BREAK = " 0 "  # no query asks for a single character, so no phrase crosses it

NAMES = "{name former_names}"  # columns of the index, as FTS5 writes a choice
INITIALS = "initials"
SPELT = "{initials pinyin}"
SHORTEST_PINYIN = 4  # shorter letters are in every spelling

_LETTERS = re.compile(r"[a-z]{2,60}")
_CODE = re.compile(r"[0-9a-z]{4,18}")
_SEPARATORS = re.compile(r"[|;；、\n]+")


def squeeze(text: str) -> str:
    """The text as it is compared: NFKC, lower case, letters and digits only."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    # Nearly every name is all letters: one look is ten times cheaper than many.
    return folded if folded.isalnum() else "".join(filter(str.isalnum, folded))


def pairs(text: str) -> list[str]:
    """Every pair of neighbouring characters: ``科技园`` gives ``科技``, ``技园``."""
    plain = squeeze(text)
    return [*map(add, plain, plain[1:])]


def separate(names: str | None) -> list[str]:
    """The single former names in a field that lists several."""
    return [n.strip() for n in _SEPARATORS.split(names or "") if n.strip()]


def cut(*names: str) -> str:
    """The index text of some names; no phrase runs from one name into the next."""
    return BREAK.join(" ".join(pairs(name)) for name in names)


def codes(uscc: str) -> str:
    """The index text of a credit code: all of it, and its organisation code onwards."""
    plain = squeeze(uscc)
    return f"{plain} {plain[SUBJECT:]}".strip()


def match(query: str) -> str:
    """The FTS5 expression that answers a query; empty below two characters.

    Words must all occur. Four or more letters and digits are also tried as the
    beginning of a credit code or of its organisation code, letters alone as pinyin or
    its initials.
    """
    spoken = words(query)
    phrases = [f'{NAMES} : "{" ".join(pairs(w))}"' for w in spoken if len(w) > 1]
    if not phrases:
        return ""
    whole = "".join(spoken)
    ways = [" AND ".join(phrases)]
    if _CODE.fullmatch(whole):
        ways.append(f'codes : "{whole}"*')
    if _LETTERS.fullmatch(whole):
        columns = SPELT if len(whole) >= SHORTEST_PINYIN else INITIALS
        ways.append(f'{columns} : "{" ".join(pairs(whole))}"')
    return " OR ".join(f"({way})" for way in ways) if len(ways) > 1 else ways[0]


def any_of(these: Iterable[str]) -> str:
    """The FTS5 expression for names that hold any of some pairs."""
    choice = " OR ".join(f'"{pair}"' for pair in these)
    return f"{NAMES} : ({choice})"


def words(query: str) -> list[str]:
    """The words of a query as they are compared."""
    spaced = unicodedata.normalize("NFKC", query[:LONGEST]).split()
    found = [w for w in map(squeeze, spaced) if w]
    # A lone character has no pair of its own: read the words as one.
    return ["".join(found)] if any(len(w) == 1 for w in found) else found
