"""Checks of a policy's frame: ids, sums, bands, letters, limits, dates, measures.

Not here: filters, values and rules (``rule_checks``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from assets.credit.document import THOUSANDTHS
from assets.credit.mistakes import Mistake, Mistakes, Place, unknown, unknowns
from assets.credit.policy import Policy
from assets.credit.vocabulary import labels
from quality.contracts.codelists import code_list

# Prefixes and names of the explanation rows that the engine adds itself.
RESERVED = ("base", "adj_", "limit_", "weight_")


def written(points: int) -> str:
    """Thousandths as the document writes them: 2500 is ``2.5``."""
    whole, rest = divmod(abs(points), THOUSANDTHS)
    sign = "-" if points < 0 else ""
    return f"{sign}{whole}" + (f".{rest:03}".rstrip("0") if rest else "")


def _places(policy: Policy) -> Iterator[tuple[str, str, Place]]:
    """(name space, id, place) of everything that has an id."""
    for part in ("dimensions", "indicators", "limits"):
        for i, item in enumerate(getattr(policy, part)):
            yield part, item.id, (part, i, "id")
    for i, family in enumerate(policy.grading.families):
        yield "families", family.id, ("grading", "families", i, "id")
    for part in ("vetoes", "caps"):
        for i, item in enumerate(getattr(policy, part)):
            yield "rules", item.id, (part, i, "id")
    for i, indicator in enumerate(policy.indicators):
        for j, rule in enumerate(indicator.rules):
            yield "rules", rule.id, ("indicators", i, "rules", j, "id")


def ids(policy: Policy) -> Mistakes:
    """Ids are unique; rule ids leave the engine's own rows their names."""
    seen: set[tuple[str, str]] = set()
    for space, id_, place in _places(policy):
        if (space, id_) in seen:
            yield Mistake(place, f"duplicate id {id_!r} among the {space}")
        seen.add((space, id_))
        if space == "rules" and id_.startswith(RESERVED):
            starts = ", ".join(RESERVED)
            yield Mistake(place, f"rule ids must not start with {starts}: reserved")


def references(policy: Policy) -> Mistakes:
    """Every dimension and limit that is named exists; every dimension is used."""
    known = [d.id for d in policy.dimensions]
    named = [("indicators", i, x.dimension) for i, x in enumerate(policy.indicators)]
    named += [("limits", i, x.dimension) for i, x in enumerate(policy.limits)]
    for part, i, name in named:
        yield from unknowns((part, i, "dimension"), "dimension", [name], known)
    yield from _other_references(policy)
    used = {name for _, _, name in named}
    for i, dimension in enumerate(policy.dimensions):
        if dimension.id not in used:
            yield Mistake(("dimensions", i), f"{dimension.id!r} has no indicator")


def _other_references(policy: Policy) -> Mistakes:
    measured = [x.id for x in policy.indicators]
    for i, family in enumerate(policy.grading.families):
        place = ("grading", "families", i, "indicators")
        yield from unknowns(place, "indicator", family.indicators, measured)
    known = [limit.id for limit in policy.limits]
    if policy.tolerance:
        yield from unknowns(
            ("tolerance", "limits"), "limit", policy.tolerance.limits, known
        )
    used = {rule.limit for _, rule in policy.rules()}
    for i, limit in enumerate(policy.limits):
        if limit.id not in used:
            yield Mistake(("limits", i, "id"), f"no rule names the limit {limit.id!r}")


def sums(policy: Policy) -> Mistakes:
    """Base, ceilings and floors add up to the stated range."""
    score = policy.score
    top = score.base + sum(d.ceiling for d in policy.dimensions)
    floors = [*(d.floor for d in policy.dimensions), *(x.floor for x in policy.limits)]
    bottom = score.base + sum(floors)
    if top != score.maximum:
        text = f"base and the ceilings add up to {written(top)}"
        yield Mistake(("score", "maximum"), f"{text}, not {written(score.maximum)}")
    if bottom != score.minimum:
        text = f"base, the floors and the limits' floors add up to {written(bottom)}"
        yield Mistake(("score", "minimum"), f"{text}, not {written(score.minimum)}")


