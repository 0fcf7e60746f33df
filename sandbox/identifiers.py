"""Codes of enterprises and authorities with their check digits (GB 32100, GB 11714).

Written independently of ``quality.identifiers``, so that each can catch the other.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_PERSON_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def organisation_digit(body: str) -> str:
    """Check digit of an eight-character organisation code, GB 11714-1997."""
    total = sum(
        int(c, 36) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X0"[11 - total % 11]


def uscc_digit(body: str) -> str:
    """Check character of the first seventeen of a code, GB 32100-2015."""
    total = sum(ALPHABET.index(c) * w for c, w in zip(body, _USCC_WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def make_uscc(head: str, organisation: str) -> str:
    """A unified social credit code that is valid in both digits.

    Args:
        head: authority, category and division, eight characters.
        organisation: organisation code without its digit, eight characters.
    """
    body = head + organisation + organisation_digit(organisation)
    return body + uscc_digit(body)


def organisation_of(number: int, *, old: bool) -> str:
    """An organisation code that no registry has issued, one for each number.

    Before October 2015 codes were digits; ``99`` and ``MAX`` lie beyond any series
    handed out so far, which keeps invented enterprises apart from real ones.
    """
    if old:
        return f"99{(number * 7919 + 104729) % 10**6:06d}"
    rest = (number * 15485863 + 32452843) % 31**5
    digits = [ALPHABET[rest // 31**n % 31] for n in range(5)]
    return "MAX" + "".join(digits)


def registration_number(division: str, serial: int) -> str:
    """A fifteen-digit registration number, check digit by ISO 7064 MOD 11,10."""
    body = f"{division}{serial % 10**8:08d}"
    remainder = 10
    for digit in body:
        remainder = (remainder + int(digit)) % 10 or 10
        remainder = remainder * 2 % 11
    return body + str((11 - remainder) % 10)


def dummy_person_number() -> str:
    """The customary dummy identity number, put together only when it is asked for."""
    body = "110101" + "1990" + "0307" + "789"
    total = sum(int(c) * w for c, w in zip(body, _PERSON_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def dummy_phone_number() -> str:
    """A telephone number that nobody has, put together only when it is asked for."""
    return "138" + "0" * 8
