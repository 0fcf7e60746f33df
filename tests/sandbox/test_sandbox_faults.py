"""Broken rows are where the list says, and agencies misbehave as told."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
import requests

from sandbox import faults
from sandbox.ledger import DATASETS
from sandbox.universe import SEED, universe
from sandbox.web.mischief import NEW_COLUMN, UNKNOWN_CODE, Mischief, UnknownFaultError
from tests.sandbox.conftest import Client, Starter

DAY = date(2026, 11, 22)
SIZE = 150


def broken(dataset: str, kind: str) -> list[dict[str, object]]:
    table = universe(SEED, SIZE, DAY).tables[dataset]
    return [r.row for r in table if r.key.endswith(f"#{kind}")]


def test_every_planted_row_is_in_its_dataset():
    listed = Counter((p.dataset, p.kind) for p in faults.planted(SEED, SIZE, DAY))
    tables = universe(SEED, SIZE, DAY).tables
    found = Counter(
        (dataset, record.key.partition("#")[2])
        for dataset, records in tables.items()
        for record in records
        if "#" in record.key
    )
    assert found == listed


def test_every_kind_of_defect_is_planted_mostly_early():
    everything = faults.planted(SEED, SIZE, DAY)
    early = faults.planted(SEED, SIZE, date(2023, 3, 31))
    kinds = {p.kind for p in everything}
    assert kinds == faults.REFUSED | faults.WARNED | {faults.DUPLICATE}
    assert 55 < len(early) < len(everything) - len(early)
    assert len(everything) < 160


def test_wrong_check_digits_are_wrong_in_one_digit_only():
    tables = universe(SEED, SIZE, DAY)
    valid = {e.uscc for e in tables.enterprises}
    (row, *_) = broken("penalties", "uscc_check_digit")
    assert row["CF_XDR_SHXYM"] not in valid
    assert row["CF_XDR_SHXYM"][:17] in {code[:17] for code in valid}


def test_duplicates_are_exact():
    for planted in faults.planted(SEED, SIZE, DAY):
        if planted.kind == faults.DUPLICATE:
            table = universe(SEED, SIZE, DAY).tables[planted.dataset]
            twice = [r for r in table if r.key.partition("#")[0] == planted.key]
            again = next(r for r in twice if "#" in r.key)
            assert sum(r[::2] == again[::2] for r in twice) >= 2


def test_warned_rows_carry_numbers_of_their_own():
    rows = broken("penalties", "fine_without_amount")
    assert rows
    numbers = Counter(
        r.row["CF_WSH"] for r in universe(SEED, SIZE, DAY).tables["penalties"]
    )
    assert all("罚款" in str(row["CF_CFLB"]) and not row["CF_NR_FK"] for row in rows)
    assert all(numbers[row["CF_WSH"]] == 1 for row in rows)


def test_an_agency_with_an_error_answers_500_in_its_own_envelope(faulty: Starter):
    client = faulty({"market": "500", "tax/tax_arrears": "500", "labour": "500"})
    assert client.market("permits").json()["code"] == 500
    assert client.tax("tax_arrears").json()["code"] == 50001
    assert client.tax("tax_credit_grades").status_code == 200
    assert client.labour("labour_grades").json()["code"] == "9999"


def test_an_agency_that_is_down_gives_no_answer(faulty: Starter):
    client = faulty({"labour": "down"})
    with pytest.raises(requests.ConnectionError):
        client.labour("labour_grades")
    assert client.market("permits").status_code == 200


def test_a_truncated_page_breaks_off_in_the_middle(faulty: Starter):
    client = faulty({"market/penalties": "truncate"})
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        client.market("penalties")
    assert client.market("permits").status_code == 200


def test_an_unknown_column_appears_in_every_row(faulty: Starter, client: Client):
    rows = faulty({"market/penalties": "unknown_column"}).rows("penalties")
    assert {row.pop(NEW_COLUMN) for row in rows} == {"新增字段"}
    assert rows == client.rows("penalties")


def test_an_unknown_code_appears_once_a_page(faulty: Starter):
    rows = faulty({"tax": "unknown_code"}).rows("tax_credit_grades", size=100)
    spoilt = [n for n, row in enumerate(rows) if row["xydj"] == UNKNOWN_CODE]
    assert spoilt == list(range(0, len(rows), 100))


@pytest.mark.parametrize(
    "resource", ["permits", "tax_credit_grades", "social_contributions"]
)
def test_a_repeated_page_loses_nothing(faulty: Starter, client: Client, resource: str):
    agency = next(a for a, names in DATASETS.items() if resource in names)
    rows = faulty({agency: "repeat_page"}).rows(resource, size=50)
    sound = client.rows(resource)
    assert rows == sound[:50] + sound


def test_faults_that_do_not_exist_are_named():
    with pytest.raises(UnknownFaultError, match="no fault 'slow'"):
        Mischief({"market": "slow"})
    with pytest.raises(UnknownFaultError, match="'park/tenancies' serves HTTP"):
        Mischief({"park/tenancies": "500"})