def bands(policy: Policy) -> Mistakes:
    """Bands name every letter, best first, each starting below the one before."""
    letters, known = [b.letter for b in policy.bands], list(code_list("park_grade"))
    if letters != known:
        yield Mistake(("bands",), f"the letters must be {', '.join(known)} in order")
    for i, band in enumerate(policy.bands[:-1]):
        if band.start is None:
            yield Mistake(("bands", i), "'from' is missing; only the last has none")
    if policy.bands[-1].start is not None:
        last = len(policy.bands) - 1
        yield Mistake(("bands", last, "from"), "the last band takes all that is left")
    starts = [b.start for b in policy.bands if b.start is not None]
    for i, (upper, lower) in enumerate(pairwise(starts), 1):
        if lower >= upper:
            text = f"must start below the band before ({written(upper)})"
            yield Mistake(("bands", i, "from"), text)
    yield from _repeated_colours(policy)


def _repeated_colours(policy: Policy) -> Mistakes:
    seen: set[str] = set()
    for i, band in enumerate(policy.bands):
        if band.colour in seen:
            yield Mistake(("bands", i, "colour"), f"{band.colour} is taken already")
        seen.add(band.colour)


def limits(policy: Policy) -> Mistakes:
    """A limit that keeps the letter stands last, or a later one could undo it."""
    keeping = [limit.keeps == "letter" for limit in policy.limits]
    for i, (one, following) in enumerate(pairwise(keeping)):
        if one and not following:
            text = "limits that keep the letter must stand after all others"
            yield Mistake(("limits", i, "keeps"), text)
    for i, limit in enumerate(policy.limits):
        if limit.keeps == policy.bands[-1].letter:
            yield Mistake(("limits", i, "keeps"), "the last letter limits nothing")


def dates(policy: Policy) -> Mistakes:
    """A policy does not end before it starts."""
    if policy.valid_to and policy.valid_to < policy.valid_from:
        text = f"must not precede valid_from ({policy.valid_from})"
        yield Mistake(("valid_to",), text)


def measures(policy: Policy) -> Mistakes:
    """Inspections and honours speak of letters, classes and codes that exist."""
    here: Place = ("measures", "inspection")
    inspection = policy.measures.inspection
    yield from _ratios(
        (*here, "ratio_bp_by_letter"),
        {str(k): v for k, v in inspection.ratio_bp_by_letter.items()},
        policy.ranks(),
    )
    yield from _ratios(
        (*here, "ratio_bp_by_risk_class"),
        inspection.ratio_bp_by_risk_class,
        code_list("risk_class"),
    )
    for i, exemption in enumerate(inspection.exemptions):
        place = (*here, "exemptions", i, "qualifications")
        known = code_list("qualification")
        yield from unknowns(place, "qualification", exemption.qualifications, known)
    yield from _honours(policy)


def _ratios(place: Place, ratios: dict[str, int], known: Iterable[str]) -> Mistakes:
    names = list(known)
    for missing in (n for n in names if n not in ratios):
        yield Mistake(place, f"no ratio for {missing}")
    for name, ratio in ratios.items():
        if name not in names:
            yield unknown((*place, name), "class", name, names)
        if not 0 <= ratio <= 10000:  # noqa: PLR2004 the whole, in basis points
            yield Mistake((*place, name), "a ratio lies between 0 and 10000")


def _honours(policy: Policy) -> Mistakes:
    measures, here = policy.measures, ("measures", "honours")
    honours = measures.honours
    place: Place = ("measures", "incentives", "states")
    states = code_list("grade_state")
    yield from unknowns(place, "state", measures.incentives.states, states)
    place, known = (*here, "leader", "no_open_severities"), code_list("severity")
    yield from unknowns(place, "severity", honours.leader.no_open_severities, known)
    place, known = (*here, "supported", "any_of_kinds"), code_list("event_kind")
    yield from unknowns(place, "event kind", honours.supported.any_of_kinds, known)
    place, stages = (*here, "standard_model", "stage"), labels("standard")
    yield from unknowns(place, "stage", [honours.standard_model.stage], stages)
    place, grades = (*here, "tax_a", "grade"), labels("tax_credit")
    yield from unknowns(place, "tax grade", [honours.tax_a.grade], grades)


STRUCTURE_CHECKS = (ids, references, sums, bands, limits, dates, measures)
