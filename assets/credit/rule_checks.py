"""Checks of a policy's filters, values, rules, vetoes and caps.

Not here: what the law asks of them (``legal_checks``), ids, sums and bands
(``structure_checks``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from assets.credit import vocabulary
from assets.credit.document import ANY
from assets.credit.mistakes import Mistake, Mistakes, Place, unknown, unknowns
from assets.credit.policy import Condition, Indicator, Policy
from assets.credit.rules import PointBand, Rule
from assets.credit.values import Filter, Trend, Value

FULL = 10000  # the whole, in basis points

LONG_MONTH = 31
PLACEHOLDERS = frozenset({"value", "points", "change"})


def filters_of(policy: Policy) -> Iterator[tuple[Place, Filter]]:
    """Every filter of a policy with its place."""
    for i, family in enumerate(policy.grading.families):
        yield ("grading", "families", i, "when"), family.when
    if policy.tolerance:
        yield ("tolerance", "when"), policy.tolerance.when
    for i, indicator in enumerate(policy.indicators):
        value, here = indicator.value, ("indicators", i, "value")
        if value.filter:
            tail = ("among",) if value.ratio else ()
            yield (*here, value.method, *tail), value.filter


def trends_of(policy: Policy) -> Iterator[tuple[Place, Trend]]:
    """Every trend of a policy with its place."""
    for i, indicator in enumerate(policy.indicators):
        if indicator.value.trend:
            yield ("indicators", i, "value", "trend"), indicator.value.trend


def filters(policy: Policy) -> Mistakes:
    """Filters use known words and can be passed by something."""
    for place, found in filters_of(policy):
        known = vocabulary.kinds()
        yield from unknowns((*place, "kind"), "event kind", found.kind, known)
        known = vocabulary.severities()
        yield from unknowns((*place, "severity"), "severity", found.severity, known)
        known = vocabulary.polarities()
        yield from unknowns((*place, "polarity"), "polarity", found.polarity, known)
        yield from _codes((*place, "values"), found.kind, found.values)
        yield from _window(place, found)


def _codes(place: Place, kinds: tuple[str, ...], codes: tuple[str, ...]) -> Mistakes:
    what = f"value of {' or '.join(kinds)}"
    yield from unknowns(place, what, codes, vocabulary.values_of(kinds))


def _window(place: Place, found: Filter) -> Mistakes:
    older, younger = found.older_than_days, found.younger_than_days
    if older and younger and older + 1 >= younger:
        yield Mistake(place, "nothing is both older and younger than these days")
    if older and found.within_months and older >= found.within_months * LONG_MONTH:
        text = "nothing within these months is older than these days"
        yield Mistake((*place, "older_than_days"), text)


def values(policy: Policy) -> Mistakes:
    """Values name known figures and codes."""
    for i, indicator in enumerate(policy.indicators):
        value: Value = indicator.value
        here: Place = ("indicators", i, "value")
        if value.figure is not None:
            names = vocabulary.FIGURES
            yield from unknowns((*here, "figure"), "figure", [value.figure], names)
        if value.ratio:
            place = (*here, "ratio", "values")
            among = value.ratio.among
            yield from _codes(place, among.kind, value.ratio.values)
            if among.values and set(value.ratio.values) - set(among.values):
                yield Mistake(place, "must be among the values of 'among'")
        if value.trend and value.trend.within_months:
            text = "a trend has its own spans: give 'months' alone"
            yield Mistake((*here, "trend", "within_months"), text)
        if value.latest and set(value.latest.kind) & vocabulary.SEVERAL_VALUES:
            text = "the newest of a kind with several values has no single value"
            yield Mistake((*here, "latest"), text)


def rules(policy: Policy) -> Mistakes:
    """Rules fit their value, can fire, and are told with known placeholders."""
    known = [limit.id for limit in policy.limits]
    for i, indicator in enumerate(policy.indicators):
        for j, rule in enumerate(indicator.rules):
            here: Place = ("indicators", i, "rules", j)
            yield from _fitting(here, indicator, rule)
            yield from _points(here, rule)
            yield from _reachable((*here, "bands"), indicator.value, rule)
            yield from _sentences(here, rule.zh, rule.en)
            if rule.limit is not None:
                place = (*here, "limit")
                yield from unknowns(place, "limit", [rule.limit], known)


def _fitting(here: Place, indicator: Indicator, rule: Rule) -> Mistakes:
    value = indicator.value
    if value.is_text != (rule.lookup is not None):
        wanted = "'lookup'" if value.is_text else "a rule on numbers"
        text = f"{indicator.id} is measured by '{value.method}', which needs {wanted}"
        yield Mistake((*here, rule.method), text)
    if rule.decay and not value.count:
        text = "'decay' gives points per event and needs a value measured by 'count'"
        yield Mistake((*here, "decay"), text)
    if rule.relative and not value.figure:
        text = "'relative' compares with the industry and needs a 'figure'"
        yield Mistake((*here, "relative"), text)
    if rule.lookup and value.latest:
        kinds, wanted_codes = value.latest.kind, value.latest.values
        yield from _codes((*here, "lookup"), kinds, tuple(rule.lookup))
        yield from _never(here, rule.lookup, wanted_codes)
    if rule.decay and value.count:
        yield from _severities(here, rule, value.count)


def _never(here: Place, lookup: dict[str, int], kept: tuple[str, ...]) -> Mistakes:
    for code in lookup:
        if kept and code not in kept:
            text = f"can never fire: the indicator only takes {', '.join(kept)}"
            yield Mistake((*here, "lookup", code), text)


def _severities(here: Place, rule: Rule, counted: Filter) -> Mistakes:
    known = (*vocabulary.severities(), ANY)
    points = rule.decay.points if rule.decay else {}
    for name in points:
        place = (*here, "decay", "points", name)
        if name not in known:
            yield unknown(place, "severity", name, known)
        elif name != ANY and counted.severity and name not in counted.severity:
            text = f"can never fire: only {', '.join(counted.severity)} are counted"
            yield Mistake(place, text)


def _points(here: Place, rule: Rule) -> Mistakes:
    place = (*here, rule.method)
    amounts = rule.amounts
    if not any(amounts):
        yield Mistake(place, "can never fire: it gives no points")
    if rule.limit is not None and any(points > 0 for points in amounts):
        yield Mistake(place, "a limit bounds deductions; this rule gives points")
    if rule.bands:
        yield from _bands((*here, "bands"), rule.bands)
    bounded = rule.each or rule.decay
    if bounded and bounded.cap is not None:
        if any(points * bounded.cap <= 0 for points in amounts):
            yield Mistake((*place, "cap"), "must have the sign of the points")
        elif min(abs(p) for p in amounts) > abs(bounded.cap):
            yield Mistake((*place, "cap"), "is less than the points of a single one")
    if rule.decay and min(amounts) < 0 < max(amounts):
        yield Mistake((*place, "points"), "must all have one sign")


def _reachable(place: Place, value: Value, rule: Rule) -> Mistakes:
    """Bands beyond what the value can be can never fire."""
    most = _most(value)
    for i, band in enumerate(rule.bands or ()):
        if _never_negative(value) and band.below is not None and band.below <= 0:
            yield Mistake((*place, i), "can never fire: the value is never below 0")
        elif most is not None and band.start is not None and band.start > most:
            yield Mistake((*place, i), f"can never fire: the value is at most {most}")


def _never_negative(value: Value) -> bool:
    return bool(value.count or value.months or value.ratio)


def _most(value: Value) -> int | None:
    """The greatest number a value can be, where there is one."""
    if value.months and value.months.within_months:
        # A span of so many months touches one calendar month more.
        return value.months.within_months + 1
    return FULL if value.ratio else None


def _bands(place: Place, bands: tuple[PointBand, ...]) -> Mistakes:
    for i, band in enumerate(bands):
        if None not in (band.start, band.below) and band.start >= band.below:  # type: ignore[operator]
            yield Mistake((*place, i), "'from' must be less than 'below'")
    for i, (lower, upper) in enumerate(pairwise(bands), 1):
        if lower.below is None or upper.start is None:
            text = "only the first band may lack 'from', only the last 'below'"
            yield Mistake((*place, i), text)
        elif upper.start != lower.below:
            what = "leaves a gap after" if upper.start > lower.below else "overlaps"
            text = f"{what} the band below {lower.below}; start it there"
            yield Mistake((*place, i, "from"), text)


def _sentences(here: Place, zh: str, en: str) -> Mistakes:
    for language, sentence in (("zh", zh), ("en", en)):
        place = (*here, language)
        names = re.findall(r"\{([^{}]*)\}", sentence)
        yield from unknowns(place, "placeholder", names, sorted(PLACEHOLDERS))
        if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", sentence)):
            yield Mistake(place, "a brace without its partner")


def limit_sentences(policy: Policy) -> Mistakes:
    """Limits have no value of their own to speak of."""
    for i, limit in enumerate(policy.limits):
        yield from _sentences(("limits", i), limit.zh, limit.en)
        for language in ("zh", "en"):
            if "{value}" in getattr(limit, language):
                yield Mistake(("limits", i, language), "a limit has no {value}")


def conditions(policy: Policy) -> Mistakes:
    """Vetoes and caps test an indicator that exists, by its type."""
    for part, found in (("vetoes", policy.vetoes), ("caps", policy.caps)):
        for i, condition in enumerate(found):
            yield from _condition(policy, (part, i), condition)
    for i, cap in enumerate(policy.caps):
        if cap.letter == policy.bands[0].letter:
            yield Mistake(
                ("caps", i, "letter"), "can never fire: it is the best letter"
            )


def _condition(policy: Policy, here: Place, condition: Condition) -> Mistakes:
    found = [i for i in policy.indicators if i.id == condition.indicator]
    if not found:
        ids = [i.id for i in policy.indicators]
        yield unknown((*here, "indicator"), "indicator", condition.indicator, ids)
        return
    value = found[0].value
    if value.is_text and not condition.values:
        yield Mistake(here, f"{condition.indicator} is a code: give 'values'")
    if not value.is_text and (condition.values or condition.above is None):
        yield Mistake(here, f"{condition.indicator} is a number: give 'above' only")
    if value.is_text and condition.above is not None:
        yield Mistake((*here, "above"), f"{condition.indicator} is not a number")
    most = _most(value)
    if most is not None and condition.above is not None and condition.above >= most:
        text = f"can never fire: the value is at most {most}"
        yield Mistake((*here, "above"), text)
    if value.latest:
        yield from _codes((*here, "values"), value.latest.kind, condition.values)


def advice(policy: Policy) -> Mistakes:
    """Advice fits the value it would change."""
    counts = [i.id for i in policy.indicators if not i.value.is_text]
    for i, indicator in enumerate(policy.indicators):
        given, value = indicator.advice, indicator.value
        here: Place = ("indicators", i, "advice")
        if given is None:
            continue
        yield from unknowns((*here, "also"), "indicator on numbers", given.also, counts)
        if value.is_text != isinstance(given.to, str):
            wanted = "'to' with a code" if value.is_text else "'to' or 'add', a number"
            yield Mistake(here, f"{indicator.id} needs {wanted}")
        elif value.latest and isinstance(given.to, str):
            yield from _codes((*here, "to"), value.latest.kind, (given.to,))


RULE_CHECKS = (filters, values, rules, limit_sentences, conditions, advice)
