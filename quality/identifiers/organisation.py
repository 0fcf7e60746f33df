"""Organisation codes, GB 11714: eight characters and a check character.

They live on inside every unified social credit code (positions 9 to 17) and inside
15-character taxpayer numbers.
"""

from __future__ import annotations

import re
from operator import mul

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# The check value 11 - (sum mod 11) runs from 1 to 11 and is an index into these.
CHECK_CHARACTERS = "?123456789X0"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_SHAPE = re.compile(r"[0-9A-Z]{8}[0-9X]")


def organisation_check(body: str) -> str:
    """The check character of the eight characters ``body``."""
    total = sum(map(mul, map(_VALUES.__getitem__, body), WEIGHTS))
    return CHECK_CHARACTERS[11 - total % 11]


def is_organisation_code(code: str) -> bool:
    """Whether ``code`` (nine characters, no hyphen) has its right check character."""
    return bool(_SHAPE.fullmatch(code)) and organisation_check(code[:8]) == code[8]
