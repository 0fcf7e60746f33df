"""What the agencies know is the same everywhere and never depends on a later day."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta

import pytest

from sandbox.enterprises import population
from sandbox.universe import SEED, Universe, universe

LATER = date(2027, 4, 20)
SIZE = 60
DIGEST = """
import hashlib, json
from datetime import date
from sandbox.universe import Universe
tables = Universe(20230324, 60, date(2023, 9, 30)).tables
text = json.dumps(tables, default=str, ensure_ascii=False)
print(hashlib.sha256(text.encode()).hexdigest())
"""


def digest_in_another_process(hash_seed: str) -> str:
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", DIGEST]
    run = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    )
    return run.stdout.strip()


def test_the_same_seed_gives_the_same_records_in_every_process():
    tables = Universe(SEED, SIZE, date(2023, 9, 30)).tables
    text = json.dumps(tables, default=str, ensure_ascii=False)
    here = hashlib.sha256(text.encode()).hexdigest()
    assert [digest_in_another_process(s) for s in ("1", "2")] == [here, here]


def test_another_seed_gives_other_enterprises():
    ours, others = (population(s, SIZE, LATER) for s in (SEED, SEED + 1))
    assert {e.uscc for e in ours} & {e.uscc for e in others} == set()


@pytest.mark.parametrize(
    "day",
    [
        date(2023, 1, 1),
        date(2023, 2, 14),
        date(2024, 2, 29),
        date(2025, 6, 17),
        date(2026, 12, 31),
        date(2027, 3, 3),
    ],
)
def test_an_earlier_day_knows_exactly_the_beginning_of_a_later_one(day: date):
    earlier, later = universe(SEED, SIZE, day), universe(SEED, SIZE, LATER)
    midnight = str(day + timedelta(days=1))
    for dataset, records in later.tables.items():
        known = [r for r in records if r.updated_at < midnight]
        assert earlier.tables[dataset] == known, dataset
    assert later.planted[: len(earlier.planted)] == earlier.planted


def test_a_larger_sandbox_holds_the_enterprises_of_a_smaller_one():
    small, large = population(SEED, 40, LATER), population(SEED, 80, date(2026, 12, 31))
    assert [e.uscc for e in small if e.index < 40] == [
        e.uscc for e in large if e.index < 40
    ]


def test_enterprises_go_on_registering_after_the_first_ones_have():
    at_the_end = population(SEED, SIZE, date(2026, 12, 31))
    two_years_on = population(SEED, SIZE, date(2028, 12, 31))
    assert (len(at_the_end), len(two_years_on)) == (60, 84)


def test_names_are_unique_and_everything_before_the_epoch_is_entered_that_morning():
    known = universe(SEED, SIZE, LATER)
    names = Counter(name for e in known.enterprises for _, name in e.names)
    assert [n for n, count in names.items() if count > 1] == []
    first = {t[0].updated_at for t in known.tables.values() if t}
    assert min(first) == "2023-01-01 08:00:00"
