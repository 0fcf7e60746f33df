"""The unified social credit code (统一社会信用代码), GB 32100-2015.

Both check characters count: the last one (modulo 31) and the one of the organisation
code inside (position 17, GB 11714). Codes of every registering authority are valid,
those that begin with A, N or Y too; an unknown pair of authority and category is told
apart (``unknown_authority``), not rejected, since authorities are added over time.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import product
from math import prod
from operator import mul

from quality.identifiers.errors import (
    CheckDigitError,
    IdentifierCharacterError,
    IdentifierLengthError,
)
from quality.identifiers.organisation import organisation_check

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = tuple(pow(3, i, 31) for i in range(17))

# Registering authority (position 1) and categories of entity (position 2).
AUTHORITIES: dict[str, tuple[str, str]] = {
    "1": ("机构编制", "1239"),
    "2": ("外交", "19"),
    "3": ("司法行政", "123459"),
    "4": ("文化", "19"),
    "5": ("民政", "1239"),
    "6": ("旅游", "129"),
    "7": ("宗教", "129"),
    "8": ("工会", "19"),
    "9": ("市场监督管理", "1239"),
    "A": ("中央军委改革和编制办公室", "19"),
    "N": ("农业", "1239"),
    "Y": ("其他", "1"),
}

# What people write for what is printed. Five letters never occur in a code.
CONFUSIONS = {"I": "1", "O": "0", "Z": "2", "S": "5", "V": "UYW"}
_MOST_SUGGESTIONS = 100

# Authority and category, division, organisation code with its check, last check.
SHAPE = f"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{8}}[0-9X][{ALPHABET}]"
PAIRS = "|".join(f"{first}[{second}]" for first, (_, second) in AUTHORITIES.items())

_DIGITS = "0123456789"
_POSITIONS = (*[ALPHABET] * 2, *[_DIGITS] * 6, *[ALPHABET] * 8, _DIGITS + "X", ALPHABET)
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_shape, _pair = re.compile(SHAPE), re.compile(PAIRS)


@dataclass(frozen=True)
class Uscc:
    """The parts of a valid code.

    Attributes:
        code: all 18 characters.
        authority: registering authority in Chinese; ``None`` if the pair is unknown.
        category: the category character under that authority.
        division: GB/T 2260 code of the authority at first registration. It stays when
            an enterprise moves: never derive membership of the park from it.
        organisation_code: the nine characters of GB 11714.
    """

    code: str
    authority: str | None
    category: str
    division: str
    organisation_code: str


def normalise(text: str) -> str:
    """Half-width, stripped, upper-case. Changes no letter into another."""
    narrow = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return narrow.strip().upper()


def parse(code: str) -> Uscc:
    """The parts of ``code``, which must be normalised.

    Raises:
        IdentifierLengthError: it has not 18 characters.
        IdentifierCharacterError: a character may not stand where it stands.
        CheckDigitError: position 17 or 18 does not fit.
    """
    _check_characters(code)
    _check_digit(code, 17, organisation_check(code[8:16]))
    _check_digit(code, 18, check_character(code[:17]))
    name = AUTHORITIES[code[0]][0] if _pair.match(code) else None
    return Uscc(code, name, code[1], code[2:8], code[8:17])


def _check_characters(code: str) -> None:
    if _shape.fullmatch(code):
        return
    if len(code) != LENGTH:
        raise IdentifierLengthError(code, LENGTH)
    for position, allowed in enumerate(_POSITIONS):
        if code[position] not in allowed:
            raise IdentifierCharacterError(code, position + 1)


def _check_digit(code: str, position: int, expected: str) -> None:
    if code[position - 1] != expected:
        raise CheckDigitError(code, position, expected)


def check_character(body: str) -> str:
    """The last character for the 17 characters ``body``."""
    total = sum(map(mul, map(_VALUES.__getitem__, body), WEIGHTS))
    # The outer modulo turns 31 into 0: a sum divisible by 31 has the check "0".
    return ALPHABET[(31 - total % 31) % 31]


def is_uscc(code: str) -> bool:
    """Whether ``code`` is well formed with both check characters right."""
    return (
        _shape.fullmatch(code) is not None
        and code[16] == organisation_check(code[8:16])
        and code[17] == check_character(code[:17])
    )


def unknown_authority(code: str) -> bool:
    """Whether a well-formed code begins with a pair that the standard does not know."""
    return _shape.fullmatch(code) is not None and _pair.match(code) is None


def suggest(text: str) -> tuple[str, ...]:
    """Valid codes that ``text`` may stand for, where look-alike letters were typed.

    For a report to the sender; nothing may be corrected by it. Empty for a valid code.
    """
    code = normalise(text)
    choices = [CONFUSIONS.get(character, character) for character in code]
    if len(code) != LENGTH or prod(map(len, choices)) > _MOST_SUGGESTIONS:
        return ()
    candidates = ("".join(letters) for letters in product(*choices))
    return tuple(c for c in candidates if c != code and is_uscc(c))
