"""The draw of an inspection plan, sealed so that anybody can repeat it.

The same function of (population, seed, plan) as ``inspection_draws.sql``, without an
engine: a sealed draw is a document that a court, a journalist or the drawn enterprise can
check with nothing but SHA-256. Not here: who is in the population and at which ratio.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

ALGORITHM = "sha256(seed|plan|uscc), smallest first, ceil(n x ratio), at least 1"
WHOLE_BP = 10_000


class SealBrokenError(ValueError):
    """A sealed draw does not follow from its own population and seed."""


@dataclass(frozen=True)
class Entry:
    """One enterprise of the population."""

    uscc: str
    ratio_bp: int
    exempt: bool


def fingerprint(population: Iterable[Entry]) -> str:
    """SHA-256 over ``uscc|ratio|exempt`` lines in the order of codes."""
    lines = (f"{e.uscc}|{e.ratio_bp}|{int(e.exempt)}" for e in _by_code(population))
    return _sha256("\n".join(lines))


def drawn(population: Iterable[Entry], plan_no: str, seed: str) -> list[str]:
    """The codes that are drawn, sorted.

    Within each ratio the smallest hashes are drawn: the ratio of the stratum rounded up,
    at least one.
    """
    found: list[str] = []
    strata = groupby(sorted(population, key=lambda e: e.ratio_bp), lambda e: e.ratio_bp)
    for ratio_bp, members in strata:
        ranked = sorted(
            (_sha256(f"{seed}|{plan_no}|{e.uscc}"), e.uscc) for e in members
        )
        quota = max((len(ranked) * ratio_bp + WHOLE_BP - 1) // WHOLE_BP, 1)
        found += [uscc for _, uscc in ranked[:quota]]
    return sorted(found)


def sealed(
    population: Sequence[Entry], plan_no: str, seed: str, day: str
) -> dict[str, Any]:
    """The document of a draw."""
    return {
        "plan_no": plan_no,
        "seed": seed,
        "drawn_on": day,
        "algorithm": ALGORITHM,
        "population_sha256": fingerprint(population),
        "population": [
            [e.uscc, e.ratio_bp, int(e.exempt)] for e in _by_code(population)
        ],
        "drawn": drawn(population, plan_no, seed),
    }


def replay(document: dict[str, Any]) -> list[str]:
    """Draw again from a sealed document; gives the codes.

    Raises:
        SealBrokenError: fingerprint or result differ from what the document says.
    """
    population = [Entry(u, r, bool(x)) for u, r, x in document["population"]]
    if fingerprint(population) != document["population_sha256"]:
        raise SealBrokenError(
            f"{document['plan_no']}: the population is not the one that was sealed"
        )
    again = drawn(population, document["plan_no"], document["seed"])
    if again != document["drawn"]:
        raise SealBrokenError(
            f"{document['plan_no']}: another {len(again)} enterprises follow from this "
            "population and seed"
        )
    return again


def _by_code(population: Iterable[Entry]) -> list[Entry]:
    return sorted(population, key=lambda e: e.uscc)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
