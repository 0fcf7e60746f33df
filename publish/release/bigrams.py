"""Names cut into character pairs, so that Chinese is found from two characters up.

Pure functions, shared by the builder (which fills the index) and the site (which asks
it). Every pair of neighbouring characters is one token, so a phrase of pairs stands for
exactly one substring. Not here: SQL, ranking, single characters (the caller looks those
up as a prefix of the name).
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 512  # characters of a query that are looked at
SUBJECT = 8  # where the organisation code begins in a credit code
BREAK = " 0 "  # no query asks for a single character, so no phrase crosses it

_CODE = re.compile(r"[0-9a-z]{4,18}")
_SEPARATORS = re.compile(r"[|;；、\n]+")


def squeeze(text: str) -> str:
    """The text as it is compared: NFKC, lower case, letters and digits only."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if c.isalnum())


def pairs(text: str) -> list[str]:
    """Every pair of neighbouring characters: ``科技园`` gives ``科技``, ``技园``."""
    plain = squeeze(text)
    return [plain[at : at + 2] for at in range(len(plain) - 1)]


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
    beginning of a credit code or of its organisation code.
    """
    words = _words(query)
    phrases = [f'"{" ".join(pairs(w))}"' for w in words if len(w) > 1]
    if not phrases:
        return ""
    names, code = " AND ".join(phrases), "".join(words)
    return f'({names}) OR "{code}"*' if _CODE.fullmatch(code) else names


def _words(query: str) -> list[str]:
    spaced = unicodedata.normalize("NFKC", query[:LONGEST]).split()
    words = [w for w in map(squeeze, spaced) if w]
    # A lone character has no pair of its own: read the words as one.
    return ["".join(words)] if any(len(w) == 1 for w in words) else words
