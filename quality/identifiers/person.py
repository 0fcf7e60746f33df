"""Numbers that identify persons, for one use only: to find them and keep them out.

Resident id numbers (GB 11643) and bank cards. Nothing here stores or repeats a number.
"""

from __future__ import annotations

import re

# Two digits of province; no 91, so that no enterprise's USCC can be taken for a person.
PROVINCES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]"
RESIDENT_ID = (
    rf"(?:{PROVINCES})[0-9]{{4}}(?:19|20)[0-9]{{2}}"
    r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
)
RESIDENT_WEIGHTS = tuple(pow(2, 17 - i, 11) for i in range(17))
RESIDENT_CHECKS = "10X98765432"

# Issuers: UnionPay 62, older debit cards 9558, 60 and 103, Visa 4, MasterCard 5.
BANK_CARD = (
    "62[0-9]{14,17}|9558[0-9]{15}|60[0-9]{14}(?:[0-9]{3})?"
    "|103[0-9]{16}|4[0-9]{15}(?:[0-9]{3})?|5[1-5][0-9]{14}"
)

# Every second digit counts double, less nine above nine: the index of a digit here.
LUHN_DOUBLED = "0516273849"

_RESIDENT = re.compile(RESIDENT_ID)
_BANK = re.compile(BANK_CARD)


def is_resident_id(number: str) -> bool:
    """Whether ``number`` is an id of 18 characters with its check digit (MOD 11-2)."""
    if not _RESIDENT.fullmatch(number):
        return False
    digits = map(int, number[:17])
    total = sum(d * w for d, w in zip(digits, RESIDENT_WEIGHTS, strict=True))
    return RESIDENT_CHECKS[total % 11] == number[17].upper()


def luhn(number: str) -> bool:
    """Whether ``number``, all digits, satisfies ISO/IEC 7812-1 annex B."""
    singles, doubles = number[::-2], number[-2::-2]
    total = sum(map(int, singles)) + sum(map(LUHN_DOUBLED.index, doubles))
    return total % 10 == 0


def is_bank_card(number: str) -> bool:
    """Whether ``number`` is 16 to 19 digits of a known issuer that satisfy Luhn."""
    return bool(_BANK.fullmatch(number)) and luhn(number)
