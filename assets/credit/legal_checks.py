"""What the law asks of a policy, whatever the office would like.

Only a statutory list may lead to the last letter; what a repair closes counts only
while it is open; minor matters never change the letter; park data need consent and
never do more than a limit lets them. Not here: the form of rules (``rule_checks``).
"""

from __future__ import annotations

from collections.abc import Callable

from assets.credit.document import ANY
from assets.credit.mistakes import Mistake, Mistakes, Place
from assets.credit.policy import Condition, Indicator, Policy
from assets.credit.rule_checks import filters_of
from assets.credit.rules import Rule
from assets.credit.vocabulary import CLOSABLE, STATUTORY_LISTS

PARK_DATA = "fee_payment"
MINOR = "minor"
Test = Callable[[Indicator], bool]


def repairs(policy: Policy) -> Mistakes:
    """A repaired record has no effect from the repair date (NDRC Order 36 art. 3)."""
    for place, found in filters_of(policy):
        closable = [kind for kind in found.kind if kind in CLOSABLE]
        if closable and found.open is not True:
            text = f"{closable[0]} must be counted with 'open: true': once repaired"
            yield Mistake(place, f"{text}, removed or expired it has no effect")


def last_letter(policy: Policy) -> Mistakes:
    """Only live entries of lists set by law lead to the last letter (Order 36)."""
    last = policy.bands[-1].letter
    for i, veto in enumerate(policy.vetoes):
        counted = [x.value.count for x in policy.indicators if x.id == veto.indicator]
        if counted and not (counted[0] and set(counted[0].kind) <= STATUTORY_LISTS):
            lists = ", ".join(sorted(STATUTORY_LISTS))
            text = f"only live entries of lists set by law lead to {last}"
            yield Mistake(("vetoes", i, "indicator"), f"{text}: count {lists}")
    for i, cap in enumerate(policy.caps):
        if cap.letter == last:
            text = f"a cap may not lead to {last}: use a veto on a list set by law"
            yield Mistake(("caps", i, "letter"), text)


def minor_matters(policy: Policy) -> Mistakes:
    """Minor penalties alone never change the letter (domain 14.4)."""
    keeping = {limit.id for limit in policy.limits if limit.keeps == "letter"}
    for i, indicator in enumerate(policy.indicators):
        for j, rule in enumerate(indicator.rules):
            if _hits_minor(indicator, rule) and rule.limit not in keeping:
                place: Place = ("indicators", i, "rules", j)
                text = "minor penalties need a limit that keeps the letter"
                yield Mistake(place, text)
    yield from _no_condition(policy, "minor penalties", _counts_minor)


def park_data(policy: Policy) -> Mistakes:
    """Park data are expected with consent only and bounded (Shandong Reg. art. 17)."""
    for i, family in enumerate(policy.grading.families):
        if PARK_DATA in family.when.kind and not family.consented:
            text = "fee payments exist only with consent: set 'consented: true'"
            yield Mistake(("grading", "families", i), text)
    for i, indicator in enumerate(policy.indicators):
        for j, rule in enumerate(indicator.rules):
            if _is_park_data(indicator) and min(rule.amounts) < 0 and not rule.limit:
                place: Place = ("indicators", i, "rules", j)
                yield Mistake(place, "deductions for park fees need a limit")
    yield from _no_condition(policy, "park fees", _is_park_data)


def _hits_minor(indicator: Indicator, rule: Rule) -> bool:
    spared = rule.decay and not {MINOR, ANY} & set(rule.decay.points)
    return _counts_minor(indicator) and not spared


def _counts_minor(indicator: Indicator) -> bool:
    found = indicator.value.filter
    if found is None or "penalty" not in found.kind:
        return False
    return not found.severity or MINOR in found.severity


def _is_park_data(indicator: Indicator) -> bool:
    found = indicator.value.filter
    return found is not None and PARK_DATA in found.kind


def _no_condition(policy: Policy, what: str, test: Test) -> Mistakes:
    """These matters must not bound the letter as a veto or cap either."""
    barred = {indicator.id for indicator in policy.indicators if test(indicator)}
    parts: list[tuple[str, tuple[Condition, ...]]]
    parts = [("vetoes", policy.vetoes), ("caps", policy.caps)]
    for part, conditions in parts:
        for i, condition in enumerate(conditions):
            if condition.indicator in barred:
                text = f"{what} alone must not decide a letter"
                yield Mistake((part, i, "indicator"), text)


LEGAL_CHECKS = (repairs, last_letter, minor_matters, park_data)
