"""Codes that the sandbox invents are valid by independent arithmetic."""

from __future__ import annotations

from datetime import date

import pytest

from sandbox import authorities
from sandbox.identifiers import (
    make_uscc,
    organisation_digit,
    registration_number,
    uscc_digit,
)
from sandbox.universe import SEED, universe

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def both_digits_hold(code: str) -> bool:
    """GB 32100 by powers of three, GB 11714 by its congruence: not the code's way."""
    values = [CHARACTERS.index(c) for c in code]
    whole = sum(v * 3**n for n, v in enumerate(values[:17])) + values[17]
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    body = sum(int(c, 36) * w for c, w in zip(code[8:16], weights, strict=True))
    last = 10 if code[16] == "X" else int(code[16])
    return len(code) == 18 and whole % 31 == 0 and (body + last) % 11 == 0


@pytest.mark.parametrize(
    "code",
    ["91370303MA3C00003D", "11370300004217629L", "91110000600037341L"],
)
def test_digits_agree_with_codes_known_to_be_valid(code: str):
    assert organisation_digit(code[8:16]) == code[16]
    assert uscc_digit(code[:17]) == code[17]
    assert make_uscc(code[:8], code[8:16]) == code


def test_registration_numbers_agree_with_one_known_to_be_valid():
    assert registration_number("330203", 3063) == "330203000030639"


def test_every_enterprise_and_authority_has_a_code_valid_in_both_digits():
    enterprises = universe(SEED, 60, date(2024, 3, 15)).enterprises
    codes = [e.uscc for e in enterprises] + [*authorities.CODES.values()]
    assert [code for code in codes if not both_digits_hold(code)] == []
    assert len(set(codes)) == len(codes)
    assert {code[:2] for code in codes} == {"91", "11"}
