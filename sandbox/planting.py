"""Broken rows: copies of sound rows with exactly one defect, at known places.

Most lie in the first quarter of 2023, one or two in every later month. Which sound row
is copied depends on older rows only, so that a later day never changes the past.
Not here: the kinds of defect themselves (``sandbox.defects``).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from sandbox.days import EPOCH, add_months, months
from sandbox.defects import DEFECTS, DUPLICATES, Defect
from sandbox.ledger import Ledger, Record, window

REFUSED = frozenset(d.kind for d in DEFECTS if not d.warning)
WARNED = frozenset(d.kind for d in DEFECTS if d.warning)
DUPLICATE = "duplicate"

_ATTEMPTS = 40


class Planted(NamedTuple):
    """One broken row: ``key`` is the identity of the sound row it was made from."""

    dataset: str
    kind: str
    key: str


def plant(ledger: Ledger, seed: int) -> list[Planted]:
    """Put the broken rows into a sorted ledger and sort it again.

    Returns:
        What was planted, in the order in which the agencies entered it.
    """
    broken = sorted(_broken(ledger, seed), key=lambda b: b[0][:2])
    for record, planted in broken:
        ledger.tables[planted.dataset].append(record)
    ledger.sort()
    return [planted for _, planted in broken]


def _broken(ledger: Ledger, seed: int) -> Iterator[tuple[Record, Planted]]:
    rng = random.Random(f"{seed}:broken-rows")
    for defect in DEFECTS:
        day = EPOCH + timedelta(days=rng.randint(2, 86))
        yield from _spoil(ledger, random.Random(f"{seed}:{defect}"), defect, day)
    for dataset in DUPLICATES:
        yield from _repeat(ledger, dataset, EPOCH, rng.randrange(100))
    for first in months(date(2023, 4, 1), ledger.until):
        yield from _monthly(ledger, f"{seed}:broken:{first}", first)


def _monthly(
    ledger: Ledger, seed: str, first: date
) -> Iterator[tuple[Record, Planted]]:
    """One or two broken rows, and in every fourth month a row sent twice.

    Each draws from a source of its own: none may depend on whether another has come.
    """
    rng = random.Random(seed)
    for number in range(rng.randint(1, 2)):
        defect, day = rng.choice(DEFECTS), first + timedelta(days=rng.randrange(28))
        yield from _spoil(ledger, random.Random(f"{seed}:{number}"), defect, day)
    if first.month % 4 == 0:
        yield from _repeat(ledger, rng.choice(DUPLICATES), first, rng.randrange(3))


def _spoil(
    ledger: Ledger, rng: random.Random, defect: Defect, day: date
) -> Iterator[tuple[Record, Planted]]:
    """A spoilt copy of some older row that the defect fits."""
    older = window(ledger.tables[defect.dataset], None, day)
    if day > ledger.until or not older:
        return
    picks = (rng.choice(older) for _ in range(_ATTEMPTS))
    sound = next((r for r in picks if defect.fits(r.row)), None)
    if sound is None:
        return
    planted = Planted(defect.dataset, defect.kind, sound.key)
    key = f"{sound.key}#{defect.kind}"
    yield ledger.stamped(defect.dataset, day, key, defect.spoil(sound.row)), planted


def _repeat(
    ledger: Ledger, dataset: str, first: date, place: int
) -> Iterator[tuple[Record, Planted]]:
    """The month's row number ``place`` once more, exactly as it was sent."""
    rows = window(ledger.tables[dataset], first, add_months(first, 1))
    if place < len(rows):
        again = rows[place]._replace(key=f"{rows[place].key}#{DUPLICATE}")
        yield again, Planted(dataset, DUPLICATE, rows[place].key)
