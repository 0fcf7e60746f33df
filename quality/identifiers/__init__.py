"""Identifiers of enterprises and persons: formats, check digits, bridges between them.

Pure functions over text; the same tests as SQL are in ``sql`` (imported by name, so
that the site need not load a SQL library). Not here: which column holds which
identifier (``quality.contracts``), what follows from a wrong one (``quality.rules``).
"""

from __future__ import annotations

from quality.identifiers.errors import (
    CheckDigitError,
    IdentifierCharacterError,
    IdentifierError,
    IdentifierLengthError,
)
from quality.identifiers.older import (
    bridges,
    is_registration_number,
    is_taxpayer_number,
    organisation_code_of,
)
from quality.identifiers.organisation import is_organisation_code
from quality.identifiers.person import is_bank_card, is_resident_id, luhn
from quality.identifiers.uscc import (
    Uscc,
    is_uscc,
    normalise,
    parse,
    suggest,
    unknown_authority,
)

__all__ = [
    "CheckDigitError",
    "IdentifierCharacterError",
    "IdentifierError",
    "IdentifierLengthError",
    "Uscc",
    "bridges",
    "is_bank_card",
    "is_organisation_code",
    "is_registration_number",
    "is_resident_id",
    "is_taxpayer_number",
    "is_uscc",
    "luhn",
    "normalise",
    "organisation_code_of",
    "parse",
    "suggest",
    "unknown_authority",
]
