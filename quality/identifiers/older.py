"""Identifiers older than 2015 that feeds still carry, and the bridge from them.

Registration numbers of 15 digits (注册号, GS 15) and taxpayer numbers of 15 characters
(纳税人识别号: six of division, nine of organisation code).
"""

from __future__ import annotations

import re

from quality.identifiers.organisation import is_organisation_code
from quality.identifiers.uscc import LENGTH, is_uscc

_REGISTRATION = re.compile(r"[0-9]{15}")
_TAXPAYER = re.compile(r"[1-9][0-9]{5}[0-9A-Z]{9}")
_TAXPAYER_LENGTH = 15


def is_registration_number(number: str) -> bool:
    """Whether ``number`` is 15 digits that satisfy ISO 7064 MOD 11,10."""
    if not _REGISTRATION.fullmatch(number):
        return False
    product = 10
    for digit in number[:14]:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (product + int(number[14])) % 10 == 1


def is_taxpayer_number(number: str) -> bool:
    """Whether ``number`` is a 15-character number with a valid organisation code.

    A USCC is a taxpayer number too since 2015; ask ``is_uscc`` for that.
    """
    return bool(_TAXPAYER.fullmatch(number)) and is_organisation_code(number[6:])


def organisation_code_of(identifier: str) -> str | None:
    """The organisation code inside a USCC or a 15-character taxpayer number."""
    if len(identifier) == LENGTH and is_uscc(identifier):
        return identifier[8:17]
    if len(identifier) == _TAXPAYER_LENGTH and is_taxpayer_number(identifier):
        return identifier[6:]
    return None


def bridges(taxpayer_number: str, uscc: str) -> bool:
    """Whether both numbers carry the same organisation code, so name one taxpayer."""
    code = organisation_code_of(taxpayer_number)
    return code is not None and code == organisation_code_of(uscc)
