"""All checks that need more than one part of a policy, run together.

Not here: the shape of single parts (pydantic, ``policy``) and line numbers
(``loading``).
"""

from __future__ import annotations

from assets.credit.legal_checks import LEGAL_CHECKS
from assets.credit.mistakes import Mistake
from assets.credit.policy import Policy
from assets.credit.rule_checks import RULE_CHECKS
from assets.credit.structure_checks import STRUCTURE_CHECKS


def find_mistakes(policy: Policy) -> list[Mistake]:
    """Every mistake of a policy whose parts are each well formed."""
    checks = (*STRUCTURE_CHECKS, *RULE_CHECKS, *LEGAL_CHECKS)
    return [mistake for check in checks for mistake in check(policy)]
